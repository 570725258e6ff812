// What a receiver of the quarterly list does over its link: see the list, collect the files, confirm the publication.
// The links themselves are features/links/commands.ts.

import { type PushRow, type PushReceiptRow, filesOfPush, pushReceipts } from './store.ts'
import { type PushDetail, shownFile, changesOf, type PushFile, fileOf } from './views.ts'
import { query, command } from '../../platform/commands/command.ts'
import type { FoundLink, PresentedLink } from '../links/commands.ts'
import { linkedPush, receipt, type LinkedReceipt } from './commands.ts'
import { findUnit } from '../units/store.ts'
import type { PushFileKind } from './rules.ts'

/** A quarterly list as the page of a link shows it. */
export interface LinkedPush {
  /** Nothing is shown of a link that another browser has used, or that has ended. */
  state: FoundLink['state']
  usedAt: Date | null
  expiresAt: Date
  unit: string
  push: PushRow
  files: PushDetail['files']
  /** Entries that the receiver must take down or change. */
  changed: PushDetail['changed']
  /** What this unit has collected and confirmed. */
  receipts: PushReceiptRow[]
}

/** The list behind a link, without changing anything. @throws `link_wrong`. */
export const followPush = query('push.follow', async ({ db, app, now }, shown: PresentedLink): Promise<LinkedPush> => {
  const { push, row, state } = await linkedPush({ db, secrets: app.secrets, now }, shown)
  const open = state === 'fresh' || state === 'held'
  const unit = await findUnit(db, row.unitId)
  return {
    state,
    usedAt: row.usedAt,
    expiresAt: row.expiresAt,
    unit: unit?.name ?? '',
    push,
    files: open ? (await filesOfPush(db, push.id)).map((file) => shownFile(app, push.quarter, file)) : [],
    changed: open ? await changesOf(db, push.id) : [],
    receipts: open ? (await pushReceipts(db, push.id)).filter((receipt) => receipt.unitId === row.unitId) : [],
  }
})

/** Collects a file, and records that it was collected. @throws `link_wrong`, `link_used`, `link_ended`, `file_missing`. */
export const collectPush = command(
  'push.collect',
  async (
    context,
    { kind, ...shown }: PresentedLink & { kind: PushFileKind },
  ): Promise<{ file: PushFile; holder: LinkedReceipt['holder'] }> => {
    const { push, holder } = await receipt(context, shown, kind)
    return { file: await fileOf(context.app, context.tx, push, kind), holder }
  },
)

/** Records that the receiver made the list public (实施意见 三(一)). @throws `link_wrong`, `link_used`, `link_ended`. */
export const confirmPublished = command('push.collect', async (context, shown: PresentedLink): Promise<LinkedReceipt['holder']> => {
  const { holder } = await receipt(context, shown, 'published')
  return holder
})

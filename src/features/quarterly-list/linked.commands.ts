// The page that a receiver's link opens: looking changes nothing, taking a file and saying that the list was made public is recorded.
// The link opens until it ends or a newer one takes its place; unlike a document's it may be used again and again, by whoever edits and posts.

import { dayOf } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import type { PushFileKind } from './rules.ts'
import type { Db } from '../../platform/database/database.ts'
import { filesOfPush, insertPushReceipt, pushReceipts, type PushReceiptRow, type PushRow } from './store.ts'
import { findUnit } from '../units/store.ts'
import { act, view, type ActContext } from '../../platform/commands/command.ts'
import { followLink, type FoundLink, type Shown } from '../links/commands.ts'
import { mustFindPush, pushSubject } from './changes.commands.ts'
import { changesOf, fileOf, shownFile, type PushDetail, type PushFile } from './views.ts'

export interface LinkedPush {
  /** The link's days are over, or a newer one took its place. */
  ended: boolean
  expiresAt: Date
  unit: string
  push: PushRow
  files: PushDetail['files']
  /** What is to be taken down or changed. */
  changed: PushDetail['changed']
  /** What this unit took and said. */
  receipts: PushReceiptRow[]
}

/** @throws `link_wrong`. */
export const followPush = view('push.follow', async ({ db, house, now }, shown: Shown): Promise<LinkedPush> => {
  const { push, row, state } = await linkedPush(db, shown, now)
  const ended = state === 'ended'
  const unit = await findUnit(db, row.unitId)
  return {
    ended,
    expiresAt: row.expiresAt,
    unit: unit?.name ?? '',
    push,
    files: ended ? [] : (await filesOfPush(db, push.id)).map((file) => shownFile(house, push.quarter, file)),
    changed: ended ? [] : await changesOf(db, push.id),
    receipts: ended ? [] : (await pushReceipts(db, push.id)).filter((receipt) => receipt.unitId === row.unitId),
  }
})

async function linkedPush(db: Db, shown: Shown, now: Date): Promise<FoundLink & { push: PushRow }> {
  const found = await followLink(db, 'push', shown, now)
  return { ...found, push: await mustFindPush(db, found.row.subjectId) }
}

async function receipt(context: ActContext, shown: Shown, what: PushReceiptRow['what']): Promise<PushRow> {
  const { tx, now } = context
  const { row, state, push } = await linkedPush(tx, shown, now)
  if (state === 'ended') throw new AppError('link_ended')
  const { unitId, recipient: actor } = row
  const onDay = what === 'published' ? dayOf(now) : null
  await insertPushReceipt(tx, { id: newId(), pushId: push.id, unitId, what, at: now, actor, byHand: false, onDay })
  await context.audit({ subject: pushSubject(push.id), detail: { unitId, what, by: actor } })
  return push
}

/** Takes a file; that it was taken is kept. @throws `link_wrong`, `link_ended`, `file_missing`. */
export const collectPush = act('push.collect', async (context, { kind, ...shown }: Shown & { kind: PushFileKind }): Promise<PushFile> => {
  const push = await receipt(context, shown, kind)
  return fileOf(context.house, context.tx, push, kind)
})

/** The receiver made the list public (实施意见 三(一)). @throws `link_wrong`, `link_ended`. */
export const confirmPublished = act('push.collect', async (context, shown: Shown): Promise<void> => {
  await receipt(context, shown, 'published')
})

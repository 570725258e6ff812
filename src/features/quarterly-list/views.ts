// Queries on quarterly lists for staff: the editions of a quarter, the files, who collected them, and which entries changed since.
// Preparing and releasing is features/quarterly-list/commands.ts.

import type { Readable } from 'node:stream'
import { AppError } from '../../core/errors.ts'
import { entryChangeOf, possiblePush, type EntryChange, type PushChoice, type PushFileKind, type PushState } from './rules.ts'
import { auditOf, type AuditRow } from '../../platform/commands/audit.store.ts'
import type { Db } from '../../platform/database/database.ts'
import type { DeadlineState } from '../deadlines/store.ts'
import { searchDeadlines } from '../deadlines/search.store.ts'
import { linksOf } from '../links/store.ts'
import {
  changedEntries,
  filesOfPush,
  pushFileTable,
  pushReceipts,
  searchPushes,
  notifiedEntries,
  type PushFileRow,
  type PushReceiptRow,
  type PushRow,
} from './store.ts'
import { query, type AppContext } from '../../platform/commands/command.ts'
import { openRow } from '../../platform/database/sealing.ts'
import { pushFileName } from './files.views.ts'
import { mustFindPush, pushSubject, quarterSubject, receiversOf } from './commands.ts'
import { isAllowed, type Permission } from '../../platform/commands/permissions.ts'

/** An edition in a list. */
export type PushSummary = Omit<PushRow, 'openKey'>

/** A page of editions, newest first. */
export const listPushes = query(
  'push.read',
  async (
    { db },
    input: { filter: { quarter?: string | undefined; state?: PushState | undefined }; page: { limit: number; offset: number } },
  ): Promise<{ items: PushSummary[]; total: number }> => {
    const { items, total } = await searchPushes(db, input.filter, input.page)
    return { items: items.map(summaryOf), total }
  },
)

function summaryOf({ openKey: _openKey, ...summary }: PushRow): PushSummary {
  return summary
}

/** An edition with its history. */
export interface PushDetail extends PushSummary {
  files: { kind: PushFileKind; name: string; bytes: number; sha256: string }[]
  /**
   * Entries that left the list or changed since. Before the release they require a new edition; afterwards the receivers are notified of
   * them.
   */
  changed: { listingId: string; position: number; name: string; caseNo: string; fate: EntryChange; toldAt: Date | null }[]
  receipts: Omit<PushReceiptRow, 'pushId'>[]
  links: { recipient: string; unitId: string; createdAt: Date; expiresAt: Date; replacedAt: Date | null }[]
  /** The units that receive the list. */
  receivers: { id: string; name: string }[]
  /** What this caller may do with it now. */
  possible: PushChoice[]
  clocks: { code: string; due: string; missingYear: number | null; state: DeadlineState }[]
  audit: Pick<AuditRow, 'n' | 'at' | 'actor' | 'act' | 'detail'>[]
}

const PERMISSION: Readonly<Record<PushChoice, Permission>> = {
  release: 'push.release',
  prepare_anew: 'push.prepare',
  send_link: 'push.send_link',
  hand_over: 'push.hand_over',
}

/** One edition with its files, changes, receipts, links, deadlines and audit rows. @throws `push_missing`. */
export const showPush = query('push.read', async ({ db, app, actor }, pushId: string): Promise<PushDetail> => {
  const push = await mustFindPush(db, pushId)
  const deadlines = await searchDeadlines(db, { subject: quarterSubject(push.quarter) }, { limit: 10, offset: 0 })
  const changed = await changesOf(db, pushId)
  const untold = changed.filter(({ toldAt }) => toldAt === null).length
  return {
    ...summaryOf(push),
    receivers: (await receiversOf({ app }, db)).map(({ id, name }) => ({ id, name })),
    possible: possiblePush(push, actor.id, untold).filter((choice) => isAllowed(actor, PERMISSION[choice])),
    files: (await filesOfPush(db, pushId)).map((file) => shownFile(app, push.quarter, file)),
    changed,
    receipts: (await pushReceipts(db, pushId)).map(({ pushId: _pushId, ...receipt }) => receipt),
    links: (await linksOf(db, 'push', pushId)).map(({ recipient, unitId, createdAt, expiresAt, replacedAt }) => ({
      ...{ recipient, unitId, createdAt, expiresAt, replacedAt },
    })),
    clocks: deadlines.items.map(({ code, due, missingYear, state }) => ({ code, due, missingYear, state })),
    audit: (await auditOf(db, pushSubject(pushId))).map(({ n, at, actor, act, detail }) => ({ n, at, actor, act, detail })),
  }
})

/** A file as staff and receivers see it. */
export function shownFile(app: AppContext, quarter: string, file: PushFileRow): PushDetail['files'][number] {
  const { kind, bytes, sha256 } = openRow(pushFileTable, app.secrets, file)
  return { kind, name: pushFileName(app, quarter, kind), bytes, sha256 }
}

/** Entries that changed after the hand-over: those not notified yet first, then those of which the receivers were notified. */
export async function changesOf(db: Db, pushId: string): Promise<PushDetail['changed']> {
  const toldRows = await notifiedEntries(db, pushId)
  const changedRows = await changedEntries(db, pushId)
  const notified = toldRows.map((row) => ({ ...row, fate: knownFate(row.fate) }))
  const pending = changedRows.map((row) => ({
    ...row,
    toldAt: null,
    fate: entryChangeOf({ contentVersion: row.handedVersion }, row) ?? 'corrected',
  }))
  const pendingIds = new Set(pending.map((row) => row.listingId))
  return [...pending, ...notified.filter((row) => !pendingIds.has(row.listingId))].map(
    ({ listingId, position, name, caseNo, fate, toldAt }) => ({
      ...{ listingId, position, name, caseNo, fate, toldAt },
    }),
  )
}

function knownFate(fate: string | null): EntryChange {
  return fate === 'gone' ? 'gone' : 'corrected'
}

/** A file to send. */
export interface PushFile {
  fileName: string
  content: Readable
}

/** One of the files, for staff. @throws `push_missing`, `file_missing`. */
export const openPushFile = query('push.read', async ({ db, app }, input: { id: string; kind: PushFileKind }): Promise<PushFile> => {
  const push = await mustFindPush(db, input.id)
  return fileOf(app, db, push, input.kind)
})

/** A file of an edition. @throws `file_missing`. */
export async function fileOf(app: AppContext, db: Db, push: PushRow, kind: PushFileKind): Promise<PushFile> {
  const stored = (await filesOfPush(db, push.id)).find((file) => file.kind === kind)
  if (stored === undefined) throw new AppError('file_missing')
  return { fileName: pushFileName(app, push.quarter, kind), content: app.files.open(stored.fileId) }
}

// Looking at pushes, as the court's staff may: the editions of a quarter, what was handed over and by whom taken, what changed since.
// Preparing and approving is features/quarterly-list/commands.

import type { Readable } from 'node:stream'
import { AppError } from '../../core/errors.ts'
import { fateOf, type Fate, type PushFileKind, type PushState } from './rules.ts'
import { auditOf, type AuditRow } from '../../platform/commands/audit.store.ts'
import type { Db } from '../../platform/database/database.ts'
import { searchDeadlines, type DeadlineState } from '../deadlines/store.ts'
import { linksOf } from '../links/store.ts'
import {
  changedEntries,
  filesOfPush,
  pushReceipts,
  searchPushes,
  toldEntries,
  type PushFileRow,
  type PushReceiptRow,
  type PushRow,
} from './store.ts'
import { query, type AppContext } from '../../platform/commands/command.ts'
import { pushFileName } from './files.views.ts'
import { mustFindPush, pushSubject, quarterSubject } from './commands.ts'

export type PushSummary = Omit<PushRow, 'openKey'>

/** Newest first. */
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

export interface PushDetail extends PushSummary {
  files: { kind: PushFileKind; name: string; bytes: number; sha256: string }[]
  /** Entries that left or changed since: before it is approved they call for a new edition, after it the receivers were told. */
  changed: { listingId: string; position: number; name: string; caseNo: string; fate: Fate; toldAt: Date | null }[]
  receipts: Omit<PushReceiptRow, 'pushId'>[]
  links: { recipient: string; unitId: string; createdAt: Date; expiresAt: Date; replacedAt: Date | null }[]
  clocks: { code: string; due: string; missingYear: number | null; state: DeadlineState }[]
  audit: Pick<AuditRow, 'n' | 'at' | 'actor' | 'act' | 'detail'>[]
}

/** @throws `push_missing`. */
export const showPush = query('push.read', async ({ db, app }, pushId: string): Promise<PushDetail> => {
  const push = await mustFindPush(db, pushId)
  const clocks = await searchDeadlines(db, { subject: quarterSubject(push.quarter) }, { limit: 10, offset: 0 })
  return {
    ...summaryOf(push),
    files: (await filesOfPush(db, pushId)).map((file) => shownFile(app, push.quarter, file)),
    changed: await changesOf(db, pushId),
    receipts: (await pushReceipts(db, pushId)).map(({ pushId: _pushId, ...receipt }) => receipt),
    links: (await linksOf(db, 'push', pushId)).map(({ recipient, unitId, createdAt, expiresAt, replacedAt }) => ({
      ...{ recipient, unitId, createdAt, expiresAt, replacedAt },
    })),
    clocks: clocks.items.map(({ code, due, missingYear, state }) => ({ code, due, missingYear, state })),
    audit: (await auditOf(db, pushSubject(pushId))).map(({ n, at, actor, act, detail }) => ({ n, at, actor, act, detail })),
  }
})

export function shownFile(app: AppContext, quarter: string, { kind, bytes, sha256 }: PushFileRow): PushDetail['files'][number] {
  return { kind, name: pushFileName(app, quarter, kind), bytes, sha256 }
}

/** What was told already, and what waits to be told. */
export async function changesOf(db: Db, pushId: string): Promise<PushDetail['changed']> {
  const told = await toldEntries(db, pushId)
  const waiting = await changedEntries(db, pushId)
  const shown = told.map((row) => ({ ...row, fate: knownFate(row.fate) }))
  const fresh = waiting.map((row) => ({ ...row, toldAt: null, fate: fateOf({ contentVersion: row.handedVersion }, row) ?? 'corrected' }))
  const anew = new Set(fresh.map((row) => row.listingId))
  return [...fresh, ...shown.filter((row) => !anew.has(row.listingId))].map(({ listingId, position, name, caseNo, fate, toldAt }) => ({
    ...{ listingId, position, name, caseNo, fate, toldAt },
  }))
}

function knownFate(fate: string | null): Fate {
  return fate === 'gone' ? 'gone' : 'corrected'
}

export interface PushFile {
  fileName: string
  content: Readable
}

/** One of the files, for the court's own people. @throws `push_missing`, `file_missing`. */
export const openPushFile = query('push.read', async ({ db, app }, input: { id: string; kind: PushFileKind }): Promise<PushFile> => {
  const push = await mustFindPush(db, input.id)
  return fileOf(app, db, push, input.kind)
})

export async function fileOf(app: AppContext, db: Db, push: PushRow, kind: PushFileKind): Promise<PushFile> {
  const found = (await filesOfPush(db, push.id)).find((file) => file.kind === kind)
  if (found === undefined) throw new AppError('file_missing')
  return { fileName: pushFileName(app, push.quarter, kind), content: app.files.open(found.fileId) }
}

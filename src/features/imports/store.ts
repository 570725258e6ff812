// Table and SQL of imports: one row for each uploaded file, from its check to its commit.
// The file itself, its good and its refused rows are sealed files (platform/files/files.ts).

import { In } from 'typeorm'
import type { RowMode } from '../debtors/row-reader.rules.ts'
import {
  big,
  blindIndex,
  flag,
  id,
  instant,
  int,
  long,
  optional,
  primary,
  sealedHash,
  sealedJson,
  table,
  text,
} from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { openRow, sealPart } from '../../platform/database/sealing.ts'
import type { Secrets } from '../../core/secrets.ts'
import type { ImportSample, ImportState } from './rules.ts'

/** An import as stored. */
export interface ImportRow {
  id: string
  fileName: string
  /** Sealed: a list of one row could be found by trying its numbers. */
  sha256: string
  sha256Index: string | null
  bytes: number
  mode: RowMode
  source: string
  state: ImportState
  actor: string
  createdAt: Date
  finishedAt: Date | null
  encoding: string | null
  /** Rows of the file that hold an entry. */
  rows: number
  good: number
  bad: number
  warnings: number
  /** Good rows that were in force already or occur earlier in the file; entering them adds nothing. */
  known: number
  /** Rows entered so far. After a crash the commit continues and skips what was entered. */
  taken: number
  /** Entries of the source that a snapshot no longer holds: after the check to be shielded, after the commit shielded. */
  removed: number
  bulletinId: string | null
  /** JSON of the first problems; the file of refused rows has all of them. */
  problems: string
  hasRejects: boolean
  /** The code of the AppError when the file could not be read. */
  failure: string | null
  /** The version of the list that the check compared the file with; null before the check and for checks of an earlier program. */
  listVersion: number | null
  /** Sealed JSON of an `ImportSample`; null where nothing takes effect. */
  sample: string | null
}

export const importTable = table<ImportRow, { sample: ImportSample }>(
  'import',
  {
    id: primary(id()),
    fileName: text(200),
    sha256: sealedHash(),
    sha256Index: optional(blindIndex('file', 'sha256')),
    bytes: big(),
    mode: text(10),
    source: text(40),
    state: text(12),
    actor: text(60),
    createdAt: instant(),
    finishedAt: optional(instant()),
    encoding: optional(text(20)),
    rows: int(),
    good: int(),
    bad: int(),
    warnings: int(),
    known: int(),
    taken: int(),
    removed: int(),
    bulletinId: optional(id()),
    problems: long(),
    hasRejects: flag(),
    failure: optional(text(40)),
    listVersion: optional(big()),
    sample: optional(sealedJson(long())),
  },
  [
    { name: 'ix_import_sha256', columns: ['sha256Index'] },
    { name: 'ix_import_state', columns: ['state', 'mode'] },
  ],
)

/** The column `sample` to store. */
export function sealSample(secrets: Secrets, id: string, sample: ImportSample | null): Pick<ImportRow, 'sample'> {
  return sealPart(importTable, secrets, { id }, { sample })
}

/** The sample of a stored import. @throws AppError `key_missing`, `cipher_broken`. */
export function openSample(secrets: Pick<Secrets, 'open'>, { id, sample }: ImportRow): ImportSample | null {
  return openRow(importTable, secrets, { id, sample }).sample
}

export async function insertImport(tx: Tx, row: ImportRow): Promise<void> {
  await tx.insert(importTable, [row])
}

export async function findImport(db: Db, importId: string): Promise<ImportRow | null> {
  return db.manager.getRepository(importTable.schema).findOneBy({ id: importId })
}

/** Changes an import that is still in the state `from`. Returns false when it is not. */
export async function moveImport(tx: Tx, importId: string, from: ImportState, changes: Partial<ImportRow>): Promise<boolean> {
  const result = await tx.manager.getRepository(importTable.schema).update({ id: importId, state: from }, changes)
  return result.affected === 1
}

/** Adds to the counts of rows entered and of rows known. */
export async function countTaken(tx: Tx, importId: string, rows: { taken: number; known: number }): Promise<void> {
  await tx.run('update `import` set taken = taken + ?, known = known + ? where id = ?', [rows.taken, rows.known, importId])
}

/** Imports that were discarded after an instant, by id. */
export async function discardedAfter(db: Db, after: Date): Promise<string[]> {
  const rows = await db.query<{ id: string }>("select id from `import` where state = 'discarded' and finished_at > ? order by id", [after])
  return rows.map(({ id }) => id)
}

/** The newest committed import of the same bytes for the same source. */
export async function sameFileCommitted(db: Db, secrets: Secrets, row: ImportRow): Promise<ImportRow | null> {
  const { source } = row
  const hash = hashOfFile(secrets, row)
  const state = 'committed'
  const where = [
    { sha256Index: In(secrets.indexes('file', hash)), source, state } as const,
    // As earlier versions stored it, until the keys are renewed.
    { sha256: hash, source, state } as const,
  ]
  return db.manager.getRepository(importTable.schema).findOne({ where, order: { id: 'DESC' } })
}

/** The SHA-256 of an import's file. */
export function hashOfFile(secrets: Pick<Secrets, 'open'>, { id, sha256 }: Pick<ImportRow, 'id' | 'sha256'>): string {
  return openRow(importTable, secrets, { id, sha256 }).sha256
}

/**
 * Imports in the middle of a step that no process holds, oldest first. Imports created after `begunBefore` are left out, because their step
 * may not have started yet; imports whose step was started `most` times are left to people.
 */
export async function abandonedImports(
  db: Db,
  { now, begunBefore, most }: { now: Date; begunBefore: Date; most: number },
): Promise<ImportRow[]> {
  const rows = await db.query<{ id: string }>(
    "select i.id from `import` i where i.state in ('checking', 'committing') and i.created_at < ? and not exists (" +
      "select 1 from run r where r.name = case i.state when 'checking' then 'import.check' else 'import.commit' end " +
      'and r.bucket = substr(i.id, 7) and (r.lease_until >= ? or r.attempts >= ?))',
    [begunBefore, now, most],
  )
  return db.manager.getRepository(importTable.schema).find({ where: { id: In(rows.map((row) => row.id)) }, order: { id: 'ASC' } })
}

/** Conditions of a list of imports; all that are given must hold. */
export interface ImportFilter {
  state?: ImportState | undefined
  mode?: RowMode | undefined
  source?: string | undefined
  /** The account that uploaded it. */
  actor?: string | undefined
  /** Instants between which it was uploaded: the first included, the last not. */
  uploaded: { from?: Date | undefined; before?: Date | undefined }
}

/** Imports that match, newest first. */
export async function imports(
  db: Db,
  { state, mode, source, actor, uploaded }: ImportFilter,
  page: { limit: number; offset: number },
): Promise<{ items: ImportRow[]; total: number }> {
  const query = db.manager
    .getRepository(importTable.schema)
    .createQueryBuilder('i')
    .orderBy('i.id', 'DESC')
    .take(page.limit)
    .skip(page.offset)
  if (state !== undefined) query.andWhere('i.state = :state', { state })
  if (mode !== undefined) query.andWhere('i.mode = :mode', { mode })
  if (source !== undefined) query.andWhere('i.source = :source', { source })
  if (actor !== undefined) query.andWhere('i.actor = :actor', { actor })
  if (uploaded.from !== undefined) query.andWhere('i.createdAt >= :from', { from: uploaded.from })
  if (uploaded.before !== undefined) query.andWhere('i.createdAt < :before', { before: uploaded.before })
  const [items, total] = await query.getManyAndCount()
  return { items, total }
}

/** Whether another list of the same source that takes effect is being entered. */
export async function isAnotherCommitting(db: Db, importId: string, source: string): Promise<boolean> {
  const rows = await db.query("select 1 from import where source = ? and state = 'committing' and mode <> 'draft' and id <> ? limit 1", [
    source,
    importId,
  ])
  return rows.length > 0
}

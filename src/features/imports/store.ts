// Imports: one row a file that somebody brought, from check to commit. The file itself and its refused rows are sealed in platform/files/files.
// Reading a sheet is sheets/; judging a row is features/listings/rows.rules.

import { In } from 'typeorm'
import type { RowMode } from '../debtors/row-reader.rules.ts'
import { big, flag, id, instant, int, long, optional, primary, table, text } from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'

/** `checking` and `committing` can be taken up again after a crash; the others are where a file rests. */
export type ImportState = 'checking' | 'checked' | 'refused' | 'committing' | 'committed'

export interface ImportRow {
  id: string
  fileName: string
  sha256: string
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
  /** Good rows that were in force already, or stood earlier in the same file: adding them again adds nothing. */
  known: number
  /** Rows taken over so far; after a crash, commit goes on and skips what is there. */
  taken: number
  /** Entries of a snapshot's source that the file no longer holds and that were shielded. */
  removed: number
  bulletinId: string | null
  /** JSON of the first problems; all of them are in the file of refused rows. */
  problems: string
  hasRejects: boolean
  /** The code of an AppError, when the file could not be read at all. */
  failure: string | null
}

export const importTable = table<ImportRow>(
  'import',
  {
    id: primary(id()),
    fileName: text(200),
    sha256: text(64),
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
  },
  [{ name: 'ix_import_sha256', columns: ['sha256'] }],
)

export async function insertImport(tx: Tx, row: ImportRow): Promise<void> {
  await tx.insert(importTable, [row])
}

export async function findImport(db: Db, importId: string): Promise<ImportRow | null> {
  return db.manager.getRepository(importTable.schema).findOneBy({ id: importId })
}

/** Changes an import that is still in `from`; false when it has moved on. */
export async function moveImport(tx: Tx, importId: string, from: ImportState, changes: Partial<ImportRow>): Promise<boolean> {
  const result = await tx.manager.getRepository(importTable.schema).update({ id: importId, state: from }, changes)
  return result.affected === 1
}

/** Adds to the count of rows taken over. */
export async function countTaken(tx: Tx, importId: string, rows: { taken: number; known: number }): Promise<void> {
  await tx.run('update `import` set taken = taken + ?, known = known + ? where id = ?', [rows.taken, rows.known, importId])
}

/** An earlier import of the same bytes in the same way that was committed. */
export async function sameFileCommitted(db: Db, sha256: string, source: string): Promise<ImportRow | null> {
  return db.manager.getRepository(importTable.schema).findOne({ where: { sha256, source, state: 'committed' }, order: { id: 'DESC' } })
}

/**
 * Imports in the middle of a step that no process holds, oldest first. Those that came after `begunBefore` may not have been begun yet;
 * those begun `most` times are left to people.
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

/** Newest first. */
export async function imports(db: Db, page: { limit: number; offset: number }): Promise<{ items: ImportRow[]; total: number }> {
  const [items, total] = await db.manager
    .getRepository(importTable.schema)
    .findAndCount({ order: { id: 'DESC' }, take: page.limit, skip: page.offset })
  return { items, total }
}

// Table and SQL of the files that units hand in for screening: one row a file, from its check to the deletion of what was in it.
// The sheet itself and its annotated copy are sealed files (platform/files/files.ts); the questions are rows of store.ts.

import type { Problem } from '../../core/errors.ts'
import type { Secrets } from '../../core/secrets.ts'
import { id, instant, int, long, optional, primary, references, sealed, sealedJson, table, text } from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { placeholders } from '../../platform/database/placeholders.ts'
import { openRow, sealPart, sealRow, type Opened } from '../../platform/database/sealing.ts'
import type { FileState } from './files.rules.ts'
import type { Advice, ScreeningAnswer } from './rules.ts'

/** A file as stored. */
export interface ScreeningFileRow {
  id: string
  unitId: string
  actor: string
  state: FileState
  /** Sealed, because people name files after people. Null once removed. */
  fileName: string | null
  measureId: string | null
  /** Sealed. */
  business: string | null
  bytes: number
  /** Stands for unit, content, measure, business and day, so that the same upload again is the same file; null once it need not be. */
  sameKey: string | null
  /** Rows of the file that hold a question, readable or not. */
  rows: number
  good: number
  bad: number
  warnings: number
  /** Questions answered so far. */
  answered: number
  batchId: string | null
  /** Sealed JSON of the first problems; the annotated sheet has all of them. */
  problems: string | null
  /** The code of the AppError when the file could not be used. */
  failure: string | null
  createdAt: Date
  finishedAt: Date | null
  removedAt: Date | null
}

interface Content {
  problems: Problem[]
}

export const screeningFileTable = table<ScreeningFileRow, Content>(
  'screening_file',
  {
    id: primary(id()),
    unitId: references('unit', text(40)),
    actor: text(60),
    state: text(12),
    fileName: optional(sealed(text(1200))),
    measureId: optional(text(10)),
    business: optional(sealed(text(1200))),
    bytes: int(),
    sameKey: optional(text(22)),
    rows: int(),
    good: int(),
    bad: int(),
    warnings: int(),
    answered: int(),
    batchId: optional(references('screening_batch', id())),
    problems: optional(sealedJson(long())),
    failure: optional(text(40)),
    createdAt: instant(),
    finishedAt: optional(instant()),
    removedAt: optional(instant()),
  },
  [
    { name: 'ux_screening_file_same', columns: ['sameKey'], unique: true },
    { name: 'ix_screening_file_unit', columns: ['unitId', 'id'] },
    { name: 'ix_screening_file_state', columns: ['state', 'createdAt'] },
  ],
)

/** A file with its name, business and problems in readable form. */
export type ScreeningFile = Opened<ScreeningFileRow, Content>

export async function insertFile(tx: Tx, secrets: Secrets, file: ScreeningFile): Promise<void> {
  await tx.insert(screeningFileTable, [sealRow(screeningFileTable, secrets, file)])
}

export async function findFile(db: Db, secrets: Secrets, fileId: string): Promise<ScreeningFile | null> {
  const row = await db.manager.getRepository(screeningFileTable.schema).findOneBy({ id: fileId })
  return row === null ? null : openRow(screeningFileTable, secrets, row)
}

/** The file that stands for the same upload, under any key. */
export async function sameFile(db: Db, secrets: Secrets, sameKeys: readonly string[]): Promise<ScreeningFile | null> {
  const [found] = await db.query<{ id: string }>(`select id from screening_file where same_key in (${placeholders(sameKeys)})`, sameKeys)
  return found === undefined ? null : findFile(db, secrets, found.id)
}

/** Locks a unit's files until the transaction ends, and counts those that wait or are worked through. */
export async function lockUnfinished(tx: Tx, unitId: string): Promise<number> {
  if (!tx.sqlite) await tx.query('select id from unit where id = ? for update', [unitId])
  const [row] = await tx.query<{ n: string | number }>(
    "select count(*) as n from screening_file where unit_id = ? and state in ('checking', 'checked', 'running')",
    [unitId],
  )
  return Number(row?.n ?? 0)
}

/** Changes a file that is still in one of these states; false when it is not. */
export async function moveFile(
  tx: Tx,
  secrets: Secrets,
  fileId: string,
  from: readonly FileState[],
  changes: Partial<ScreeningFile>,
): Promise<boolean> {
  const { affected } = await tx.manager
    .getRepository(screeningFileTable.schema)
    .createQueryBuilder()
    .update()
    .set(sealPart(screeningFileTable, secrets, { id: fileId }, changes as ScreeningFile))
    .where('id = :fileId and state in (:...from)', { fileId, from })
    .execute()
  return affected === 1
}

/** The files of a unit, newest first. */
export async function filesOf(
  db: Db,
  secrets: Secrets,
  unitId: string,
  page: { limit: number; offset: number },
): Promise<{ items: ScreeningFile[]; total: number }> {
  const [rows, total] = await db.manager
    .getRepository(screeningFileTable.schema)
    .findAndCount({ where: { unitId }, order: { id: 'DESC' }, take: page.limit, skip: page.offset })
  return { items: rows.map((row) => openRow(screeningFileTable, secrets, row)), total }
}

/** How many questions of a batch had each answer and advice. */
export async function countAnswers(db: Db, batchId: string): Promise<{ answer: ScreeningAnswer; advice: Advice; n: number }[]> {
  const rows = await db.query<{ answer: ScreeningAnswer; advice: Advice; n: string | number }>(
    'select answer, advice, count(*) as n from screening where batch_id = ? group by answer, advice',
    [batchId],
  )
  return rows.map((row) => ({ ...row, n: Number(row.n) }))
}

/**
 * Ids of files in the middle of a step that no process holds, oldest first. Files received after `begunBefore` are left out, because their
 * step may not have started yet; files whose step was started `most` times are left to people.
 */
export async function abandonedFiles(
  db: Db,
  { now, begunBefore, most }: { now: Date; begunBefore: Date; most: number },
): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    "select f.id from screening_file f where f.state in ('checking', 'running') and f.created_at < ? and not exists (" +
      "select 1 from run r where r.name = case f.state when 'checking' then 'screening.check' else 'screening.run' end " +
      'and r.bucket = substr(f.id, 7) and (r.lease_until >= ? or r.attempts >= ?)) order by f.id',
    [begunBefore, now, most],
  )
  return rows.map((row) => row.id)
}

/** Ids of files received before an instant whose content is still kept. */
export async function filesToRemove(db: Db, before: Date, limit: number): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    "select id from screening_file where state <> 'removed' and created_at < ? order by created_at limit ?",
    [before, limit],
  )
  return rows.map((row) => row.id)
}

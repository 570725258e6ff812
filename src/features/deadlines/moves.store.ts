// What a change of the work calendar did to deadlines: the new count of each, and the record of those that moved.
// Deadlines are store.ts; who counts them again is recount.tasks.ts.

import { newId } from '../../core/ids.ts'
import { day, id, instant, int, optional, primary, references, table, text } from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import type { Condition } from '../../platform/database/conditions.ts'
import { placeholders } from '../../platform/database/placeholders.ts'
import type { ClockCode, ClockOwner } from './clocks.rules.ts'
import { deadlineTable, type DeadlineRow, type DeadlineState } from './store.ts'

/** A deadline whose last day or state a version of the calendar changed. Days are Beijing days, YYYY-MM-DD. */
export interface DeadlineMoveRow {
  id: string
  /** The version of the calendar. */
  version: number
  deadlineId: string
  fromDue: string
  /** Set while the last day was provisional: the latest day to be expected. */
  fromLatest: string | null
  fromState: DeadlineState
  toDue: string
  toLatest: string | null
  toState: DeadlineState
  at: Date
}

export const deadlineMoveTable = table<DeadlineMoveRow>(
  'deadline_move',
  {
    id: primary(id()),
    version: int(),
    deadlineId: references('deadline', id()),
    fromDue: day(),
    fromLatest: optional(day()),
    fromState: text(12),
    toDue: day(),
    toLatest: optional(day()),
    toState: text(12),
    at: instant(),
  },
  [
    { name: 'ix_deadline_move_version', columns: ['version', 'id'] },
    { name: 'ix_deadline_move_deadline', columns: ['deadlineId'] },
  ],
)

/** The result of counting deadlines again; those with the same result are updated together. */
export type Recounted = Pick<DeadlineRow, 'due' | 'latest' | 'missingYear' | 'nextReminderOn' | 'calendarVersion' | 'state' | 'overOn'>

/** Stores a new count for deadlines that are still in the state in which they were counted. */
export async function recountDeadlines(tx: Tx, ids: readonly string[], from: DeadlineState, counted: Recounted): Promise<void> {
  await tx.manager
    .getRepository(deadlineTable.schema)
    .createQueryBuilder()
    .update()
    .set(counted)
    .where('id in (:...ids) and state = :from', { ids, from })
    .execute()
}

export async function insertMoves(tx: Tx, rows: readonly Omit<DeadlineMoveRow, 'id'>[]): Promise<void> {
  await tx.insert(
    deadlineMoveTable,
    rows.map((row) => ({ id: newId(), ...row })),
  )
}

/** A move with the deadline that it moved. */
export type MovedDeadline = Omit<DeadlineMoveRow, 'deadlineId' | 'version' | 'id'> & {
  id: string
  code: ClockCode
  subject: string
  owner: ClockOwner
  unitId: string | null
}

const MOVES = 'deadline_move m join deadline d on d.id = m.deadline_id where m.version = ?'

/** What a version of the calendar moved, in order of the new last day. @param seen on deadlines `d`: what the reader may see. */
export async function movesOf(db: Db, version: number, seen: Condition, page: { limit: number; offset: number }): Promise<MovedDeadline[]> {
  const found = await db.query<{ id: string }>(`select m.id as id from ${MOVES} and ${seen.sql} order by m.to_due, m.id limit ? offset ?`, [
    version,
    ...seen.params,
    page.limit,
    page.offset,
  ])
  if (found.length === 0) return []
  const ids = found.map((row) => row.id)
  const moves = await db.manager
    .getRepository(deadlineMoveTable.schema)
    .createQueryBuilder('m')
    .where('m.id in (:...ids)', { ids })
    .orderBy({ 'm.toDue': 'ASC', 'm.id': 'ASC' })
    .getMany()
  const deadlineIds = moves.map((move) => move.deadlineId)
  const deadlines = await db.query<{ id: string; code: ClockCode; subject: string; owner: ClockOwner; unitId: string | null }>(
    `select id, code, subject, owner, unit_id as unitId from deadline where id in (${placeholders(deadlineIds)})`,
    deadlineIds,
  )
  const byId = new Map(deadlines.map(({ id: deadlineId, ...rest }) => [deadlineId, rest]))
  return moves.flatMap(({ deadlineId, version: _, ...move }) => {
    const deadline = byId.get(deadlineId)
    return deadline === undefined ? [] : [{ ...move, ...deadline }]
  })
}

/** How many deadlines a version of the calendar moved, in which way. */
export interface MoveCounts {
  total: number
  /** Provisional last days that became final. */
  settled: number
  /** Provisional misses that were taken back because the period had not ended. */
  takenBack: number
}

export async function countMoves(db: Db, version: number, seen: Condition): Promise<MoveCounts> {
  const rows = await db.query<Record<keyof MoveCounts, string | number | null>>(
    `select count(*) as total, sum(m.from_latest is not null and m.to_latest is null) as settled,
      sum(m.from_state = 'missed' and m.to_state = 'open') as takenBack from ${MOVES} and ${seen.sql}`,
    [version, ...seen.params],
  )
  const counted = rows[0]
  return { total: Number(counted?.total ?? 0), settled: Number(counted?.settled ?? 0), takenBack: Number(counted?.takenBack ?? 0) }
}

/** How many open deadlines still have to be counted again by a version. */
export async function countStale(db: Db, version: number): Promise<number> {
  const rows = await db.query<{ n: string | number }>(
    `select (select count(*) from deadline where state = 'open' and calendar_version < ?)
      + (select count(*) from deadline where missing_year > 0 and calendar_version < ? and state in ('missed', 'closed', 'closed_late')) as n`,
    [version, version],
  )
  return Number(rows[0]?.n ?? 0)
}

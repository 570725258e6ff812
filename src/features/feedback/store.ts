// Tables and SQL of feedback rounds and returns in their current state. The note of a return may name people and is sealed.
// Versions of returns, reports and counted figures are records.store.ts; the rules are rules.ts.

import type { Secrets } from '../../core/secrets.ts'
import type { CountedFigures, MeasureLine, ReturnContent, ReturnState, RoundState } from './rules.ts'
import { day, flag, id, instant, int, long, optional, primary, references, sealed, table, text } from '../../platform/database/columns.ts'
import type { Db, Param, Tx } from '../../platform/database/database.ts'
import { placeholders } from '../../platform/database/placeholders.ts'
import { openRow, sealPart } from '../../platform/database/sealing.ts'

/** A round as stored. */
export interface RoundRow {
  id: string
  /** `2026Q3`. */
  quarter: string
  firstDay: string
  lastDay: string
  dueOn: string
  state: RoundState
  /** Returns asked for. */
  units: number
  openedAt: Date
  openedBy: string
  /** The last unit, in order of id, that was notified of the opening; '': none yet; null: all were. */
  tellingAfter: string | null
  closedAt: Date | null
  closedBy: string | null
  /** JSON of the public figures of a closed round. */
  figures: string | null
}

export const feedbackRoundTable = table<RoundRow>(
  'feedback_round',
  {
    id: primary(id()),
    quarter: text(6),
    firstDay: day(),
    lastDay: day(),
    dueOn: day(),
    state: text(10),
    units: int(),
    openedAt: instant(),
    openedBy: text(60),
    tellingAfter: optional(text(40)),
    closedAt: optional(instant()),
    closedBy: optional(text(60)),
    figures: optional(long()),
  },
  [{ name: 'ux_feedback_round_quarter', columns: ['quarter'], unique: true }],
)

/** A return as stored. */
export interface ReturnRow {
  id: string
  roundId: string
  unitId: string
  state: ReturnState
  version: number
  /** JSON of the figures that the application counted when the round opened; they prefill the return. */
  known: string
  checked: number
  restricted: number
  approved: number
  /** JSON of MeasureLine[]. */
  lines: string
  /** Sealed. */
  note: string | null
  late: boolean
  /** Handed in after the round had closed: the report does not count it. */
  afterClose: boolean
  submittedAt: Date | null
  submittedBy: string | null
  updatedAt: Date
}

export const feedbackReturnTable = table<ReturnRow>(
  'feedback_return',
  {
    id: primary(id()),
    roundId: references('feedback_round', id()),
    unitId: references('unit', text(40)),
    state: text(10),
    version: int(),
    known: long(),
    checked: int(),
    restricted: int(),
    approved: int(),
    lines: long(),
    note: optional(sealed(long())),
    late: flag(),
    afterClose: flag(),
    submittedAt: optional(instant()),
    submittedBy: optional(text(60)),
    updatedAt: instant(),
  },
  [
    { name: 'ux_feedback_return_unit', columns: ['roundId', 'unitId'], unique: true },
    { name: 'ix_feedback_return_state', columns: ['roundId', 'state'] },
    { name: 'ix_feedback_return_own', columns: ['unitId', 'state'] },
  ],
)

/** A return with its JSON parsed and its note opened. */
export interface Return extends Omit<ReturnRow, 'known' | 'lines' | 'note'>, ReturnContent {
  known: CountedFigures
}

/** Parses and opens a stored return. */
export function toReturn(secrets: Secrets, row: ReturnRow): Return {
  const { note, known, lines, ...rest } = openRow(feedbackReturnTable, secrets, row)
  return { ...rest, known: JSON.parse(known) as CountedFigures, lines: JSON.parse(lines) as MeasureLine[], note: note ?? '' }
}

/** The columns that hold what a unit states. */
export function contentColumns(
  secrets: Secrets,
  id: string,
  content: ReturnContent,
): Pick<ReturnRow, 'checked' | 'restricted' | 'approved' | 'lines' | 'note'> {
  const { checked, restricted, approved, lines, note } = content
  const columns = { checked, restricted, approved, lines: JSON.stringify(lines), note: note === '' ? null : note }
  return sealPart(feedbackReturnTable, secrets, { id }, columns)
}

export async function insertRound(tx: Tx, round: RoundRow, returns: readonly ReturnRow[]): Promise<void> {
  await tx.insert(feedbackRoundTable, [round])
  await tx.insert(feedbackReturnTable, returns)
}

export async function findRound(db: Db, roundId: string): Promise<RoundRow | null> {
  return db.manager.getRepository(feedbackRoundTable.schema).findOneBy({ id: roundId })
}

export async function roundOfQuarter(db: Db, quarter: string): Promise<RoundRow | null> {
  return db.manager.getRepository(feedbackRoundTable.schema).findOneBy({ quarter })
}

/** Open rounds, oldest quarter first. */
export async function openRounds(db: Db): Promise<RoundRow[]> {
  return db.manager.getRepository(feedbackRoundTable.schema).find({ where: { state: 'open' }, order: { quarter: 'ASC' } })
}

/** The quarter of the newest round; null when there is none. */
export async function lastRoundQuarter(db: Db): Promise<string | null> {
  const rows = await db.query<{ quarter: string | null }>('select max(quarter) as quarter from feedback_round')
  return rows[0]?.quarter ?? null
}

/** Rounds that match the filter, newest quarter first. */
export async function searchRounds(
  db: Db,
  filter: { state?: RoundState },
  page: { limit: number; offset: number },
): Promise<{ items: RoundRow[]; total: number }> {
  const [items, total] = await db.manager
    .getRepository(feedbackRoundTable.schema)
    .findAndCount({ where: { ...filter }, order: { quarter: 'DESC' }, take: page.limit, skip: page.offset })
  return { items, total }
}

/** Changes a round that is still open. Returns false when it was closed meanwhile. */
export async function updateRound(tx: Tx, roundId: string, changes: Partial<RoundRow>): Promise<boolean> {
  const { affected } = await tx.manager.getRepository(feedbackRoundTable.schema).update({ id: roundId, state: 'open' }, changes)
  return affected === 1
}

/** Locks a round until the transaction ends, so that it is not closed meanwhile. */
export async function lockRound(tx: Tx, roundId: string): Promise<RoundRow | null> {
  await tx.run('update feedback_round set units = units where id = ?', [roundId])
  return findRound(tx, roundId)
}

export interface RoundCounts {
  returned: number
  late: number
  awaited: number
}

/** Counts the returns of these rounds. */
export async function countReturns(db: Db, roundIds: readonly string[]): Promise<Map<string, RoundCounts>> {
  if (roundIds.length === 0) return new Map()
  const rows = await db.query<{ roundId: string } & Record<keyof RoundCounts, string | number>>(
    `select round_id as roundId, sum(case when state = 'open' then 0 else 1 end) as returned, sum(case when late = ? then 1 else 0 end) as late,
        sum(case when state = 'open' then 1 else 0 end) as awaited
      from feedback_return where round_id in (${placeholders(roundIds)}) group by round_id`,
    [true, ...roundIds],
  )
  return new Map(rows.map((row) => [row.roundId, { returned: Number(row.returned), late: Number(row.late), awaited: Number(row.awaited) }]))
}

export async function findReturn(db: Db, roundId: string, unitId: string): Promise<ReturnRow | null> {
  return db.manager.getRepository(feedbackReturnTable.schema).findOneBy({ roundId, unitId })
}

/** Changes a return that was read at a version. Returns false when it was changed meanwhile. */
export async function updateReturn(tx: Tx, before: Pick<ReturnRow, 'id' | 'version'>, changes: Partial<ReturnRow>): Promise<boolean> {
  const { affected } = await tx.manager
    .getRepository(feedbackReturnTable.schema)
    .update({ id: before.id, version: before.version }, changes)
  return affected === 1
}

/**
 * Returns that a unit has to deal with: not handed in, of open rounds; then never handed in, of closed rounds; then those that may be
 * corrected.
 */
export async function pendingReturns(db: Db, unitId: string): Promise<{ roundId: string; state: ReturnState }[]> {
  return db.query(
    `select r.round_id as roundId, r.state from feedback_return r join feedback_round o on o.id = r.round_id
      where r.unit_id = ? and (r.state = 'open' or o.state = 'open')
      order by case when r.state <> 'open' then 2 when o.state = 'open' then 0 else 1 end, o.quarter limit 20`,
    [unitId],
  )
}

/** The next returns of a round in order of unit, in any state. */
export async function returnsAfter(db: Db, roundId: string, after: string, limit: number): Promise<ReturnRow[]> {
  return db.manager
    .getRepository(feedbackReturnTable.schema)
    .createQueryBuilder('r')
    .where('r.roundId = :roundId and r.unitId > :after', { roundId, after })
    .orderBy('r.unitId')
    .limit(limit)
    .getMany()
}

export interface ReturnFilter {
  roundId: string
  state?: ReturnState | undefined
  /** Only those that were not handed in. */
  awaited?: true | undefined
  late?: true | undefined
  unitId?: string | undefined
}

/** A return with its unit's name. */
export interface NamedReturn extends ReturnRow {
  unitName: string
}

/** Returns that match the filter, in order of unit. */
export async function searchReturns(
  db: Db,
  filter: ReturnFilter,
  page: { limit: number; offset: number },
): Promise<{ items: NamedReturn[]; total: number }> {
  const query = db.manager
    .getRepository(feedbackReturnTable.schema)
    .createQueryBuilder('r')
    .where('r.roundId = :roundId', { roundId: filter.roundId })
    .orderBy('r.unitId')
    .take(page.limit)
    .skip(page.offset)
  if (filter.state !== undefined) query.andWhere('r.state = :state', { state: filter.state })
  if (filter.awaited === true) query.andWhere("r.state = 'open'")
  if (filter.late === true) query.andWhere('r.late = :late', { late: true })
  if (filter.unitId !== undefined) query.andWhere('r.unitId = :unitId', { unitId: filter.unitId })
  const [rows, total] = await query.getManyAndCount()
  const names = await unitNames(
    db,
    rows.map((row) => row.unitId),
  )
  return { items: rows.map((row) => ({ ...row, unitName: names.get(row.unitId) ?? row.unitId })), total }
}

async function unitNames(db: Db, unitIds: readonly string[]): Promise<Map<string, string>> {
  if (unitIds.length === 0) return new Map()
  const params: Param[] = [...unitIds]
  const rows = await db.query<{ id: string; name: string }>(`select id, name from unit where id in (${placeholders(unitIds)})`, params)
  return new Map(rows.map((row) => [row.id, row.name]))
}

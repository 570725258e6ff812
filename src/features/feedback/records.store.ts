// SQL of the figures counted for a round, and the records that never change: each version of a return, and the reports of closed rounds.
// Notes and reports are sealed. Rounds and returns in their current state are store.ts.

import type { Secrets } from '../../core/secrets.ts'
import type { ReturnWay } from './rules.ts'
import { flag, id, instant, int, long, optional, primary, references, sealed, table, text } from '../../platform/database/columns.ts'
import type { Db, Tx, Param } from '../../platform/database/database.ts'
import { IMPLEMENTS } from '../units/store.ts'
import { openRow, sealRow } from '../../platform/database/sealing.ts'
import { OUR_COURT } from '../units/conflicts.rules.ts'
import { seenComplaints } from '../units/conflicts.store.ts'

/** A span of time; `until` is excluded. */
export interface Span {
  from: Date
  until: Date
}

/** Entries of lift orders that a unit lifted and retained. */
export interface LiftFigures {
  unitId: string
  lifted: number
  retained: number
}

/**
 * Entries that units lifted or retained in a span, by the time of the answer. An order answered as a whole counts all entries without an
 * own answer.
 */
export async function liftFigures(db: Db, { from, until }: Span): Promise<LiftFigures[]> {
  const singleEntries = await db.query<{ unitId: string; outcome: string; n: string | number }>(
    `select o.unit_id as unitId, a.outcome, count(*) as n from lift_answer a join lift_order o on o.id = a.order_id
      where a.outcome <> 'refused' and a.answered_at >= ? and a.answered_at < ? group by o.unit_id, a.outcome`,
    [from, until],
  )
  const wholeOrders = await db.query<{ unitId: string; n: string | number }>(
    `select o.unit_id as unitId, sum(l.listings - (select count(*) from lift_answer a where a.order_id = o.id)) as n
      from lift_order o join lift l on l.bulletin_id = o.bulletin_id
      where o.rest_lifted = ? and o.answered_at >= ? and o.answered_at < ? group by o.unit_id`,
    [true, from, until],
  )
  const figures = new Map<string, LiftFigures>()
  const figuresFor = (unitId: string): LiftFigures => {
    const figuresOfUnit = figures.get(unitId) ?? { unitId, lifted: 0, retained: 0 }
    figures.set(unitId, figuresOfUnit)
    return figuresOfUnit
  }
  for (const { unitId, outcome, n } of singleEntries) figuresFor(unitId)[outcome === 'lifted' ? 'lifted' : 'retained'] += Number(n)
  for (const { unitId, n } of wholeOrders) figuresFor(unitId).lifted += Number(n)
  return [...figures.values()]
}

/**
 * Complaints received in a span, by unit: those about the unit and those assigned to it, each counted once; none about our court, which its
 * staff do not see.
 */
export async function complaintFigures(db: Db, { from, until }: Span): Promise<Map<string, number>> {
  const seen = seenComplaints('complaint', [OUR_COURT])
  const span: Param[] = [from, until, ...seen.params]
  const rows = await db.query<{ unitId: string; n: string | number }>(
    `select unitId, count(*) as n from (
        select id, unit_id as unitId from complaint where unit_id is not null and received_at >= ? and received_at < ? and ${seen.sql}
        union select id, assigned_to as unitId from complaint where assigned_to is not null and received_at >= ? and received_at < ? and ${seen.sql}
      ) c group by unitId`,
    [...span, ...span],
  )
  return new Map(rows.map((row) => [row.unitId, Number(row.n)]))
}

/** Active units that apply measures, directly or through their class. A class itself is not asked; its members are. */
export async function unitsToAsk(db: Db): Promise<{ id: string; name: string }[]> {
  return db.query(
    `select distinct u.id, u.name from unit u join measure_unit l on ${IMPLEMENTS}
      where u.active = ? and u.is_class = ? and u.id <> 'court' order by u.id`,
    [true, false],
  )
}

/** The measures a unit applies, directly or through its class, in the catalogue's order. */
export async function measuresOfUnit(db: Db, unitId: string): Promise<{ id: string; title: string }[]> {
  return db.query(
    `select distinct m.id, m.title, m.position from measure m join measure_unit l on l.measure_id = m.id
      join unit u on u.id = ? and ${IMPLEMENTS} order by m.position`,
    [unitId],
  )
}

/** One version of a return as it was handed in; later corrections add rows. */
export interface EntryRow {
  id: string
  returnId: string
  version: number
  handedAt: Date
  handedBy: string
  way: ReturnWay
  late: boolean
  checked: number
  restricted: number
  approved: number
  /** JSON of MeasureLine[]. */
  lines: string
  /** Sealed. */
  note: string | null
}

export const feedbackEntryTable = table<EntryRow>(
  'feedback_entry',
  {
    id: primary(id()),
    returnId: references('feedback_return', id()),
    version: int(),
    handedAt: instant(),
    handedBy: text(60),
    way: text(10),
    late: flag(),
    checked: int(),
    restricted: int(),
    approved: int(),
    lines: long(),
    note: optional(sealed(long())),
  },
  [{ name: 'ux_feedback_entry_version', columns: ['returnId', 'version'], unique: true }],
)

/** One part of the JSON of a report, which may be longer than a column; each part is sealed. */
interface ReportPartRow {
  id: string
  roundId: string
  part: number
  content: string
}

export const feedbackReportTable = table<ReportPartRow>(
  'feedback_report',
  { id: primary(id()), roundId: references('feedback_round', id()), part: int(), content: sealed(long()) },
  [{ name: 'ux_feedback_report_part', columns: ['roundId', 'part'], unique: true }],
)

export async function insertEntry(tx: Tx, row: EntryRow): Promise<void> {
  await tx.insert(feedbackEntryTable, [row])
}

/** Every version of a return as handed in, oldest first. */
export async function entriesOf(db: Db, returnId: string): Promise<EntryRow[]> {
  return db.manager.getRepository(feedbackEntryTable.schema).find({ where: { returnId }, order: { version: 'ASC' } })
}

/** Characters of one part: at three bytes each and half as much again when sealed, a part stays below the 65,535 bytes of the column. */
const PART = 10_000

/** Stores the report of a closed round. */
export async function insertReport(tx: Tx, secrets: Secrets, roundId: string, makeId: () => string, report: object): Promise<void> {
  // Characters outside the basic plane are surrogate pairs, and a part may end between the two: they are escaped, so that no part holds
  // half of one.
  const json = JSON.stringify(report).replace(/[\ud800-\udfff]/g, (half) => `\\u${half.charCodeAt(0).toString(16)}`)
  const parts: ReportPartRow[] = []
  for (let start = 0; start < json.length; start += PART)
    parts.push(
      sealRow(feedbackReportTable, secrets, { id: makeId(), roundId, part: parts.length, content: json.slice(start, start + PART) }),
    )
  await tx.insert(feedbackReportTable, parts)
}

/** The stored report, parsed; null when the round has none. */
export async function findReport(db: Db, secrets: Secrets, roundId: string): Promise<unknown> {
  const parts = await db.manager.getRepository(feedbackReportTable.schema).find({ where: { roundId }, order: { part: 'ASC' } })
  return parts.length === 0 ? null : JSON.parse(parts.map((part) => openRow(feedbackReportTable, secrets, part).content).join(''))
}

// What stays as it was: each handing-in of a return, whatever was corrected since, and the report of a closed round. Notes and reports are sealed.
// Rounds and returns as they stand are features/feedback/store.

import type { Secrets } from '../../core/secrets.ts'
import type { ReturnWay } from './rules.ts'
import { flag, id, instant, int, long, optional, primary, references, sealed, table, text } from '../../platform/database/columns.ts'
import type { Db, Tx, Param } from '../../platform/database/database.ts'
import { IMPLEMENTS } from '../units/store.ts'

export interface Span {
  from: Date
  until: Date
}

export interface LiftFigures {
  unitId: string
  lifted: number
  retained: number
}

/** Entries that units lifted or kept, by when they said so. An order answered as a whole counts its entries without an answer of their own. */
export async function liftFigures(db: Db, { from, until }: Span): Promise<LiftFigures[]> {
  const single = await db.query<{ unitId: string; outcome: string; n: string | number }>(
    `select o.unit_id as unitId, a.outcome, count(*) as n from lift_answer a join lift_order o on o.id = a.order_id
      where a.answered_at >= ? and a.answered_at < ? group by o.unit_id, a.outcome`,
    [from, until],
  )
  const whole = await db.query<{ unitId: string; n: string | number }>(
    `select o.unit_id as unitId, sum(l.listings - (select count(*) from lift_answer a where a.order_id = o.id)) as n
      from lift_order o join lift l on l.bulletin_id = o.bulletin_id
      where o.rest_lifted = ? and o.answered_at >= ? and o.answered_at < ? group by o.unit_id`,
    [true, from, until],
  )
  const figures = new Map<string, LiftFigures>()
  const of = (unitId: string): LiftFigures => {
    const known = figures.get(unitId) ?? { unitId, lifted: 0, retained: 0 }
    figures.set(unitId, known)
    return known
  }
  for (const { unitId, outcome, n } of single) of(unitId)[outcome === 'lifted' ? 'lifted' : 'retained'] += Number(n)
  for (const { unitId, n } of whole) of(unitId).lifted += Number(n)
  return [...figures.values()]
}

/** Complaints that came in and are about a unit or were assigned to it, each counted once for it. */
export async function complaintFigures(db: Db, { from, until }: Span): Promise<Map<string, number>> {
  const span: Param[] = [from, until]
  const rows = await db.query<{ unitId: string; n: string | number }>(
    `select unitId, count(*) as n from (
        select id, unit_id as unitId from complaint where unit_id is not null and received_at >= ? and received_at < ?
        union select id, assigned_to as unitId from complaint where assigned_to is not null and received_at >= ? and received_at < ?
      ) c group by unitId`,
    [...span, ...span],
  )
  return new Map(rows.map((row) => [row.unitId, Number(row.n)]))
}

/** Active units that apply measures, themselves or through their class; a class fills itself with members and answers for nothing. */
export async function unitsToAsk(db: Db): Promise<{ id: string; name: string }[]> {
  return db.query(
    `select distinct u.id, u.name from unit u join measure_unit l on ${IMPLEMENTS}
      where u.active = ? and u.is_class = ? and u.id <> 'court' order by u.id`,
    [true, false],
  )
}

/** The measures a unit applies, itself or through its class, in the catalogue's order. */
export async function measuresOfUnit(db: Db, unitId: string): Promise<{ id: string; title: string }[]> {
  return db.query(
    `select distinct m.id, m.title, m.position from measure m join measure_unit l on l.measure_id = m.id
      join unit u on u.id = ? and ${IMPLEMENTS} order by m.position`,
    [unitId],
  )
}

/** One handing-in: what was stated then, whatever was corrected since. */
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

/** A report is longer than a column: its JSON in parts, each sealed. */
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

/** Every handing-in of a return, oldest first. */
export async function entriesOf(db: Db, returnId: string): Promise<EntryRow[]> {
  return db.manager.getRepository(feedbackEntryTable.schema).find({ where: { returnId }, order: { version: 'ASC' } })
}

/** Characters of one part: three bytes each at most, and a half more once sealed, stay below 65,535. */
const PART = 10_000

export async function insertReport(tx: Tx, secrets: Secrets, roundId: string, makeId: () => string, report: object): Promise<void> {
  // Signs outside the basic plane are two halves, and a part may end between them: escaped they cannot be torn.
  const json = JSON.stringify(report).replace(/[\ud800-\udfff]/g, (half) => `\\u${half.charCodeAt(0).toString(16)}`)
  const parts: ReportPartRow[] = []
  for (let start = 0; start < json.length; start += PART)
    parts.push({ id: makeId(), roundId, part: parts.length, content: secrets.seal(json.slice(start, start + PART)) })
  await tx.insert(feedbackReportTable, parts)
}

/** The stored report, parsed; null while there is none. */
export async function findReport(db: Db, secrets: Secrets, roundId: string): Promise<unknown> {
  const parts = await db.manager.getRepository(feedbackReportTable.schema).find({ where: { roundId }, order: { part: 'ASC' } })
  return parts.length === 0 ? null : JSON.parse(parts.map((part) => secrets.open(part.content)).join(''))
}

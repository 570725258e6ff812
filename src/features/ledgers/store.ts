// Queries behind a unit’s ledger: one query per section over the tables of other features. The ledger has no table of its own.
// The wording of the lines is features/ledgers/views.ts.

import type { ConsequenceKind } from '../accountability/consequences.rules.ts'
import type { LedgerSection, LedgerView } from './rules.ts'
import { toInstant, type Db, type Param } from '../../platform/database/database.ts'
import { seenAbout, seenComplaints } from '../units/conflicts.store.ts'
import { placeholders } from '../../platform/database/placeholders.ts'

/** What a ledger's queries are restricted to. */
export interface LedgerCriteria {
  unitId: string
  /** First and last day, YYYY-MM-DD, both included. */
  from: string
  to: string
  /** The same span as instants; `until` is not included. */
  since: Date
  until: Date
  view: LedgerView
  /** Units about which the reader may see no complaint, nor what follows from one. */
  hiddenAbout: readonly string[]
  /** Kinds of consequences that the unit itself may see. */
  openKinds: readonly ConsequenceKind[]
}

/** One line of a section. `code` is a code of the section's own subject, `sealed` an encrypted text that the caller opens. */
export interface LedgerRow {
  id: string
  /** An instant, or a legal day as YYYY-MM-DD. */
  at: Date | string
  code: string
  number: string | null
  state: string | null
  count: number | null
  note: string | null
  sealed: string | null
}

interface SectionQuery {
  /** Columns: id, at, code, number, state, count, note, sealed. */
  select: string
  from: string
  params: readonly Param[]
  order: string
  /** Whether `at` is an instant; otherwise it is a day. */
  instant: boolean
}

type SectionQueryBuilder = (ask: LedgerCriteria, sqlite: boolean) => SectionQuery

const liaisonKey = (sqlite: boolean): string => (sqlite ? "'liaison:' || id" : "concat('liaison:', id)")

/** The select list of a section; columns that are not given are null. */
function columns(given: Partial<Record<keyof LedgerRow, string>>): string {
  const all: (keyof LedgerRow)[] = ['id', 'at', 'code', 'number', 'state', 'count', 'note', 'sealed']
  return all.map((name) => `${given[name] ?? 'null'} as \`${name}\``).join(', ')
}

const SECTION_QUERIES: Readonly<Record<LedgerSection, SectionQueryBuilder>> = {
  // Notices to the unit as such: what liaisons are told as people, codes above all, is theirs alone (features/portal/views.ts).
  told: ({ unitId, since, until, hiddenAbout }, sqlite) => ({
    select: columns({ id: 'n.id', at: 'n.created_at', code: 'n.template', number: 'b.number', state: 'n.state' }),
    from: `notice n left join bulletin b on b.id = n.bulletin_id
      where (n.recipient = ? or n.recipient in (select ${liaisonKey(sqlite)} from liaison where unit_id = ?))
        and n.audience in ('unit', 'body') and n.created_at >= ? and n.created_at < ? and ${seenAbout('n.event', hiddenAbout).sql}`,
    params: [`unit:${unitId}`, unitId, since, until, ...seenAbout('n.event', hiddenAbout).params],
    order: 'n.id',
    instant: true,
  }),
  checked: ({ unitId, since, until }) => ({
    select: columns({ id: 's.id', at: 's.asked_at', code: "coalesce(s.measure_id, '')", state: 's.answer', count: 's.hits' }),
    from: 'screening s where s.unit_id = ? and s.asked_at >= ? and s.asked_at < ?',
    params: [unitId, since, until],
    order: 's.id',
    instant: true,
  }),
  refused: (ask) => outcomes(ask, "s.outcome = 'refused'"),
  // The same condition as in `screeningFigures`, so that both show the same number.
  approved: (ask) => outcomes(ask, "s.outcome = 'approved' and s.answer = 'hit' and s.advice <> 'do_not_apply'"),
  lifted: ({ unitId, from, to }) => ({
    select: columns({
      id: 'o.id',
      at: 'l.issued_on',
      code: "case when o.late then 'late' else 'in_time' end",
      number: 'b.number',
      state: 'o.state',
      count: 'l.listings',
    }),
    from: `lift_order o join lift l on l.bulletin_id = o.bulletin_id join bulletin b on b.id = o.bulletin_id
      where o.unit_id = ? and l.issued_on between ? and ?`,
    params: [unitId, from, to],
    order: 'o.id',
    instant: false,
  }),
  retained: ({ unitId, since, until }) => ({
    select: columns({
      id: 'a.id',
      at: 'a.answered_at',
      code: "coalesce(a.until, '')",
      number: 'g.case_no',
      state: 'a.outcome',
      note: 'a.basis',
    }),
    from: `lift_answer a join lift_order o on o.id = a.order_id join listing g on g.id = a.listing_id
      where o.unit_id = ? and a.outcome in ('retained', 'ended') and a.answered_at >= ? and a.answered_at < ?`,
    params: [unitId, since, until],
    order: 'a.id',
    instant: true,
  }),
  returned: ({ unitId, from, to }) => ({
    select: columns({
      id: 'f.id',
      at: 'r.last_day',
      code: "case when f.late then 'late' else 'in_time' end",
      number: 'r.quarter',
      state: 'f.state',
      count: 'f.restricted',
      sealed: 'f.note',
    }),
    from: 'feedback_return f join feedback_round r on r.id = f.round_id where f.unit_id = ? and r.last_day between ? and ?',
    params: [unitId, from, to],
    order: 'r.quarter',
    instant: false,
  }),
  assistance: ({ unitId, from, to }) => ({
    select: columns({ id: 'id', at: 'issued_on', code: 'kind', number: 'number', state: 'state' }),
    from: 'assistance where unit_id = ? and issued_on between ? and ?',
    params: [unitId, from, to],
    order: 'id',
    instant: false,
  }),
  reminded: ({ unitId, from, to, hiddenAbout }) => ({
    select: columns({ id: 'id', at: 'reminded_on', code: 'code', number: 'due', state: 'state' }),
    from: `deadline where unit_id = ? and owner = 'liaison' and reminded_on between ? and ? and ${seenAbout('subject', hiddenAbout).sql}`,
    params: [unitId, from, to, ...seenAbout('subject', hiddenAbout).params],
    order: 'reminded_on, id',
    instant: false,
  }),
  missed: ({ unitId, from, to, hiddenAbout }) => ({
    select: columns({ id: 'id', at: 'over_on', code: 'code', number: 'due', state: 'state' }),
    // Deadlines that merely expire are over too, but nobody missed them.
    from: `deadline where unit_id = ? and owner = 'liaison' and over_on between ? and ? and state in ('missed', 'closed_late')
      and ${seenAbout('subject', hiddenAbout).sql}`,
    params: [unitId, from, to, ...seenAbout('subject', hiddenAbout).params],
    order: 'over_on, id',
    instant: false,
  }),
  // The unit sees complaints about itself only after they were answered, dated by the answer: the day of receipt could identify the
  // complainant.
  complaints: ({ unitId, since, until, view, hiddenAbout }) => ({
    select: columns({
      id: view === 'own' ? "''" : 'c.id',
      at: dayOfComplaint(view),
      code: "case when exists (select 1 from complaint_step s where s.complaint_id = c.id and s.act = 'uphold') then 'upheld' else '' end",
      number: view === 'own' ? 'null' : 'c.number',
      state: 'c.state',
    }),
    ...complaintsOf({ unitId, since, until, view, hiddenAbout }),
    order: `${dayOfComplaint(view)}, c.number`,
    instant: true,
  }),
  circulars: ({ unitId, from, to }) => ({
    select: columns({ id: 'id', at: 'issued_on', code: "''", number: 'number', state: 'state' }),
    from: 'circular where unit_id = ? and issued_on between ? and ?',
    params: [unitId, from, to],
    order: 'id',
    instant: false,
  }),
  interviews: ({ unitId, from, to }) => ({
    select: columns({ id: 'id', at: 'called_for', code: "''", number: 'number', state: 'state' }),
    from: 'interview where unit_id = ? and called_for between ? and ?',
    params: [unitId, from, to],
    order: 'id',
    instant: false,
  }),
  consequences: ({ unitId, from, to, view, openKinds }) => ({
    select: columns({ id: 'id', at: 'proposed_on', code: 'kind', number: 'number', state: 'state' }),
    from: `consequence where unit_id = ? and proposed_on between ? and ?${
      view === 'own' ? ` and state in ('confirmed', 'cancelled') and kind in (${placeholders(openKinds)})` : ''
    }`,
    params: [unitId, from, to, ...(view === 'own' ? openKinds : [])],
    order: 'id',
    instant: false,
  }),
}

function dayOfComplaint(view: LedgerView): string {
  return view === 'own' ? 'c.updated_at' : 'c.received_at'
}

function complaintsOf(ask: Pick<LedgerCriteria, 'unitId' | 'since' | 'until' | 'view' | 'hiddenAbout'>): { from: string; params: Param[] } {
  const { unitId, since, until, view, hiddenAbout } = ask
  const at = dayOfComplaint(view)
  const { sql, params } = seenComplaints('c', hiddenAbout)
  return {
    from: `complaint c where c.unit_id = ? and ${at} >= ? and ${at} < ?${view === 'own' ? " and c.state = 'answered'" : ''} and ${sql}`,
    params: [unitId, since, until, ...params],
  }
}

function outcomes({ unitId, since, until }: LedgerCriteria, which: string): SectionQuery {
  return {
    select: columns({ id: 's.id', at: 's.asked_at', code: "coalesce(s.measure_id, '')", state: 's.outcome', sealed: 's.outcome_reason' }),
    from: `screening s where s.unit_id = ? and s.asked_at >= ? and s.asked_at < ? and ${which}`,
    params: [unitId, since, until],
    order: 's.id',
    instant: true,
  }
}

/** A page of one section's lines, oldest first, and the number of all its lines. A limit of 0 only counts. */
export async function ledgerRows(
  db: Db,
  section: LedgerSection,
  ask: LedgerCriteria,
  page: { limit: number; offset: number },
): Promise<{ rows: LedgerRow[]; total: number }> {
  const { select, from, params, order, instant } = SECTION_QUERIES[section](ask, db.sqlite)
  const counted = await db.query<{ n: string | number }>(`select count(*) as n from ${from}`, [...params])
  const total = Number(counted[0]?.n ?? 0)
  if (page.limit === 0 || total === 0) return { rows: [], total }
  const found = await db.query<LedgerRow>(`select ${select} from ${from} order by ${order} limit ? offset ?`, [
    ...params,
    page.limit,
    page.offset,
  ])
  return {
    rows: found.map((row) => ({ ...row, at: instant ? toInstant(row.at) : row.at, count: row.count === null ? null : Number(row.count) })),
    total,
  }
}

/** Figures that are not the number of lines of a section: hits, late returns, late lifts, complaints upheld. */
export async function ledgerFigures(
  db: Db,
  ask: LedgerCriteria,
): Promise<{ hits: number; returnedLate: number; liftedLate: number; upheld: number }> {
  const count = async (sql: string, params: readonly Param[]): Promise<number> =>
    Number((await db.query<{ n: string | number | null }>(sql, [...params]))[0]?.n ?? 0)
  const { unitId, from, to, since, until } = ask
  const complaints = complaintsOf(ask)
  return {
    hits: await count("select count(*) as n from screening where unit_id = ? and asked_at >= ? and asked_at < ? and answer = 'hit'", [
      unitId,
      since,
      until,
    ]),
    returnedLate: await count(
      'select count(*) as n from feedback_return f join feedback_round r on r.id = f.round_id where f.unit_id = ? and r.last_day between ? and ? and f.late = ?',
      [unitId, from, to, true],
    ),
    liftedLate: await count(
      'select count(*) as n from lift_order o join lift l on l.bulletin_id = o.bulletin_id where o.unit_id = ? and l.issued_on between ? and ? and o.late = ?',
      [unitId, from, to, true],
    ),
    upheld: await count(
      `select count(*) as n from ${complaints.from}
        and exists (select 1 from complaint_step s where s.complaint_id = c.id and s.act = 'uphold')`,
      complaints.params,
    ),
  }
}

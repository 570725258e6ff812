// Queries on rounds, returns and reports, and the report as a workbook. A unit sees its own returns only.
// How a report is made is report.rules.ts; the return a unit has to deal with is `ownReturn` in commands.ts.

import { dayOf, type Day, addDays, instantAt, wallTime } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { returnActs, type MeasureLine, type ReturnAct, type ReturnState, type ReturnWay, type RoundState } from './rules.ts'
import { isAllowed, requireOwnUnit, ownUnitOf, type Actor } from '../../platform/commands/permissions.ts'
import type { Db } from '../../platform/database/database.ts'
import {
  countReturns,
  findReturn,
  findRound,
  openRounds,
  roundOfQuarter,
  searchReturns,
  searchRounds,
  toReturn,
  type NamedReturn,
  type Return,
  type ReturnFilter,
  type RoundCounts,
  type RoundRow,
} from './store.ts'
import { entriesOf, findReport } from './records.store.ts'
import { query, type AppContext } from '../../platform/commands/command.ts'
import { Readable } from 'node:stream'
import { makeReport, type FeedbackReport, type PublicFigures, type ReportedApproval, type ReportRow } from './report.rules.ts'
import { writeXlsx, type SheetPlan } from '../../platform/sheets/xlsx-write.ts'
import { screeningTable, searchApprovals } from '../screening/store.ts'
import { measuresInOrder, unitsById } from '../units/store.ts'
import { openRow } from '../../platform/database/sealing.ts'

const PORTION = 500

/** The report of a round: the stored one, or for an open round its current state. @throws `feedback_missing`. */
export const feedbackReport = query('round.read', async ({ db, app, now }, id: string): Promise<FeedbackReport & { id: string }> => {
  const round = await findRound(db, id)
  if (round === null) throw new AppError('feedback_missing')
  const stored = await findReport(db, app.secrets, id)
  return { id, ...((stored as FeedbackReport | null) ?? (await drawReport(app, db, round, now))) }
})

/** Makes the report of a round from its current returns, without storing it. */
export async function drawReport(app: AppContext, db: Db, round: RoundRow, now: Date): Promise<FeedbackReport> {
  const { quarter, firstDay: from, lastDay: until, dueOn, state } = round
  const measures = (await measuresInOrder(db)).map(({ id, title }) => ({ id, title }))
  const approvals = await approvalsOf(app, db, round)
  const rows = await rowsOf(app, db, round.id)
  return makeReport({ quarter, from, until, dueOn, state, asOf: now.toISOString(), rows, measures, approvals })
}

async function rowsOf(app: AppContext, db: Db, roundId: string): Promise<ReportRow[]> {
  const rows: ReportRow[] = []
  for (let offset = 0; ; offset += PORTION) {
    const { items } = await searchReturns(db, { roundId }, { limit: PORTION, offset })
    for (const item of items) {
      const { unitId, state, late, submittedAt, known, note, ...content } = toReturn(app.secrets, item)
      const handedIn = state !== 'open'
      const { checked, restricted, approved, lines } = handedIn ? content : { checked: 0, restricted: 0, approved: 0, lines: [] }
      const { lines: _, ...counts } = known
      const stated = { checked, restricted, approved, lines, note, known: counts }
      rows.push({ unitId, unitName: item.unitName, state, late, submittedAt: submittedAt?.toISOString() ?? null, ...stated })
    }
    if (items.length < PORTION) return rows
  }
}

async function approvalsOf({ secrets }: AppContext, db: Db, { firstDay, lastDay }: RoundRow): Promise<ReportedApproval[]> {
  const span = { from: instantAt(firstDay), until: instantAt(addDays(lastDay, 1)) }
  const approvals: ReportedApproval[] = []
  for (let offset = 0; ; offset += PORTION) {
    const { items } = await searchApprovals(db, span, { limit: PORTION, offset })
    const names = new Map((await unitsById(db, [...new Set(items.map((item) => item.unitId))])).map((unit) => [unit.id, unit.name]))
    for (const { screeningId, unitId, measureId, approvedAt, sealedReason } of items)
      approvals.push({
        unitId,
        unitName: names.get(unitId) ?? unitId,
        measureId,
        approvedAt: approvedAt.toISOString(),
        reason: openRow(screeningTable, secrets, { id: screeningId, outcomeReason: sealedReason }).outcomeReason,
      })
    if (items.length < PORTION) return approvals
  }
}

/** The report as a workbook with sheets of totals, units, measures, approvals and missing returns. @throws `feedback_missing`. */
export async function feedbackReportFile(
  app: AppContext,
  actor: Parameters<typeof feedbackReport>[1],
  id: string,
): Promise<{ fileName: string; content: Readable }> {
  const report = await feedbackReport(app, actor, id)
  const fileName = `${app.catalog.words('feedbacks', 'report.file')}-${report.quarter}.xlsx`
  return { fileName, content: Readable.from([await writeXlsx(sheetsOf(app, report))]) }
}

/** What the sheets of a report share. */
interface SheetWords {
  word: (key: string, values?: Readonly<Record<string, string | number>>) => string
  columns: (names: readonly string[]) => SheetPlan['columns']
  title: string
}

function sheetsOf(app: AppContext, report: FeedbackReport): SheetPlan[] {
  const word: SheetWords['word'] = (key, values = {}) => app.catalog.words('feedbacks', key, values)
  const columns: SheetWords['columns'] = (names) =>
    names.map((name) => ({ title: word(`column.${name}`), ...(WIDTHS[name] === undefined ? {} : { width: WIDTHS[name] }) }))
  const year = report.quarter.slice(0, 4)
  const title = word('report.title', { quarter: word(`quarter.${report.quarter.slice(-1)}`, { year }) })
  const shared = { word, columns, title }
  return [
    totalsSheet(report, shared),
    unitsSheet(report, shared),
    measuresSheet(report, shared),
    approvalsSheet(report, shared),
    missingSheet(report, shared),
  ]
}

function totalsSheet(report: FeedbackReport, { word, columns, title }: SheetWords): SheetPlan {
  const asOf = word(`report.${report.state}`, { at: wallTime(new Date(report.asOf)) })
  return {
    name: word('report.sheet.totals'),
    title,
    notes: [word('report.span', { from: report.from, until: report.until, dueOn: report.dueOn }), asOf],
    columns: columns(['item', 'count']),
    rows: TOTALS.map((name) => [word(`total.${name}`), report.totals[name]]),
  }
}

const UNIT_COLUMNS = [
  'unitId',
  'unit',
  'state',
  'late',
  'submittedOn',
  'checked',
  'restricted',
  'approved',
  'known',
  'lifted',
  'retained',
  'complaints',
  'note',
] as const

function unitsSheet({ units, totals }: FeedbackReport, { word, columns, title }: SheetWords): SheetPlan {
  const figures = [totals.checked, totals.restricted, totals.approved]
  return {
    name: word('report.sheet.units'),
    title,
    columns: columns(UNIT_COLUMNS),
    rows: units.map((unit) => [
      unit.unitId,
      unit.unitName,
      word(`state.${unit.state}`),
      unit.late ? word('late') : '',
      unit.submittedAt === null ? '' : dayOf(new Date(unit.submittedAt)),
      ...(unit.state === 'open' ? ['', '', ''] : [unit.checked, unit.restricted, unit.approved]),
      unit.known.checked,
      unit.known.lifted,
      unit.known.retained,
      unit.known.complaints,
      unit.note,
    ]),
    totals: [word('report.all'), '', '', '', '', ...figures, '', totals.lifted, totals.retained, totals.complaints],
  }
}

function measuresSheet({ measures, totals }: FeedbackReport, { word, columns, title }: SheetWords): SheetPlan {
  return {
    name: word('report.sheet.measures'),
    title,
    columns: columns(['measureId', 'measure', 'checked', 'restricted', 'approved']),
    rows: measures.map((measure) => [
      measure.measureId,
      measure.title ?? word('report.unnamed'),
      measure.checked,
      measure.restricted,
      measure.approved,
    ]),
    totals: [word('report.all'), '', totals.checked, totals.restricted, totals.approved],
  }
}

function approvalsSheet({ approvals }: FeedbackReport, { word, columns, title }: SheetWords): SheetPlan {
  return {
    name: word('report.sheet.approvals'),
    title,
    columns: columns(['unit', 'measureId', 'approvedOn', 'reason']),
    rows: approvals.map((approval) => [approval.unitName, approval.measureId, dayOf(new Date(approval.approvedAt)), approval.reason]),
  }
}

function missingSheet({ notReturned }: FeedbackReport, { word, columns, title }: SheetWords): SheetPlan {
  return {
    name: word('report.sheet.missing'),
    title,
    columns: columns(['unitId', 'unit']),
    rows: notReturned.map((unit) => [unit.unitId, unit.unitName]),
  }
}

const TOTALS = [
  'units',
  'returned',
  'late',
  'notReturned',
  'zero',
  'checked',
  'restricted',
  'approved',
  'lifted',
  'retained',
  'complaints',
] as const

/** Widths of columns in characters. */
const WIDTHS: Readonly<Record<string, number>> = {
  unit: 32,
  unitId: 18,
  measure: 40,
  item: 32,
  note: 40,
  reason: 60,
  submittedOn: 12,
  approvedOn: 12,
}

/** The public figures of closed rounds (实施意见 三(二)1), newest first. */
export const publicFeedback = query('round.follow', async ({ db }, page: { limit: number; offset: number }) => {
  const { items, total } = await searchRounds(db, { state: 'closed' }, page)
  return { items: items.flatMap(({ figures }) => (figures === null ? [] : [JSON.parse(figures) as PublicFigures])), total }
})

type Page = { limit: number; offset: number }

/** A round as lists show it. */
export interface RoundView extends Omit<RoundRow, 'tellingAfter' | 'figures'>, RoundCounts {
  /** The last day has passed and a return is missing. */
  overdue: boolean
}

function roundView(round: RoundRow, counts: RoundCounts | undefined, today: Day): RoundView {
  const { tellingAfter: _told, figures: _figures, ...shown } = round
  const { returned = 0, late = 0, awaited = 0 } = counts ?? {}
  return { ...shown, returned, late, awaited, overdue: awaited > 0 && today > round.dueOn }
}

/** Lists rounds, newest quarter first. */
export const listRounds = query(
  'round.read',
  async ({ db, now }, input: { filter: { state?: RoundState }; page: Page }): Promise<{ items: RoundView[]; total: number }> => {
    const { items, total } = await searchRounds(db, input.filter, input.page)
    const counts = await countReturns(
      db,
      items.map((round) => round.id),
    )
    return { items: items.map((round) => roundView(round, counts.get(round.id), dayOf(now))), total }
  },
)

/** One round, by its id or its quarter (`2026Q3`). @throws `feedback_missing`. */
export const showRound = query('round.read', async ({ db, now }, key: { id: string } | { quarter: string }): Promise<RoundView> => {
  const round = 'id' in key ? await requireRound(db, key.id) : await roundOfQuarter(db, key.quarter)
  if (round === null) throw new AppError('feedback_missing')
  return roundView(round, (await countReturns(db, [round.id])).get(round.id), dayOf(now))
})

async function requireRound(db: Db, roundId: string): Promise<RoundRow> {
  const round = await findRound(db, roundId)
  if (round === null) throw new AppError('feedback_missing')
  return round
}

/** A return as lists show it. */
export interface ReturnView {
  roundId: string
  unitId: string
  unitName: string
  state: ReturnState
  version: number
  late: boolean
  afterClose: boolean
  /** The last day has passed and the return was not handed in. */
  overdue: boolean
  submittedAt: Date | null
  submittedBy: string | null
  checked: number
  restricted: number
  approved: number
  /** What this caller may do now. */
  possible: ReturnAct[]
}

function returnView(row: NamedReturn, round: RoundRow, { today, actor }: { today: Day; actor: Actor }): ReturnView {
  const { roundId, unitId, unitName, state, version, late, afterClose, submittedAt, submittedBy, checked, restricted, approved } = row
  const overdue = state === 'open' && today > round.dueOn
  const possible = returnActs(state, round).filter((act) => isAllowed(actor, `feedback.${act}`))
  const facts = { roundId, unitId, unitName, state, version, late, afterClose, overdue, submittedAt, submittedBy }
  return { ...facts, checked, restricted, approved, possible }
}

/**
 * Lists returns in order of unit. After the last day the filter `awaited` gives the overdue ones.
 * @throws `feedback_missing`, `unit_other`.
 */
export const listReturns = query(
  'feedback.read',
  async ({ db, actor, now }, input: { filter: ReturnFilter; page: Page }): Promise<{ items: ReturnView[]; total: number }> => {
    const own = ownUnitOf(actor)
    if (input.filter.unitId !== undefined) requireOwnUnit(actor, input.filter.unitId)
    const round = await requireRound(db, input.filter.roundId)
    const { items, total } = await searchReturns(db, { ...input.filter, ...(own === null ? {} : { unitId: own }) }, input.page)
    return { items: items.map((row) => returnView(row, round, { today: dayOf(now), actor })), total }
  },
)

/** A return that a unit still has to hand in. */
export interface OpenReturn {
  roundId: string
  quarter: string
  firstDay: Day
  lastDay: Day
  dueOn: Day
  overdue: boolean
  state: ReturnState
}

/** The returns of a unit whose rounds are open, the oldest round first. */
export async function openReturns(db: Db, unitId: string, now: Date): Promise<OpenReturn[]> {
  const found: OpenReturn[] = []
  for (const { id, quarter, firstDay, lastDay, dueOn } of await openRounds(db)) {
    const row = await findReturn(db, id, unitId)
    if (row === null) continue
    const { state } = row
    found.push({ roundId: id, quarter, firstDay, lastDay, dueOn, overdue: state === 'open' && dayOf(now) > dueOn, state })
  }
  return found.sort((left, right) => left.quarter.localeCompare(right.quarter))
}

/** One return with all its versions. */
export interface ReturnDetail extends ReturnView {
  lines: readonly MeasureLine[]
  note: string
  known: Return['known']
  /** Each version as handed in, oldest first. */
  entries: {
    version: number
    handedAt: Date
    handedBy: string
    way: ReturnWay
    late: boolean
    checked: number
    restricted: number
    approved: number
  }[]
}

/** One return with its versions. @throws `feedback_missing`, `unit_other`. */
export const showReturn = query(
  'feedback.read',
  async ({ db, app, actor, now }, input: { roundId: string; unitId: string }): Promise<ReturnDetail> => {
    requireOwnUnit(actor, input.unitId)
    const round = await requireRound(db, input.roundId)
    const [row] = (await searchReturns(db, input, { limit: 1, offset: 0 })).items
    if (row === undefined) throw new AppError('feedback_missing')
    const { lines, note, known, id } = toReturn(app.secrets, row)
    const entries = (await entriesOf(db, id)).map(({ version, handedAt, handedBy, way, late, checked, restricted, approved }) => ({
      ...{ version, handedAt, handedBy, way, late, checked, restricted, approved },
    }))
    return { ...returnView(row, round, { today: dayOf(now), actor }), lines, note, known, entries }
  },
)

// Looking at rounds and returns: lists, one with everything that was handed in. A unit sees its own returns and nobody else's.
// Reports are feedback-report; the return that waits for a unit is ownReturn in features/feedback/commands.

import { dayOf, type Day, addDays, instantAt, wallTime } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import type { MeasureLine, ReturnState, ReturnWay, RoundState } from './rules.ts'
import { requireOwnUnit, ownUnitOf } from '../../platform/commands/permissions.ts'
import type { Db } from '../../platform/database/database.ts'
import {
  countReturns,
  findRound,
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
import { searchApprovals } from '../screening/store.ts'
import { measuresInOrder, unitsById } from '../units/store.ts'

const PORTION = 500

/** A round's report: as it was stored, or of an open round as it stands. @throws `feedback_missing`. */
export const feedbackReport = query('round.read', async ({ db, app, now }, id: string): Promise<FeedbackReport & { id: string }> => {
  const round = await findRound(db, id)
  if (round === null) throw new AppError('feedback_missing')
  const stored = await findReport(db, app.secrets, id)
  return { id, ...((stored as FeedbackReport | null) ?? (await drawReport(app, db, round, now))) }
})

/** What came after the closing is left out: the report stays what it was. */
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
      const counted = state !== 'open'
      const { checked, restricted, approved, lines } = counted ? content : { checked: 0, restricted: 0, approved: 0, lines: [] }
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
    for (const { unitId, measureId, approvedAt, sealedReason } of items)
      approvals.push({
        unitId,
        unitName: names.get(unitId) ?? unitId,
        measureId,
        approvedAt: approvedAt.toISOString(),
        reason: secrets.open(sealedReason),
      })
    if (items.length < PORTION) return approvals
  }
}

/** The report as a workbook: the whole, units, measures, approvals, those who did not answer. @throws `feedback_missing`. */
export async function feedbackReportFile(
  app: AppContext,
  actor: Parameters<typeof feedbackReport>[1],
  id: string,
): Promise<{ fileName: string; content: Readable }> {
  const report = await feedbackReport(app, actor, id)
  const fileName = `${app.catalog.words('feedbacks', 'report.file')}-${report.quarter}.xlsx`
  return { fileName, content: Readable.from([await writeXlsx(sheetsOf(app, report))]) }
}

function sheetsOf(app: AppContext, report: FeedbackReport): SheetPlan[] {
  const word = (key: string, values: Readonly<Record<string, string | number>> = {}): string => app.catalog.words('feedbacks', key, values)
  const columns = (names: readonly string[]): SheetPlan['columns'] =>
    names.map((name) => ({ title: word(`column.${name}`), ...(WIDE[name] === undefined ? {} : { width: WIDE[name] }) }))
  const { totals } = report
  const year = report.quarter.slice(0, 4)
  const title = word('report.title', { quarter: word(`quarter.${report.quarter.slice(-1)}`, { year }) })
  const asOf = word(`report.${report.state}`, { at: wallTime(new Date(report.asOf)) })
  const notes = [word('report.span', { from: report.from, until: report.until, dueOn: report.dueOn }), asOf]
  const figures = [totals.checked, totals.restricted, totals.approved]
  const all = word('report.all')
  return [
    {
      name: word('report.sheet.totals'),
      title,
      notes,
      columns: columns(['item', 'count']),
      rows: TOTALS.map((name) => [word(`total.${name}`), totals[name]]),
    },
    {
      name: word('report.sheet.units'),
      title,
      columns: columns([
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
      ]),
      rows: report.units.map((unit) => [
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
      totals: [all, '', '', '', '', ...figures, '', totals.lifted, totals.retained, totals.complaints],
    },
    {
      name: word('report.sheet.measures'),
      title,
      columns: columns(['measureId', 'measure', 'checked', 'restricted', 'approved']),
      rows: report.measures.map((each) => [
        each.measureId,
        each.title ?? word('report.unnamed'),
        each.checked,
        each.restricted,
        each.approved,
      ]),
      totals: [all, '', ...figures],
    },
    {
      name: word('report.sheet.approvals'),
      title,
      columns: columns(['unit', 'measureId', 'approvedOn', 'reason']),
      rows: report.approvals.map((each) => [each.unitName, each.measureId, dayOf(new Date(each.approvedAt)), each.reason]),
    },
    {
      name: word('report.sheet.missing'),
      title,
      columns: columns(['unitId', 'unit']),
      rows: report.notReturned.map((each) => [each.unitId, each.unitName]),
    },
  ]
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

const WIDE: Readonly<Record<string, number>> = {
  unit: 32,
  unitId: 18,
  measure: 40,
  item: 32,
  note: 40,
  reason: 60,
  submittedOn: 12,
  approvedOn: 12,
}

/** What anybody may see of closed rounds (实施意见 三(二)1), newest first: counts alone. */
export const publicFeedback = query('round.follow', async ({ db }, page: { limit: number; offset: number }) => {
  const { items, total } = await searchRounds(db, { state: 'closed' }, page)
  return { items: items.flatMap(({ figures }) => (figures === null ? [] : [JSON.parse(figures) as PublicFigures])), total }
})

type Page = { limit: number; offset: number }

export interface RoundView extends Omit<RoundRow, 'tellingAfter' | 'figures'>, RoundCounts {
  /** The last day has passed and somebody has not answered. */
  overdue: boolean
}

function roundView(round: RoundRow, counts: RoundCounts | undefined, today: Day): RoundView {
  const { tellingAfter: _told, figures: _figures, ...shown } = round
  const { returned = 0, late = 0, awaited = 0 } = counts ?? {}
  return { ...shown, returned, late, awaited, overdue: awaited > 0 && today > round.dueOn }
}

/** Newest quarter first. */
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

/** By its id, or by its quarter as people name it. @throws `feedback_missing`. */
export const showRound = query('round.read', async ({ db, now }, key: { id: string } | { quarter: string }): Promise<RoundView> => {
  const round = 'id' in key ? await mustFind(db, key.id) : await roundOfQuarter(db, key.quarter)
  if (round === null) throw new AppError('feedback_missing')
  return roundView(round, (await countReturns(db, [round.id])).get(round.id), dayOf(now))
})

async function mustFind(db: Db, roundId: string): Promise<RoundRow> {
  const round = await findRound(db, roundId)
  if (round === null) throw new AppError('feedback_missing')
  return round
}

export interface ReturnView {
  roundId: string
  unitId: string
  unitName: string
  state: ReturnState
  version: number
  late: boolean
  afterClose: boolean
  /** The last day has passed and it is not in. */
  overdue: boolean
  submittedAt: Date | null
  submittedBy: string | null
  checked: number
  restricted: number
  approved: number
}

function returnView(row: NamedReturn, round: RoundRow, today: Day): ReturnView {
  const { roundId, unitId, unitName, state, version, late, afterClose, submittedAt, submittedBy, checked, restricted, approved } = row
  const overdue = state === 'open' && today > round.dueOn
  return { roundId, unitId, unitName, state, version, late, afterClose, overdue, submittedAt, submittedBy, checked, restricted, approved }
}

/** In order of unit; `awaited` after the last day is the list of those overdue. @throws `feedback_missing`, `unit_other`. */
export const listReturns = query(
  'feedback.read',
  async ({ db, actor, now }, input: { filter: ReturnFilter; page: Page }): Promise<{ items: ReturnView[]; total: number }> => {
    const own = ownUnitOf(actor)
    if (input.filter.unitId !== undefined) requireOwnUnit(actor, input.filter.unitId)
    const round = await mustFind(db, input.filter.roundId)
    const { items, total } = await searchReturns(db, { ...input.filter, ...(own === null ? {} : { unitId: own }) }, input.page)
    return { items: items.map((row) => returnView(row, round, dayOf(now))), total }
  },
)

export interface ReturnDetail extends ReturnView {
  lines: readonly MeasureLine[]
  note: string
  known: Return['known']
  /** Each handing-in, oldest first. */
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

/** @throws `feedback_missing`, `unit_other`. */
export const showReturn = query(
  'feedback.read',
  async ({ db, app, actor, now }, input: { roundId: string; unitId: string }): Promise<ReturnDetail> => {
    requireOwnUnit(actor, input.unitId)
    const round = await mustFind(db, input.roundId)
    const [row] = (await searchReturns(db, input, { limit: 1, offset: 0 })).items
    if (row === undefined) throw new AppError('feedback_missing')
    const { lines, note, known, id } = toReturn(app.secrets, row)
    const entries = (await entriesOf(db, id)).map(({ version, handedAt, handedBy, way, late, checked, restricted, approved }) => ({
      ...{ version, handedAt, handedBy, way, late, checked, restricted, approved },
    }))
    return { ...returnView(row, round, dayOf(now)), lines, note, known, entries }
  },
)

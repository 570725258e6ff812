// What a round comes to: by unit, by measure, who approved and why, who did not answer. Pure: the same rows give the same report.
// A closed round's report is stored and never made again (features/feedback/store).

import type { Day } from '../../core/calendar.ts'
import { addUp, type Figures, type Known, type MeasureLine, type ReturnState, type RoundState } from './rules.ts'

export interface ReportedUnit extends Figures {
  unitId: string
  unitName: string
  state: ReturnState
  late: boolean
  submittedAt: string | null
  /** What it stated beside the figures; empty: nothing. */
  note: string
  /** What the house itself counted. */
  known: Omit<Known, 'lines'>
}

export interface ReportedMeasure extends Figures {
  /** Null: what units did not put under a measure. */
  measureId: string | null
  title: string | null
}

export interface ReportedApproval {
  unitId: string
  unitName: string
  measureId: string | null
  approvedAt: string
  reason: string
}

export interface ReportTotals extends Figures {
  units: number
  returned: number
  late: number
  notReturned: number
  /** Of the units that returned. */
  zero: number
  lifted: number
  retained: number
  complaints: number
}

export interface FeedbackReport {
  quarter: string
  from: Day
  until: Day
  dueOn: Day
  state: RoundState
  /** When it was drawn up: of a closed round, its closing. */
  asOf: string
  totals: ReportTotals
  units: ReportedUnit[]
  measures: ReportedMeasure[]
  /** Approvals that units reported when they asked before deciding, with their reasons. */
  approvals: ReportedApproval[]
  notReturned: { unitId: string; unitName: string }[]
}

export interface ReportRow extends ReportedUnit {
  lines: readonly MeasureLine[]
}

export interface ReportInput extends Pick<FeedbackReport, 'quarter' | 'from' | 'until' | 'dueOn' | 'state' | 'asOf' | 'approvals'> {
  /** One a unit of the round; figures of a return that is not there are zero. */
  rows: readonly ReportRow[]
  /** In the order of the catalogue. */
  measures: readonly { id: string; title: string }[]
}

/** Figures of units that did not return count for nothing: what the house knows of them stands beside, under `known`. */
export function makeReport({ rows, measures, ...head }: ReportInput): FeedbackReport {
  const returned = rows.filter((row) => row.state !== 'open')
  const sum = (of: (row: ReportRow) => number): number => rows.reduce((all, row) => all + of(row), 0)
  return {
    ...head,
    totals: {
      ...addUp(returned),
      units: rows.length,
      returned: returned.length,
      late: returned.filter((row) => row.late).length,
      notReturned: rows.length - returned.length,
      zero: returned.filter((row) => row.checked === 0).length,
      lifted: sum((row) => row.known.lifted),
      retained: sum((row) => row.known.retained),
      complaints: sum((row) => row.known.complaints),
    },
    units: rows.map(({ lines: _, ...unit }) => unit),
    measures: byMeasure(returned, measures),
    notReturned: rows.filter((row) => row.state === 'open').map(({ unitId, unitName }) => ({ unitId, unitName })),
  }
}

/** Measures that somebody named, in the catalogue's order, then what is left over: together they are the total. */
function byMeasure(rows: readonly ReportRow[], measures: ReportInput['measures']): ReportedMeasure[] {
  const lines = rows.flatMap((row) => row.lines)
  const known = new Set(measures.map((measure) => measure.id))
  const gone = [...new Set(lines.map((line) => line.measureId))].filter((id) => !known.has(id)).sort()
  const named = [...measures, ...gone.map((id) => ({ id, title: id }))].flatMap(({ id, title }): ReportedMeasure[] => {
    const own = lines.filter((line) => line.measureId === id)
    return own.length === 0 ? [] : [{ measureId: id, title, ...addUp(own) }]
  })
  const [all, put] = [addUp(rows), addUp(named)]
  const left = { checked: all.checked - put.checked, restricted: all.restricted - put.restricted, approved: all.approved - put.approved }
  const none = left.checked === 0 && left.restricted === 0 && left.approved === 0
  return none ? named : [...named, { measureId: null, title: null, ...left }]
}

/** What anybody may see (实施意见 三(二)1): counts, no reasons, no notes, and no unit by name. */
export type PublicFigures = Pick<FeedbackReport, 'quarter' | 'from' | 'until'> & {
  closedAt: string
  units: number
  returned: number
  checked: number
  restricted: number
  approved: number
  lifted: number
  retained: number
}

export function disclosed({ quarter, from, until, asOf, totals }: FeedbackReport): PublicFigures {
  const { units, returned, checked, restricted, approved, lifted, retained } = totals
  return { quarter, from, until, closedAt: asOf, units, returned, checked, restricted, approved, lifted, retained }
}

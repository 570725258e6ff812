// Makes the report of a round from its returns: by unit, by measure, approvals with reasons, units that did not answer. Pure.
// The report of a closed round is stored (records.store.ts) and not made again.

import type { Day } from '../../core/calendar.ts'
import { addUp, type Figures, type CountedFigures, type MeasureLine, type ReturnState, type RoundState } from './rules.ts'

/** The row of a unit in the report. */
export interface ReportedUnit extends Figures {
  unitId: string
  unitName: string
  state: ReturnState
  late: boolean
  submittedAt: string | null
  /** The note of the return; empty when there is none. */
  note: string
  /** The figures that the application counted. */
  known: Omit<CountedFigures, 'lines'>
}

/** The row of a measure in the report. */
export interface ReportedMeasure extends Figures {
  /** Null: figures that units did not assign to a measure. */
  measureId: string | null
  title: string | null
}

/** An approval although the applicant was on the list, with the reason that the unit recorded. */
export interface ReportedApproval {
  unitId: string
  unitName: string
  measureId: string | null
  approvedAt: string
  reason: string
}

/** The totals of a round. */
export interface ReportTotals extends Figures {
  units: number
  returned: number
  late: number
  notReturned: number
  /** Units that returned zero checks. */
  zero: number
  lifted: number
  retained: number
  complaints: number
}

/** The report of a round. */
export interface FeedbackReport {
  quarter: string
  from: Day
  until: Day
  dueOn: Day
  state: RoundState
  /** The instant (ISO 8601) at which it was made; for a closed round, its closing. */
  asOf: string
  totals: ReportTotals
  units: ReportedUnit[]
  measures: ReportedMeasure[]
  /** Approvals that units recorded as the outcome of a screening, with their reasons. */
  approvals: ReportedApproval[]
  notReturned: { unitId: string; unitName: string }[]
}

/** A return as input of the report. */
export interface ReportRow extends ReportedUnit {
  lines: readonly MeasureLine[]
}

export interface ReportInput extends Pick<FeedbackReport, 'quarter' | 'from' | 'until' | 'dueOn' | 'state' | 'asOf' | 'approvals'> {
  /** One row for each unit of the round; the figures of a missing return are zero. */
  rows: readonly ReportRow[]
  /** The measures in the catalogue's order. */
  measures: readonly { id: string; title: string }[]
}

/** Makes the report. Units that did not return count as zero; what the application counted for them is shown under `known`. */
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

/** Measures that returns name, in the catalogue's order, then the figures without a measure; together they equal the total. */
function byMeasure(rows: readonly ReportRow[], measures: ReportInput['measures']): ReportedMeasure[] {
  const lines = rows.flatMap((row) => row.lines)
  const catalogueIds = new Set(measures.map((measure) => measure.id))
  const removedIds = [...new Set(lines.map((line) => line.measureId))].filter((id) => !catalogueIds.has(id)).sort()
  const rowsByMeasure = [...measures, ...removedIds.map((id) => ({ id, title: id }))].flatMap(({ id, title }): ReportedMeasure[] => {
    const ownLines = lines.filter((line) => line.measureId === id)
    return ownLines.length === 0 ? [] : [{ measureId: id, title, ...addUp(ownLines) }]
  })
  const [all, assigned] = [addUp(rows), addUp(rowsByMeasure)]
  const rest = {
    checked: all.checked - assigned.checked,
    restricted: all.restricted - assigned.restricted,
    approved: all.approved - assigned.approved,
  }
  const nothingLeft = rest.checked === 0 && rest.restricted === 0 && rest.approved === 0
  return nothingLeft ? rowsByMeasure : [...rowsByMeasure, { measureId: null, title: null, ...rest }]
}

/** The public figures of a closed round (实施意见 三(二)1): counts without reasons, notes and names of units. */
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

/** The public part of a report. */
export function publicFiguresOf({ quarter, from, until, asOf, totals }: FeedbackReport): PublicFigures {
  const { units, returned, checked, restricted, approved, lifted, retained } = totals
  return { quarter, from, until, closedAt: asOf, units, returned, checked, restricted, approved, lifted, retained }
}

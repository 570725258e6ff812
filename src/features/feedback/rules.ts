// Feedback (实施意见 三(一)、五1): each quarter every unit tells the court whom it checked, restricted, and approved all the same. Pure.
// Rounds and returns are kept in features/feedback/store; what a closed round reports is feedback-report.ts, the form to fill in feedback-form.ts.

import { addDays, addMonths, type Day } from '../../core/calendar.ts'
import { AppError, type Problem } from '../../core/errors.ts'
import { machine } from '../../core/state-machine.ts'
import { tidy } from '../../core/text.ts'
import { quarterOf, type Quarter } from '../deadlines/rules.ts'

export const ROUND_STATES = ['open', 'closed'] as const
export type RoundState = (typeof ROUND_STATES)[number]

/** `open`: not handed in. Whether it was late is a mark of its own. */
export const RETURN_STATES = ['open', 'submitted', 'corrected'] as const
export type ReturnState = (typeof RETURN_STATES)[number]
export type ReturnAct = 'submit' | 'correct'

export const RETURN_LIFE = machine<ReturnState, ReturnAct>({
  name: 'feedback return',
  initial: ['open'],
  terminal: [],
  refusal: 'feedback_act_impossible',
  moves: [
    { from: ['open'], act: 'submit', to: 'submitted' },
    { from: ['submitted', 'corrected'], act: 'correct', to: 'corrected' },
  ],
})

/** How a return came. `bot` is a liaison's conversation, `clerk` the court's own people for a unit that told them. */
export const RETURN_WAYS = ['api', 'file', 'bot', 'clerk'] as const
export type ReturnWay = (typeof RETURN_WAYS)[number]

/** Cases of business, not people. A return of nothing but zeros is a return. */
export interface Figures {
  /** Applicants looked up on the list. */
  checked: number
  /** Of these, refused or restricted because they are on it. */
  restricted: number
  /** Of these, found on the list and approved all the same. */
  approved: number
}

export interface MeasureLine extends Figures {
  measureId: string
}

/** What a unit states. Lines are optional: what they leave over is of no measure in particular. */
export interface ReturnContent extends Figures {
  lines: readonly MeasureLine[]
  /** Why it approved, and whatever else it wants to say. */
  note: string
}

/** What the house knows of a unit's quarter when the round opens: what the return begins with. */
export interface Known extends Figures {
  /** Questions that found the very person. */
  hits: number
  /** Entries of lift orders that it lifted, and kept. */
  lifted: number
  retained: number
  /** Complaints that came in and were assigned to it, or were about it. */
  complaints: number
  lines: readonly MeasureLine[]
}

export const NOTHING_KNOWN: Known = { checked: 0, restricted: 0, approved: 0, hits: 0, lifted: 0, retained: 0, complaints: 0, lines: [] }

export const FIGURES = ['checked', 'restricted', 'approved'] as const satisfies readonly (keyof Figures)[]

/** More cases of one unit in one quarter than any office handles: a slip of the keyboard. */
export const MOST_CASES = 1_000_000
const NOTE_LEAST = 4
const NOTE_MOST = 1000

/** As typed, or as a file says. */
export interface ReturnInput {
  checked: number
  restricted: number
  approved: number
  lines?: readonly MeasureLine[] | undefined
  note?: string | undefined
}

/**
 * @param measureIds the measures the unit implements.
 * @param known what the house itself counted: approving more than that needs a reason here, because the questions hold none.
 * @throws `feedback_wrong` with every problem: no whole number, more restricted than checked, lines above their total, a measure of another unit,
 * an approval without a reason.
 */
export function readReturn(input: ReturnInput, measureIds: readonly string[], known: Figures): ReturnContent {
  const lines = (input.lines ?? []).filter((line) => FIGURES.some((figure) => line[figure] !== 0))
  const note = tidy(input.note ?? '')
  const problems = [
    ...figureProblems(input, ''),
    ...lines.flatMap((line, index) => figureProblems(line, `lines.${index}.`)),
    ...lineProblems(lines, measureIds),
    ...sumProblems(input, lines),
  ]
  if (note.length > NOTE_MOST) problems.push({ code: 'field_too_long', field: 'note', values: { limit: NOTE_MOST } })
  if (input.approved > known.approved && note.length < NOTE_LEAST) problems.push({ code: 'feedback_reason', field: 'note' })
  if (problems.length > 0) throw new AppError('feedback_wrong', { count: problems.length }, problems)
  const { checked, restricted, approved } = input
  return { checked, restricted, approved, lines, note }
}

function figureProblems(figures: Figures, at: string): Problem[] {
  const wrong = FIGURES.filter((figure) => !isCount(figures[figure]))
  if (wrong.length > 0)
    return wrong.map((figure) => ({
      code: 'feedback_number',
      field: `${at}${figure}`,
      value: shown(figures[figure]),
      values: { max: MOST_CASES },
    }))
  const { checked, restricted, approved } = figures
  if (restricted > checked) return [{ code: 'feedback_restricted', field: `${at}restricted`, values: { restricted, checked } }]
  if (restricted + approved > checked) return [{ code: 'feedback_sum', field: `${at}approved`, values: { restricted, approved, checked } }]
  return []
}

export function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= MOST_CASES
}

function shown(value: number): string {
  return String(value).slice(0, 20)
}

function lineProblems(lines: readonly MeasureLine[], measureIds: readonly string[]): Problem[] {
  return lines.flatMap(({ measureId }, index) => {
    const field = `lines.${index}.measureId`
    if (!measureIds.includes(measureId)) return [{ code: 'feedback_measure', field, value: measureId.slice(0, 20) }]
    const before = lines.findIndex((line) => line.measureId === measureId)
    return before < index ? [{ code: 'feedback_measure_twice', field, value: measureId }] : []
  })
}

/** Lines may leave something over, never add up to more than the whole. */
function sumProblems(total: Figures, lines: readonly MeasureLine[]): Problem[] {
  const all = addUp(lines)
  return FIGURES.filter((figure) => isCount(total[figure]) && isCount(all[figure]) && all[figure] > total[figure]).map((figure) => ({
    code: 'feedback_lines_over',
    field: figure,
    values: { lines: all[figure], total: total[figure] },
  }))
}

export function addUp(many: readonly Figures[]): Figures {
  const sum = (figure: keyof Figures): number => many.reduce((all, each) => all + each[figure], 0)
  return { checked: sum('checked'), restricted: sum('restricted'), approved: sum('approved') }
}

/**
 * The state after a return came in. A first one is taken even after the round has closed: late is recorded, and the closed report stays as it is.
 * @throws `feedback_act_impossible` naming the state and what is possible; `feedback_closed` for a correction of what was reported already.
 */
export function nextReturn(
  state: ReturnState,
  act: ReturnAct,
  round: { state: RoundState; quarter: string; closedOn: Day | null },
): ReturnState {
  const next = RETURN_LIFE.next(state, act)
  if (act === 'correct' && round.state === 'closed')
    throw new AppError('feedback_closed', { quarter: round.quarter, closedOn: round.closedOn ?? '' })
  return next
}

/** `2026Q3` as a quarter; null for anything else. */
export function readQuarter(name: string): Quarter | null {
  const parts = /^(20\d\d)Q([1-4])$/.exec(name)
  if (parts === null) return null
  return quarterOf(`${parts[1]}-${String(Number(parts[2]) * 3).padStart(2, '0')}-01`)
}

/** The quarter before the one in which a day lies: the last that has ended. */
export function lastQuarter(today: Day): Quarter {
  return quarterOf(addDays(quarterOf(today).first, -1))
}

/** The quarters from one (not counted) to another (counted), oldest first. */
export function quartersAfter(name: string, last: Quarter): Quarter[] {
  const quarters: Quarter[] = []
  for (let quarter = readQuarter(name); quarter !== null && quarter.name < last.name;) {
    quarter = quarterOf(addMonths(quarter.first, 3))
    quarters.push(quarter)
  }
  return quarters
}

/** @throws `request_invalid` for what is no quarter, `feedback_running` for one that has not ended. */
export function mustHaveEnded(name: string, today: Day): Quarter {
  const quarter = readQuarter(name)
  if (quarter === null) throw new AppError('request_invalid', {}, [{ code: 'quarter_form', field: 'quarter', value: name.slice(0, 20) }])
  if (today <= quarter.last) throw new AppError('feedback_running', { quarter: quarter.name, last: quarter.last })
  return quarter
}

/** @throws `feedback_closed`; `feedback_early` while somebody may still hand in a return in time. */
export function mustClose(
  round: { state: RoundState; quarter: string; dueOn: Day; closedOn: Day | null },
  awaited: number,
  today: Day,
): void {
  if (round.state === 'closed') throw new AppError('feedback_closed', { quarter: round.quarter, closedOn: round.closedOn ?? '' })
  if (awaited > 0 && today <= round.dueOn) throw new AppError('feedback_early', { count: awaited, dueOn: round.dueOn })
}

/** Whether a round closes by itself: everybody has answered for it, or the days of grace after its last day are over. */
export function closesToday(round: { dueOn: Day }, awaited: number, today: Day, graceDays: number): boolean {
  return today > (awaited === 0 ? round.dueOn : addDays(round.dueOn, graceDays))
}

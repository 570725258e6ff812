// Rules of feedback (实施意见 三(一)、五1): each quarter every unit states what it checked, restricted and approved. Pure.
// Stored rounds and returns are store.ts; the report of a round is report.rules.ts, the form to fill in form.rules.ts.

import { addDays, addMonths, type Day } from '../../core/calendar.ts'
import { AppError, type Problem } from '../../core/errors.ts'
import { createMachine } from '../../core/state-machine.ts'
import { tidy } from '../../core/text.ts'
import { quarterOf, type Quarter } from '../deadlines/rules.ts'

export const ROUND_STATES = ['open', 'closed'] as const
export type RoundState = (typeof ROUND_STATES)[number]

/** `open`: not handed in. Being late is a separate flag. */
export const RETURN_STATES = ['open', 'submitted', 'corrected'] as const
export type ReturnState = (typeof RETURN_STATES)[number]
export const RETURN_ACTS = ['submit', 'correct'] as const
export type ReturnAct = (typeof RETURN_ACTS)[number]

/** The transitions of a return. */
const RETURN_LIFE = createMachine<ReturnState, ReturnAct>({
  name: 'feedback return',
  initial: ['open'],
  terminal: [],
  refusal: 'feedback_act_impossible',
  moves: [
    { from: ['open'], act: 'submit', to: 'submitted' },
    { from: ['submitted', 'corrected'], act: 'correct', to: 'corrected' },
  ],
})

/** The way a return came. `bot`: a liaison's conversation. `clerk`: the court's staff for a unit that told them. */
export const RETURN_WAYS = ['api', 'file', 'bot', 'clerk'] as const
export type ReturnWay = (typeof RETURN_WAYS)[number]

/** Numbers of transactions, not of people. A return with only zeros is valid. */
export interface Figures {
  /** Applicants looked up on the list. */
  checked: number
  /** Of these, refused or restricted because they are listed. */
  restricted: number
  /** Of these, approved although they are listed. */
  approved: number
}

/** The figures of one measure. */
export interface MeasureLine extends Figures {
  measureId: string
}

/** What a unit states. Lines are optional; figures that no line covers belong to no particular measure. */
export interface ReturnContent extends Figures {
  lines: readonly MeasureLine[]
  /** The reasons of approvals, and other remarks. */
  note: string
}

/** The figures that the application counted for a unit when the round opened; they prefill the return. */
export interface CountedFigures extends Figures {
  /** Screenings with a hit. */
  hits: number
  /** Entries of lift orders that the unit lifted, and retained. */
  lifted: number
  retained: number
  /** Complaints received that were assigned to the unit or are about it. */
  complaints: number
  lines: readonly MeasureLine[]
}

/** All figures zero. */
export const NOTHING_KNOWN: CountedFigures = {
  checked: 0,
  restricted: 0,
  approved: 0,
  hits: 0,
  lifted: 0,
  retained: 0,
  complaints: 0,
  lines: [],
}

export const FIGURES = ['checked', 'restricted', 'approved'] as const satisfies readonly (keyof Figures)[]

/** The highest figure accepted. No unit handles more in a quarter, so a higher one is a typing error. */
export const MAX_FIGURE = 1_000_000
/** Lengths of a note in characters. */
const MIN_NOTE = 4
const MAX_NOTE = 1000

/** A return as typed or as read from a file. */
export interface ReturnInput {
  checked: number
  restricted: number
  approved: number
  lines?: readonly MeasureLine[] | undefined
  note?: string | undefined
}

/**
 * Checks a return.
 * @param measureIds the measures that the unit applies.
 * @param known the figures that the application counted. More approvals than that need a reason in the note, because screenings hold none
 * for them.
 * @throws `feedback_wrong` with every problem: not a whole number, more restricted than checked, lines above their total, a measure of
 * another unit, an approval without a reason.
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
  if (note.length > MAX_NOTE) problems.push({ code: 'field_too_long', field: 'note', values: { limit: MAX_NOTE } })
  if (input.approved > known.approved && note.length < MIN_NOTE) problems.push({ code: 'feedback_reason', field: 'note' })
  if (problems.length > 0) throw new AppError('feedback_wrong', { count: problems.length }, problems)
  const { checked, restricted, approved } = input
  return { checked, restricted, approved, lines, note }
}

function figureProblems(figures: Figures, prefix: string): Problem[] {
  const wrong = FIGURES.filter((figure) => !isCount(figures[figure]))
  if (wrong.length > 0)
    return wrong.map((figure) => ({
      code: 'feedback_number',
      field: `${prefix}${figure}`,
      value: shortText(figures[figure]),
      values: { max: MAX_FIGURE },
    }))
  const { checked, restricted, approved } = figures
  if (restricted > checked) return [{ code: 'feedback_restricted', field: `${prefix}restricted`, values: { restricted, checked } }]
  if (restricted + approved > checked)
    return [{ code: 'feedback_sum', field: `${prefix}approved`, values: { restricted, approved, checked } }]
  return []
}

/** Whether a number is a valid figure: whole, from 0 to 1,000,000. */
function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= MAX_FIGURE
}

function shortText(value: number): string {
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

/** The sum of the lines may be lower than the total but not higher. */
function sumProblems(total: Figures, lines: readonly MeasureLine[]): Problem[] {
  const all = addUp(lines)
  return FIGURES.filter((figure) => isCount(total[figure]) && isCount(all[figure]) && all[figure] > total[figure]).map((figure) => ({
    code: 'feedback_lines_over',
    field: figure,
    values: { lines: all[figure], total: total[figure] },
  }))
}

/** The sum of figures. */
export function addUp(many: readonly Figures[]): Figures {
  const sum = (figure: keyof Figures): number => many.reduce((all, each) => all + each[figure], 0)
  return { checked: sum('checked'), restricted: sum('restricted'), approved: sum('approved') }
}

/**
 * The state after a return was handed in or corrected. A first return is accepted even after the round has closed; it does not change the
 * report.
 * @throws `feedback_act_impossible` naming the state and the possible acts; `feedback_closed` for a correction after the round has closed.
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

/** What can be done with a return now, as `nextReturn` allows it. */
export function returnActs(state: ReturnState, round: { state: RoundState }): ReturnAct[] {
  return RETURN_LIFE.possible(state).filter((act) => act === 'submit' || round.state === 'open')
}

/** Reads `2026Q3`; null for anything else. */
export function readQuarter(name: string): Quarter | null {
  const parts = /^(20\d\d)Q([1-4])$/.exec(name)
  if (parts === null) return null
  return quarterOf(`${parts[1]}-${String(Number(parts[2]) * 3).padStart(2, '0')}-01`)
}

/** The last quarter that ended before a day. */
export function lastQuarter(today: Day): Quarter {
  return quarterOf(addDays(quarterOf(today).first, -1))
}

/** The quarters after `name` up to and including `last`, oldest first. */
export function quartersAfter(name: string, last: Quarter): Quarter[] {
  const quarters: Quarter[] = []
  for (let quarter = readQuarter(name); quarter !== null && quarter.name < last.name;) {
    quarter = quarterOf(addMonths(quarter.first, 3))
    quarters.push(quarter)
  }
  return quarters
}

/** The quarter of a name. @throws `request_invalid` for a name that is no quarter, `feedback_running` for a quarter that has not ended. */
export function requireEndedQuarter(name: string, today: Day): Quarter {
  const quarter = readQuarter(name)
  if (quarter === null) throw new AppError('request_invalid', {}, [{ code: 'quarter_form', field: 'quarter', value: name.slice(0, 20) }])
  if (today <= quarter.last) throw new AppError('feedback_running', { quarter: quarter.name, last: quarter.last })
  return quarter
}

/**
 * Checks that a round may be closed.
 * @param awaited returns that were not handed in.
 * @throws `feedback_closed`; `feedback_early` while a return may still come in time.
 */
export function requireClosable(
  round: { state: RoundState; quarter: string; dueOn: Day; closedOn: Day | null },
  awaited: number,
  today: Day,
): void {
  if (round.state === 'closed') throw new AppError('feedback_closed', { quarter: round.quarter, closedOn: round.closedOn ?? '' })
  if (awaited > 0 && today <= round.dueOn) throw new AppError('feedback_early', { count: awaited, dueOn: round.dueOn })
}

/**
 * Whether a round closes by itself: after the last day when no return is awaited, else when the days of grace (calendar days) are over too.
 */
export function closesToday(round: { dueOn: Day }, awaited: number, today: Day, graceDays: number): boolean {
  return today > (awaited === 0 ? round.dueOn : addDays(round.dueOn, graceDays))
}

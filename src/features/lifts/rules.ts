// Rules of lift orders (实施意见 四(二)5): what a unit may answer about one entry, what a retained measure must state, and its review. Pure.
// Orders are issued and answered in features/lifts/commands.ts, and stored by features/lifts/store.ts.

import { addMonths, isDay, type Day } from '../../core/calendar.ts'
import { AppError, type Problem, type Values } from '../../core/errors.ts'
import { createMachine } from '../../core/state-machine.ts'
import { tidy } from '../../core/text.ts'

/** State of one entry at one unit. `ended`: it was retained until a day, and that day has passed. */
export type LiftState = 'open' | 'lifted' | 'retained' | 'ended'
/** The acts on one entry at one unit. */
export type LiftAct = 'lift' | 'retain' | 'end'

/** State machine of one entry at one unit. */
export const LIFT_LIFE = createMachine<LiftState, LiftAct>({
  name: 'lift',
  initial: ['open'],
  terminal: ['lifted', 'ended'],
  refusal: 'lift_act_impossible',
  moves: [
    // From `retained` too: a measure may be lifted before its last day.
    { from: ['open', 'retained'], act: 'lift', to: 'lifted' },
    { from: ['open'], act: 'retain', to: 'retained' },
    { from: ['retained'], act: 'end', to: 'ended' },
  ],
})

/** What became of an entry that a clerk reports as lifted: the unit may have answered meanwhile, and what it answered stays. */
export const CELL_RESULTS = ['recorded', 'already', 'kept'] as const
export type CellResult = (typeof CELL_RESULTS)[number]

/** @param isOwn whether the same report recorded the entry, in an earlier call. */
export function cellResult(state: LiftState, isOwn: boolean): CellResult {
  if (state === 'retained') return 'kept'
  return state === 'open' || isOwn ? 'recorded' : 'already'
}

/** What can be done with an order: answer it while an entry is open or kept; record that the unit was told until it was reached. */
export function orderActs(order: { state: 'open' | 'answered'; retained: number; reachedOn: Day | null }): OrderAct[] {
  const answerable = order.state === 'open' || order.retained > 0
  return [...(answerable ? (['answer'] as const) : []), ...(order.reachedOn === null ? (['record_told'] as const) : [])]
}
export const ORDER_ACTS = ['answer', 'record_told'] as const
export type OrderAct = (typeof ORDER_ACTS)[number]

/** How far the court's review of a retention is. `proposed`: a clerk proposes to refuse it, an approver decides. */
export type ReviewState = 'pending' | 'proposed' | 'accepted' | 'refused'
/** The acts of the review. `turn_down`: the approver does not follow the proposal, which accepts the retention. */
type ReviewAct = 'accept' | 'propose' | 'refuse' | 'turn_down'

/** State machine of the review of a retention. */
export const RETENTION_REVIEW = createMachine<ReviewState, ReviewAct>({
  name: 'retention review',
  initial: ['pending'],
  terminal: ['accepted', 'refused'],
  refusal: 'lift_review_impossible',
  moves: [
    { from: ['pending'], act: 'accept', to: 'accepted' },
    { from: ['pending'], act: 'propose', to: 'proposed' },
    { from: ['proposed'], act: 'refuse', to: 'refused' },
    { from: ['proposed'], act: 'turn_down', to: 'accepted' },
  ],
})

/** A measure that a unit keeps although the entry left the list: only on a legal basis, and only until a day (实施意见 四(二)5). */
export interface Retention {
  listingId: string
  /** The provision that lets the unit keep it. */
  basis: string
  /** The last day, YYYY-MM-DD. */
  until: Day
  /** Ids of the unit's measures that it keeps; empty: all of them. */
  measureIds: readonly string[]
}

/** Provisions that let a unit keep a measure, to choose from; their text is `basis.<code>` in `templates/words/zh-CN/lifts.yaml`. */
export const RETENTION_BASES = ['procurement', 'tendering', 'securities', 'food'] as const
export type RetentionBasis = (typeof RETENTION_BASES)[number]

/** A retention as somebody typed it: everything may be missing. */
export interface RetentionInput {
  listingId: string
  /** The provision in words, or more words to a chosen one. */
  basis?: string | undefined
  until?: Day | undefined
  measureIds?: readonly string[] | undefined
}

/** Characters of a basis: 《X法》第N条 is the shortest text that names a provision, 500 is what the column holds. */
const BASIS_MIN = 4
const BASIS_MAX = 500

/** What retentions are checked against. */
export interface RetentionLimits {
  /** YYYY-MM-DD. */
  today: Day
  /** Months from today within which the last day lies (`RETENTION_MAX_MONTHS`). */
  maxMonths: number
  /** Ids of the measures that the unit implements. */
  measureIds: readonly string[]
}

/**
 * Checks retentions as they were typed.
 * @throws `retention_incomplete` with every problem of every entry: no basis, no last day, a last day that is not in the future or too far
 *   in it, a measure of another unit.
 */
export function readRetentions(inputs: readonly RetentionInput[], { today, maxMonths, measureIds }: RetentionLimits): Retention[] {
  const last = addMonths(today, maxMonths)
  const problems: Problem[] = []
  const retentions = inputs.map((input, index) => {
    const basis = tidy(input.basis ?? '')
    const until = input.until?.trim() ?? ''
    const keptMeasureIds = [...new Set(input.measureIds ?? [])]
    const addProblem = (code: string, field: string, values: Values = {}): void =>
      void problems.push({ code, field: `retained.${index}.${field}`, values })
    if (basis.length < BASIS_MIN || basis.length > BASIS_MAX) addProblem('retention_basis', 'basis')
    if (!isDay(until)) addProblem('retention_until', 'until')
    else if (until <= today) addProblem('retention_past', 'until')
    else if (until > last) addProblem('retention_over', 'until', { last })
    if (keptMeasureIds.some((id) => !measureIds.includes(id))) addProblem('retention_measure', 'measureIds')
    return { listingId: input.listingId, basis, until, measureIds: keptMeasureIds }
  })
  if (problems.length > 0) throw new AppError('retention_incomplete', { count: problems.length }, problems)
  return retentions
}

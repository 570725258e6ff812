// Rules of lift orders (实施意见 四(二)5): what a unit may answer about one entry, and what a retained measure must state. Pure.
// Orders are issued and answered in features/lifts/commands.ts, and stored by features/lifts/store.ts.

import { isDay, type Day } from '../../core/calendar.ts'
import { AppError, type Problem } from '../../core/errors.ts'
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

/** A retention as somebody typed it: everything may be missing. */
export interface RetentionInput {
  listingId: string
  basis?: string | undefined
  until?: Day | undefined
  measureIds?: readonly string[] | undefined
}

/** Characters of a basis: 《X法》第N条 is the shortest text that names a provision, 500 is what the column holds. */
const BASIS_MIN = 4
const BASIS_MAX = 500

/**
 * Checks retentions as they were typed.
 * @param today YYYY-MM-DD.
 * @param measureIds the measures that the unit implements.
 * @throws `retention_incomplete` with every problem of every entry: no basis, no last day, a last day that is not in the future, a
 *   measure of another unit.
 */
export function readRetentions(inputs: readonly RetentionInput[], today: Day, measureIds: readonly string[]): Retention[] {
  const problems: Problem[] = []
  const retentions = inputs.map((input, index) => {
    const basis = tidy(input.basis ?? '')
    const until = input.until?.trim() ?? ''
    const keptMeasureIds = [...new Set(input.measureIds ?? [])]
    const addProblem = (code: string, field: string): void => void problems.push({ code, field: `retained.${index}.${field}` })
    if (basis.length < BASIS_MIN || basis.length > BASIS_MAX) addProblem('retention_basis', 'basis')
    if (!isDay(until)) addProblem('retention_until', 'until')
    else if (until <= today) addProblem('retention_past', 'until')
    if (keptMeasureIds.some((id) => !measureIds.includes(id))) addProblem('retention_measure', 'measureIds')
    return { listingId: input.listingId, basis, until, measureIds: keptMeasureIds }
  })
  if (problems.length > 0) throw new AppError('retention_incomplete', { count: problems.length }, problems)
  return retentions
}

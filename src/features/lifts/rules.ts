// Lift orders (实施意见 四(二)5): what a unit may answer about one entry that left the list, and what a retained measure must state. Pure.
// Orders are kept in features/lifts/store, issued and answered by features/lifts/commands and features/lifts/commands.

import { isDay, type Day } from '../../core/calendar.ts'
import { AppError, type Problem } from '../../core/errors.ts'
import { machine } from '../../core/state-machine.ts'
import { tidy } from '../../core/text.ts'

/** Of one entry at one unit. `ended`: it was retained until a day, and that day has passed. */
export type LiftState = 'open' | 'lifted' | 'retained' | 'ended'
export type LiftAct = 'lift' | 'retain' | 'end'

export const LIFT_LIFE = machine<LiftState, LiftAct>({
  name: 'lift',
  initial: ['open'],
  terminal: ['lifted', 'ended'],
  refusal: 'lift_act_impossible',
  moves: [
    // Again from `retained`: a measure may be lifted before its day.
    { from: ['open', 'retained'], act: 'lift', to: 'lifted' },
    { from: ['open'], act: 'retain', to: 'retained' },
    { from: ['retained'], act: 'end', to: 'ended' },
  ],
})

/** A measure that a unit keeps although the entry left the list: only by law, and only until a day (实施意见 四(二)5). */
export interface Retention {
  listingId: string
  /** The provision that lets the unit keep it. */
  basis: string
  /** The last day. */
  until: Day
  /** Which of the unit's measures; empty: all of them. */
  measureIds: readonly string[]
}

/** As typed: everything may be missing. */
export interface RetentionInput {
  listingId: string
  basis?: string | undefined
  until?: Day | undefined
  measureIds?: readonly string[] | undefined
}

/** 《X法》第N条 is the least that names a provision. */
const BASIS_LEAST = 4
const BASIS_MOST = 500

/**
 * @param measureIds the measures the unit implements.
 * @throws `retention_incomplete` with every problem of every entry: no basis, no last day, one that is not ahead, a measure of another unit.
 */
export function readRetentions(inputs: readonly RetentionInput[], today: Day, measureIds: readonly string[]): Retention[] {
  const problems: Problem[] = []
  const retentions = inputs.map((input, index) => {
    const basis = tidy(input.basis ?? '')
    const until = input.until?.trim() ?? ''
    const kept = [...new Set(input.measureIds ?? [])]
    const note = (code: string, field: string): void => void problems.push({ code, field: `retained.${index}.${field}` })
    if (basis.length < BASIS_LEAST || basis.length > BASIS_MOST) note('retention_basis', 'basis')
    if (!isDay(until)) note('retention_until', 'until')
    else if (until <= today) note('retention_past', 'until')
    if (kept.some((id) => !measureIds.includes(id))) note('retention_measure', 'measureIds')
    return { listingId: input.listingId, basis, until, measureIds: kept }
  })
  if (problems.length > 0) throw new AppError('retention_incomplete', { count: problems.length }, problems)
  return retentions
}

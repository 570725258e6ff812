import type { ExitGround } from './rules.ts'
import { type Day, addDays } from '../../core/calendar.ts'
import type { Profile } from '../../core/profile.ts'
import { ruleOf } from '../deadlines/clocks.rules.ts'
import { plainEnd } from '../deadlines/rules.ts'

// Until when a debtor's case may not be listed again after a deletion the creditor asked for (法释〔2017〕7号 art. 10).
// Counting days and months is done by the rules of deadlines.

/**
 * The first day after the bar that follows a creditor-asked deletion (clock `relist.bar`); null when there is none. Read off the exit itself: a bar
 * needs no row of its own, so it also holds for exits that this house only took over.
 */
export function barredUntil(exit: { ground: ExitGround | null; exitedOn: Day | null }, profile: Profile): Day | null {
  const rule = ruleOf('relist.bar', profile)
  if (exit.ground !== 'creditor_request' || exit.exitedOn === null || 'none' in rule || rule.unit === 'working_day') return null
  return addDays(plainEnd(exit.exitedOn, rule.amount, rule.unit), 1)
}

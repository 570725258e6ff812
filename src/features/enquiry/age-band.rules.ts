// The age that the public sees of a debtor: a span of at least five years of birth, so that age and number together leave many people (ADR 0043).
// What is shown of the number is core/identifiers.ts.

import { ageOn, type Day } from '../../core/calendar.ts'

/** The youngest and the oldest that somebody of these years of birth is. */
export interface AgeBand {
  from: number
  to: number
}

/** Years of birth in one band: 1980 to 1984. Bands never move, so that no birthday shows by a change from one day to the next. */
const YEARS = 5

/** Nobody younger is listed. */
const OF_AGE = 18

/**
 * The band of somebody on a day. The youngest band of which anybody was of age when the entry was published is one with the band before, for
 * as long as the entry stands: alone it might hold only the few days on which the youngest adults were born.
 */
export function ageBandOf(birth: Day, published: Day, today: Day): AgeBand {
  const bandOf = (year: number): number => year - (year % YEARS)
  const youngest = bandOf(Number(published.slice(0, 4)) - OF_AGE)
  const own = bandOf(Number(birth.slice(0, 4)))
  const isYoung = own >= youngest - YEARS
  const first = isYoung ? youngest - YEARS : own
  const last = (isYoung ? youngest : own) + YEARS - 1
  return { from: Math.max(OF_AGE, ageOn(`${last}-12-31`, today)), to: ageOn(`${first}-01-01`, today) }
}

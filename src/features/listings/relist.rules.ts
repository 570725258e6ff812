// The six-month bar after a deletion that a creditor asked for (法释〔2017〕7号 art. 10, last paragraph): whom it stops, and until when. Pure.
// The deletions are read by search.store.ts; drafts are checked in commands.ts, rows of a file in features/imports.

import { addDays, type Day } from '../../core/calendar.ts'
import { tidyName } from '../../core/person-names.ts'
import type { Profile } from '../../core/profile.ts'
import { ruleOf } from '../deadlines/clocks.rules.ts'
import { plainEnd } from '../deadlines/rules.ts'
import type { ListingContent } from './rules.ts'

/** A deletion at a creditor's request, about one debtor. */
export interface CreditorExit {
  exitedOn: Day
  /** Who asked for it; null: not recorded, as in exits of the time before it was. */
  askedBy: string | null
}

/**
 * `barred`: the same applicant asks again. `doubtful`: it is not recorded who asked then, or who asks now, so a person has to look. `until`
 * is the first day, YYYY-MM-DD, after the bar.
 */
export interface RelistBar {
  verdict: 'barred' | 'doubtful'
  until: Day
}

/**
 * Whether a listing stands under a bar; null without one. Other applicants are free whatever the case, and so is the court of its own
 * motion, which states its reason (`ownMotion`). Applicants are compared by name, because a list gives no number of theirs; a court that
 * lists for a namesake states that as its reason.
 * @param exits deletions of this debtor's listings at a creditor's request.
 */
export function relistBar(
  { applicant, ownMotion }: Pick<ListingContent, 'applicant' | 'ownMotion'>,
  exits: readonly CreditorExit[],
  today: Day,
  profile: Profile,
): RelistBar | null {
  if (ownMotion !== undefined) return null
  const asking = namesIn(applicant?.name)
  const bars = exits.flatMap(({ exitedOn, askedBy }): RelistBar[] => {
    const until = barEnd(exitedOn, profile)
    if (until === null || today >= until) return []
    const asked = namesIn(askedBy ?? undefined)
    if (asked.length === 0 || asking.length === 0) return [{ verdict: 'doubtful', until }]
    return asked.some((name) => asking.includes(name)) ? [{ verdict: 'barred', until }] : []
  })
  const barred = bars.filter(({ verdict }) => verdict === 'barred')
  return (barred.length > 0 ? barred : bars).toSorted((a, b) => (a.until < b.until ? 1 : -1))[0] ?? null
}

/** The first day after the bar that begins with an exit (deadline `relist.bar`), also for exits that were imported; null without a bar. */
function barEnd(exitedOn: Day, profile: Profile): Day | null {
  const rule = ruleOf('relist.bar', profile)
  return 'none' in rule || rule.unit === 'working_day' ? null : addDays(plainEnd(exitedOn, rule.amount, rule.unit), 1)
}

/** The applicants that a text names: a case may have several. */
function namesIn(text = ''): string[] {
  return text
    .split(/[、，,；;/]/u)
    .map(tidyName)
    .filter(Boolean)
}

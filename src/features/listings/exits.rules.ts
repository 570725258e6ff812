// Which exits are one clerk's act, which are proposed by one person and approved by another, and what an exit after 终本 must state. Pure.
// The exit itself is `shield` in rules.ts; proposals are proposals.rules.ts.

import { addMonths, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import type { Profile } from '../../core/profile.ts'
import { cutsTermShort, type ExitGround, type Listing } from './rules.ts'

/** Grounds that rest on a judgment of the court, not on a fact that one clerk records: the creditor's request, and nothing found after 终本. */
const JUDGED_GROUNDS: readonly ExitGround[] = ['creditor_request', 'no_assets_found']

/**
 * Requires that an exit is one clerk's act: performance, the end of a term, a ruling. An exit before the end of a fixed term, at the
 * creditor's request or after 终本 is proposed by one person and approved by another (法释〔2017〕7号 art. 2 and 10).
 * @throws `exit_by_two`, which says so.
 */
export function requireExitByOne(listing: Listing, ground: ExitGround, today: Day): void {
  const endsTerm = ground !== 'term_ended' && cutsTermShort(listing, ground, today)
  // That a higher court removed an entry is seen by its list alone, never stated by a person.
  if (endsTerm || ground === 'source_removed' || JUDGED_GROUNDS.includes(ground)) throw new AppError('exit_by_two', { ground })
}

/** What is recorded of the searches for assets after 终本 (法释〔2017〕7号 art. 10 no. 6). */
export interface AssetQueries {
  /** Day on which the enforcement procedure was closed (终本), YYYY-MM-DD. */
  closedOn: Day
  /** Days of the queries, each YYYY-MM-DD. */
  queriedOn: readonly Day[]
  /** Whether the applicant or others gave a usable lead to assets. */
  leadGiven: boolean
}

/** Queries that the law wants at least, on different days. */
const LEAST_QUERIES = 2
/** Months after 终本 in which the policy wants the queries (实施意见 四(二)4: 一年内); the statute sets no limit. */
const QUERY_MONTHS = 12

/**
 * Requires that an exit after 终本, and no other, states its queries: two days or more, not before 终本, not in the future, under the
 * policy within a year of it, and no lead.
 * @throws `exit_queries_needed`, `exit_queries_unfit`.
 */
export function requireQueries(
  ground: ExitGround,
  queries: AssetQueries | undefined,
  { today, profile }: { today: Day; profile: Profile },
): void {
  if ((ground === 'no_assets_found') !== (queries !== undefined)) throw new AppError('exit_queries_needed')
  if (queries === undefined) return
  const { closedOn, leadGiven } = queries
  const yearEnd = addMonths(closedOn, QUERY_MONTHS)
  const last = profile === 'seed' && yearEnd < today ? yearEnd : today
  const fit = new Set(queries.queriedOn.filter((day) => day >= closedOn && day <= last))
  if (leadGiven || fit.size < LEAST_QUERIES || fit.size < queries.queriedOn.length)
    throw new AppError('exit_queries_unfit', { from: closedOn, until: last })
}

// The four cases in which a debtor who is able to perform is not listed under ground 1 (法释〔2017〕7号 art. 3). Pure.
// The answers are stored by exclusions.store.ts; drafts of our own court are asked before they are submitted for decision.

import { AppError } from '../../core/errors.ts'
import type { Listing } from './rules.ts'

/**
 * The cases of art. 3 in its order: enough security was given; seized assets suffice; the obligation is later in the order of performance;
 * it is otherwise no refusal to perform.
 */
export const EXCLUSIONS = ['securityGiven', 'assetsSuffice', 'laterInOrder', 'noRefusal'] as const
export type Exclusion = (typeof EXCLUSIONS)[number]

/** For each case whether it applies. */
export type ExclusionAnswers = Readonly<Record<Exclusion, boolean>>

/**
 * Requires that none of the cases applies to the listings under ground 1; the other grounds are not asked.
 * @param answersOf the recorded answers of a listing, if there are any.
 * @throws `listing_excluded` naming the case, `exclusions_unanswered` with the number of listings without answers.
 */
export function requireNotExcluded(listings: readonly Listing[], answersOf: (listing: Listing) => ExclusionAnswers | undefined): void {
  const asked = listings.filter(({ content }) => content.grounds.includes(1))
  for (const listing of asked) {
    const answers = answersOf(listing)
    const applying = EXCLUSIONS.filter((exclusion) => answers?.[exclusion] === true)
    if (applying.length > 0) throw new AppError('listing_excluded', { caseNo: listing.content.caseNo, exclusion: applying.join(' ') })
  }
  const unanswered = asked.filter((listing) => answersOf(listing) === undefined)
  if (unanswered.length > 0)
    throw new AppError('exclusions_unanswered', { count: unanswered.length, caseNo: unanswered[0]?.content.caseNo ?? '' })
}

// Deadlines that the acts on a listing open and close: objection, correction of an error, leaving the list, end of a fixed term.
// Counting days is features/deadlines/rules.ts, opening and closing features/deadlines/commands.ts; lift orders have their own.

import { dayOf, type Day } from '../../core/calendar.ts'
import { noteError, noteExit, type ExitGround, type Listing } from './rules.ts'
import { cancelDeadlines, closeDeadlines, openDeadlines, type NewDeadline } from '../deadlines/commands.ts'
import { command, type SystemCommandContext } from '../../platform/commands/command.ts'
import { loadLockedListings, subjectOf, type ListingItem } from './changes.commands.ts'
import { OUR_COURT } from '../units/conflicts.rules.ts'

type Context = Pick<SystemCommandContext, 'app' | 'tx' | 'now'>

/** After the decision: closes the deadline of an application for the listing, which runs with the draft (法释〔2017〕7号 art. 5). */
export async function deadlinesOfDecision(context: Context, listings: readonly Listing[]): Promise<void> {
  await closeDeadlines(context, 'creditor.apply_decide', listings.map(subjectOf))
}

/** After service: opens the debtor's deadline to ask for correction. */
export async function deadlinesOfService(context: Context, listings: readonly Listing[]): Promise<void> {
  await openDeadlines(
    context,
    listings.flatMap((listing) =>
      listing.servedOn === undefined ? [] : [{ code: 'objection.file', subject: subjectOf(listing), start: listing.servedOn }],
    ),
  )
}

/** After a withdrawal: cancels the deadline to object, because nothing is left to object to. */
export async function deadlinesOfWithdrawal(context: Context, listings: readonly Listing[]): Promise<void> {
  await cancelDeadlines(context, 'objection.file', listings.map(subjectOf))
}

/**
 * After publication: opens the deadline to take the listing off when its fixed term has run out. Only our court's own listings have one.
 */
export async function deadlinesOfPublication(context: Context, listings: readonly Listing[]): Promise<void> {
  await openDeadlines(context, listings.flatMap(termEndDeadline))
}

/** After a correction took effect: closes the deadline to correct the error. A term is not corrected, so its deadline stays. */
export async function deadlinesOfCorrection(context: Context, before: readonly Listing[]): Promise<void> {
  await closeDeadlines(context, 'listing.correct', before.map(errorOf))
}

function termEndDeadline(listing: Listing): NewDeadline[] {
  if (listing.termEndsOn === undefined || listing.source !== OUR_COURT) return []
  return [{ code: 'listing.term_end', subject: subjectOf(listing), start: listing.termEndsOn }]
}

/**
 * After an exit: closes the deadlines of the listing. A term that has not run out is cancelled, because nothing was due yet; so is a
 * correction when the listing was shielded, because no published wording is left to correct.
 */
export async function deadlinesOfExit(context: Context, listings: readonly Listing[]): Promise<void> {
  const revoked = (listing: Listing): boolean => listing.state === 'revoked'
  await closeDeadlines(context, 'listing.correct', listings.filter(revoked).map(errorOf))
  await cancelDeadlines(context, 'listing.correct', listings.filter((listing) => !revoked(listing)).map(errorOf))
  const today = dayOf(context.now)
  const ranOut = (listing: Listing): boolean => listing.termEndsOn !== undefined && today > listing.termEndsOn
  await closeDeadlines(context, 'listing.exit', listings.map(subjectOf))
  await closeDeadlines(context, 'listing.term_end', listings.filter(ranOut).map(subjectOf))
  await cancelDeadlines(context, 'listing.term_end', listings.filter((listing) => !ranOut(listing)).map(subjectOf))
}

/**
 * Records that a clerk found an exit ground met, before the listing is shielded: the deadline to shield it runs from that day
 * (实施意见 四(二)4). If it is recorded twice, the first day counts.
 * @throws what `shield` would throw today; `request_invalid` for a day in the future.
 */
export const noteExitGround = command(
  'listing.note_exit',
  async (
    context,
    input: { items: readonly ListingItem[]; ground: ExitGround; metOn: Day; earlyDecisionNo?: string | undefined },
  ): Promise<{ noted: number }> => {
    const { ground, metOn, earlyDecisionNo } = input
    const loaded = await loadLockedListings(context, input.items)
    const earlyDecision = earlyDecisionNo === undefined ? {} : { earlyDecisionNo }
    for (const { listing } of loaded) noteExit(listing, { ground, metOn, today: dayOf(context.now), ...earlyDecision })
    await openDeadlines(
      context,
      loaded.map(({ listing }) => ({ code: 'listing.exit', subject: subjectOf(listing), start: metOn })),
    )
    // Audited under a subject of its own: the listing's row is signed over the end of its own chain, and the row does not change.
    await context.auditAll(
      loaded.map(({ listing }) => ({ subject: `exit:${listing.id}`, detail: { ground, metOn, ...earlyDecision } })),
      'known',
    )
    return { noted: loaded.length }
  },
  (output) => output,
)

/** Subject of an error's deadline: one per wording, so an error found in the corrected wording has a deadline of its own. */
function errorOf({ id, contentVersion }: Pick<Listing, 'id' | 'contentVersion'>): string {
  return `error:${id}:${contentVersion}`
}

/**
 * Records that a clerk found, or was told of, an error in a published listing: the deadline runs until it is corrected or revoked
 * (实施意见 四(二)2, 法释〔2017〕7号 art. 9). If it is recorded twice, the first day counts.
 * @throws what `correct` would throw today; `request_invalid` for a day in the future, `reason_needed`.
 */
export const noteListingError = command(
  'listing.note_error',
  async (context, input: { items: readonly ListingItem[]; foundOn: Day; reason: string }): Promise<{ noted: number }> => {
    const { foundOn, reason } = input
    const loaded = await loadLockedListings(context, input.items)
    for (const { listing } of loaded) noteError(listing, { foundOn, reason, today: dayOf(context.now) })
    await openDeadlines(
      context,
      loaded.map(({ listing }) => ({ code: 'listing.correct', subject: errorOf(listing), start: foundOn })),
    )
    // Audited under a subject of its own, as an exit ground is: the listing does not change.
    await context.auditAll(
      loaded.map(({ listing }) => ({
        subject: `error:${listing.id}`,
        detail: { foundOn, reason: reason.trim(), contentVersion: listing.contentVersion },
      })),
      'known',
    )
    return { noted: loaded.length }
  },
  (output) => output,
)

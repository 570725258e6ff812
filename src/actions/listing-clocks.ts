// The clocks that a listing's own acts start and end: the right to object, the way off the list, the end of a fixed term.
// Counting is domain/deadlines; running clocks is actions/clocks; lift orders have theirs in actions/lift-orders.

import { dayOf, type Day } from '../core/calendar.ts'
import { noteExit, OUR_COURT, type ExitGround, type Listing } from '../domain/listing.ts'
import { cancelDeadlines, closeDeadlines, openDeadlines, restartDeadlines, type Opening } from './clocks.ts'
import { act, type ErrandContext } from './context.ts'
import { load, subjectOf, type Item } from './listing-changes.ts'

type Context = Pick<ErrandContext, 'house' | 'tx' | 'now'>

/** Served: the debtor's days to ask for correction. */
export async function clocksOfService(context: Context, listings: readonly Listing[]): Promise<void> {
  await openDeadlines(
    context,
    listings.flatMap((listing) =>
      listing.servedOn === undefined ? [] : [{ code: 'objection.file', subject: subjectOf(listing), start: listing.servedOn }],
    ),
  )
}

/** Withdrawn: there is nothing left to object to. */
export async function clocksOfWithdrawal(context: Context, listings: readonly Listing[]): Promise<void> {
  await cancelDeadlines(context, 'objection.file', listings.map(subjectOf))
}

/** In force: the days in which it must come off once its fixed term has run out. A higher court's entries are that court's to take off. */
export async function clocksOfPublication(context: Context, listings: readonly Listing[]): Promise<void> {
  await openDeadlines(context, listings.flatMap(termEnd))
}

/** Corrected: a term that changed runs anew, one that fell away ends. */
export async function clocksOfCorrection(context: Context, before: Listing, after: Listing): Promise<void> {
  if (before.termEndsOn === after.termEndsOn) return
  if (after.termEndsOn === undefined) await cancelDeadlines(context, 'listing.term_end', [subjectOf(after)])
  else await restartDeadlines(context, termEnd(after))
}

function termEnd(listing: Listing): Opening[] {
  if (listing.termEndsOn === undefined || listing.source !== OUR_COURT) return []
  return [{ code: 'listing.term_end', subject: subjectOf(listing), start: listing.termEndsOn }]
}

/** Off the list: both clocks are done; one whose term has not run out had nothing to ask for yet. */
export async function clocksOfExit(context: Context, listings: readonly Listing[]): Promise<void> {
  const today = dayOf(context.now)
  const ranOut = (listing: Listing): boolean => listing.termEndsOn !== undefined && today > listing.termEndsOn
  await closeDeadlines(context, 'listing.exit', listings.map(subjectOf))
  await closeDeadlines(context, 'listing.term_end', listings.filter(ranOut).map(subjectOf))
  await cancelDeadlines(context, 'listing.term_end', listings.filter((listing) => !ranOut(listing)).map(subjectOf))
}

/**
 * A clerk finds that an exit ground is met, before the listing is shielded: its clock runs from that day (实施意见 四(二)4).
 * Found twice, the first day counts. @throws what shielding it now would throw; `request_invalid` for a day that lies ahead.
 */
export const noteExitGround = act(
  'listing.note_exit',
  async (
    context,
    input: { items: readonly Item[]; ground: ExitGround; metOn: Day; earlyDecisionNo?: string | undefined },
  ): Promise<{ noted: number }> => {
    const { ground, metOn, earlyDecisionNo } = input
    const loaded = await load(context, input.items)
    const early = earlyDecisionNo === undefined ? {} : { earlyDecisionNo }
    for (const { listing } of loaded) noteExit(listing, { ground, metOn, today: dayOf(context.now), ...early })
    await openDeadlines(
      context,
      loaded.map(({ listing }) => ({ code: 'listing.exit', subject: subjectOf(listing), start: metOn })),
    )
    // A chain of its own: the listing's own chain is sealed into its row, which does not change.
    await context.auditAll(
      loaded.map(({ listing }) => ({ subject: `exit:${listing.id}`, detail: { ground, metOn, ...early } })),
      'known',
    )
    return { noted: loaded.length }
  },
  (output) => output,
)

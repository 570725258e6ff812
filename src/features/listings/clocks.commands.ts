// The clocks that a listing's own acts start and end: the right to object, putting an error right, the way off the list, the end of a fixed term.
// Counting is features/deadlines/rules; running clocks is features/deadlines/commands; lift orders have theirs in features/lifts/commands.

import { dayOf, type Day } from '../../core/calendar.ts'
import { noteError, noteExit, OUR_COURT, type ExitGround, type Listing } from './rules.ts'
import { cancelDeadlines, closeDeadlines, openDeadlines, restartDeadlines, type Opening } from '../deadlines/commands.ts'
import { command, type SystemCommandContext } from '../../platform/commands/command.ts'
import { load, subjectOf, type Item } from './changes.commands.ts'

type Context = Pick<SystemCommandContext, 'app' | 'tx' | 'now'>

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

/** Corrected: the error is put right; a term that changed runs anew, one that fell away ends. */
export async function clocksOfCorrection(context: Context, before: Listing, after: Listing): Promise<void> {
  await closeDeadlines(context, 'listing.correct', [errorOf(before)])
  if (before.termEndsOn === after.termEndsOn) return
  if (after.termEndsOn === undefined) await cancelDeadlines(context, 'listing.term_end', [subjectOf(after)])
  else await restartDeadlines(context, termEnd(after))
}

function termEnd(listing: Listing): Opening[] {
  if (listing.termEndsOn === undefined || listing.source !== OUR_COURT) return []
  return [{ code: 'listing.term_end', subject: subjectOf(listing), start: listing.termEndsOn }]
}

/** Off the list: its clocks are done; a term that has not run out had nothing to ask for yet, and a shield leaves no wording to put right. */
export async function clocksOfExit(context: Context, listings: readonly Listing[]): Promise<void> {
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
 * A clerk finds that an exit ground is met, before the listing is shielded: its clock runs from that day (实施意见 四(二)4).
 * Found twice, the first day counts. @throws what shielding it now would throw; `request_invalid` for a day that lies ahead.
 */
export const noteExitGround = command(
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

/** An error is one of a wording: found twice, the first day counts; found in the corrected wording, it has days of its own. */
function errorOf({ id, contentVersion }: Pick<Listing, 'id' | 'contentVersion'>): string {
  return `error:${id}:${contentVersion}`
}

/**
 * A clerk found, or was told, that something published is wrong: its days run until it is corrected or revoked (实施意见 四(二)2, 法释〔2017〕7号 art. 9).
 * @throws what correcting it now would throw; `request_invalid` for a day that lies ahead, `reason_needed`.
 */
export const noteListingError = command(
  'listing.note_error',
  async (context, input: { items: readonly Item[]; foundOn: Day; reason: string }): Promise<{ noted: number }> => {
    const { foundOn, reason } = input
    const loaded = await load(context, input.items)
    for (const { listing } of loaded) noteError(listing, { foundOn, reason, today: dayOf(context.now) })
    await openDeadlines(
      context,
      loaded.map(({ listing }) => ({ code: 'listing.correct', subject: errorOf(listing), start: foundOn })),
    )
    // A chain of its own, as an exit ground has: the listing does not change.
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

// Letting measures rest while an objection is verified, and ending that (实施意见 四(二)3): the listing stays in force and public.
// When that is due is domain/objection; units hear of it by a bulletin that actions/broadcast spreads.

import { newId } from '../../core/ids.ts'
import { restOrApply } from '../listings/rules.ts'
import type { Objection } from './rules.ts'
import type { ActContext } from '../../platform/commands/command.ts'
import { change, type Loaded } from '../listings/changes.commands.ts'
import { tellParties } from '../listings/parties.notices.ts'
import { endSuspension, insertSuspension, suspendedAmong } from '../listings/suspensions.store.ts'
import { restInBulletin } from '../bulletins/commands.ts'

/** Begins a suspension. Units and debtor are told when no other objection suspends the listing already. */
export async function suspendListing(context: ActContext, before: Loaded, objection: Objection): Promise<void> {
  const { tx, now } = context
  const { listing } = before
  const resting = await suspendedAmong(tx, [listing.id])
  await insertSuspension(tx, { id: newId(), listingId: listing.id, objectionId: objection.id, startedAt: now, endedAt: null })
  if (!resting.has(listing.id)) await tellRest(context, before, 'suspend', objection)
}

/** Ends what the objection suspended, if it did. A listing that has left meanwhile has told everybody more than this. */
export async function resumeListing(context: ActContext, before: Loaded, objection: Objection): Promise<void> {
  const { tx, now } = context
  const { listing } = before
  if (!(await endSuspension(tx, objection.id, now)) || listing.state !== 'listed') return
  const resting = await suspendedAmong(tx, [listing.id])
  if (!resting.has(listing.id)) await tellRest(context, before, 'resume', objection)
}

async function tellRest(context: ActContext, before: Loaded, kind: 'suspend' | 'resume', { number }: Objection): Promise<void> {
  const event = kind === 'suspend' ? 'listing.suspended' : 'listing.resumed'
  const changed = change(before, restOrApply(before.listing), event, { [kind]: number })
  const { bulletin } = await restInBulletin(context, kind, [changed])
  await tellParties(context, event, [changed], bulletin.listVersion)
}

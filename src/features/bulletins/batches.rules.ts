// Bulk acts on listings: what can be ordered for many at once, and whether it could be done with one of them now. Pure.
// Choosing the listings is features/listings/selection.rules.ts; the order is carried out by batches.commands.ts.

import type { Day } from '../../core/calendar.ts'
import type { Profile } from '../../core/profile.ts'
import type { Permission } from '../../platform/commands/permissions.ts'
import { requireNotExcluded } from '../listings/exclusions.rules.ts'
import { requireExitByOne } from '../listings/exits.rules.ts'
import type { ActFacts } from '../listings/possible.rules.ts'
import { carriedOut, requireNoProposal, type ProposedTerms } from '../listings/proposals.rules.ts'
import { approve, publish, recordService, reject, shield, submit, withdraw, type ExitGround, type Listing } from '../listings/rules.ts'

/** What is to be done with each of the listings. */
export type BatchOrder =
  | { act: 'submit' }
  | { act: 'approve' }
  | { act: 'reject'; reason: string }
  | { act: 'record_service'; servedOn: Day; manner: string }
  | { act: 'withdraw'; reason: string }
  | { act: 'publish' }
  | { act: 'shield'; ground: ExitGround; reason: string }
  | { act: 'propose'; terms: ProposedTerms }
/** The acts that can be ordered. */
export const BATCH_ACTS = [
  'submit',
  'approve',
  'reject',
  'record_service',
  'withdraw',
  'publish',
  'shield',
  'propose',
] as const satisfies readonly BatchOrder['act'][]
export type BatchAct = BatchOrder['act']

/** The permission that an order needs, the same as for one listing. */
export const BATCH_PERMISSIONS: Readonly<Record<BatchAct, Permission>> = {
  submit: 'listing.submit',
  approve: 'listing.approve',
  reject: 'listing.reject',
  record_service: 'listing.record_service',
  withdraw: 'listing.withdraw',
  publish: 'listing.publish',
  shield: 'listing.shield',
  propose: 'listing.propose',
}

/** Acts whose listings are announced together: the fewer bulletins, the fewer messages to every unit. */
export function isAnnounced(act: BatchAct): boolean {
  return act === 'publish' || act === 'shield'
}

/** Requires that an order could be carried out with this listing now. @throws what the command for one listing throws. */
export function requireDoable(
  listing: Listing,
  order: BatchOrder,
  facts: ActFacts,
  { by, today, profile }: { by: string; today: Day; profile: Profile },
): void {
  switch (order.act) {
    case 'submit':
      submit(listing)
      requireNotExcluded([listing], () => facts.exclusions)
      return
    case 'approve':
      approve(listing, { by, authors: facts.authors, decisionNo: '', today })
      return
    case 'reject':
      reject(listing, { by, authors: facts.authors, reason: order.reason })
      return
    case 'record_service':
      recordService(listing, { ...order, today })
      return
    case 'withdraw':
      withdraw(listing, order)
      return
    case 'publish':
      publish(listing, { today, profile })
      return
    case 'shield':
      requireExitByOne(listing, order.ground, today)
      shield(listing, { ...order, today })
      return
    case 'propose':
      carriedOut(listing, order.terms, { today, profile })
      requireNoProposal(facts.proposedBy)
  }
}

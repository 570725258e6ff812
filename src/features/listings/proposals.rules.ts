// Proposals: a correction, revocation or exit of a published listing that one person proposes and another puts in force or rejects. Pure.
// Storing is proposals.store.ts; proposing and deciding is features/bulletins/proposals.commands.ts.

import type { Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import type { Profile } from '../../core/profile.ts'
import { requireAnother } from '../../platform/commands/permissions.ts'
import type { RawContent } from '../debtors/row-reader.rules.ts'
import { correctedContent } from './corrections.rules.ts'
import { requireQueries, type AssetQueries } from './exits.rules.ts'
import { correct, requireReason, revoke, shield, type ExitGround, type Listing } from './rules.ts'

/** Acts on a listing that take two people. */
export const PROPOSED_ACTS = ['correct', 'shield', 'revoke'] as const
export type ProposedAct = (typeof PROPOSED_ACTS)[number]

/**
 * `open`: waits for another person. `replaced`: a later proposal took its place. `stale`: the listing was corrected or left the list
 * meanwhile.
 */
export const LISTING_PROPOSAL_STATES = ['open', 'approved', 'rejected', 'replaced', 'stale'] as const
export type ListingProposalState = (typeof LISTING_PROPOSAL_STATES)[number]

/** What is proposed and why. */
export type ProposedTerms =
  | { act: 'correct'; patch: RawContent; reason: string }
  | {
      act: 'shield'
      ground: ExitGround
      reason: string
      /** Number of the early-deletion decision, needed while a fixed term runs. */
      earlyDecisionNo?: string | undefined
      /** Name of the applicant who asked, for `creditor_request`; without it, the one whom the listing names. */
      askedBy?: string | undefined
      /** Only for `no_assets_found`, and needed there. */
      queries?: AssetQueries | undefined
    }
  | { act: 'revoke'; reason: string }

/** A proposal about one listing. */
export interface ListingProposal {
  id: string
  listingId: string
  state: ListingProposalState
  terms: ProposedTerms
  /** The account that proposed it. */
  proposedBy: string
  proposedAt: Date
  /** Everybody who wrote a part: the proposer, and who proposed what it replaced. None of them decides. */
  authors: readonly string[]
  decidedBy: string | null
  decidedAt: Date | null
  /** Why it was rejected. */
  refusal: string | null
}

/** A new proposal. @param input.replaced the open proposal in whose place it comes; its authors count as authors of the new one. */
export function propose(input: {
  id: string
  listingId: string
  terms: ProposedTerms
  by: string
  at: Date
  replaced: ListingProposal | null
}): ListingProposal {
  const { id, listingId, terms, by, at, replaced } = input
  const authors = [...new Set([...(replaced?.authors ?? []), by])]
  return { id, listingId, state: 'open', terms, proposedBy: by, proposedAt: at, authors, decidedBy: null, decidedAt: null, refusal: null }
}

/** Requires that no proposal about a listing waits. @param authors those of the one that waits. @throws `listing_proposal_open`. */
export function requireNoProposal(authors: readonly string[] | null): void {
  if (authors !== null) throw new AppError('listing_proposal_open')
}

/**
 * The listing as a proposal makes it.
 * @throws what `correct`, `shield`, `revoke`, `correctedContent` and `requireQueries` throw.
 */
export function carriedOut(listing: Listing, terms: ProposedTerms, now: { today: Day; profile: Profile }): Listing {
  const { today } = now
  const { reason } = terms
  switch (terms.act) {
    case 'correct':
      return correct(listing, { content: correctedContent(listing, terms.patch, today), reason })
    case 'shield': {
      const { ground, earlyDecisionNo, askedBy, queries } = terms
      requireQueries(ground, queries, now)
      return shield(listing, {
        ground,
        reason,
        today,
        ...(earlyDecisionNo === undefined ? {} : { earlyDecisionNo }),
        ...(askedBy === undefined ? {} : { askedBy }),
      })
    }
    case 'revoke':
      return revoke(listing, { reason, today })
  }
}

/** A decision by somebody who wrote no part of the proposal. */
interface Decided {
  by: string
  at: Date
}

/**
 * Approves a proposal.
 * @param input.ceased account ids of those who may no longer propose: without them only one person would stand behind the change.
 * @throws `listing_proposal_closed` with its state, `own_draft`, `proposer_ceased`.
 */
export function approveProposal(
  proposal: ListingProposal,
  { ceased, ...decided }: Decided & { ceased: ReadonlySet<string> },
): ListingProposal {
  const approved = decide(proposal, decided)
  if (ceased.has(proposal.proposedBy)) throw new AppError('proposer_ceased')
  return { ...approved, state: 'approved' }
}

/** Rejects a proposal. @throws `listing_proposal_closed` with its state, `own_draft`, `reason_needed`. */
export function rejectProposal(proposal: ListingProposal, { reason, ...decided }: Decided & { reason: string }): ListingProposal {
  return { ...decide(proposal, decided), state: 'rejected', refusal: requireReason(reason) }
}

function decide(proposal: ListingProposal, { by, at }: Decided): ListingProposal {
  if (proposal.state !== 'open') throw new AppError('listing_proposal_closed', { state: proposal.state })
  requireAnother(by, proposal.authors)
  return { ...proposal, decidedBy: by, decidedAt: at }
}

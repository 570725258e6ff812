// Commands on proposals: one person proposes to correct, shield or revoke listings; another puts it in force in a bulletin, or rejects it.
// What a proposal may say is features/listings/proposals.rules.ts; the bulletin is commands.ts.

import { dayOf } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import type { JournalEvent } from '../journal/store.ts'
import {
  change,
  loadListings,
  loadLockedListings,
  type Changed,
  type ListingItem,
  type LoadedListing,
} from '../listings/changes.commands.ts'
import {
  approveProposal,
  carriedOut,
  propose,
  PROPOSED_ACTS,
  rejectProposal,
  type ListingProposal,
  type ListingProposalState,
  type ProposedAct,
  type ProposedTerms,
} from '../listings/proposals.rules.ts'
import { closeProposal, insertProposals, proposalsById, settledTogether } from '../listings/proposals.store.ts'
import { enqueueNotice } from '../../messaging/outbox.ts'
import { closeTasks } from '../../messaging/overtaking.ts'
import { listVersion } from '../../platform/database/counters.ts'
import { staffRecipients } from '../staff/recipients.ts'
import { ceasedAmong } from '../staff/standing.views.ts'
import { command, type CommandContext } from '../../platform/commands/command.ts'
import { saveCorrections, saveExits, type BulletinOutcome } from './commands.ts'

/** A listing about which something is proposed. With `replaces`, in place of the open proposal with that id. */
export type ProposedItem = ListingItem & { replaces?: string | undefined }

/** What a command made of one proposal. */
export interface ProposalOutcome {
  id: string
  listingId: string
  act: ProposedAct
  state: ListingProposalState
}

const outcomeOf = ({ id, listingId, terms, state }: ListingProposal): ProposalOutcome => ({ id, listingId, act: terms.act, state })

/**
 * Proposes the same act on listings, one proposal each. Nothing changes on the list; what could not be put in force today is refused.
 * @throws as `loadListings` and `carriedOut`, and `listing_proposal_open` for a listing with an open proposal that is not named to be
 *   replaced, `listing_proposal_missing`, `listing_proposal_closed`.
 */
export const proposeChange = command(
  'listing.propose',
  async (context, input: { items: readonly ProposedItem[]; terms: ProposedTerms }): Promise<ProposalOutcome[]> => {
    const { tx, app, actor, now } = context
    const loaded = await loadLockedListings(context, input.items)
    for (const { listing } of loaded) carriedOut(listing, input.terms, nowOf(context))
    const replaced = await replacedBy(context, input.items)
    const proposals = loaded.map(({ listing }) =>
      propose({
        id: newId(),
        listingId: listing.id,
        terms: input.terms,
        by: actor.id,
        at: now,
        replaced: replaced.get(listing.id) ?? null,
      }),
    )
    for (const proposal of replaced.values()) await closeProposal(tx, app.secrets, { ...proposal, state: 'replaced' })
    await insertProposals(tx, app.secrets, proposals)
    await context.auditAll(
      proposals.map((proposal) => ({ subject: subjectOf(proposal), detail: detailOf(proposal) })),
      'fresh',
    )
    await closeTasks(context, 'proposal', await settledTogether(tx, [...replaced.keys()]))
    await notifyApprovers(context, proposals)
    return proposals.map(outcomeOf)
  },
  (outcomes) => ({ proposals: outcomes.length }),
)

/** Tells the approvers that proposals wait for one of them. */
async function notifyApprovers(context: CommandContext, proposals: readonly ListingProposal[]): Promise<void> {
  const [first] = proposals
  if (first === undefined) return
  const act = context.app.catalog.words('states', `act.${first.terms.act}`)
  const notice = { event: 'listing.proposed', key: `listing.proposed:${first.id}`, values: { act, count: proposals.length } } as const
  await enqueueNotice(
    context,
    'court',
    { ...notice, listVersion: await listVersion(context.tx) },
    await staffRecipients(context, 'approver'),
  )
}

/** The open proposals that come to be replaced, by listing. @throws `listing_proposal_missing`, `listing_proposal_closed`. */
async function replacedBy(context: CommandContext, items: readonly ProposedItem[]): Promise<Map<string, ListingProposal>> {
  const naming = items.flatMap(({ id, replaces }) => (replaces === undefined ? [] : [{ listingId: id, replaces }]))
  const proposals = await loadProposals(
    context,
    naming.map(({ replaces }) => replaces),
  )
  for (const [position, { listingId, state }] of proposals.entries()) {
    if (listingId !== naming[position]?.listingId) throw new AppError('listing_proposal_missing')
    if (state !== 'open') throw new AppError('listing_proposal_closed', { state })
  }
  return new Map(proposals.map((proposal) => [proposal.listingId, proposal]))
}

/** The bulletins in which approved proposals took effect, one for each act. */
export interface ApprovedOutcome {
  bulletins: BulletinOutcome[]
}

/**
 * Puts proposals in force: all of them or none.
 * @throws `listing_proposal_missing`, `listing_proposal_closed` for a decided or stale one, `own_draft` for an author, `proposer_ceased`,
 *   and as `carriedOut`.
 */
export const approveProposals = command(
  'listing.approve_proposal',
  async (context, input: { ids: readonly string[] }): Promise<ApprovedOutcome> =>
    putInForce(context, await loadProposals(context, input.ids)),
  ({ bulletins }) => ({ bulletins: bulletins.length }),
)

/**
 * Approves proposals inside another command, as the decision of its actor.
 * @throws as `approveProposals`.
 */
export async function putInForce(context: CommandContext, proposals: readonly ListingProposal[]): Promise<ApprovedOutcome> {
  const proposers = proposals.map(({ proposedBy }) => proposedBy)
  const ceased = await ceasedAmong(context.tx, proposers, 'listing.propose')
  const approved = proposals.map((proposal) => approveProposal(proposal, { by: context.actor.id, at: context.now, ceased }))
  await saveDecisions(context, approved)
  const bulletins: BulletinOutcome[] = []
  for (const act of PROPOSED_ACTS) {
    const ofAct = approved.filter(({ terms }) => terms.act === act)
    if (ofAct.length === 0) continue
    const changes = await changesOf(context, ofAct)
    bulletins.push(act === 'correct' ? await saveCorrections(context, changes) : await saveExits(context, act, changes))
  }
  return { bulletins }
}

/** Rejects proposals with a reason; nothing changes on the list. @throws as `approveProposals`, and `reason_needed`. */
export const rejectProposals = command(
  'listing.reject_proposal',
  async (context, input: { ids: readonly string[]; reason: string }): Promise<ProposalOutcome[]> => {
    const { actor, now } = context
    const loaded = await loadProposals(context, input.ids)
    const rejected = loaded.map((proposal) => rejectProposal(proposal, { by: actor.id, at: now, reason: input.reason }))
    await saveDecisions(context, rejected)
    await closeTasks(
      context,
      'proposal',
      await settledTogether(
        context.tx,
        rejected.map(({ listingId }) => listingId),
      ),
    )
    return rejected.map(outcomeOf)
  },
  (outcomes) => ({ proposals: outcomes.length }),
)

/** Loads proposals in the order of their ids. @throws `listing_proposal_missing`, `request_invalid` for one named twice. */
export async function loadProposals({ tx, app }: CommandContext, ids: readonly string[]): Promise<ListingProposal[]> {
  if (new Set(ids).size < ids.length) throw new AppError('request_invalid')
  const byId = new Map((await proposalsById(tx, app.secrets, ids)).map((proposal) => [proposal.id, proposal]))
  return ids.map((id) => {
    const proposal = byId.get(id)
    if (proposal === undefined) throw new AppError('listing_proposal_missing')
    return proposal
  })
}

async function saveDecisions(context: CommandContext, decided: readonly ListingProposal[]): Promise<void> {
  for (const proposal of decided) await closeProposal(context.tx, context.app.secrets, proposal)
  await context.auditAll(
    decided.map((proposal) => ({ subject: subjectOf(proposal), detail: detailOf(proposal) })),
    'known',
  )
}

const EVENTS: Readonly<Record<ProposedAct, JournalEvent>> = {
  correct: 'listing.corrected',
  shield: 'listing.shielded',
  revoke: 'listing.revoked',
}

/** The listings as the proposals make them. */
async function changesOf(context: CommandContext, proposals: readonly ListingProposal[]): Promise<Changed[]> {
  const loaded = await loadListings(
    context,
    proposals.map(({ listingId }) => ({ id: listingId })),
  )
  return proposals.map(({ id, terms }, position) => {
    const before = loaded[position] as LoadedListing
    return change(before, carriedOut(before.listing, terms, nowOf(context)), EVENTS[terms.act], { proposal: id })
  })
}

function nowOf({ app, now }: CommandContext): Parameters<typeof carriedOut>[2] {
  return { today: dayOf(now), profile: app.config.profile }
}

/** Subject of a proposal in audit rows. */
function subjectOf({ id }: ListingProposal): string {
  return `listing_proposal:${id}`
}

/** Detail of an audit row: what is proposed by codes and names of fields, never a value or a reason. */
function detailOf({ listingId, state, terms }: ListingProposal): Record<string, string> {
  const more =
    terms.act === 'correct' ? { fields: Object.keys(terms.patch).join(' ') } : terms.act === 'shield' ? { ground: terms.ground } : {}
  return { listingId, act: terms.act, state, ...more }
}

// Routes of proposals to correct, shield or revoke a published listing: propose, approve, reject, and the list of open ones.
// The exits that one clerk records are routes.ts.

import { z } from 'zod'
import { columnsOf } from '../listings/content.rules.ts'
import { writtenAt, writtenContent } from '../listings/content.routes.ts'
import { items, proposalView, reason, toProposalView } from '../listings/routes.ts'
import { listProposals } from '../listings/views.ts'
import { STATED_EXIT_GROUNDS } from '../listings/rules.ts'
import { LISTING_PROPOSAL_STATES, PROPOSED_ACTS, type ProposedTerms } from '../listings/proposals.rules.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { jsonReply } from '../../platform/http/reply.ts'
import { dayText, idText, listOf, page, route, type Route } from '../../platform/http/route.ts'
import { bulletinOutcome } from './routes.ts'
import { approveProposals, proposeChange, rejectProposals } from './proposals.commands.ts'
import { proposedWording } from './wording.views.ts'

/** The reason of a correction or revocation, which the debtor is sent word for word: longer than this an SMS would cut it. */
const toldReason = z.string().trim().min(2).max(100)

/** What is proposed. */
export const terms = z.discriminatedUnion('act', [
  z.strictObject({ act: z.literal('correct'), patch: writtenContent, reason: toldReason }),
  z.strictObject({
    act: z.literal('shield'),
    ground: z.enum(STATED_EXIT_GROUNDS),
    reason,
    earlyDecisionNo: z.string().trim().max(60).optional(),
    askedBy: z.string().trim().max(100).optional(),
    queries: z.strictObject({ closedOn: dayText, queriedOn: z.array(dayText).min(1).max(20), leadGiven: z.boolean() }).optional(),
  }),
  z.strictObject({ act: z.literal('revoke'), reason: toldReason }),
])

const proposedItems = z
  .array(items.element.extend({ replaces: idText.optional() }))
  .min(1)
  .max(2000)
const ids = z.array(idText).min(1).max(2000)
const outcomes = z.object({
  proposals: z.array(
    z.object({ id: z.string(), listingId: z.string(), act: z.enum(PROPOSED_ACTS), state: z.enum(LISTING_PROPOSAL_STATES) }),
  ),
})

/** Proposed terms with a correction in columns, as the commands take it. */
export function inColumns(proposed: z.output<typeof terms>): ProposedTerms {
  return proposed.act === 'correct' ? { ...proposed, patch: columnsOf(proposed.patch) } : proposed
}

const base = '/api/v1/listing-proposals'

export const proposalRoutes: readonly Route[] = [
  route({
    name: 'listings.proposals',
    method: 'GET',
    path: base,
    access: 'session',
    permission: 'listing.read',
    query: z.object(page),
    reply: jsonReply(listOf(proposalView)),
    async run({ app, actor, query }) {
      const { items: found, total } = await listProposals(app, actor, query)
      return { items: found.map(toProposalView), total, ...query }
    },
  }),
  route({
    name: 'listings.proposed_wording',
    method: 'POST',
    path: `${base}/wording`,
    access: 'session',
    permission: 'bulletin.read',
    body: jsonBody(z.strictObject({ id: idText, terms })),
    reply: jsonReply(z.object({ text: z.string(), segments: z.int() })),
    run: ({ app, actor, body }) =>
      writtenAt('terms.patch', () => proposedWording(app, actor, { id: body.id, terms: inColumns(body.terms) })),
  }),
  route({
    name: 'listings.propose',
    method: 'POST',
    path: base,
    access: 'session',
    permission: 'listing.propose',
    body: jsonBody(z.strictObject({ items: proposedItems, terms })),
    reply: jsonReply(outcomes, 201),
    run: ({ app, actor, body }) =>
      writtenAt('terms.patch', async () => ({
        proposals: await proposeChange(app, actor, { items: body.items, terms: inColumns(body.terms) }),
      })),
  }),
  route({
    name: 'listings.approve_proposals',
    method: 'POST',
    path: `${base}/approve`,
    access: 'session',
    permission: 'listing.approve_proposal',
    body: jsonBody(z.strictObject({ ids })),
    reply: jsonReply(z.object({ bulletins: z.array(bulletinOutcome) })),
    run: ({ app, actor, body }) => approveProposals(app, actor, body),
  }),
  route({
    name: 'listings.reject_proposals',
    method: 'POST',
    path: `${base}/reject`,
    access: 'session',
    permission: 'listing.reject_proposal',
    body: jsonBody(z.strictObject({ ids, reason })),
    reply: jsonReply(outcomes),
    run: async ({ app, actor, body }) => ({ proposals: await rejectProposals(app, actor, body) }),
  }),
]

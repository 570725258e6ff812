// Routes of listings up to their publication: draft, decide, serve, withdraw, record an exit ground or an error, and views.
// Publishing, correcting, shielding and revoking are features/bulletins/routes.ts.

import { z } from 'zod'
import { contentOfPatch } from './content.rules.ts'
import { contentView, drafted, patchView, writtenAt, writtenContent } from './content.routes.ts'
import { listListings, showListing, type ProposalView } from './views.ts'
import { noteExitGround, noteListingError } from './clocks.commands.ts'
import {
  answerExclusions,
  approveListings,
  draftListing,
  editListing,
  recordServices,
  rejectListings,
  submitListings,
  withdrawListings,
} from './commands.ts'
import { EXCLUSIONS } from './exclusions.rules.ts'
import { LISTING_PROPOSAL_STATES, PROPOSED_ACTS } from './proposals.rules.ts'
import { OFFERED_ACTS } from './possible.rules.ts'
import { EXIT_GROUNDS, LISTING_STATES, STATED_EXIT_GROUNDS } from './rules.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { jsonReply } from '../../platform/http/reply.ts'
import { dayText, idParams, idText, instant, listOf, page, route, type Route } from '../../platform/http/route.ts'

const item = z.object({ id: idText, version: z.int().min(1).optional() })
/** A listing that is decided on in the version that was seen: sent back and written anew it is another. */
const seenItem = item.required({ version: true })
/** Listings to act on, at most 2,000. */
export const items = z.array(item).min(1).max(2000)
/** Reason of an act, 2 to 400 characters. */
export const reason = z.string().trim().min(2).max(400)

/** What a command made of one listing. */
export const outcome = z.object({ id: z.string(), version: z.int(), state: z.enum(LISTING_STATES) })
const outcomes = z.object({ listings: z.array(outcome) })

export const listingSummary = z.object({
  id: z.string(),
  source: z.string(),
  state: z.enum(LISTING_STATES),
  version: z.int(),
  kind: z.enum(['person', 'organisation']),
  name: z.string(),
  identifier: z.string(),
  caseNo: z.string(),
  court: z.string(),
  grounds: z.array(z.int()),
  termMonths: z.int().nullable(),
  disclosure: z.string(),
  publishedOn: dayText.nullable(),
  termEndsOn: dayText.nullable(),
  exitedOn: dayText.nullable(),
})

/** One entry of the journal. */
export const journalView = z.object({
  seq: z.int(),
  at: instant,
  event: z.string(),
  listingId: z.string(),
  listingVersion: z.int(),
  contentVersion: z.int(),
  bulletinId: z.string().nullable(),
})

const auditView = z.object({ n: z.int(), at: instant, actor: z.string(), act: z.string(), detail: z.string(), hash: z.string() })

/** A proposal of a correction, an exit or a revocation. */
export const proposalView = z.object({
  id: z.string(),
  listingId: z.string(),
  act: z.enum(PROPOSED_ACTS),
  state: z.enum(LISTING_PROPOSAL_STATES),
  patch: patchView.optional(),
  ground: z.enum(EXIT_GROUNDS).optional(),
  earlyDecisionNo: z.string().optional(),
  askedBy: z.string().optional(),
  queries: z.object({ closedOn: dayText, queriedOn: z.array(dayText).readonly(), leadGiven: z.boolean() }).optional(),
  reason: z.string(),
  proposedBy: z.string(),
  proposedAt: instant,
  authors: z.array(z.string()).readonly(),
  decidedBy: z.string().nullable(),
  decidedAt: instant.nullable(),
  refusal: z.string().nullable(),
  proposerCeased: z.boolean(),
})

/** A proposal with its correction in the shape of a content. */
export function toProposalView({ patch, ...proposal }: ProposalView): z.input<typeof proposalView> {
  return { ...proposal, ...(patch === undefined ? {} : { patch: contentOfPatch(patch) as z.input<typeof patchView> }) }
}

const exclusionAnswers = z.record(z.enum(EXCLUSIONS), z.boolean())

const listingDetail = z.object({
  id: z.string(),
  source: z.string(),
  state: z.enum(LISTING_STATES),
  version: z.int(),
  contentVersion: z.int(),
  content: contentView,
  draftedBy: z.string(),
  decidedBy: z.string().optional(),
  decidedOn: dayText.optional(),
  decisionNo: z.string().optional(),
  servedOn: dayText.optional(),
  serviceManner: z.string().optional(),
  publishedOn: dayText.optional(),
  termEndsOn: dayText.optional(),
  exitedOn: dayText.optional(),
  exitGround: z.string().optional(),
  exitAskedBy: z.string().optional(),
  reason: z.string().optional(),
  importId: z.string().optional(),
  possible: z.array(z.enum(OFFERED_ACTS)),
  suspended: z.boolean(),
  exclusions: z.object({ answers: exclusionAnswers, answeredBy: z.string(), answeredAt: instant }).nullable(),
  proposals: z.array(proposalView),
  journal: z.array(journalView),
  audit: z.array(auditView),
  people: z.record(z.string(), z.string()),
  wordings: z.array(z.object({ contentVersion: z.int(), replacedAt: instant, content: contentView })),
})

/** The six-month bar of 法释〔2017〕7号 art. 10; `until` is the first day after it. */
const relist = z.object({ verdict: z.enum(['barred', 'doubtful']), until: dayText }).nullable()

const filter = z.object({
  state: z.enum(LISTING_STATES).optional(),
  source: z.string().max(40).optional(),
  text: z.string().trim().min(1).max(100).optional(),
  importId: idText.optional(),
  ...page,
})

const base = '/api/v1/listings'

export const listingRoutes: readonly Route[] = [
  route({
    name: 'listings.list',
    method: 'GET',
    path: base,
    access: 'session',
    permission: 'listing.read',
    query: filter,
    reply: jsonReply(listOf(listingSummary)),
    async run({ app, actor, query }) {
      const { limit, offset, ...rest } = query
      const conditions = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
      return { ...(await listListings(app, actor, { filter: conditions, page: { limit, offset } })), limit, offset }
    },
  }),
  route({
    name: 'listings.show',
    method: 'GET',
    path: `${base}/:id`,
    access: 'session',
    permission: 'listing.read',
    params: idParams,
    reply: jsonReply(listingDetail.extend({ relist })),
    async run({ app, actor, params }) {
      const { proposals, ...rest } = await showListing(app, actor, params.id)
      return { ...rest, proposals: proposals.map(toProposalView) }
    },
  }),
  route({
    name: 'listings.draft',
    method: 'POST',
    path: base,
    access: 'session',
    permission: 'listing.draft',
    body: jsonBody(z.object({ content: writtenContent })),
    reply: jsonReply(z.object({ id: z.string(), version: z.int(), relist }), 201),
    run: ({ app, actor, body }) => writtenAt('content', () => draftListing(app, actor, drafted(body.content))),
  }),
  route({
    name: 'listings.edit',
    method: 'PUT',
    path: `${base}/:id`,
    access: 'session',
    permission: 'listing.edit',
    params: idParams,
    body: jsonBody(z.object({ version: z.int().min(1), content: writtenContent })),
    reply: jsonReply(outcome),
    run: ({ app, actor, params, body: { version, content } }) =>
      writtenAt('content', () => editListing(app, actor, { id: params.id, version, ...drafted(content) })),
  }),
  route({
    name: 'listings.answer_exclusions',
    method: 'POST',
    path: `${base}/exclusions`,
    access: 'session',
    permission: 'listing.answer_exclusions',
    body: jsonBody(z.strictObject({ items, answers: exclusionAnswers })),
    reply: jsonReply(z.object({ answered: z.int() })),
    run: ({ app, actor, body }) => answerExclusions(app, actor, body),
  }),
  route({
    name: 'listings.submit',
    method: 'POST',
    path: `${base}/submit`,
    access: 'session',
    permission: 'listing.submit',
    body: jsonBody(z.object({ items })),
    reply: jsonReply(outcomes),
    run: async ({ app, actor, body }) => ({ listings: await submitListings(app, actor, body) }),
  }),
  route({
    name: 'listings.approve',
    method: 'POST',
    path: `${base}/approve`,
    access: 'session',
    permission: 'listing.approve',
    body: jsonBody(
      z.object({
        items: z
          .array(seenItem.extend({ decisionNo: z.string().trim().max(60).optional() }))
          .min(1)
          .max(2000),
      }),
    ),
    reply: jsonReply(outcomes),
    run: async ({ app, actor, body }) => ({ listings: await approveListings(app, actor, body) }),
  }),
  route({
    name: 'listings.reject',
    method: 'POST',
    path: `${base}/reject`,
    access: 'session',
    permission: 'listing.reject',
    body: jsonBody(z.object({ items, reason })),
    reply: jsonReply(outcomes),
    run: async ({ app, actor, body }) => ({ listings: await rejectListings(app, actor, body) }),
  }),
  route({
    name: 'listings.service',
    method: 'POST',
    path: `${base}/service`,
    access: 'session',
    permission: 'listing.record_service',
    body: jsonBody(z.object({ items, servedOn: dayText, manner: z.string().trim().min(2).max(200) })),
    reply: jsonReply(outcomes),
    run: async ({ app, actor, body }) => ({ listings: await recordServices(app, actor, body) }),
  }),
  route({
    name: 'listings.withdraw',
    method: 'POST',
    path: `${base}/withdraw`,
    access: 'session',
    permission: 'listing.withdraw',
    body: jsonBody(z.object({ items, reason })),
    reply: jsonReply(outcomes),
    run: async ({ app, actor, body }) => ({ listings: await withdrawListings(app, actor, body) }),
  }),
  route({
    name: 'listings.note_error',
    method: 'POST',
    path: '/api/v1/listings/errors',
    access: 'session',
    permission: 'listing.note_error',
    body: jsonBody(z.strictObject({ items, foundOn: dayText, reason: z.string().trim().min(2).max(500) })),
    reply: jsonReply(z.object({ noted: z.int() })),
    run: ({ app, actor, body }) => noteListingError(app, actor, body),
  }),
  route({
    name: 'listings.note_exit',
    method: 'POST',
    path: '/api/v1/listings/exit-grounds',
    access: 'session',
    permission: 'listing.note_exit',
    body: jsonBody(
      z.strictObject({
        items,
        ground: z.enum(STATED_EXIT_GROUNDS),
        metOn: dayText,
        earlyDecisionNo: z.string().trim().max(60).optional(),
      }),
    ),
    reply: jsonReply(z.object({ noted: z.int() })),
    run: ({ app, actor, body }) => noteExitGround(app, actor, body),
  }),
]

// Routes of bulletins and the journal: the commands that change the public list, lists of bulletins, and the journal.
// Everything before publication is in listings/routes.ts.

import { z } from 'zod'
import { EXIT_GROUNDS } from '../listings/rules.ts'
import { readJournal } from '../listings/views.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { content, items, journalView, listingSummary, outcome, reason } from '../listings/routes.ts'
import { jsonReply } from '../../platform/http/reply.ts'
import { idParams, instant, listOf, page, route, type Route } from '../../platform/http/route.ts'
import { type BulletinOutcome, correctListing, publishListings, revokeListings, shieldListings } from './commands.ts'
import { listBulletins, showBulletin } from './views.ts'

const bulletinOutcome = z.object({
  bulletin: z.object({ id: z.string(), number: z.string(), listVersion: z.int() }),
  listings: z.array(outcome),
})

const bulletinView = z.object({
  id: z.string(),
  number: z.string(),
  kind: z.enum(['publish', 'shield', 'revoke', 'correct', 'takeover', 'suspend', 'resume']),
  at: instant,
  source: z.string(),
  listed: z.int(),
  shielded: z.int(),
  revoked: z.int(),
  corrected: z.int(),
  listVersion: z.int(),
})

export const bulletinRoutes: readonly Route[] = [
  route({
    name: 'listings.publish',
    method: 'POST',
    path: '/api/v1/listings/publish',
    access: 'session',
    permission: 'listing.publish',
    body: jsonBody(z.object({ items })),
    reply: jsonReply(bulletinOutcome),
    run: ({ app, actor, body }): Promise<BulletinOutcome> => publishListings(app, actor, body),
  }),
  route({
    name: 'listings.shield',
    method: 'POST',
    path: '/api/v1/listings/shield',
    access: 'session',
    permission: 'listing.shield',
    body: jsonBody(
      z.object({
        items,
        ground: z.enum(EXIT_GROUNDS).exclude(['source_removed']),
        reason,
        earlyDecisionNo: z.string().trim().max(60).optional(),
        askedBy: z.string().trim().max(100).optional(),
      }),
    ),
    reply: jsonReply(bulletinOutcome),
    run: ({ app, actor, body }): Promise<BulletinOutcome> => shieldListings(app, actor, body),
  }),
  route({
    name: 'listings.revoke',
    method: 'POST',
    path: '/api/v1/listings/revoke',
    access: 'session',
    permission: 'listing.revoke',
    body: jsonBody(z.object({ items, reason })),
    reply: jsonReply(bulletinOutcome),
    run: ({ app, actor, body }): Promise<BulletinOutcome> => revokeListings(app, actor, body),
  }),
  route({
    name: 'listings.correct',
    method: 'POST',
    path: '/api/v1/listings/:id/correct',
    access: 'session',
    permission: 'listing.correct',
    params: idParams,
    body: jsonBody(z.object({ version: z.int().min(1), content, reason })),
    reply: jsonReply(bulletinOutcome),
    run: ({ app, actor, params, body }): Promise<BulletinOutcome> => correctListing(app, actor, { id: params.id, ...body }),
  }),
  route({
    name: 'bulletins.list',
    method: 'GET',
    path: '/api/v1/bulletins',
    access: 'session',
    permission: 'bulletin.read',
    query: z.object(page),
    reply: jsonReply(listOf(bulletinView)),
    async run({ app, actor, query }) {
      const { items, total } = await listBulletins(app, actor, query)
      return { items: items.map(({ actor: _actor, ...row }) => ({ ...row, listVersion: Number(row.listVersion) })), total, ...query }
    },
  }),
  route({
    name: 'bulletins.show',
    method: 'GET',
    path: '/api/v1/bulletins/:id',
    access: 'session',
    permission: 'bulletin.read',
    params: idParams,
    query: z.object(page),
    reply: jsonReply(z.object({ bulletin: bulletinView, ...listOf(listingSummary.extend({ event: z.string(), seq: z.int() })).shape })),
    async run({ app, actor, params, query }) {
      const { entries, total, actor: _actor, ...bulletin } = await showBulletin(app, actor, { id: params.id, page: query })
      return { bulletin, items: entries, total, ...query }
    },
  }),
  route({
    name: 'journal.read',
    method: 'GET',
    path: '/api/v1/journal',
    access: 'session',
    permission: 'journal.read',
    query: z.object({ after: z.coerce.number().int().min(0).default(0), limit: z.coerce.number().int().min(1).max(1000).default(200) }),
    reply: jsonReply(z.object({ items: z.array(journalView), listVersion: z.int() })),
    run: ({ app, actor, query }) => readJournal(app, actor, query),
  }),
]

// Routes of bulletins and the journal: publishing, the exits that one clerk records, lists of bulletins, and the journal.
// What takes two people is proposals.routes.ts; everything before publication is in listings/routes.ts.

import { Readable } from 'node:stream'
import { z } from 'zod'
import { STATED_EXIT_GROUNDS } from '../listings/rules.ts'
import { readJournal } from '../listings/views.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { items, journalView, listingSummary, outcome, reason } from '../listings/routes.ts'
import { fileReply, jsonReply } from '../../platform/http/reply.ts'
import { DOCX_TYPE } from '../../platform/sheets/docx-page.ts'
import { dayText, idParams, instant, listOf, page, route, type Route } from '../../platform/http/route.ts'
import { type BulletinOutcome, publishListings, shieldListings } from './commands.ts'
import { bulletinDocument } from './document.views.ts'
import { bulletinSpread } from './preview.views.ts'
import { listBulletins, showBulletin } from './views.ts'

/** The bulletin that a command opened, and the listings in it. */
export const bulletinOutcome = z.object({
  bulletin: z.object({ id: z.string(), number: z.string(), listVersion: z.int() }),
  listings: z.array(outcome),
})

const BULLETIN_KINDS = ['publish', 'shield', 'revoke', 'correct', 'takeover', 'suspend', 'resume'] as const

const bulletinView = z.object({
  id: z.string(),
  number: z.string(),
  kind: z.enum(BULLETIN_KINDS),
  at: instant,
  source: z.string(),
  listed: z.int(),
  shielded: z.int(),
  revoked: z.int(),
  corrected: z.int(),
  listVersion: z.int(),
})

/** A long bulletin is printed in parts, counted from 1. */
export const partQuery = z.object({ part: z.coerce.number().int().min(1).max(10_000).default(1) })

const spread = z.object({
  broadcasts: z.array(z.object({ event: z.string(), audience: z.string(), told: z.int(), done: z.boolean() })),
  notices: z.array(z.object({ audience: z.string(), state: z.string(), count: z.int() })),
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
        ground: z.enum(STATED_EXIT_GROUNDS),
        reason,
      }),
    ),
    reply: jsonReply(bulletinOutcome),
    run: ({ app, actor, body }): Promise<BulletinOutcome> => shieldListings(app, actor, body),
  }),
  route({
    name: 'bulletins.list',
    method: 'GET',
    path: '/api/v1/bulletins',
    access: 'session',
    permission: 'bulletin.read',
    query: z.object({
      kind: z.enum(BULLETIN_KINDS).optional(),
      source: z.string().max(40).optional(),
      number: z.string().trim().max(20).optional(),
      from: dayText.optional(),
      until: dayText.optional(),
      unreached: z.literal('yes').optional(),
      ...page,
    }),
    reply: jsonReply(listOf(bulletinView)),
    async run({ app, actor, query: { limit, offset, unreached, ...rest } }) {
      const filter = { ...rest, unreached: unreached === 'yes' }
      const { items, total } = await listBulletins(app, actor, { filter, page: { limit, offset } })
      const views = items.map(({ actor: _actor, ...row }) => ({ ...row, listVersion: Number(row.listVersion) }))
      return { items: views, total, limit, offset }
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
    reply: jsonReply(
      z.object({
        bulletin: bulletinView,
        spread,
        ...listOf(listingSummary.extend({ event: z.string(), seq: z.int(), changes: z.string().nullable() })).shape,
      }),
    ),
    async run({ app, actor, params, query }) {
      const { entries, total, actor: _actor, ...bulletin } = await showBulletin(app, actor, { id: params.id, page: query })
      return { bulletin, spread: await bulletinSpread(app, actor, params.id), items: entries, total, ...query }
    },
  }),
  route({
    name: 'bulletins.document',
    method: 'GET',
    path: '/api/v1/bulletins/:id/document',
    access: 'session',
    permission: 'bulletin.read',
    params: idParams,
    query: partQuery,
    reply: fileReply(DOCX_TYPE),
    async run({ app, actor, params, query }) {
      const { fileName, content } = await bulletinDocument(app, actor, { ...params, ...query })
      return { fileName, content: Readable.from([content]) }
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

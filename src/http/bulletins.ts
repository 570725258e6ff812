// Routes of bulletins and the journal. What they show is actions/listing-views.
// Making bulletins is part of the acts on listings.

import { z } from 'zod'
import { listBulletins, readJournal, showBulletin } from '../actions/listing-views.ts'
import { journalView, listingSummary } from './listings.ts'
import { jsonReply } from './reply.ts'
import { idParams, instant, listOf, page, route, type Route } from './route.ts'

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
    name: 'bulletins.list',
    method: 'GET',
    path: '/api/v1/bulletins',
    access: 'session',
    act: 'bulletin.read',
    query: z.object(page),
    reply: jsonReply(listOf(bulletinView)),
    async run({ house, actor, query }) {
      const { items, total } = await listBulletins(house, actor, query)
      return { items: items.map(({ actor: _actor, ...row }) => ({ ...row, listVersion: Number(row.listVersion) })), total, ...query }
    },
  }),
  route({
    name: 'bulletins.show',
    method: 'GET',
    path: '/api/v1/bulletins/:id',
    access: 'session',
    act: 'bulletin.read',
    params: idParams,
    query: z.object(page),
    reply: jsonReply(z.object({ bulletin: bulletinView, ...listOf(listingSummary.extend({ event: z.string(), seq: z.int() })).shape })),
    async run({ house, actor, params, query }) {
      const { entries, total, actor: _actor, ...bulletin } = await showBulletin(house, actor, { id: params.id, page: query })
      return { bulletin, items: entries, total, ...query }
    },
  }),
  route({
    name: 'journal.read',
    method: 'GET',
    path: '/api/v1/journal',
    access: 'session',
    act: 'journal.read',
    query: z.object({ after: z.coerce.number().int().min(0).default(0), limit: z.coerce.number().int().min(1).max(1000).default(200) }),
    reply: jsonReply(z.object({ items: z.array(journalView), listVersion: z.int() })),
    run: ({ house, actor, query }) => readJournal(house, actor, query),
  }),
]

// Routes for units that keep a copy of the list: the changes, and a snapshot to begin with. The queries are views.ts.
// Asking about one applicant is features/screening/routes.ts.

import { z } from 'zod'
import { readFeed, readSnapshot } from './views.ts'
import { jsonReply } from '../../platform/http/reply.ts'
import { dayText, idText, instant, route, type Route } from '../../platform/http/route.ts'

const EVENTS = [
  'listing.listed',
  'listing.corrected',
  'listing.shielded',
  'listing.revoked',
  'listing.suspended',
  'listing.resumed',
] as const

const entry = z.object({
  listingId: idText,
  kind: z.enum(['person', 'organisation']),
  name: z.string(),
  identifier: z.string(),
  sex: z.string().nullable(),
  legalRepresentative: z.string().nullable(),
  court: z.string(),
  caseNo: z.string(),
  filedOn: dayText,
  basisNo: z.string(),
  basisMaker: z.string(),
  obligation: z.string(),
  performance: z.string(),
  grounds: z.array(z.int()),
  publishedOn: dayText.nullable(),
  termEndsOn: dayText.nullable(),
  source: z.string(),
  suspended: z.boolean(),
  suspendedMeasures: z.array(z.string()),
})

const limit = z.coerce.number().int().min(1).max(1000).default(500)

/** The routes under `/api/v1/changes`. */
export const feedRoutes: readonly Route[] = [
  route({
    name: 'feed.changes',
    method: 'GET',
    path: '/api/v1/changes',
    access: 'unit',
    permission: 'feed.read',
    query: z.strictObject({ after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0), limit }),
    reply: jsonReply(
      z.object({
        changes: z.array(z.object({ seq: z.int(), at: instant, event: z.enum(EVENTS), listingId: idText, entry: entry.nullable() })),
        next: z.int(),
        more: z.boolean(),
        listVersion: z.int(),
        asOf: instant,
      }),
    ),
    async run({ app, actor, query }) {
      const feed = await readFeed(app, actor, query)
      return { ...feed, changes: feed.changes.map((change) => ({ ...change, event: change.event as (typeof EVENTS)[number] })) }
    },
  }),
  route({
    name: 'feed.snapshot',
    method: 'GET',
    path: '/api/v1/changes/snapshot',
    access: 'unit',
    permission: 'feed.read',
    query: z.strictObject({ after: z.union([idText, z.literal('')]).default(''), limit }),
    reply: jsonReply(z.object({ entries: z.array(entry), next: idText.nullable(), listVersion: z.int(), asOf: instant })),
    run: ({ app, actor, query }) => readSnapshot(app, actor, query),
  }),
]

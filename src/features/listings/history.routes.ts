// The route of a listing's history: who did what, when, to which version, and what changed between wordings.
// The listing itself is shown by routes.ts.

import { z } from 'zod'
import { FIELDS } from '../debtors/columns.rules.ts'
import { listingHistory } from './history.views.ts'
import { jsonReply } from '../../platform/http/reply.ts'
import { idParams, instant, route, type Route } from '../../platform/http/route.ts'

const entry = z.object({
  at: instant,
  by: z.object({ id: z.string(), name: z.string().nullable() }),
  act: z.string(),
  on: z.enum(['listing', 'exclusions', 'exit', 'error', 'proposal']),
  version: z.int().nullable(),
  contentVersion: z.int().nullable(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  event: z.string().nullable(),
  bulletin: z.object({ id: z.string(), number: z.string() }).nullable(),
  reason: z.string().nullable(),
  proposalId: z.string().nullable(),
})

const version = z.object({
  contentVersion: z.int(),
  replacedAt: instant.nullable(),
  changes: z.array(z.object({ field: z.enum(FIELDS), before: z.string().nullable(), after: z.string().nullable() })),
})

export const historyRoutes: readonly Route[] = [
  route({
    name: 'listings.history',
    method: 'GET',
    path: '/api/v1/listings/:id/history',
    access: 'session',
    permission: 'listing.read',
    params: idParams,
    reply: jsonReply(z.object({ items: z.array(entry), versions: z.array(version) })),
    run: ({ app, actor, params }) => listingHistory(app, actor, params.id),
  }),
]

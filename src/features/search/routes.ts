// The route of the one search box. It is a POST, so that a name or number never stands in an address, a log or a history.
// What is found is views.ts.

import { z } from 'zod'
import { jsonBody } from '../../platform/http/body.ts'
import { jsonReply } from '../../platform/http/reply.ts'
import { route, type Route } from '../../platform/http/route.ts'
import { findEverything, HIT_KINDS } from './views.ts'

const hit = z.object({
  kind: z.enum(HIT_KINDS),
  id: z.string(),
  title: z.string(),
  detail: z.string().nullable(),
  state: z.string().nullable(),
  stateName: z.string().nullable(),
  path: z.string(),
})

/** The route `/api/v1/search`. */
export const searchRoutes: readonly Route[] = [
  route({
    name: 'search.find',
    method: 'POST',
    path: '/api/v1/search',
    access: 'session',
    permission: 'search.read',
    body: jsonBody(z.strictObject({ text: z.string().trim().min(2).max(60) })),
    reply: jsonReply(z.object({ items: z.array(hit) })),
    run: async ({ app, actor, body }) => ({ items: await findEverything(app, actor, body.text) }),
  }),
]

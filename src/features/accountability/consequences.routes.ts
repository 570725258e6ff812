// Routes of consequences for a unit: list, show, record a transfer, confirm, refuse, cancel.
// The commands are consequences.commands.ts; proposals, circulars and interviews have their routes in routes.ts.

import { z } from 'zod'
import { cancelConsequence, confirmConsequence, recordTransfer, refuseConsequence } from './consequences.commands.ts'
import { listConsequences, showConsequence } from './views.ts'
import { CONSEQUENCE_KINDS, CONSEQUENCE_STATES } from './consequences.rules.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { jsonReply } from '../../platform/http/reply.ts'
import { dayText, idParams, instant, listOf, page, route, type Route } from '../../platform/http/route.ts'

const version = z.int().min(1).optional()
const writtenText = z.string().trim().min(2).max(2000)
const unitId = z.string().regex(/^[a-z0-9_]{2,40}$/)
const outcome = z.object({ id: z.string(), number: z.string(), state: z.string(), version: z.int() })

const consequence = {
  id: z.string(),
  number: z.string(),
  unitId: z.string(),
  year: z.int(),
  kind: z.enum(CONSEQUENCE_KINDS),
  kindName: z.string(),
  citation: z.string(),
  state: z.enum(CONSEQUENCE_STATES),
  version: z.int(),
  cause: z.string(),
  bodies: z.array(z.string()),
  proposedOn: dayText,
  decidedBy: z.string().nullable(),
  decidedOn: dayText.nullable(),
  reference: z.string().nullable(),
  record: z.object({
    note: z.string().optional(),
    reason: z.string().optional(),
    cancellation: z.string().optional(),
    circulars: z.array(z.object({ id: z.string(), number: z.string() })).optional(),
  }),
}

const history = {
  possible: z.array(z.string()),
  audit: z.array(
    z.object({ n: z.int(), at: instant, actor: z.string(), name: z.string().nullable(), act: z.string(), detail: z.string() }),
  ),
}
const postById = { method: 'POST', access: 'session', params: idParams, reply: jsonReply(outcome) } as const
const getById = { method: 'GET', params: idParams } as const
const year = z.coerce.number().int().min(2000).max(2100).optional()

export const consequenceRoutes: readonly Route[] = [
  route({
    name: 'consequences.list',
    method: 'GET',
    path: '/api/v1/consequences',
    access: 'session',
    permission: 'accountability.read',
    query: z.object({
      unitId: unitId.optional(),
      state: z.enum(CONSEQUENCE_STATES).optional(),
      kind: z.enum(CONSEQUENCE_KINDS).optional(),
      year,
      ...page,
    }),
    reply: jsonReply(listOf(z.object(consequence))),
    async run({ app, actor, query: { limit, offset, ...filter } }) {
      return { ...(await listConsequences(app, actor, { filter, page: { limit, offset } })), limit, offset }
    },
  }),
  route({
    ...getById,
    name: 'consequences.show',
    path: '/api/v1/consequences/:id',
    access: 'session',
    permission: 'accountability.read',
    reply: jsonReply(z.object({ ...consequence, ...history })),
    run: ({ app, actor, params }) => showConsequence(app, actor, params.id),
  }),
  route({
    name: 'consequences.transfer',
    method: 'POST',
    path: '/api/v1/consequences',
    access: 'session',
    permission: 'accountability.transfer',
    body: jsonBody(z.object({ unitId, note: writtenText })),
    reply: jsonReply(outcome, 201),
    run: ({ app, actor, body }) => recordTransfer(app, actor, body),
  }),
  route({
    ...postById,
    name: 'consequences.confirm',
    path: '/api/v1/consequences/:id/confirm',
    permission: 'accountability.confirm',
    body: jsonBody(
      z.object({
        version,
        reason: writtenText,
        bodies: z.array(unitId).min(1).max(10).optional(),
        reference: z.string().trim().max(60).optional(),
      }),
    ),
    run: ({ app, actor, params, body }) => confirmConsequence(app, actor, { ...params, ...body }),
  }),
  route({
    ...postById,
    name: 'consequences.refuse',
    path: '/api/v1/consequences/:id/refuse',
    permission: 'accountability.confirm',
    body: jsonBody(z.object({ version, reason: writtenText })),
    run: ({ app, actor, params, body }) => refuseConsequence(app, actor, { ...params, ...body }),
  }),
  route({
    ...postById,
    name: 'consequences.cancel',
    path: '/api/v1/consequences/:id/cancel',
    permission: 'accountability.confirm',
    body: jsonBody(z.object({ version, reason: writtenText })),
    run: ({ app, actor, params, body }) => cancelConsequence(app, actor, { ...params, ...body }),
  }),
]

// HTTP routes of units, liaisons, subscribers and measures. The work is done in commands.ts and subscriptions.commands.ts.
// Which audience gets which notice is messaging/notices.rules.ts.

import { z } from 'zod'
import {
  addLiaison,
  addSubscriber,
  addUnit,
  changeLiaison,
  listMeasures,
  listSubscribers,
  listUnits,
  removeSubscriber,
  setUnitActive,
  showUnit,
} from './commands.ts'
import { CLAUSE_ADVICE, CLAUSE_KINDS } from './clauses.rules.ts'
import { OFFICES } from '../debtors/rules.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { EMPTY_REPLY, jsonReply } from '../../platform/http/reply.ts'
import { UNIT_NEEDS } from './measures.rules.ts'
import { issueBindingCode } from './subscriptions.commands.ts'
import { idParams, instant, listOf, page, route, type Route } from '../../platform/http/route.ts'

const unitView = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.string(),
  isClass: z.boolean(),
  classId: z.string().nullable(),
  leadingGroupMember: z.boolean(),
  active: z.boolean(),
  seeded: z.boolean(),
})

const liaisonView = z.object({
  id: z.string(),
  unitId: z.string(),
  name: z.string(),
  head: z.boolean(),
  active: z.boolean(),
  phone: z.string().nullable(),
  wechat: z.string().nullable(),
  wechaty: z.string().nullable(),
})

const subscriberView = z.object({
  id: z.string(),
  kind: z.enum(['media', 'public']),
  name: z.string(),
  phone: z.string().nullable(),
  wechat: z.string().nullable(),
  consentedAt: instant,
  endedAt: instant.nullable(),
})

const reach = { phone: z.string().trim().max(30).optional(), wechat: z.string().trim().max(64).optional() }
const name = z.string().trim().min(1).max(60)
const unitParams = z.object({ id: z.string().regex(/^[a-z0-9_]{2,40}$/) })

const unitName = z.string().trim().min(2).max(100)

const clause = z.object({
  id: z.string(),
  advice: z.enum(CLAUSE_ADVICE),
  words: z.string(),
  self: z.enum(CLAUSE_KINDS).optional(),
  side: z.array(z.enum(OFFICES)).readonly().optional(),
  applicant: z.array(z.enum(OFFICES)).readonly().optional(),
  nominee: z.array(z.enum(OFFICES)).readonly().optional(),
})

export const unitRoutes: readonly Route[] = [
  route({
    name: 'units.list',
    method: 'GET',
    path: '/api/v1/units',
    access: 'session',
    permission: 'unit.read',
    query: z.object({
      text: z.string().trim().min(1).max(50).optional(),
      kind: z.string().max(40).optional(),
      need: z.enum(UNIT_NEEDS).optional(),
      classId: z.string().max(40).optional(),
      isClass: z.enum(['yes', 'no']).optional(),
      ...page,
    }),
    reply: jsonReply(
      listOf(unitView.extend({ className: z.string().nullable(), measureCount: z.int(), liaisonCount: z.int(), boundCount: z.int() })),
    ),
    async run({ app, actor, query }) {
      const { limit, offset, isClass, ...texts } = query
      const flag = isClass === undefined ? undefined : isClass === 'yes'
      const filter = Object.fromEntries(Object.entries({ ...texts, isClass: flag }).filter(([, value]) => value !== undefined))
      return { ...(await listUnits(app, actor, { filter, page: { limit, offset } })), limit, offset }
    },
  }),
  route({
    name: 'units.show',
    method: 'GET',
    path: '/api/v1/units/:id',
    access: 'session',
    permission: 'unit.read',
    params: unitParams,
    reply: jsonReply(
      unitView.extend({ className: z.string().nullable(), measureIds: z.array(z.string()), liaisons: z.array(liaisonView) }),
    ),
    run: ({ app, actor, params }) => showUnit(app, actor, params.id),
  }),
  route({
    name: 'units.create',
    method: 'POST',
    path: '/api/v1/units',
    access: 'session',
    permission: 'unit.manage',
    body: jsonBody(z.object({ classId: z.string().max(40), name: unitName })),
    reply: jsonReply(unitView, 201),
    run: ({ app, actor, body }) => addUnit(app, actor, body),
  }),
  route({
    name: 'units.change',
    method: 'PATCH',
    path: '/api/v1/units/:id',
    access: 'session',
    permission: 'unit.manage',
    params: unitParams,
    body: jsonBody(z.strictObject({ active: z.boolean() })),
    reply: jsonReply(unitView),
    run: ({ app, actor, params, body }) => setUnitActive(app, actor, { id: params.id, active: body.active }),
  }),
  route({
    name: 'liaisons.create',
    method: 'POST',
    path: '/api/v1/units/:id/liaisons',
    access: 'session',
    permission: 'liaison.manage',
    params: unitParams,
    body: jsonBody(z.object({ name, head: z.boolean().optional(), ...reach })),
    reply: jsonReply(liaisonView, 201),
    run: ({ app, actor, params, body }) => addLiaison(app, actor, { unitId: params.id, ...body }),
  }),
  route({
    name: 'liaisons.change',
    method: 'PATCH',
    path: '/api/v1/liaisons/:id',
    access: 'session',
    permission: 'liaison.manage',
    params: idParams,
    body: jsonBody(
      z.object({
        name: name.optional(),
        head: z.boolean().optional(),
        active: z.boolean().optional(),
        ...reach,
        wechaty: z.literal('').optional(),
      }),
    ),
    reply: jsonReply(liaisonView),
    run: ({ app, actor, params, body }) => changeLiaison(app, actor, { id: params.id, ...body }),
  }),
  route({
    name: 'liaisons.issue_code',
    method: 'POST',
    path: '/api/v1/liaisons/:id/binding-code',
    access: 'session',
    permission: 'liaison.manage',
    params: idParams,
    reply: jsonReply(z.object({ code: z.string(), expiresAt: instant }), 201),
    run: ({ app, actor, params }) => issueBindingCode(app, actor, params.id),
  }),
  route({
    name: 'subscribers.list',
    method: 'GET',
    path: '/api/v1/subscribers',
    access: 'session',
    permission: 'unit.read',
    query: z.object(page),
    reply: jsonReply(listOf(subscriberView)),
    run: async ({ app, actor, query }) => ({ ...(await listSubscribers(app, actor, query)), ...query }),
  }),
  route({
    name: 'subscribers.create',
    method: 'POST',
    path: '/api/v1/subscribers',
    access: 'session',
    permission: 'subscriber.manage',
    body: jsonBody(z.object({ kind: z.enum(['media', 'public']), name, ...reach })),
    reply: jsonReply(subscriberView, 201),
    run: ({ app, actor, body }) => addSubscriber(app, actor, body),
  }),
  route({
    name: 'subscribers.remove',
    method: 'DELETE',
    path: '/api/v1/subscribers/:id',
    access: 'session',
    permission: 'subscriber.manage',
    params: idParams,
    reply: EMPTY_REPLY,
    async run({ app, actor, params }) {
      await removeSubscriber(app, actor, params.id)
      return undefined
    },
  }),
  route({
    name: 'measures.list',
    method: 'GET',
    path: '/api/v1/measures',
    access: 'unit',
    permission: 'catalogue.read',
    reply: jsonReply(
      z.object({
        items: z.array(
          z.object({
            id: z.string(),
            title: z.string(),
            summary: z.string(),
            citation: z.string(),
            unitIds: z.array(z.string()),
            clauses: z.array(clause),
            businesses: z.array(z.object({ name: z.string(), clauses: z.array(z.string()).readonly() })),
          }),
        ),
      }),
    ),
    run: async ({ app, actor }) => ({ items: await listMeasures(app, actor, undefined) }),
  }),
]

// Routes of a unit about itself: its measures and people, what it was told, and the keys of its systems.
// What a unit does is in the routes of each subject.

import { z } from 'zod'
import { MEDIUMS } from '../../core/mediums.ts'
import { SCOPES } from '../../platform/commands/scopes.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { jsonReply } from '../../platform/http/reply.ts'
import { dayText, idText, instant, listOf, page, perMinute, route, type Route } from '../../platform/http/route.ts'
import { RETURN_STATES } from '../feedback/rules.ts'
import { CLAUSE_ADVICE } from '../units/clauses.rules.ts'
import { KEY_STATES, ownKeys, tryKey } from '../units/keys.views.ts'
import { showOwnUnit, unitNotices } from './views.ts'

const measure = z.object({
  id: z.string(),
  title: z.string(),
  category: z.string(),
  summary: z.string(),
  citation: z.string(),
  clauses: z.array(
    z.object({ id: z.string(), words: z.string(), advice: z.enum(CLAUSE_ADVICE), means: z.string(), reaches: z.array(z.string()) }),
  ),
  businesses: z.array(z.object({ name: z.string(), forNominees: z.boolean(), untouched: z.boolean() })),
})

const ownUnit = z.object({
  unit: z.object({ id: z.string(), name: z.string(), kind: z.string(), className: z.string().nullable() }),
  measures: z.array(measure),
  liaisons: z.array(
    z.object({
      id: idText,
      name: z.string(),
      self: z.boolean(),
      head: z.boolean(),
      phone: z.string().nullable(),
      wechatBound: z.boolean(),
    }),
  ),
  rounds: z.array(
    z.object({
      roundId: idText,
      quarter: z.string(),
      firstDay: dayText,
      lastDay: dayText,
      dueOn: dayText,
      overdue: z.boolean(),
      state: z.enum(RETURN_STATES),
    }),
  ),
})

const notice = z.object({
  id: idText,
  at: instant,
  subject: z.string(),
  text: z.string().nullable(),
  medium: z.enum(MEDIUMS).nullable(),
  verdict: z.enum(['served', 'handed_over', 'unconfirmed', 'under_way', 'not_served', 'cancelled']),
  served: z.string(),
  to: z.string().nullable(),
  statutory: z.boolean(),
  closedAt: instant.nullable(),
})

const key = z.object({
  id: idText,
  label: z.string(),
  scopes: z.array(z.object({ scope: z.enum(SCOPES), name: z.string() })),
  createdAt: instant,
  expiresAt: instant,
  revokedAt: instant.nullable(),
  lastUsedAt: instant.nullable(),
  state: z.enum(KEY_STATES),
})

const base = '/api/v1/units/me'

/** The routes under `/api/v1/units/me`. They come before those of `/api/v1/units/:id`. */
export const portalRoutes: readonly Route[] = [
  route({
    name: 'own_unit.show',
    method: 'GET',
    path: base,
    access: 'unit',
    permission: 'portal.read',
    reply: jsonReply(ownUnit),
    run: ({ app, actor }) => showOwnUnit(app, actor, undefined),
  }),
  route({
    name: 'own_unit.notices',
    method: 'GET',
    path: `${base}/notices`,
    access: 'unit',
    permission: 'portal.read',
    query: z.strictObject(page),
    reply: jsonReply(listOf(notice)),
    run: async ({ app, actor, query }) => ({ ...(await unitNotices(app, actor, query)), ...query }),
  }),
  route({
    name: 'own_unit.keys',
    method: 'GET',
    path: `${base}/keys`,
    access: 'unit',
    permission: 'portal.read',
    reply: jsonReply(z.object({ items: z.array(key), perMinute: z.int() })),
    run: async ({ app, actor }) => ({ items: await ownKeys(app, actor, undefined), perMinute: app.config.unitKeyPerMinute }),
  }),
  route({
    name: 'own_unit.try_key',
    method: 'POST',
    path: `${base}/keys/test`,
    access: 'unit',
    permission: 'portal.try_key',
    limit: perMinute(10),
    body: jsonBody(z.strictObject({ key: z.string().min(1).max(200) })),
    reply: jsonReply(z.object({ key: key.nullable() })),
    run: async ({ app, actor, body }) => ({ key: await tryKey(app, actor, body.key) }),
  }),
]

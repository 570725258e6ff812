// Routes of the inbox of handoffs: list, what is new, one conversation, take, put back, answer, note, prepared answers, end.
// The commands are commands.ts and claims.commands.ts, the views inbox.views.ts.

import { z } from 'zod'
import { jsonBody } from '../../platform/http/body.ts'
import { jsonReply } from '../../platform/http/reply.ts'
import { idParams, idText, instant, listOf, page, route, type Route } from '../../platform/http/route.ts'
import { claimHandoff, noteHandoff, putBackHandoff } from './claims.commands.ts'
import { answerHandoff, releaseHandoff } from './commands.ts'
import { handoffNews, listHandoffs, preparedAnswers, showHandoff } from './inbox.views.ts'
import { HANDOFF_FILTERS, HANDOFF_REASONS } from './rules.ts'

const handoff = z.object({
  id: idText,
  number: z.string(),
  reason: z.enum(HANDOFF_REASONS),
  urgent: z.boolean(),
  channel: z.string(),
  summary: z.string().nullable(),
  openedAt: instant,
  quietUntil: instant,
  claimedBy: z.string().nullable(),
  claimedByName: z.string().nullable(),
  claimedAt: instant.nullable(),
  changedAt: instant.nullable(),
  closedAt: instant.nullable(),
})

const detail = handoff.extend({
  at: instant,
  lines: z.array(
    z.object({
      id: idText,
      at: instant,
      said: z.string(),
      replied: z.string(),
      author: z.string().nullable(),
      authorName: z.string().nullable(),
      delivery: z.enum(['open', 'accepted', 'delivered', 'settled', 'undeliverable', 'cancelled']).nullable(),
    }),
  ),
  notes: z.array(z.object({ id: idText, at: instant, author: z.string(), authorName: z.string().nullable(), text: z.string().nullable() })),
})

const claim = z.object({ number: z.string(), claimedBy: z.string().nullable() })
const since = z.iso
  .datetime()
  .transform((text) => new Date(text))
  .optional()
const session = { access: 'session' } as const

const readingRoutes: readonly Route[] = [
  route({
    ...session,
    name: 'handoffs.list',
    method: 'GET',
    path: '/api/v1/handoffs',
    permission: 'handoff.read',
    query: z.strictObject({ state: z.enum(HANDOFF_FILTERS).default('open'), ...page }),
    reply: jsonReply(listOf(handoff)),
    run: async ({ app, actor, query }) => ({
      ...(await listHandoffs(app, actor, query)),
      limit: query.limit,
      offset: query.offset,
    }),
  }),
  // Before the handoff itself, whose parameter would take these for an id.
  route({
    ...session,
    name: 'handoffs.news',
    method: 'GET',
    path: '/api/v1/handoffs/news',
    permission: 'handoff.read',
    query: z.strictObject({ since }),
    reply: jsonReply(
      z.object({
        at: instant,
        waiting: z.int(),
        urgent: z.int(),
        mine: z.int(),
        changed: z.array(z.object({ id: idText, changedAt: instant, mine: z.boolean() })),
      }),
    ),
    run: ({ app, actor, query }) => handoffNews(app, actor, query.since),
  }),
  route({
    ...session,
    name: 'handoffs.prepared_answers',
    method: 'GET',
    path: '/api/v1/handoffs/prepared-answers',
    permission: 'handoff.read',
    reply: jsonReply(z.object({ items: z.array(z.object({ code: z.string(), title: z.string(), text: z.string() })) })),
    run: async ({ app, actor }) => ({ items: await preparedAnswers(app, actor, undefined) }),
  }),
  route({
    ...session,
    name: 'handoffs.show',
    method: 'GET',
    path: '/api/v1/handoffs/:id',
    permission: 'handoff.read',
    params: idParams,
    query: z.strictObject({ since }),
    reply: jsonReply(detail),
    run: ({ app, actor, params, query }) => showHandoff(app, actor, { id: params.id, since: query.since }),
  }),
]

const actingRoutes: readonly Route[] = [
  route({
    ...session,
    name: 'handoffs.claim',
    method: 'POST',
    path: '/api/v1/handoffs/:id/claim',
    permission: 'handoff.claim',
    params: idParams,
    body: jsonBody(z.strictObject({ takeOver: z.boolean().optional() })),
    reply: jsonReply(claim),
    run: ({ app, actor, params, body }) => claimHandoff(app, actor, { handoffId: params.id, takeOver: body.takeOver }),
  }),
  route({
    ...session,
    name: 'handoffs.put_back',
    method: 'POST',
    path: '/api/v1/handoffs/:id/put-back',
    permission: 'handoff.claim',
    params: idParams,
    reply: jsonReply(claim),
    run: ({ app, actor, params }) => putBackHandoff(app, actor, params.id),
  }),
  route({
    ...session,
    name: 'handoffs.answer',
    method: 'POST',
    path: '/api/v1/handoffs/:id/answers',
    permission: 'handoff.answer',
    params: idParams,
    // As much as fits into one SMS and one customer-service message.
    body: jsonBody(
      z.strictObject({
        text: z.string().trim().min(1).max(400),
        number: z.string().max(20).optional(),
        requestId: z.string().min(8).max(64).optional(),
      }),
    ),
    reply: jsonReply(z.object({ number: z.string(), way: z.enum(['wechat', 'wechaty', 'sms', 'page']), repeated: z.boolean() })),
    run: ({ app, actor, params, body }) => answerHandoff(app, actor, { handoffId: params.id, ...body }),
  }),
  route({
    ...session,
    name: 'handoffs.note',
    method: 'POST',
    path: '/api/v1/handoffs/:id/notes',
    permission: 'handoff.note',
    params: idParams,
    body: jsonBody(z.strictObject({ text: z.string().trim().min(1).max(1000) })),
    reply: jsonReply(z.object({ id: idText })),
    run: ({ app, actor, params, body }) => noteHandoff(app, actor, { handoffId: params.id, text: body.text }),
  }),
  route({
    ...session,
    name: 'handoffs.release',
    method: 'POST',
    path: '/api/v1/handoffs/:id/release',
    permission: 'handoff.close',
    params: idParams,
    reply: jsonReply(z.object({ number: z.string() })),
    run: ({ app, actor, params }) => releaseHandoff(app, actor, params.id),
  }),
]

/** The routes under `/api/v1/handoffs`. */
export const handoffRoutes: readonly Route[] = [...readingRoutes, ...actingRoutes]

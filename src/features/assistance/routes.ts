// Routes of assistance notices and judicial suggestions, for staff and for units’ systems with a key.
// The commands are commands.ts; the page that a link opens is pages.ts.

import { z } from 'zod'
import { listAssistance, showAssistance } from './views.ts'
import {
  discardAssistance,
  draftAssistance,
  editAssistance,
  issueAssistance,
  recordAssistanceService,
  sendAssistanceLink,
  withdrawAssistance,
  acknowledgeAssistance,
  answerAssistance,
  replyAssistanceReview,
  suggestAssistanceReview,
} from './commands.ts'
import { ACKNOWLEDGED_WAYS, ASSISTANCE_KINDS, ASSISTANCE_STATES, LIFT_GROUNDS, OUTCOMES } from './rules.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { jsonReply } from '../../platform/http/reply.ts'
import { dayText, idParams, idText, instant, listOf, page, route, type Route } from '../../platform/http/route.ts'
import { decideAssistanceLift, requestAssistanceLift } from './lifting.commands.ts'

const version = z.int().min(1).optional()
const exchangeText = z.string().trim().min(2).max(500)
const particularText = z.string().trim().min(2).max(1000)
const unitId = z.string().min(1).max(40)
const draftFields = { facts: particularText, request: particularText, basis: particularText, answerBy: dayText }

const outcome = z.object({ id: z.string(), number: z.string().nullable(), state: z.enum(ASSISTANCE_STATES), version: z.int() })

const summary = {
  id: z.string(),
  kind: z.enum(ASSISTANCE_KINDS),
  number: z.string().nullable(),
  unitId: z.string(),
  listingId: z.string().nullable(),
  state: z.enum(ASSISTANCE_STATES),
  version: z.int(),
  draftedBy: z.string(),
  issuedBy: z.string().nullable(),
  issuedOn: dayText.nullable(),
  answerBy: dayText,
  servedOn: dayText.nullable(),
  serviceManner: z.string().nullable(),
  acknowledgedOn: dayText.nullable(),
  acknowledgedBy: z.string().nullable(),
  acknowledgedWay: z.enum(ACKNOWLEDGED_WAYS).nullable(),
  outcome: z.enum(OUTCOMES).nullable(),
  answeredOn: dayText.nullable(),
  answeredBy: z.string().nullable(),
  reviewPending: z.boolean(),
  liftPending: z.boolean(),
  endedOn: dayText.nullable(),
}

const review = z.object({
  text: z.string(),
  on: dayText,
  by: z.string(),
  reply: z.string().optional(),
  repliedOn: dayText.optional(),
  repliedBy: z.string().optional(),
})

const liftRequest = z.object({
  ground: z.enum(LIFT_GROUNDS),
  note: z.string(),
  on: dayText,
  by: z.string(),
  decision: z.string().optional(),
  granted: z.boolean().optional(),
  decidedOn: dayText.optional(),
  decidedBy: z.string().optional(),
})

const detail = z.object({
  ...summary,
  record: z.object({
    facts: z.string(),
    request: z.string(),
    basis: z.string(),
    debtor: z.object({ name: z.string(), identifier: z.string(), caseNo: z.string() }).optional(),
    document: z.array(z.string()).optional(),
    answer: z.string().optional(),
    withdrawal: z.string().optional(),
    reviews: z.array(review),
    lifting: z.array(liftRequest),
  }),
  possible: z.array(z.string()),
  clocks: z.array(z.object({ code: z.string(), due: dayText, missingYear: z.int().nullable(), state: z.string() })),
  links: z.array(
    z.object({
      recipient: z.string(),
      createdAt: instant,
      expiresAt: instant,
      usedAt: instant.nullable(),
      replacedAt: instant.nullable(),
    }),
  ),
  audit: z.array(z.object({ n: z.int(), at: instant, actor: z.string(), act: z.string(), detail: z.string() })),
})

const filter = z.object({
  state: z.enum(ASSISTANCE_STATES).optional(),
  kind: z.enum(ASSISTANCE_KINDS).optional(),
  unitId: unitId.optional(),
  listingId: idText.optional(),
  number: z.string().trim().max(60).optional(),
  overdue: z.literal('yes').optional(),
  review: z.literal('pending').optional(),
  lift: z.literal('pending').optional(),
  mine: z.literal('yes').optional(),
  ...page,
})

const notices = '/api/v1/assistance'
const postById = { method: 'POST', access: 'session', params: idParams, reply: jsonReply(outcome) } as const
const unitPostById = { ...postById, access: 'unit' } as const

export const assistanceRoutes: readonly Route[] = [
  route({
    name: 'assistance.list',
    method: 'GET',
    path: notices,
    access: 'unit',
    permission: 'assistance.read',
    query: filter,
    reply: jsonReply(listOf(z.object({ ...summary, possible: z.array(z.string()) }))),
    async run({ app, actor, query }) {
      const { limit, offset, ...rest } = query
      return { ...(await listAssistance(app, actor, { filter: rest, page: { limit, offset } })), limit, offset }
    },
  }),
  route({
    name: 'assistance.show',
    method: 'GET',
    path: `${notices}/:id`,
    access: 'unit',
    permission: 'assistance.read',
    params: idParams,
    reply: jsonReply(detail),
    run: ({ app, actor, params }) => showAssistance(app, actor, params.id),
  }),
  route({
    name: 'assistance.draft',
    method: 'POST',
    path: notices,
    access: 'session',
    permission: 'assistance.draft',
    body: jsonBody(z.object({ kind: z.enum(ASSISTANCE_KINDS), unitId, listingId: idText.optional(), ...draftFields })),
    reply: jsonReply(outcome, 201),
    run: ({ app, actor, body }) => draftAssistance(app, actor, body),
  }),
  route({
    ...postById,
    name: 'assistance.edit',
    method: 'PUT',
    path: `${notices}/:id`,
    permission: 'assistance.draft',
    body: jsonBody(z.object({ version, ...draftFields })),
    run: ({ app, actor, params, body }) => editAssistance(app, actor, { ...params, ...body }),
  }),
  route({
    ...postById,
    name: 'assistance.issue',
    path: `${notices}/:id/issue`,
    permission: 'assistance.issue',
    body: jsonBody(z.object({ version })),
    run: ({ app, actor, params, body }) => issueAssistance(app, actor, { ...params, ...body }),
  }),
  route({
    ...postById,
    name: 'assistance.discard',
    path: `${notices}/:id/discard`,
    permission: 'assistance.discard',
    body: jsonBody(z.object({ version })),
    run: ({ app, actor, params, body }) => discardAssistance(app, actor, { ...params, ...body }),
  }),
  route({
    ...postById,
    name: 'assistance.service',
    path: `${notices}/:id/service`,
    permission: 'assistance.record_service',
    body: jsonBody(z.object({ version, servedOn: dayText, manner: z.string().trim().min(2).max(200) })),
    run: ({ app, actor, params, body }) => recordAssistanceService(app, actor, { ...params, ...body }),
  }),
  route({
    ...postById,
    name: 'assistance.link',
    path: `${notices}/:id/link`,
    permission: 'assistance.send_link',
    body: jsonBody(z.object({ version })),
    run: ({ app, actor, params, body }) => sendAssistanceLink(app, actor, { ...params, ...body }),
  }),
  route({
    ...unitPostById,
    name: 'assistance.acknowledge',
    path: `${notices}/:id/acknowledge`,
    permission: 'assistance.acknowledge',
    body: jsonBody(z.object({ version })),
    run: ({ app, actor, params, body }) => acknowledgeAssistance(app, actor, { ...params, ...body }),
  }),
  route({
    ...unitPostById,
    name: 'assistance.answer',
    path: `${notices}/:id/answer`,
    permission: 'assistance.answer',
    body: jsonBody(z.object({ version, outcome: z.enum(OUTCOMES), text: exchangeText })),
    run: ({ app, actor, params, body }) => answerAssistance(app, actor, { ...params, ...body }),
  }),
  route({
    ...unitPostById,
    name: 'assistance.suggest_review',
    path: `${notices}/:id/review`,
    permission: 'assistance.suggest_review',
    body: jsonBody(z.object({ version, text: exchangeText })),
    run: ({ app, actor, params, body }) => suggestAssistanceReview(app, actor, { ...params, ...body }),
  }),
  route({
    ...postById,
    name: 'assistance.reply_review',
    path: `${notices}/:id/reply-review`,
    permission: 'assistance.reply_review',
    body: jsonBody(z.object({ version, reply: exchangeText })),
    run: ({ app, actor, params, body }) => replyAssistanceReview(app, actor, { ...params, ...body }),
  }),
  route({
    ...postById,
    name: 'assistance.request_lift',
    path: `${notices}/:id/request-lift`,
    permission: 'assistance.request_lift',
    body: jsonBody(z.object({ version, ground: z.enum(LIFT_GROUNDS), note: exchangeText })),
    run: ({ app, actor, params, body }) => requestAssistanceLift(app, actor, { ...params, ...body }),
  }),
  route({
    ...postById,
    name: 'assistance.decide_lift',
    path: `${notices}/:id/decide-lift`,
    permission: 'assistance.decide_lift',
    body: jsonBody(z.object({ version, granted: z.boolean(), reason: exchangeText })),
    run: ({ app, actor, params, body }) => decideAssistanceLift(app, actor, { ...params, ...body }),
  }),
  route({
    ...postById,
    name: 'assistance.withdraw',
    path: `${notices}/:id/withdraw`,
    permission: 'assistance.withdraw',
    body: jsonBody(z.object({ version, reason: exchangeText })),
    run: ({ app, actor, params, body }) => withdrawAssistance(app, actor, { ...params, ...body }),
  }),
]

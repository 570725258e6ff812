// Routes of assistance notices and judicial suggestions: the court's own, and those that a unit's system may ask with its key.
// What happens is actions/assistance*; the page that a link opens is assistance-pages.

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
  decideAssistanceLift,
  requestAssistanceLift,
  acknowledgeAssistance,
  answerAssistance,
  replyAssistanceReview,
  suggestAssistanceReview,
} from './commands.ts'
import { ACKNOWLEDGED_WAYS, ASSISTANCE_KINDS, ASSISTANCE_STATES, LIFT_GROUNDS, OUTCOMES } from './rules.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { jsonReply } from '../../platform/http/reply.ts'
import { dayText, idParams, idText, instant, listOf, page, route, type Route } from '../../platform/http/route.ts'

const version = z.int().min(1).optional()
const said = z.string().trim().min(2).max(500)
const particular = z.string().trim().min(2).max(1000)
const unitId = z.string().min(1).max(40)
const drafting = { facts: particular, request: particular, basis: particular, answerBy: dayText }

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
  issuedOn: z.string().nullable(),
  answerBy: z.string(),
  servedOn: z.string().nullable(),
  serviceManner: z.string().nullable(),
  acknowledgedOn: z.string().nullable(),
  acknowledgedBy: z.string().nullable(),
  acknowledgedWay: z.enum(ACKNOWLEDGED_WAYS).nullable(),
  outcome: z.enum(OUTCOMES).nullable(),
  answeredOn: z.string().nullable(),
  answeredBy: z.string().nullable(),
  reviewPending: z.boolean(),
  liftPending: z.boolean(),
  endedOn: z.string().nullable(),
}

const review = z.object({
  text: z.string(),
  on: z.string(),
  by: z.string(),
  reply: z.string().optional(),
  repliedOn: z.string().optional(),
  repliedBy: z.string().optional(),
})

const liftRequest = z.object({
  ground: z.enum(LIFT_GROUNDS),
  note: z.string(),
  on: z.string(),
  by: z.string(),
  decision: z.string().optional(),
  granted: z.boolean().optional(),
  decidedOn: z.string().optional(),
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
  clocks: z.array(z.object({ code: z.string(), due: z.string(), missingYear: z.int().nullable(), state: z.string() })),
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
  ...page,
})

const base = '/api/v1/assistance'
const one = { method: 'POST', access: 'session', params: idParams, reply: jsonReply(outcome) } as const
const ofUnit = { ...one, access: 'unit' } as const

export const assistanceRoutes: readonly Route[] = [
  route({
    name: 'assistance.list',
    method: 'GET',
    path: base,
    access: 'unit',
    act: 'assistance.read',
    query: filter,
    reply: jsonReply(listOf(z.object(summary))),
    async run({ house, actor, query }) {
      const { limit, offset, ...rest } = query
      return { ...(await listAssistance(house, actor, { filter: rest, page: { limit, offset } })), limit, offset }
    },
  }),
  route({
    name: 'assistance.show',
    method: 'GET',
    path: `${base}/:id`,
    access: 'unit',
    act: 'assistance.read',
    params: idParams,
    reply: jsonReply(detail),
    run: ({ house, actor, params }) => showAssistance(house, actor, params.id),
  }),
  route({
    name: 'assistance.draft',
    method: 'POST',
    path: base,
    access: 'session',
    act: 'assistance.draft',
    body: jsonBody(z.object({ kind: z.enum(ASSISTANCE_KINDS), unitId, listingId: idText.optional(), ...drafting })),
    reply: jsonReply(outcome, 201),
    run: ({ house, actor, body }) => draftAssistance(house, actor, body),
  }),
  route({
    ...one,
    name: 'assistance.edit',
    method: 'PUT',
    path: `${base}/:id`,
    act: 'assistance.draft',
    body: jsonBody(z.object({ version, ...drafting })),
    run: ({ house, actor, params, body }) => editAssistance(house, actor, { ...params, ...body }),
  }),
  route({
    ...one,
    name: 'assistance.issue',
    path: `${base}/:id/issue`,
    act: 'assistance.issue',
    body: jsonBody(z.object({ version })),
    run: ({ house, actor, params, body }) => issueAssistance(house, actor, { ...params, ...body }),
  }),
  route({
    ...one,
    name: 'assistance.discard',
    path: `${base}/:id/discard`,
    act: 'assistance.discard',
    body: jsonBody(z.object({ version })),
    run: ({ house, actor, params, body }) => discardAssistance(house, actor, { ...params, ...body }),
  }),
  route({
    ...one,
    name: 'assistance.service',
    path: `${base}/:id/service`,
    act: 'assistance.record_service',
    body: jsonBody(z.object({ version, servedOn: dayText, manner: z.string().trim().min(2).max(200) })),
    run: ({ house, actor, params, body }) => recordAssistanceService(house, actor, { ...params, ...body }),
  }),
  route({
    ...one,
    name: 'assistance.link',
    path: `${base}/:id/link`,
    act: 'assistance.send_link',
    body: jsonBody(z.object({ version })),
    run: ({ house, actor, params, body }) => sendAssistanceLink(house, actor, { ...params, ...body }),
  }),
  route({
    ...ofUnit,
    name: 'assistance.acknowledge',
    path: `${base}/:id/acknowledge`,
    act: 'assistance.acknowledge',
    body: jsonBody(z.object({ version })),
    run: ({ house, actor, params, body }) => acknowledgeAssistance(house, actor, { ...params, ...body }),
  }),
  route({
    ...ofUnit,
    name: 'assistance.answer',
    path: `${base}/:id/answer`,
    act: 'assistance.answer',
    body: jsonBody(z.object({ version, outcome: z.enum(OUTCOMES), text: said })),
    run: ({ house, actor, params, body }) => answerAssistance(house, actor, { ...params, ...body }),
  }),
  route({
    ...ofUnit,
    name: 'assistance.suggest_review',
    path: `${base}/:id/review`,
    act: 'assistance.suggest_review',
    body: jsonBody(z.object({ version, text: said })),
    run: ({ house, actor, params, body }) => suggestAssistanceReview(house, actor, { ...params, ...body }),
  }),
  route({
    ...one,
    name: 'assistance.reply_review',
    path: `${base}/:id/reply-review`,
    act: 'assistance.reply_review',
    body: jsonBody(z.object({ version, reply: said })),
    run: ({ house, actor, params, body }) => replyAssistanceReview(house, actor, { ...params, ...body }),
  }),
  route({
    ...one,
    name: 'assistance.request_lift',
    path: `${base}/:id/request-lift`,
    act: 'assistance.request_lift',
    body: jsonBody(z.object({ version, ground: z.enum(LIFT_GROUNDS), note: said })),
    run: ({ house, actor, params, body }) => requestAssistanceLift(house, actor, { ...params, ...body }),
  }),
  route({
    ...one,
    name: 'assistance.decide_lift',
    path: `${base}/:id/decide-lift`,
    act: 'assistance.decide_lift',
    body: jsonBody(z.object({ version, granted: z.boolean(), reason: said })),
    run: ({ house, actor, params, body }) => decideAssistanceLift(house, actor, { ...params, ...body }),
  }),
  route({
    ...one,
    name: 'assistance.withdraw',
    path: `${base}/:id/withdraw`,
    act: 'assistance.withdraw',
    body: jsonBody(z.object({ version, reason: said })),
    run: ({ house, actor, params, body }) => withdrawAssistance(house, actor, { ...params, ...body }),
  }),
]

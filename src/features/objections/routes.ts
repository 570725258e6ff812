// Routes of objections and their reconsideration. The commands are features/objections/commands.ts and outcomes.commands.ts.
// The listing itself is changed through the routes of features/listings and features/bulletins before an objection is carried out.

import { z } from 'zod'
import { carryOutObjection, recordObjectionService, recordReconsideration, recordReconsiderationAsked } from './outcomes.commands.ts'
import { listObjections, showObjection } from './views.ts'
import { registerObjection, rejectObjection, reviewObjection, suspendForObjection, upholdObjection, withdrawObjection } from './commands.ts'
import { HIGHER_COURTS } from '../listings/rules.ts'
import { OBJECTION_STATES, OBJECTION_SUBJECTS, OBJECTION_WAYS, REMEDIES } from './rules.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { jsonReply } from '../../platform/http/reply.ts'
import { dayText, idParams, idText, instant, listOf, page, route, type Route } from '../../platform/http/route.ts'

const version = z.int().min(1).optional()
const writtenText = z.string().trim().min(2).max(2000)
const unitId = z.string().min(1).max(40)
const decisionNo = z.string().trim().max(60)

const outcome = z.object({ id: z.string(), number: z.string(), state: z.enum(OBJECTION_STATES), version: z.int() })
const outcomeWithLate = outcome.extend({ late: z.boolean() })

const summary = {
  id: z.string(),
  number: z.string(),
  listingId: z.string(),
  state: z.enum(OBJECTION_STATES),
  version: z.int(),
  about: z.enum(OBJECTION_SUBJECTS),
  unitId: z.string().nullable(),
  measureIds: z.array(z.string()).readonly(),
  way: z.enum(OBJECTION_WAYS),
  receivedOn: dayText,
  handedInOn: dayText,
  late: z.boolean(),
  contentVersion: z.int(),
  suspends: z.boolean(),
  registeredBy: z.string(),
  reviewedBy: z.string().nullable(),
  decidedBy: z.string().nullable(),
  decidedOn: dayText.nullable(),
  decisionNo: z.string().nullable(),
  remedy: z.enum(REMEDIES).nullable(),
  servedOn: dayText.nullable(),
  askedOn: dayText.nullable(),
  askedLate: z.boolean(),
  higherCourt: z.enum(HIGHER_COURTS).nullable(),
  reconsideredOn: dayText.nullable(),
  reconsiderationNo: z.string().nullable(),
  carriedOutOn: dayText.nullable(),
}

const detail = z.object({
  ...summary,
  record: z.object({
    claim: z.string(),
    withdrawal: z.string().optional(),
    decision: z.string().optional(),
    reconsideration: z.string().optional(),
    carriedOut: z.string().optional(),
  }),
  possible: z.array(z.string()),
  listingSuspended: z.boolean(),
  clocks: z.array(z.object({ code: z.string(), due: dayText, missingYear: z.int().nullable(), state: z.string() })),
  audit: z.array(z.object({ n: z.int(), at: instant, actor: z.string(), act: z.string(), detail: z.string() })),
})

const filter = z.object({
  state: z.enum(OBJECTION_STATES).optional(),
  about: z.enum(OBJECTION_SUBJECTS).optional(),
  unitId: unitId.optional(),
  listingId: idText.optional(),
  number: z.string().trim().max(20).optional(),
  ...page,
})

const base = '/api/v1/objections'
const actOnOne = { method: 'POST', access: 'session', params: idParams } as const

export const objectionRoutes: readonly Route[] = [
  route({
    name: 'objections.list',
    method: 'GET',
    path: base,
    access: 'session',
    permission: 'objection.read',
    query: filter,
    reply: jsonReply(listOf(z.object(summary))),
    async run({ app, actor, query }) {
      const { limit, offset, ...rest } = query
      return { ...(await listObjections(app, actor, { filter: rest, page: { limit, offset } })), limit, offset }
    },
  }),
  route({
    name: 'objections.show',
    method: 'GET',
    path: `${base}/:id`,
    access: 'session',
    permission: 'objection.read',
    params: idParams,
    reply: jsonReply(detail),
    run: ({ app, actor, params }) => showObjection(app, actor, params.id),
  }),
  route({
    name: 'objections.register',
    method: 'POST',
    path: base,
    access: 'session',
    permission: 'objection.register',
    body: jsonBody(
      z.object({
        listingId: idText,
        about: z.enum(OBJECTION_SUBJECTS),
        unitId: unitId.optional(),
        measureIds: z.array(z.string().max(10)).max(20).optional(),
        way: z.enum(OBJECTION_WAYS),
        receivedOn: dayText,
        postedOn: dayText.optional(),
        claim: writtenText,
      }),
    ),
    reply: jsonReply(outcomeWithLate, 201),
    run: ({ app, actor, body }) => registerObjection(app, actor, body),
  }),
  route({
    ...actOnOne,
    name: 'objections.review',
    path: `${base}/:id/review`,
    permission: 'objection.review',
    body: jsonBody(z.object({ version })),
    reply: jsonReply(outcome),
    run: ({ app, actor, params, body }) => reviewObjection(app, actor, { ...params, ...body }),
  }),
  route({
    ...actOnOne,
    name: 'objections.suspend',
    path: `${base}/:id/suspend`,
    permission: 'objection.suspend',
    body: jsonBody(z.object({ version })),
    reply: jsonReply(outcome),
    run: ({ app, actor, params, body }) => suspendForObjection(app, actor, { ...params, ...body }),
  }),
  route({
    ...actOnOne,
    name: 'objections.withdraw',
    path: `${base}/:id/withdraw`,
    permission: 'objection.withdraw',
    body: jsonBody(z.object({ version, reason: writtenText })),
    reply: jsonReply(outcome),
    run: ({ app, actor, params, body }) => withdrawObjection(app, actor, { ...params, ...body }),
  }),
  route({
    ...actOnOne,
    name: 'objections.uphold',
    path: `${base}/:id/uphold`,
    permission: 'objection.decide',
    body: jsonBody(
      z.object({
        version,
        remedy: z.enum(REMEDIES),
        reason: writtenText,
        decisionNo: decisionNo.optional(),
        proposalId: idText.optional(),
      }),
    ),
    reply: jsonReply(outcome),
    run: ({ app, actor, params, body }) => upholdObjection(app, actor, { ...params, ...body }),
  }),
  route({
    ...actOnOne,
    name: 'objections.reject',
    path: `${base}/:id/reject`,
    permission: 'objection.decide',
    body: jsonBody(z.object({ version, reason: writtenText, decisionNo: decisionNo.optional() })),
    reply: jsonReply(outcome),
    run: ({ app, actor, params, body }) => rejectObjection(app, actor, { ...params, ...body }),
  }),
  route({
    ...actOnOne,
    name: 'objections.carry_out',
    path: `${base}/:id/carry-out`,
    permission: 'objection.carry_out',
    body: jsonBody(z.object({ version, note: writtenText })),
    reply: jsonReply(outcome),
    run: ({ app, actor, params, body }) => carryOutObjection(app, actor, { ...params, ...body }),
  }),
  route({
    ...actOnOne,
    name: 'objections.service',
    path: `${base}/:id/service`,
    permission: 'objection.record_service',
    body: jsonBody(z.object({ version, servedOn: dayText })),
    reply: jsonReply(outcome),
    run: ({ app, actor, params, body }) => recordObjectionService(app, actor, { ...params, ...body }),
  }),
  route({
    ...actOnOne,
    name: 'objections.ask_reconsideration',
    path: `${base}/:id/ask-reconsideration`,
    permission: 'objection.ask_reconsideration',
    body: jsonBody(z.object({ version, askedOn: dayText, higherCourt: z.enum(HIGHER_COURTS).optional() })),
    reply: jsonReply(outcomeWithLate),
    run: ({ app, actor, params, body }) => recordReconsiderationAsked(app, actor, { ...params, ...body }),
  }),
  route({
    ...actOnOne,
    name: 'objections.reconsider',
    path: `${base}/:id/reconsider`,
    permission: 'objection.record_reconsideration',
    body: jsonBody(
      z.object({ version, decidedOn: dayText, decisionNo: decisionNo.min(1), reason: writtenText, remedy: z.enum(REMEDIES).optional() }),
    ),
    reply: jsonReply(outcome),
    run: ({ app, actor, params, body }) => recordReconsideration(app, actor, { ...params, ...body }),
  }),
]

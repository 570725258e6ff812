// Routes of lift orders: list, show one with its entries, record a unit’s answer, record that a clerk told the unit, review retentions.
// The commands behind them are features/lifts/commands.ts and review.commands.ts; what may be answered is features/lifts/rules.ts.

import { z } from 'zod'
import { listLiftOrders, listRetentions, showLiftOrder } from './views.ts'
import { showLiftMatrix } from './matrix.views.ts'
import { answerLift } from './commands.ts'
import { acceptRetention, decideRefusal, proposeRefusal } from './review.commands.ts'
import { recordTold } from './reach.commands.ts'
import { recordReports, REPORT_ENTRIES, REPORT_ORDERS } from './reports.commands.ts'
import { CELL_RESULTS, ORDER_ACTS, RETENTION_BASES } from './rules.ts'
import { EXIT_GROUNDS } from '../listings/rules.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { EMPTY_REPLY, jsonReply } from '../../platform/http/reply.ts'
import { dayText, idParams, idText, instant, listOf, page, route, type Route } from '../../platform/http/route.ts'

const ORDER_STATES = ['open', 'answered'] as const
const REVIEW_STATES = ['pending', 'proposed', 'accepted', 'refused'] as const

const orderView = z.object({
  id: idText,
  bulletinId: idText,
  number: z.string(),
  unitId: z.string(),
  unitName: z.string(),
  state: z.enum(ORDER_STATES),
  issuedOn: dayText,
  toldOn: dayText.nullable(),
  reachedOn: dayText.nullable(),
  due: dayText.nullable(),
  overdue: z.boolean(),
  listings: z.int(),
  refused: z.int(),
  retained: z.int(),
  late: z.boolean(),
  answeredAt: instant.nullable(),
  answeredBy: z.string().nullable(),
  possible: z.array(z.enum(ORDER_ACTS)),
})

const entryView = z.object({
  listingId: idText,
  kind: z.enum(['person', 'organisation']),
  name: z.string(),
  identifier: z.string(),
  caseNo: z.string(),
  refused: z.boolean(),
  exitGround: z.enum(EXIT_GROUNDS).nullable(),
  state: z.enum(['open', 'lifted', 'retained', 'ended']),
  review: z.enum(REVIEW_STATES).nullable(),
  refusalReason: z.string().nullable(),
  basis: z.string().nullable(),
  until: dayText.nullable(),
  measureIds: z.array(z.string()),
  report: z.object({ doneOn: dayText, toldBy: z.string(), remark: z.string().nullable() }).nullable(),
  possible: z.array(z.enum(['lift', 'retain'])),
})

const retentionView = z.object({
  id: idText,
  orderId: idText,
  number: z.string(),
  unitId: z.string(),
  unitName: z.string(),
  listingId: idText,
  name: z.string(),
  caseNo: z.string(),
  basis: z.string(),
  until: dayText,
  measureIds: z.array(z.string()),
  review: z.enum(REVIEW_STATES),
  answeredAt: instant,
  answeredBy: z.string(),
  proposedBy: z.string().nullable(),
  proposerCeased: z.boolean(),
  reason: z.string().nullable(),
  due: dayText.nullable(),
})

const reviewed = jsonReply(z.object({ id: idText, review: z.enum(REVIEW_STATES) }))

/** Everything but the listing is optional here: the command reports what is missing, for all entries at once. */
const retained = z.strictObject({
  listingId: idText,
  basis: z.string().max(600).optional(),
  basisCode: z.enum(RETENTION_BASES).optional(),
  until: z.string().max(20).optional(),
  measureIds: z.array(z.string().max(10)).max(50).optional(),
})

const matrix = z.object({
  number: z.string(),
  issuedOn: dayText,
  entries: z.array(z.object({ listingId: idText, name: z.string(), caseNo: z.string() })),
  units: z.array(
    z.object({
      orderId: idText,
      unitId: z.string(),
      unitName: z.string(),
      reachedOn: dayText.nullable(),
      due: dayText.nullable(),
      overdue: z.boolean(),
      late: z.boolean(),
      cells: z.array(z.object({ state: z.enum(['open', 'lifted', 'retained', 'ended']), until: dayText.nullable() })),
    }),
  ),
  total: z.int(),
  limit: z.int(),
  offset: z.int(),
})

const report = z.strictObject({
  id: idText,
  doneOn: dayText,
  toldBy: z.string().max(200),
  remark: z.string().max(500).optional(),
  orders: z
    .array(z.strictObject({ orderId: idText, listingIds: z.array(idText).min(1).max(REPORT_ENTRIES) }))
    .min(1)
    .max(REPORT_ORDERS),
})

const reported = z.object({
  orders: z.array(
    z.object({
      orderId: idText,
      state: z.enum(ORDER_STATES),
      late: z.boolean(),
      cells: z.array(z.object({ listingId: idText, result: z.enum(CELL_RESULTS) })),
    }),
  ),
})

export const liftRoutes: readonly Route[] = [
  route({
    name: 'lifts.matrix',
    method: 'GET',
    path: '/api/v1/bulletins/:id/lifts',
    access: 'session',
    permission: 'retention.read',
    params: idParams,
    query: z.strictObject(page),
    reply: jsonReply(matrix),
    async run({ app, actor, params, query: shown }) {
      return { ...(await showLiftMatrix(app, actor, { bulletinId: params.id, page: shown })), ...shown }
    },
  }),
  route({
    name: 'lifts.report',
    method: 'POST',
    path: '/api/v1/bulletins/:id/lift-reports',
    access: 'session',
    permission: 'lift.record_reports',
    params: idParams,
    body: jsonBody(report),
    reply: jsonReply(reported),
    run: ({ app, actor, params, body }) => recordReports(app, actor, { ...body, bulletinId: params.id }),
  }),
  route({
    name: 'lifts.list',
    method: 'GET',
    path: '/api/v1/lift-orders',
    access: 'unit',
    permission: 'lift.read',
    query: z.strictObject({
      state: z.enum(ORDER_STATES).optional(),
      reached: z.enum(['yes', 'no']).optional(),
      unitId: z.string().max(40).optional(),
      bulletinId: idText.optional(),
      ...page,
    }),
    reply: jsonReply(listOf(orderView)),
    async run({ app, actor, query: { limit, offset, state, reached, unitId, bulletinId } }) {
      const filter = {
        ...(state === undefined ? {} : { state }),
        ...(reached === undefined ? {} : { reached }),
        ...(unitId === undefined ? {} : { unitId }),
        ...(bulletinId === undefined ? {} : { bulletinId }),
      }
      return { ...(await listLiftOrders(app, actor, { filter, page: { limit, offset } })), limit, offset }
    },
  }),
  route({
    name: 'lifts.show',
    method: 'GET',
    path: '/api/v1/lift-orders/:id',
    access: 'unit',
    permission: 'lift.read',
    params: idParams,
    query: z.strictObject(page),
    reply: jsonReply(orderView.extend({ entries: z.array(entryView) })),
    run: ({ app, actor, params, query }) => showLiftOrder(app, actor, { id: params.id, page: query }),
  }),
  route({
    name: 'lifts.answer',
    method: 'POST',
    path: '/api/v1/lift-orders/:id/answer',
    access: 'unit',
    permission: 'lift.answer',
    params: idParams,
    body: jsonBody(
      z.strictObject({
        lifted: z.union([z.literal('rest'), z.array(idText).max(2000)]).optional(),
        retained: z.array(retained).max(2000).optional(),
      }),
    ),
    reply: jsonReply(z.object({ orderId: idText, state: z.enum(ORDER_STATES), lifted: z.int(), retained: z.int(), late: z.boolean() })),
    run: ({ app, actor, params, body }) => answerLift(app, actor, { orderId: params.id, ...body }),
  }),
  route({
    name: 'lifts.told',
    method: 'POST',
    path: '/api/v1/lift-orders/:id/told',
    access: 'session',
    permission: 'lift.record_told',
    params: idParams,
    body: jsonBody(z.strictObject({ toldOn: dayText, manner: z.string().max(200) })),
    reply: EMPTY_REPLY,
    async run({ app, actor, params, body }) {
      await recordTold(app, actor, { orderId: params.id, ...body })
      return undefined
    },
  }),
  route({
    name: 'lifts.retentions',
    method: 'GET',
    path: '/api/v1/lift-retentions',
    access: 'session',
    permission: 'retention.read',
    query: z.strictObject({ review: z.enum(['pending', 'proposed']).optional(), unitId: z.string().max(40).optional(), ...page }),
    reply: jsonReply(listOf(retentionView)),
    async run({ app, actor, query: { limit, offset, review, unitId } }) {
      const filter = { ...(review === undefined ? {} : { review }), ...(unitId === undefined ? {} : { unitId }) }
      return { ...(await listRetentions(app, actor, { filter, page: { limit, offset } })), limit, offset }
    },
  }),
  route({
    name: 'lifts.accept_retention',
    method: 'POST',
    path: '/api/v1/lift-retentions/:id/accept',
    access: 'session',
    permission: 'lift.accept_retention',
    params: idParams,
    reply: reviewed,
    run: ({ app, actor, params }) => acceptRetention(app, actor, params),
  }),
  route({
    name: 'lifts.propose_refusal',
    method: 'POST',
    path: '/api/v1/lift-retentions/:id/propose-refusal',
    access: 'session',
    permission: 'lift.propose_refusal',
    params: idParams,
    body: jsonBody(z.strictObject({ reason: z.string().max(500) })),
    reply: reviewed,
    run: ({ app, actor, params, body }) => proposeRefusal(app, actor, { id: params.id, ...body }),
  }),
  route({
    name: 'lifts.decide_refusal',
    method: 'POST',
    path: '/api/v1/lift-retentions/:id/decide-refusal',
    access: 'session',
    permission: 'lift.decide_refusal',
    params: idParams,
    body: jsonBody(z.strictObject({ refuse: z.boolean() })),
    reply: reviewed,
    run: ({ app, actor, params, body }) => decideRefusal(app, actor, { id: params.id, ...body }),
  }),
]

// Routes of orders of upheld complaints: a unit reads and answers its own; a clerk answers for a unit that answers on paper.
// A session of the court or a unit is needed; the commands are orders.commands.ts, who sees what is orders.views.ts.

import { z } from 'zod'
import { dayText, idParams, idText, listOf, page, route, type Route } from '../../platform/http/route.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { jsonReply } from '../../platform/http/reply.ts'
import { answerComplaintOrder } from './orders.commands.ts'
import { ORDER_RESULTS, ORDER_STATES } from './orders.rules.ts'
import { listComplaintOrders, listNamesakes, showComplaintOrder } from './orders.views.ts'

const state = z.enum(ORDER_STATES)

/** An order in a reply. */
export const orderView = z.object({
  id: idText,
  number: z.string(),
  unitId: z.string(),
  state,
  version: z.int(),
  order: z.string(),
  answer: z.string().nullable(),
  orderedOn: dayText,
  answeredOn: dayText.nullable(),
  dueOn: dayText.nullable(),
  debtor: z.object({ name: z.string().optional(), identifier: z.string().optional(), caseNo: z.string().optional() }).nullable(),
  complaintId: idText.nullable(),
  possible: z.array(z.literal('answer')),
})

const namesake = z.object({ listingId: idText, name: z.string(), identifier: z.string(), caseNo: z.string(), court: z.string() })

export const complaintOrderRoutes: readonly Route[] = [
  route({
    name: 'complaints.namesakes',
    method: 'GET',
    path: '/api/v1/complaints/:id/namesakes',
    access: 'session',
    permission: 'complaint.read',
    params: idParams,
    reply: jsonReply(z.object({ items: z.array(namesake) })),
    run: async ({ app, actor, params }) => ({ items: await listNamesakes(app, actor, params.id) }),
  }),
  route({
    name: 'complaints.orders',
    method: 'GET',
    path: '/api/v1/complaint-orders',
    access: 'unit',
    permission: 'complaint.read',
    query: z.strictObject({ state: state.optional(), unitId: z.string().max(40).optional(), ...page }),
    reply: jsonReply(listOf(orderView)),
    async run({ app, actor, query: { limit, offset, ...filter } }) {
      return { ...(await listComplaintOrders(app, actor, { filter, page: { limit, offset } })), limit, offset }
    },
  }),
  route({
    name: 'complaints.order',
    method: 'GET',
    path: '/api/v1/complaint-orders/:id',
    access: 'unit',
    permission: 'complaint.read',
    params: idParams,
    reply: jsonReply(orderView),
    run: ({ app, actor, params }) => showComplaintOrder(app, actor, params.id),
  }),
  route({
    name: 'complaints.answer_order',
    method: 'POST',
    path: '/api/v1/complaint-orders/:id/answer',
    access: 'unit',
    permission: 'complaint.answer_order',
    params: idParams,
    body: jsonBody(z.strictObject({ result: z.enum(ORDER_RESULTS), text: z.string().max(10_000) })),
    reply: jsonReply(z.object({ id: idText, number: z.string(), state, version: z.int() })),
    run: ({ app, actor, params, body }) => answerComplaintOrder(app, actor, { ...params, ...body }),
  }),
]

// Routes of credit repair: list, apply, ask units, answer, decide, export granted repairs. The commands are features/repairs/commands.ts.
// The exit of the listing itself is features/bulletins/routes.ts.

import { z } from 'zod'
import { exportRepairs, exportRepairsFile, listRepairs, showRepair } from './views.ts'
import { answerOnRepair, applyForRepair, approveRepair, consultOnRepair, refuseRepair, withdrawRepair } from './commands.ts'
import { EXITED_STATES } from '../listings/rules.ts'
import { OPINIONS, REPAIR_STATES } from './rules.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { fileReply, jsonReply } from '../../platform/http/reply.ts'
import { dayText, idParams, idText, instant, listOf, page, route, type Route } from '../../platform/http/route.ts'

const version = z.int().min(1).optional()
const writtenText = z.string().trim().min(2).max(2000)
const unitId = z.string().min(1).max(40)

const outcome = z.object({ id: z.string(), number: z.string(), state: z.enum(REPAIR_STATES), version: z.int() })

const summary = {
  id: z.string(),
  number: z.string(),
  listingId: z.string(),
  state: z.enum(REPAIR_STATES),
  version: z.int(),
  receivedOn: dayText,
  registeredBy: z.string(),
  decidedBy: z.string().nullable(),
  decidedOn: dayText.nullable(),
  decisionNo: z.string().nullable(),
}

const detail = z.object({
  ...summary,
  name: z.string(),
  caseNo: z.string(),
  record: z.object({ statement: z.string(), decision: z.string().optional(), withdrawal: z.string().optional() }),
  opinions: z.array(
    z.object({
      unitId: z.string(),
      askedAt: instant,
      opinion: z.enum(OPINIONS).nullable(),
      reason: z.string().nullable(),
      answeredAt: instant.nullable(),
    }),
  ),
  possible: z.array(z.string()),
  audit: z.array(z.object({ n: z.int(), at: instant, actor: z.string(), act: z.string(), detail: z.string() })),
})

const granted = z.object({
  number: z.string(),
  decisionNo: z.string(),
  decidedOn: dayText,
  kind: z.enum(['person', 'organisation']),
  name: z.string(),
  identifier: z.string(),
  caseNo: z.string(),
  court: z.string(),
  exit: z.enum(EXITED_STATES),
  exitedOn: dayText,
  units: z.array(z.string()),
})

const base = '/api/v1/repairs'
const actOnOne = { method: 'POST', access: 'session', params: idParams } as const
const span = z.object({ from: dayText, to: dayText })
const decision = z.object({ version, reason: writtenText, decisionNo: z.string().trim().max(60).optional() })

export const repairRoutes: readonly Route[] = [
  route({
    name: 'repairs.list',
    method: 'GET',
    path: base,
    access: 'unit',
    permission: 'repair.read',
    query: z.object({
      state: z.enum(REPAIR_STATES).optional(),
      listingId: idText.optional(),
      unitId: unitId.optional(),
      number: z.string().trim().max(20).optional(),
      ...page,
    }),
    reply: jsonReply(listOf(z.object({ ...summary, possible: z.array(z.string()), ownOpinion: z.enum(OPINIONS).nullable() }))),
    async run({ app, actor, query }) {
      const { limit, offset, ...filter } = query
      return { ...(await listRepairs(app, actor, { filter, page: { limit, offset } })), limit, offset }
    },
  }),
  // POST, because each export writes an audit row: it hands out unmasked identifiers.
  route({
    name: 'repairs.export',
    method: 'POST',
    path: `${base}/export`,
    access: 'session',
    permission: 'repair.export',
    body: jsonBody(span),
    reply: jsonReply(z.object({ items: z.array(granted) })),
    run: ({ app, actor, body }) => exportRepairs(app, actor, body),
  }),
  route({
    name: 'repairs.export_file',
    method: 'POST',
    path: `${base}/export.csv`,
    access: 'session',
    permission: 'repair.export',
    body: jsonBody(span),
    reply: fileReply('text/csv; charset=utf-8'),
    run: ({ app, actor, body }) => exportRepairsFile(app, actor, body),
  }),
  route({
    name: 'repairs.show',
    method: 'GET',
    path: `${base}/:id`,
    access: 'unit',
    permission: 'repair.read',
    params: idParams,
    reply: jsonReply(detail),
    run: ({ app, actor, params }) => showRepair(app, actor, params.id),
  }),
  route({
    name: 'repairs.apply',
    method: 'POST',
    path: base,
    access: 'session',
    permission: 'repair.apply',
    body: jsonBody(z.object({ listingId: idText, receivedOn: dayText, statement: writtenText })),
    reply: jsonReply(outcome, 201),
    run: ({ app, actor, body }) => applyForRepair(app, actor, body),
  }),
  route({
    ...actOnOne,
    name: 'repairs.consult',
    path: `${base}/:id/consult`,
    permission: 'repair.consult',
    body: jsonBody(z.object({ version, unitIds: z.array(unitId).min(1).max(100) })),
    reply: jsonReply(outcome),
    run: ({ app, actor, params, body }) => consultOnRepair(app, actor, { ...params, ...body }),
  }),
  route({
    ...actOnOne,
    access: 'unit',
    name: 'repairs.answer',
    path: `${base}/:id/answer`,
    permission: 'repair.answer',
    body: jsonBody(z.object({ version, unitId, opinion: z.enum(OPINIONS), reason: z.string().trim().max(500).optional() })),
    reply: jsonReply(outcome),
    run: ({ app, actor, params, body }) => answerOnRepair(app, actor, { ...params, ...body }),
  }),
  route({
    ...actOnOne,
    name: 'repairs.approve',
    path: `${base}/:id/approve`,
    permission: 'repair.decide',
    body: jsonBody(decision),
    reply: jsonReply(outcome),
    run: ({ app, actor, params, body }) => approveRepair(app, actor, { ...params, ...body }),
  }),
  route({
    ...actOnOne,
    name: 'repairs.refuse',
    path: `${base}/:id/refuse`,
    permission: 'repair.decide',
    body: jsonBody(decision),
    reply: jsonReply(outcome),
    run: ({ app, actor, params, body }) => refuseRepair(app, actor, { ...params, ...body }),
  }),
  route({
    ...actOnOne,
    name: 'repairs.withdraw',
    path: `${base}/:id/withdraw`,
    permission: 'repair.withdraw',
    body: jsonBody(z.object({ version, reason: writtenText })),
    reply: jsonReply(outcome),
    run: ({ app, actor, params, body }) => withdrawRepair(app, actor, { ...params, ...body }),
  }),
]

// Routes of feedback: rounds and reports for the court, returns and the form for units, figures for the public.
// The commands are commands.ts and rounds.commands.ts, the queries views.ts, the schemas schemas.routes.ts.

import { z } from 'zod'
import { closeFeedback, openFeedback, remindFeedback } from './rounds.commands.ts'
import { listReturns, listRounds, showReturn, showRound, feedbackReport, feedbackReportFile, publicFeedback } from './views.ts'
import { correctReturn, ownReturn, submitReturn, feedbackForm, FORM_MAX_BYTES, handInForm } from './commands.ts'
import { RETURN_STATES, ROUND_STATES } from './rules.ts'
import { fileBody, jsonBody } from '../../platform/http/body.ts'
import { detailView, formQuery, handedIn, ownView, publicView, reportView, returnBody, returnView, roundView } from './schemas.routes.ts'
import { fileReply, jsonReply } from '../../platform/http/reply.ts'
import { dayText, idParams, idText, listOf, page, route, type Route } from '../../platform/http/route.ts'

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const base = '/api/v1/feedback'
const unitId = z.string().min(1).max(40)
const flag = z.string().max(10).pipe(z.stringbool()).optional()
const returnParams = z.object({ id: idText, unitId })

const roundRoutes: readonly Route[] = [
  route({
    name: 'feedback.rounds',
    method: 'GET',
    path: `${base}/rounds`,
    access: 'session',
    permission: 'round.read',
    query: z.strictObject({ state: z.enum(ROUND_STATES).optional(), ...page }),
    reply: jsonReply(listOf(roundView)),
    async run({ app, actor, query: { limit, offset, state } }) {
      const filter = state === undefined ? {} : { state }
      return { ...(await listRounds(app, actor, { filter, page: { limit, offset } })), limit, offset }
    },
  }),
  route({
    name: 'feedback.open',
    method: 'POST',
    path: `${base}/rounds`,
    access: 'session',
    permission: 'feedback.open',
    body: jsonBody(z.strictObject({ quarter: z.string().max(20) })),
    reply: jsonReply(z.object({ id: idText, quarter: z.string(), dueOn: dayText, units: z.int() }), 201),
    run: ({ app, actor, body }) => openFeedback(app, actor, body),
  }),
  route({
    name: 'feedback.round',
    method: 'GET',
    path: `${base}/rounds/:id`,
    access: 'session',
    permission: 'round.read',
    params: idParams,
    reply: jsonReply(roundView),
    run: ({ app, actor, params }) => showRound(app, actor, { id: params.id }),
  }),
  route({
    name: 'feedback.remind',
    method: 'POST',
    path: `${base}/rounds/:id/remind`,
    access: 'session',
    permission: 'feedback.remind',
    params: idParams,
    body: jsonBody(z.strictObject({ unitIds: z.array(unitId).min(1).max(5000).optional() })),
    reply: jsonReply(z.object({ id: idText, awaited: z.int(), told: z.int() })),
    run: ({ app, actor, params, body }) => remindFeedback(app, actor, { ...params, ...body }),
  }),
  route({
    name: 'feedback.close',
    method: 'POST',
    path: `${base}/rounds/:id/close`,
    access: 'session',
    permission: 'feedback.close',
    params: idParams,
    reply: jsonReply(reportView),
    run: ({ app, actor, params }) => closeFeedback(app, actor, params),
  }),
  route({
    name: 'feedback.report',
    method: 'GET',
    path: `${base}/rounds/:id/report`,
    access: 'session',
    permission: 'round.read',
    params: idParams,
    reply: jsonReply(reportView),
    run: ({ app, actor, params }) => feedbackReport(app, actor, params.id),
  }),
  route({
    name: 'feedback.report_file',
    method: 'GET',
    path: `${base}/rounds/:id/report.xlsx`,
    access: 'session',
    permission: 'round.read',
    params: idParams,
    reply: fileReply(XLSX),
    run: ({ app, actor, params }) => feedbackReportFile(app, actor, params.id),
  }),
]

const returnRoutes: readonly Route[] = [
  route({
    name: 'feedback.returns',
    method: 'GET',
    path: `${base}/rounds/:id/returns`,
    access: 'unit',
    permission: 'feedback.read',
    params: idParams,
    query: z.strictObject({ state: z.enum(RETURN_STATES).optional(), awaited: flag, late: flag, unitId: unitId.optional(), ...page }),
    reply: jsonReply(listOf(returnView)),
    async run({ app, actor, params, query: { limit, offset, awaited, late, ...rest } }) {
      const filter = { roundId: params.id, ...rest, ...(awaited === true ? { awaited } : {}), ...(late === true ? { late } : {}) }
      return { ...(await listReturns(app, actor, { filter, page: { limit, offset } })), limit, offset }
    },
  }),
  route({
    name: 'feedback.show',
    method: 'GET',
    path: `${base}/rounds/:id/returns/:unitId`,
    access: 'unit',
    permission: 'feedback.read',
    params: returnParams,
    reply: jsonReply(detailView),
    run: ({ app, actor, params }) => showReturn(app, actor, { roundId: params.id, unitId: params.unitId }),
  }),
  route({
    name: 'feedback.submit',
    method: 'POST',
    path: `${base}/rounds/:id/returns/:unitId`,
    access: 'unit',
    permission: 'feedback.submit',
    params: returnParams,
    body: jsonBody(returnBody),
    reply: jsonReply(handedIn, 201),
    run: ({ app, actor, params, body }) => submitReturn(app, actor, { roundId: params.id, unitId: params.unitId, ...body }),
  }),
  route({
    name: 'feedback.correct',
    method: 'PUT',
    path: `${base}/rounds/:id/returns/:unitId`,
    access: 'unit',
    permission: 'feedback.correct',
    params: returnParams,
    body: jsonBody(returnBody),
    reply: jsonReply(handedIn),
    run: ({ app, actor, params, body }) => correctReturn(app, actor, { roundId: params.id, unitId: params.unitId, ...body }),
  }),
  route({
    name: 'feedback.own',
    method: 'GET',
    path: `${base}/own`,
    access: 'unit',
    permission: 'feedback.read',
    query: formQuery,
    reply: jsonReply(z.object({ waiting: ownView.nullable() })),
    run: async ({ app, actor, query }) => ({ waiting: await ownReturn(app, actor, query) }),
  }),
  route({
    name: 'feedback.form',
    method: 'GET',
    path: `${base}/form.xlsx`,
    access: 'unit',
    permission: 'feedback.read',
    query: formQuery,
    reply: fileReply(XLSX),
    run: ({ app, actor, query }) => feedbackForm(app, actor, query),
  }),
  route({
    name: 'feedback.hand_in',
    method: 'POST',
    path: `${base}/form`,
    access: 'unit',
    permission: 'feedback.submit',
    query: z.object({ roundId: idText.optional(), fileName: z.string().max(200).optional() }),
    body: fileBody([XLSX, 'text/csv'], () => FORM_MAX_BYTES),
    reply: jsonReply(handedIn),
    async run({ app, actor, query, body }) {
      const parts: Uint8Array[] = []
      for await (const part of body.content) parts.push(part)
      return handInForm(app, actor, { fileName: body.fileName, bytes: Buffer.concat(parts), roundId: query.roundId })
    },
  }),
]

/** The routes under `/api/v1/feedback` and `/api/v1/public/feedback`. */
export const feedbackRoutes: readonly Route[] = [
  ...roundRoutes,
  ...returnRoutes,
  route({
    name: 'feedback.public',
    method: 'GET',
    path: '/api/v1/public/feedback',
    access: 'public',
    permission: 'round.follow',
    query: z.strictObject(page),
    reply: jsonReply(listOf(publicView)),
    run: async ({ app, actor, query }) => ({ ...(await publicFeedback(app, actor, query)), ...query }),
  }),
]

// Routes of creditors' matters: file one and follow it with number and code; for staff the queue, one matter, and every act on it.
// The commands are commands.ts; what each reader sees is views.ts.

import { z } from 'zod'
import {
  answerMatter,
  confirmMatter,
  decideMatter,
  declineMatter,
  draftMatter,
  fileMatter,
  reviewMatter,
  sendBackMatter,
  withdrawMatter,
  type FiledMatter,
} from './commands.ts'
import { followMatter, listMatters, showMatter } from './views.ts'
import { FINDINGS, MATTER_KINDS, MATTER_STATES, MATTER_WAYS, PUBLIC_STATES } from './rules.ts'
import type { MatterItem, MatterOutcome } from './changes.commands.ts'
import { fileWithinLimit, withGuessLimit } from '../forms/commands.ts'
import type { AppContext, Command } from '../../platform/commands/command.ts'
import type { Permission } from '../../platform/commands/permissions.ts'
import { drafted, writtenAt, writtenContent } from '../listings/content.routes.ts'
import { jsonBody, LONG_TEXTS } from '../../platform/http/body.ts'
import { jsonReply } from '../../platform/http/reply.ts'
import { dayText, idParams, idText, instant, listOf, page, perMinute, route, secretOf, type Route } from '../../platform/http/route.ts'

const kind = z.enum(MATTER_KINDS)
const state = z.enum(MATTER_STATES)
const version = z.int().min(1).optional()
/** Upper bound of a text at the route; the rules check the real limits. */
const longText = z.string().max(10_000)
const shortText = z.string().max(200)

const form = {
  kind,
  name: shortText,
  phone: shortText,
  caseNo: shortText,
  debtorName: shortText,
  debtorIdentifier: shortText.optional(),
  ground: longText.optional(),
  text: longText,
}

const outcome = { id: idText, number: z.string(), state, version: z.int() }

const summary = {
  ...outcome,
  kind,
  way: z.enum(MATTER_WAYS),
  receivedOn: dayText,
  receivedAt: instant,
  registeredBy: z.string(),
  confirmedBy: z.string().nullable(),
  reviewedBy: z.string().nullable(),
  decidedBy: z.string().nullable(),
  finding: z.enum(FINDINGS).nullable(),
  listingId: z.string().nullable(),
}

const detail = z.object({
  ...summary,
  record: z.object({
    applicant: z.object({ name: z.string(), phone: z.string().nullable(), wechat: z.boolean() }),
    caseNo: z.string(),
    debtor: z.object({ name: z.string(), identifier: z.string().optional() }),
    ground: z.string().optional(),
    text: z.string(),
    reason: z.string().optional(),
    sentBack: z.string().optional(),
    answer: z.string().optional(),
    note: z.string().optional(),
  }),
  dueOn: dayText.nullable(),
  possible: z.array(z.string()),
  audit: z.array(z.object({ n: z.int(), at: instant, actor: z.string(), act: z.string(), detail: z.string() })),
})

const publicView = z.object({
  number: z.string(),
  kind,
  state: z.enum(PUBLIC_STATES),
  receivedOn: dayText,
  dueOn: dayText.nullable(),
  answer: z.string(),
})

const base = '/api/v1/creditor-matters'
const publicBase = '/api/v1/public/creditor-matters'

/** Open to anyone. A WeChat account cannot be proven here, so that only the bot accepts one. */
const publicRoutes: readonly Route[] = [
  route({
    name: 'creditors.file',
    method: 'POST',
    path: publicBase,
    access: 'public',
    permission: 'creditor.file',
    limit: perMinute(5),
    body: jsonBody(z.strictObject(form), LONG_TEXTS),
    reply: jsonReply(z.object({ number: z.string(), code: z.string(), dueOn: dayText.nullable() }), 201),
    async run({ app, actor, body, request }) {
      const file = (joined: AppContext): Promise<FiledMatter> => fileMatter(joined, actor, { ...body, way: 'web' })
      const { number, code, dueOn } = await fileWithinLimit(app, actor, { origin: request.ip, file })
      return { number, code, dueOn }
    },
  }),
  route({
    name: 'creditors.follow',
    method: 'GET',
    path: `${publicBase}/:number`,
    access: 'public',
    permission: 'creditor.follow',
    limit: perMinute(30),
    params: z.object({ number: z.string().max(30) }),
    // Not in the address, which proxies log.
    secret: 'X-Query-Code',
    reply: jsonReply(publicView),
    run: ({ app, actor, params, request }) =>
      withGuessLimit(app, actor, { origin: request.ip, refusal: 'creditor_missing' }, () =>
        followMatter(app, actor, { ...params, code: secretOf(request, 'X-Query-Code') }),
      ),
  }),
]

const staffRoutes: readonly Route[] = [
  route({
    name: 'creditors.enter',
    method: 'POST',
    path: base,
    access: 'session',
    permission: 'creditor.file',
    body: jsonBody(
      z.strictObject({ ...form, way: z.enum(['phone', 'clerk']), receivedOn: dayText.optional(), listingId: idText.optional() }),
    ),
    reply: jsonReply(z.object({ ...outcome, code: z.string(), receivedOn: dayText, dueOn: dayText.nullable(), told: z.boolean() }), 201),
    run: ({ app, actor, body }) => fileMatter(app, actor, body),
  }),
  route({
    name: 'creditors.list',
    method: 'GET',
    path: base,
    access: 'session',
    permission: 'creditor.read',
    query: z.object({
      kind: kind.optional(),
      state: state.optional(),
      listingId: idText.optional(),
      number: z.string().trim().max(20).optional(),
      caseNo: z.string().trim().max(100).optional(),
      mine: z.literal('yes').optional(),
      ...page,
    }),
    reply: jsonReply(listOf(z.object(summary))),
    async run({ app, actor, query }) {
      const { limit, offset, ...filter } = query
      return { ...(await listMatters(app, actor, { filter, page: { limit, offset } })), limit, offset }
    },
  }),
  route({
    name: 'creditors.show',
    method: 'GET',
    path: `${base}/:id`,
    access: 'session',
    permission: 'creditor.read',
    params: idParams,
    reply: jsonReply(detail),
    run: ({ app, actor, params }) => showMatter(app, actor, params.id),
  }),
  route({
    name: 'creditors.draft',
    method: 'POST',
    path: `${base}/:id/draft`,
    access: 'session',
    permission: 'creditor.draft',
    params: idParams,
    body: jsonBody(
      z.strictObject({
        version,
        content: writtenContent.optional(),
        listingId: idText.optional(),
      }),
    ),
    reply: jsonReply(z.object({ ...outcome, listingId: idText })),
    run: ({ app, actor, params, body: { content, ...body } }) =>
      writtenAt('content', () => draftMatter(app, actor, { ...params, ...body, ...(content === undefined ? {} : drafted(content)) })),
  }),
]

/** Route of one act on one matter. @param body what the act needs beside id and version. */
function actRoute<Body extends object>(
  act: string,
  permission: Permission,
  body: z.ZodType<Body>,
  run: Command<MatterItem & Body, MatterOutcome>,
): Route {
  return route({
    name: `creditors.${act}`,
    method: 'POST',
    path: `${base}/:id/${act.replaceAll('_', '-')}`,
    access: 'session',
    permission,
    params: idParams,
    body: jsonBody(body),
    reply: jsonReply(z.object(outcome)),
    run: ({ app, actor, params, body: input }) => run(app, actor, { ...params, ...input }),
  })
}

const actRoutes: readonly Route[] = [
  actRoute('confirm', 'creditor.confirm', z.strictObject({ version, listingId: idText.optional() }), confirmMatter),
  actRoute('decline', 'creditor.decline', z.strictObject({ version, note: longText }), declineMatter),
  actRoute('review', 'creditor.review', z.strictObject({ version, finding: z.enum(FINDINGS), reason: longText }), reviewMatter),
  actRoute('decide', 'creditor.decide', z.strictObject({ version }), decideMatter),
  actRoute('send_back', 'creditor.decide', z.strictObject({ version, reason: longText }), sendBackMatter),
  actRoute('answer', 'creditor.answer', z.strictObject({ version, text: longText }), answerMatter),
  actRoute('withdraw', 'creditor.withdraw', z.strictObject({ version, note: longText }), withdrawMatter),
]

export const creditorRoutes: readonly Route[] = [...publicRoutes, ...staffRoutes, ...actRoutes]

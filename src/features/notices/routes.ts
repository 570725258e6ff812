// Routes of notices: list, export, show one with its deliveries, what waits for a person, settle it, undelivered notices and refused addresses.
// The queries are features/notices/views.ts, settling is features/notices/commands.ts; callbacks of providers are in messaging/channels.

import { Readable } from 'node:stream'
import { z } from 'zod'
import { settleDuties, settleDuty } from './commands.ts'
import { DUTY_KINDS, DUTY_VERDICTS } from './rules.ts'
import { exportNotices } from './export.commands.ts'
import { resendNotice } from './resend.commands.ts'
import { LETTERS, printLabels, printLetters } from './letters.commands.ts'
import { getNotice, listDuties, listNotices, listDeliveryProblems } from './views.ts'
import { AUDIENCES } from '../../messaging/notices.rules.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { fileReply, jsonReply } from '../../platform/http/reply.ts'
import { LABELS_A_SHEET } from '../../platform/sheets/docx-letters.ts'
import { DOCX_TYPE } from '../../platform/sheets/docx-page.ts'
import { dayText, idParams, idText, instant, listOf, page, route, type Route } from '../../platform/http/route.ts'
import { MEDIUMS } from '../../core/mediums.ts'

const NOTICE_STATES = ['open', 'accepted', 'delivered', 'settled', 'undeliverable', 'cancelled'] as const

/** By which a list of notices is narrowed. */
const conditions = {
  state: z.enum(NOTICE_STATES).optional(),
  audience: z.enum(AUDIENCES).optional(),
  listingId: idText.optional(),
  bulletinId: idText.optional(),
  from: dayText.optional(),
  until: dayText.optional(),
}

/** Without the conditions that nobody set. */
const givenOf = (given: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))

const XLSX_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

const noticeView = z.object({
  id: z.string(),
  event: z.string(),
  recipient: z.string(),
  audience: z.string(),
  template: z.string(),
  templateVersion: z.int(),
  templateHash: z.string(),
  listVersion: z.int(),
  listingId: z.string().nullable(),
  bulletinId: z.string().nullable(),
  statutory: z.boolean(),
  urgent: z.boolean(),
  state: z.enum(NOTICE_STATES),
  verdict: z.enum(['served', 'handed_over', 'unconfirmed', 'under_way', 'not_served', 'cancelled']),
  title: z.string(),
  addressee: z.string(),
  letterPrintedAt: instant.nullable(),
  waits: z.object({ for: z.enum(['time', 'person', 'provider']), until: instant.nullable() }).nullable(),
  reason: z.string().nullable(),
  settledBy: z.string().nullable(),
  overtakenBy: z.string().nullable(),
  createdAt: instant,
  closedAt: instant.nullable(),
  archivedAt: instant.nullable(),
})

const attempt = z.object({
  n: z.int(),
  provider: z.string(),
  startedAt: instant,
  endedAt: instant,
  outcome: z.string(),
  code: z.string().nullable(),
  reason: z.string().nullable(),
})

const receipt = z.object({ at: instant, provider: z.string(), status: z.string(), stage: z.string(), code: z.string().nullable() })

const deliveryView = z.object({
  id: z.string(),
  rung: z.int(),
  medium: z.enum(MEDIUMS),
  state: z.string(),
  address: z.string().nullable(),
  text: z.string().nullable(),
  bodyHash: z.string(),
  repeated: z.boolean(),
  overCap: z.boolean(),
  dueAt: instant,
  acceptedAt: instant.nullable(),
  attempts: z.array(attempt),
  receipts: z.array(receipt),
})

const noticeDetail = noticeView.extend({
  resendable: z.boolean(),
  resends: z.array(z.object({ n: z.int(), rung: z.int(), at: instant, resentBy: z.string(), by: z.string(), reason: z.string() })),
  deliveries: z.array(deliveryView.extend({ possible: z.array(z.enum(DUTY_VERDICTS)).readonly() })),
})

const duty = z.object({
  deliveryId: z.string(),
  noticeId: z.string(),
  title: z.string(),
  medium: z.enum(MEDIUMS),
  statutory: z.boolean(),
  state: z.string(),
  possible: z.array(z.enum(DUTY_VERDICTS)).readonly(),
  addressee: z.string(),
  text: z.string().nullable(),
  byLetter: z.boolean(),
  printedAt: instant.nullable(),
  since: instant,
  lastReason: z.string().nullable(),
})

const chosen = z.array(idText).min(1).max(LETTERS)

/** Before `notices.settle`, whose path fits these, too. */
const togetherRoutes: readonly Route[] = [
  route({
    name: 'notices.letters',
    method: 'POST',
    path: '/api/v1/duties/letters',
    access: 'session',
    permission: 'duty.print',
    body: jsonBody(z.object({ ids: chosen })),
    reply: fileReply(DOCX_TYPE),
    async run({ app, actor, body }) {
      const { fileName, content } = await printLetters(app, actor, body.ids)
      return { fileName, content: Readable.from([content]) }
    },
  }),
  route({
    name: 'notices.labels',
    method: 'POST',
    path: '/api/v1/duties/labels',
    access: 'session',
    permission: 'duty.print',
    body: jsonBody(z.object({ ids: chosen, start: z.int().min(1).max(LABELS_A_SHEET).default(1) })),
    reply: fileReply(DOCX_TYPE),
    async run({ app, actor, body }) {
      const { fileName, content } = await printLabels(app, actor, body)
      return { fileName, content: Readable.from([content]) }
    },
  }),
  route({
    name: 'notices.settle_together',
    method: 'POST',
    path: '/api/v1/duties/settle',
    access: 'session',
    permission: 'duty.settle',
    body: jsonBody(
      z.object({
        ids: chosen,
        verdict: z.enum(['done', 'impossible']),
        note: z.string().trim().max(400),
        on: dayText.optional(),
      }),
    ),
    reply: jsonReply(z.object({ settled: z.int(), left: z.int() })),
    run: ({ app, actor, body }) => settleDuties(app, actor, body),
  }),
]

export const noticeRoutes: readonly Route[] = [
  ...togetherRoutes,
  route({
    name: 'notices.export',
    method: 'POST',
    path: '/api/v1/notices/export.xlsx',
    access: 'session',
    permission: 'notice.export',
    body: jsonBody(z.strictObject(conditions)),
    reply: fileReply(XLSX_TYPE),
    async run({ app, actor, body: { from, until, ...rest } }) {
      return exportNotices(app, actor, { filter: givenOf(rest), from, until })
    },
  }),
  route({
    name: 'notices.list',
    method: 'GET',
    path: '/api/v1/notices',
    access: 'session',
    permission: 'notice.read',
    query: z.object({ ...conditions, ...page }),
    reply: jsonReply(listOf(noticeView)),
    async run({ app, actor, query }) {
      const { limit, offset, from, until, ...rest } = query
      return { ...(await listNotices(app, actor, { filter: givenOf(rest), from, until, page: { limit, offset } })), limit, offset }
    },
  }),
  route({
    name: 'notices.show',
    method: 'GET',
    path: '/api/v1/notices/:id',
    access: 'session',
    permission: 'notice.read',
    params: idParams,
    reply: jsonReply(noticeDetail),
    run: ({ app, actor, params }) => getNotice(app, actor, params.id),
  }),
  route({
    name: 'notices.resend',
    method: 'POST',
    path: '/api/v1/notices/:id/resend',
    access: 'session',
    permission: 'notice.resend',
    params: idParams,
    body: jsonBody(z.strictObject({ reason: z.string().trim().max(400), steps: z.int().min(0).max(1000) })),
    reply: jsonReply(z.object({ noticeId: z.string(), n: z.int() })),
    run: ({ app, actor, params, body }) => resendNotice(app, actor, { noticeId: params.id, ...body }),
  }),
  route({
    name: 'notices.duties',
    method: 'GET',
    path: '/api/v1/duties',
    access: 'session',
    permission: 'notice.read',
    query: z.object({
      kind: z.enum(DUTY_KINDS).optional(),
      printed: z.enum(['yes', 'no']).optional(),
      listingId: idText.optional(),
      ...page,
    }),
    reply: jsonReply(listOf(duty)),
    async run({ app, actor, query }) {
      const { printed, limit, offset, ...rest } = query
      const asked = { ...rest, ...(printed === undefined ? {} : { printed: printed === 'yes' }), limit, offset }
      return { ...(await listDuties(app, actor, asked)), limit, offset }
    },
  }),
  route({
    name: 'notices.settle',
    method: 'POST',
    path: '/api/v1/duties/:id',
    access: 'session',
    permission: 'duty.settle',
    params: idParams,
    body: jsonBody(
      z.object({
        verdict: z.enum(DUTY_VERDICTS),
        note: z.string().trim().max(400).optional(),
        on: dayText.optional(),
      }),
    ),
    reply: jsonReply(z.object({ noticeId: z.string(), state: z.string() })),
    run: ({ app, actor, params, body }) => settleDuty(app, actor, { deliveryId: params.id, ...body }),
  }),
  route({
    name: 'notices.trouble',
    method: 'GET',
    path: '/api/v1/notices-trouble',
    access: 'session',
    permission: 'notice.read',
    query: z.object(page),
    reply: jsonReply(
      z.object({
        undelivered: z.array(noticeView.omit({ verdict: true, title: true, addressee: true, letterPrintedAt: true, waits: true })),
        refused: z.array(z.object({ medium: z.enum(MEDIUMS), address: z.string(), reason: z.string().nullable(), at: instant.nullable() })),
      }),
    ),
    run: ({ app, actor, query }) => listDeliveryProblems(app, actor, query),
  }),
]

// Routes of complaints: file one, follow it and add evidence with number and code; for staff: lists, one complaint, and every act on it.
// The commands are commands.ts and evidence.commands.ts; who sees what is views.rules.ts.

import { z } from 'zod'
import { listComplaints, showComplaint, statusOfComplaint } from './views.ts'
import {
  acceptComplaint,
  answerComplaint,
  assignComplaint,
  decideComplaint,
  declineComplaint,
  fileComplaint,
  recordInvestigation,
  resolveComplaint,
  type FiledComplaint,
} from './commands.ts'
import type { ComplaintItem, ComplaintKey, ComplaintOutcome } from './changes.commands.ts'
import { addText, withdrawComplaint } from './complainant.commands.ts'
import { fileWithinLimit, withGuessLimit } from '../forms/commands.ts'
import type { AppContext, Command } from '../../platform/commands/command.ts'
import { complaintOrderRoutes, orderView } from './orders.routes.ts'
import { addEvidence, EVIDENCE_TYPES, openEvidence } from './evidence.commands.ts'
import { COMPLAINT_ACTS, COMPLAINT_LIFE, COMPLAINT_SUBJECTS, COMPLAINT_WAYS, DECLINE_REASONS, evidenceOverLimit } from './rules.ts'
import { rolesOf, type Actor, type Permission } from '../../platform/commands/permissions.ts'
import { fileBody, jsonBody, LONG_TEXTS } from '../../platform/http/body.ts'
import { fileReply, jsonReply } from '../../platform/http/reply.ts'
import { dayText, idParams, idText, instant, listOf, page, perMinute, route, secretOf, type Route } from '../../platform/http/route.ts'

const state = z.enum(COMPLAINT_LIFE.states)
const about = z.enum(COMPLAINT_SUBJECTS)
const version = z.int().min(1).optional()
/** Upper bound of a text at the route; the rules check the real limits. */
const longText = z.string().max(10_000)
const shortText = z.string().max(200).optional()

const form = {
  about,
  text: longText,
  happenedOn: shortText,
  place: shortText,
  debtorName: shortText,
  debtorIdentifier: shortText,
  unitId: shortText,
  unitWords: shortText,
  anonymous: z.boolean(),
  name: shortText,
  phone: shortText,
}

const evidenceView = z.object({ id: idText, kind: z.string(), bytes: z.int(), sha256: z.string(), at: instant })
const releasedView = evidenceView.extend({ released: z.boolean() })
const possible = z.array(z.enum(COMPLAINT_ACTS))

const unitView = z.object({
  view: z.literal('unit'),
  id: idText,
  number: z.string(),
  state,
  version: z.int(),
  about,
  unitId: z.string().nullable(),
  unitName: z.string().nullable(),
  debtor: z.object({ name: z.string().optional(), identifier: z.string().optional() }).nullable(),
  happenedOn: dayText.nullable(),
  brief: z.string().nullable(),
  findings: z.string().nullable(),
  outcome: z.string().nullable(),
  assignedAt: instant.nullable(),
  dueOn: dayText.nullable(),
  evidence: z.array(evidenceView),
  possible,
})

const overseerView = z.object({
  view: z.literal('overseer'),
  id: idText,
  number: z.string(),
  state,
  version: z.int(),
  about,
  way: z.enum(COMPLAINT_WAYS),
  unitId: z.string().nullable(),
  unresolved: z.boolean(),
  assignedTo: z.string().nullable(),
  declineReason: z.enum(DECLINE_REASONS).nullable(),
  brief: z.string().nullable(),
  findings: z.string().nullable(),
  outcome: z.string().nullable(),
  receivedAt: instant,
  dueOn: dayText.nullable(),
  evidence: z.array(releasedView.extend({ readable: z.boolean() })),
  possible,
  steps: z.array(
    z.object({
      n: z.int(),
      at: instant,
      actor: z.string(),
      actorName: z.string().nullable(),
      act: z.enum(['file', ...COMPLAINT_ACTS]),
      state,
      unitId: z.string().nullable(),
      told: z.array(z.string()),
    }),
  ),
})

const handlerView = overseerView.extend({
  view: z.literal('handler'),
  content: z.object({
    text: z.string(),
    happenedOn: dayText.optional(),
    place: z.string().optional(),
    debtor: z.object({ name: z.string().optional(), identifier: z.string().optional() }).optional(),
    unitWords: z.string().optional(),
    additions: z.array(z.object({ on: dayText, text: z.string() })).optional(),
  }),
  complainant: z.object({ name: z.string().nullable(), phone: z.string().nullable(), wechat: z.boolean() }),
  declineNote: z.string().nullable(),
  answer: z.string().nullable(),
  duplicateOf: idText.nullable(),
  order: orderView.nullable(),
  /** How much evidence may be added. */
  limits: z.object({ files: z.int(), bytes: z.int() }),
})

const anyView = z.discriminatedUnion('view', [unitView, overseerView, handlerView])

const publicView = z.object({
  number: z.string(),
  state,
  receivedAt: instant,
  steps: z.array(z.object({ at: instant, state })),
  declineReason: z.enum(DECLINE_REASONS).nullable(),
  declineNote: z.string().nullable(),
  finding: z.enum(['upheld', 'not_upheld']).nullable(),
  answer: z.string().nullable(),
  evidence: z.int(),
  open: z.boolean(),
  withdrawable: z.boolean(),
})

const outcome = jsonReply(z.object({ id: idText, number: z.string(), state, version: z.int() }))

const numberParams = z.object({ number: z.string().max(30) })
/** The code is in a header: addresses are logged by proxies. */
const CODE = 'X-Query-Code'

/** By what a wrong code is known. */
const guess = (origin: string): { origin: string; refusal: 'complaint_missing' } => ({ origin, refusal: 'complaint_missing' })

/** The state of a complaint; a wrong code is counted with those of the pages and of the conversation. */
const followWithCode = (app: AppContext, actor: Actor, key: ComplaintKey, origin: string): ReturnType<typeof statusOfComplaint> =>
  withGuessLimit(app, actor, guess(origin), () => statusOfComplaint(app, actor, key))

/** Open to anyone. A WeChat account cannot be proven here, so that only the bot accepts one. */
const publicRoutes: readonly Route[] = [
  route({
    name: 'complaints.file',
    method: 'POST',
    path: '/api/v1/public/complaints',
    access: 'public',
    permission: 'complaint.file',
    limit: perMinute(5),
    body: jsonBody(z.strictObject(form), LONG_TEXTS),
    reply: jsonReply(z.object({ number: z.string(), code: z.string() }), 201),
    async run({ app, actor, body, request }) {
      const file = (joined: AppContext): Promise<FiledComplaint> => fileComplaint(joined, actor, { ...body, way: 'web' })
      const { number, code } = await fileWithinLimit(app, actor, { origin: request.ip, file })
      return { number, code }
    },
  }),
  route({
    name: 'complaints.follow',
    method: 'GET',
    path: '/api/v1/public/complaints/:number',
    access: 'public',
    permission: 'complaint.follow',
    limit: perMinute(30),
    params: numberParams,
    secret: CODE,
    reply: jsonReply(publicView),
    run: ({ app, actor, params, request }) => followWithCode(app, actor, { ...params, code: secretOf(request, CODE) }, request.ip),
  }),
  route({
    name: 'complaints.add_evidence',
    method: 'POST',
    path: '/api/v1/public/complaints/:number/evidence',
    access: 'public',
    permission: 'complaint.add_evidence',
    limit: perMinute(20),
    params: numberParams,
    secret: CODE,
    body: fileBody(EVIDENCE_TYPES, (config) => config.evidence.maxBytes),
    reply: jsonReply(z.object({ kind: z.string(), bytes: z.int(), sha256: z.string() }), 201),
    async run({ app, actor, params, body, request }) {
      const complaint = { ...params, code: secretOf(request, CODE) }
      // The code alone is a guess: whoever sends many photos at once guesses nothing.
      await followWithCode(app, actor, complaint, request.ip)
      const kept = await addEvidence(app, actor, { complaint, content: body.content, origin: request.ip })
      return { kind: kept.kind, bytes: kept.bytes, sha256: kept.sha256 }
    },
  }),
]

const outcomeForPublic = jsonReply(z.object({ number: z.string(), state }))

/** Acts of the complainant. The code is in the body: addresses are logged by proxies. */
const complainantRoutes: readonly Route[] = [
  route({
    name: 'complaints.add_text',
    method: 'POST',
    path: '/api/v1/public/complaints/:number/additions',
    access: 'public',
    permission: 'complaint.add_evidence',
    limit: perMinute(20),
    params: numberParams,
    body: jsonBody(z.strictObject({ code: z.string().max(60), text: longText }), LONG_TEXTS),
    reply: outcomeForPublic,
    async run({ app, actor, params, body, request }) {
      const { number, state: reached } = await withGuessLimit(app, actor, guess(request.ip), () =>
        addText(app, actor, { ...params, ...body }),
      )
      return { number, state: reached }
    },
  }),
  route({
    name: 'complaints.withdraw',
    method: 'POST',
    path: '/api/v1/public/complaints/:number/withdraw',
    access: 'public',
    permission: 'complaint.withdraw',
    limit: perMinute(20),
    params: numberParams,
    body: jsonBody(z.strictObject({ code: z.string().max(60) })),
    reply: outcomeForPublic,
    async run({ app, actor, params, body, request }) {
      const withdrawn = (): ReturnType<typeof withdrawComplaint> => withdrawComplaint(app, actor, { ...params, ...body })
      const { number, state: reached } = await withGuessLimit(app, actor, guess(request.ip), withdrawn)
      return { number, state: reached }
    },
  }),
]

const staffRoutes: readonly Route[] = [
  route({
    name: 'complaints.enter',
    method: 'POST',
    path: '/api/v1/complaints',
    access: 'session',
    permission: 'complaint.file',
    body: jsonBody(z.strictObject({ ...form, way: z.enum(['phone', 'clerk']) })),
    reply: jsonReply(z.object({ id: idText, number: z.string(), state, version: z.int(), code: z.string(), visible: z.boolean() }), 201),
    run: ({ app, actor, body }) => fileComplaint(app, actor, body),
  }),
  route({
    name: 'complaints.list',
    method: 'GET',
    path: '/api/v1/complaints',
    access: 'unit',
    permission: 'complaint.read',
    query: z.strictObject({
      // `decided`: upheld or not, and not answered yet.
      state: z.enum([...COMPLAINT_LIFE.states, 'decided']).optional(),
      about: about.optional(),
      unitId: z.string().max(40).optional(),
      assignedTo: z.string().max(40).optional(),
      number: z.string().trim().max(30).optional(),
      overdue: z.literal('yes').optional(),
      unresolved: z.literal('yes').optional(),
      ...page,
    }),
    reply: jsonReply(listOf(anyView)),
    async run({ app, actor, query: { limit, offset, state: wanted, overdue, unresolved, ...rest } }) {
      const states = wanted === undefined ? {} : { states: wanted === 'decided' ? (['upheld', 'not_upheld'] as const) : [wanted] }
      const flags = { overdue: overdue === 'yes', ...(unresolved === undefined ? {} : { unresolved: true as const }) }
      const filter = { ...rest, ...states, ...flags }
      return { ...(await listComplaints(app, actor, { filter, page: { limit, offset } })), limit, offset }
    },
  }),
  route({
    name: 'complaints.show',
    method: 'GET',
    path: '/api/v1/complaints/:id',
    access: 'unit',
    permission: 'complaint.read',
    params: z.object({ id: z.string().max(30) }),
    reply: jsonReply(anyView),
    run: ({ app, actor, params }) => showComplaint(app, actor, params.id),
  }),
  route({
    name: 'complaints.attach',
    method: 'POST',
    path: '/api/v1/complaints/:id/evidence',
    access: 'session',
    permission: 'complaint.add_evidence',
    params: idParams,
    body: fileBody(EVIDENCE_TYPES, (config) => config.evidence.maxBytes, evidenceOverLimit),
    reply: jsonReply(releasedView, 201),
    run: ({ app, actor, params, body }) => addEvidence(app, actor, { complaint: params, content: body.content }),
  }),
  route({
    name: 'complaints.evidence',
    method: 'GET',
    path: '/api/v1/complaints/:id/evidence/:evidenceId',
    access: 'unit',
    permission: 'complaint.read',
    params: idParams.extend({ evidenceId: idText }),
    // A neutral type, so that a browser saves the file and never opens it.
    reply: fileReply('application/octet-stream'),
    async run({ app, actor, params }) {
      const { fileName, content } = await openEvidence(app, actor, { complaintId: params.id, evidenceId: params.evidenceId })
      return { fileName, content }
    },
  }),
]

/**
 * Route of one act on one complaint.
 * @param name the route's name.
 * @param path last segment of its address.
 * @param body what the act needs beside the id.
 */
function actRoute<Body extends object>(
  name: string,
  permission: Permission,
  path: string,
  body: z.ZodType<Body>,
  run: Command<ComplaintItem & Body, ComplaintOutcome>,
): Route {
  return route({
    name,
    method: 'POST',
    path: `/api/v1/complaints/:id/${path}`,
    access: rolesOf(permission).includes('unit_system') ? 'unit' : 'session',
    permission,
    params: idParams,
    body: jsonBody(body),
    reply: outcome,
    run: ({ app, actor, params, body: input }) => run(app, actor, { ...params, ...input }),
  })
}

const unitId = z.string().max(40).optional()
const evidence = z.array(idText).max(100).optional()
const finding = z.enum(['upheld', 'not_upheld'])

const actRoutes: readonly Route[] = [
  actRoute(
    'complaints.resolve',
    'complaint.resolve',
    'resolve',
    z.strictObject({ version, unitId: z.string().max(40).nullable() }),
    resolveComplaint,
  ),
  actRoute('complaints.accept', 'complaint.accept', 'accept', z.strictObject({ version, unitId }), acceptComplaint),
  actRoute(
    'complaints.decline',
    'complaint.decline',
    'decline',
    z.strictObject({ version, reason: z.enum(DECLINE_REASONS), note: longText.optional() }),
    declineComplaint,
  ),
  actRoute(
    'complaints.assign',
    'complaint.assign',
    'assign',
    z.strictObject({ version, unitId, brief: longText, evidence }),
    assignComplaint,
  ),
  actRoute(
    'complaints.investigate',
    'complaint.investigate',
    'findings',
    z.strictObject({ version, findings: longText }),
    recordInvestigation,
  ),
  actRoute(
    'complaints.decide',
    'complaint.decide',
    'decide',
    z.strictObject({
      ...{ version, finding, outcome: longText, orderUnitId: unitId, orderText: longText.optional() },
      ...{ orderListingId: idText.optional(), orderIdentifier: z.string().max(60).optional() },
    }),
    decideComplaint,
  ),
  actRoute('complaints.answer', 'complaint.answer', 'answer', z.strictObject({ version, answer: longText }), answerComplaint),
]

export const complaintRoutes: readonly Route[] = [
  ...publicRoutes,
  ...complainantRoutes,
  ...staffRoutes,
  ...actRoutes,
  ...complaintOrderRoutes,
]

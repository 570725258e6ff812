// Routes of calling units to account: proposals, circulars, interviews. The commands are commands.ts, circulars.commands.ts, steps.commands.ts.
// Consequences have their routes in consequences.routes.ts, joint circulars and meetings in joint.routes.ts.

import { z } from 'zod'
import { cancelInterview, concludeInterview, holdInterview } from './steps.commands.ts'
import { discardCircular, issueCircular, withdrawCircular } from './circulars.commands.ts'
import { listCirculars, listInterviews, listProposals, showCircular, showInterview, showProposal } from './views.ts'
import { decideProposal, doubtApproval, registerShortfall } from './commands.ts'
import { DECISIONS, PERSON_POSTS, PROPOSAL_STATES, SOURCE_KINDS, CIRCULAR_STATES, INTERVIEW_STATES } from './rules.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { jsonReply } from '../../platform/http/reply.ts'
import { dayText, idParams, instant, listOf, page, route, type Route } from '../../platform/http/route.ts'

const version = z.int().min(1).optional()
const writtenText = z.string().trim().min(2).max(2000)
const unitId = z.string().regex(/^[a-z0-9_]{2,40}$/)
const outcome = z.object({ id: z.string(), number: z.string(), state: z.string(), version: z.int() })

/** What the reader may do next, and the audit rows so far; both empty for a unit. */
const history = {
  possible: z.array(z.string()),
  audit: z.array(
    z.object({ n: z.int(), at: instant, actor: z.string(), name: z.string().nullable(), act: z.string(), detail: z.string() }),
  ),
}

const proposal = {
  id: z.string(),
  number: z.string(),
  unitId: z.string(),
  state: z.enum(PROPOSAL_STATES),
  version: z.int(),
  sources: z.int(),
  openedOn: dayText,
  decision: z.enum(DECISIONS).nullable(),
  decidedBy: z.string().nullable(),
  decidedOn: dayText.nullable(),
}

const source = z.object({
  kind: z.enum(SOURCE_KINDS),
  key: z.string(),
  happenedOn: dayText,
  detail: z.string(),
  note: z.string().nullable(),
  addedBy: z.string(),
  addedAt: instant,
})

const proposalDetail = z.object({
  ...proposal,
  ...history,
  record: z.object({ reason: z.string().optional() }),
  counts: z.array(z.object({ kind: z.enum(SOURCE_KINDS), count: z.int() })),
  evidence: z.object({ items: z.array(source), total: z.int() }),
  followed: z.array(z.object({ subject: z.string(), number: z.string() })),
})

const person = z.object({ name: z.string().trim().min(2).max(50), post: z.enum(PERSON_POSTS) })

const circular = {
  id: z.string(),
  number: z.string(),
  year: z.int(),
  unitId: z.string(),
  proposalId: z.string(),
  state: z.enum(CIRCULAR_STATES),
  version: z.int(),
  draftedOn: dayText.nullable(),
  draftedBy: z.string().nullable(),
  issuedOn: dayText.nullable(),
  issuedBy: z.string().nullable(),
  record: z.object({
    reason: z.string(),
    rectifyBy: dayText.optional(),
    persons: z.array(person).optional(),
    withdrawal: z.string().optional(),
    discard: z.string().optional(),
  }),
}

const interview = {
  id: z.string(),
  number: z.string(),
  unitId: z.string(),
  proposalId: z.string(),
  state: z.enum(INTERVIEW_STATES),
  version: z.int(),
  calledFor: z.string(),
  calledBy: z.string(),
  heldOn: dayText.nullable(),
  concludedOn: dayText.nullable(),
  record: z.object({
    reason: z.string(),
    minutes: z.string().optional(),
    finding: z.string().optional(),
    cancellation: z.string().optional(),
  }),
}

const proposals = '/api/v1/accountability/proposals'
const postById = { method: 'POST', access: 'session', params: idParams, reply: jsonReply(outcome) } as const
const getById = { method: 'GET', params: idParams } as const
const year = z.coerce.number().int().min(2000).max(2100).optional()

export const accountabilityRoutes: readonly Route[] = [
  route({
    name: 'accountability.list',
    method: 'GET',
    path: proposals,
    access: 'session',
    permission: 'accountability.read',
    query: z.object({ unitId: unitId.optional(), state: z.enum(PROPOSAL_STATES).optional(), ...page }),
    reply: jsonReply(listOf(z.object(proposal))),
    async run({ app, actor, query: { limit, offset, ...filter } }) {
      return { ...(await listProposals(app, actor, { filter, page: { limit, offset } })), limit, offset }
    },
  }),
  route({
    ...getById,
    name: 'accountability.show',
    path: `${proposals}/:id`,
    access: 'session',
    permission: 'accountability.read',
    query: z.object(page),
    reply: jsonReply(proposalDetail),
    run: ({ app, actor, params, query }) => showProposal(app, actor, { id: params.id, page: query }),
  }),
  route({
    name: 'accountability.register',
    method: 'POST',
    path: proposals,
    access: 'session',
    permission: 'accountability.register',
    body: jsonBody(z.object({ unitId, kind: z.enum(['procedure_skipped', 'not_implemented']), happenedOn: dayText, note: writtenText })),
    reply: jsonReply(outcome, 201),
    run: ({ app, actor, body }) => registerShortfall(app, actor, body),
  }),
  route({
    ...postById,
    name: 'accountability.decide',
    path: `${proposals}/:id/decide`,
    permission: 'accountability.decide',
    body: jsonBody(
      z.object({
        version,
        decision: z.enum([...DECISIONS, 'dismiss']),
        reason: writtenText,
        calledFor: dayText.optional(),
        rectifyBy: dayText.optional(),
        persons: z.array(person).max(50).optional(),
      }),
    ),
    run: ({ app, actor, params, body }) => decideProposal(app, actor, { ...params, ...body }),
  }),
  route({
    ...postById,
    name: 'accountability.doubt',
    path: '/api/v1/screenings/:id/doubt',
    permission: 'accountability.doubt',
    body: jsonBody(z.object({ reason: writtenText })),
    run: ({ app, actor, params, body }) => doubtApproval(app, actor, { screeningId: params.id, ...body }),
  }),
  route({
    name: 'circulars.list',
    method: 'GET',
    path: '/api/v1/circulars',
    access: 'unit',
    permission: 'circular.read',
    query: z.object({ unitId: unitId.optional(), state: z.enum(CIRCULAR_STATES).optional(), year, ...page }),
    reply: jsonReply(listOf(z.object(circular))),
    async run({ app, actor, query: { limit, offset, ...filter } }) {
      return { ...(await listCirculars(app, actor, { filter, page: { limit, offset } })), limit, offset }
    },
  }),
  route({
    ...getById,
    name: 'circulars.show',
    path: '/api/v1/circulars/:id',
    access: 'unit',
    permission: 'circular.read',
    reply: jsonReply(z.object({ ...circular, ...history })),
    run: ({ app, actor, params }) => showCircular(app, actor, params.id),
  }),
  route({
    ...postById,
    name: 'circulars.issue',
    path: '/api/v1/circulars/:id/issue',
    permission: 'accountability.issue',
    body: jsonBody(z.object({ version })),
    run: ({ app, actor, params, body }) => issueCircular(app, actor, { ...params, ...body }),
  }),
  route({
    ...postById,
    name: 'circulars.discard',
    path: '/api/v1/circulars/:id/discard',
    permission: 'accountability.discard',
    body: jsonBody(z.object({ version, reason: writtenText })),
    run: ({ app, actor, params, body }) => discardCircular(app, actor, { ...params, ...body }),
  }),
  route({
    ...postById,
    name: 'circulars.withdraw',
    path: '/api/v1/circulars/:id/withdraw',
    permission: 'accountability.withdraw',
    body: jsonBody(z.object({ version, reason: writtenText })),
    run: ({ app, actor, params, body }) => withdrawCircular(app, actor, { ...params, ...body }),
  }),
  route({
    name: 'interviews.list',
    method: 'GET',
    path: '/api/v1/interviews',
    access: 'unit',
    permission: 'circular.read',
    query: z.object({ unitId: unitId.optional(), state: z.enum(INTERVIEW_STATES).optional(), ...page }),
    reply: jsonReply(listOf(z.object(interview))),
    async run({ app, actor, query: { limit, offset, ...filter } }) {
      return { ...(await listInterviews(app, actor, { filter, page: { limit, offset } })), limit, offset }
    },
  }),
  route({
    ...getById,
    name: 'interviews.show',
    path: '/api/v1/interviews/:id',
    access: 'unit',
    permission: 'circular.read',
    reply: jsonReply(z.object({ ...interview, ...history })),
    run: ({ app, actor, params }) => showInterview(app, actor, params.id),
  }),
  route({
    ...postById,
    name: 'interviews.hold',
    path: '/api/v1/interviews/:id/hold',
    permission: 'accountability.interview',
    body: jsonBody(z.object({ version, heldOn: dayText, minutes: writtenText })),
    run: ({ app, actor, params, body }) => holdInterview(app, actor, { ...params, ...body }),
  }),
  route({
    ...postById,
    name: 'interviews.conclude',
    path: '/api/v1/interviews/:id/conclude',
    permission: 'accountability.interview',
    body: jsonBody(z.object({ version, result: z.enum(['changed', 'unchanged']), finding: writtenText })),
    run: ({ app, actor, params, body }) => concludeInterview(app, actor, { ...params, ...body }),
  }),
  route({
    ...postById,
    name: 'interviews.cancel',
    path: '/api/v1/interviews/:id/cancel',
    permission: 'accountability.interview',
    body: jsonBody(z.object({ version, reason: writtenText })),
    run: ({ app, actor, params, body }) => cancelInterview(app, actor, { ...params, ...body }),
  }),
]

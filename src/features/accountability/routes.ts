// Routes of calling units to account: proposals, circulars, interviews. What happens is actions/accountability and accountability-steps.
// What follows for a unit is consequences.ts, joint circulars and meetings joint-circulars.ts.

import { z } from 'zod'
import { cancelInterview, concludeInterview, holdInterview, withdrawCircular } from './steps.commands.ts'
import { listCirculars, listInterviews, listProposals, showCircular, showInterview, showProposal } from './views.ts'
import { decideProposal, doubtApproval, registerShortfall } from './commands.ts'
import { DECISIONS, PROPOSAL_STATES, SOURCE_KINDS, CIRCULAR_STATES, INTERVIEW_STATES } from './rules.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { jsonReply } from '../../platform/http/reply.ts'
import { dayText, idParams, instant, listOf, page, route, type Route } from '../../platform/http/route.ts'

const version = z.int().min(1).optional()
const said = z.string().trim().min(2).max(2000)
const unitId = z.string().regex(/^[a-z0-9_]{2,40}$/)
const outcome = z.object({ id: z.string(), number: z.string(), state: z.string(), version: z.int() })

/** What may be done next, and every step; a unit gets neither. */
const course = {
  possible: z.array(z.string()),
  audit: z.array(z.object({ n: z.int(), at: instant, actor: z.string(), act: z.string(), detail: z.string() })),
}

const proposal = {
  id: z.string(),
  number: z.string(),
  unitId: z.string(),
  state: z.enum(PROPOSAL_STATES),
  version: z.int(),
  sources: z.int(),
  openedOn: z.string(),
  decision: z.enum(DECISIONS).nullable(),
  decidedBy: z.string().nullable(),
  decidedOn: z.string().nullable(),
}

const source = z.object({
  kind: z.enum(SOURCE_KINDS),
  key: z.string(),
  happenedOn: z.string(),
  detail: z.string(),
  note: z.string().nullable(),
  addedBy: z.string(),
  addedAt: instant,
})

const proposalDetail = z.object({
  ...proposal,
  ...course,
  record: z.object({ reason: z.string().optional() }),
  counts: z.array(z.object({ kind: z.enum(SOURCE_KINDS), count: z.int() })),
  evidence: z.object({ items: z.array(source), total: z.int() }),
  followed: z.array(z.string()),
})

const circular = {
  id: z.string(),
  number: z.string(),
  year: z.int(),
  unitId: z.string(),
  proposalId: z.string(),
  state: z.enum(CIRCULAR_STATES),
  version: z.int(),
  issuedOn: z.string(),
  issuedBy: z.string(),
  record: z.object({ reason: z.string(), withdrawal: z.string().optional() }),
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
  heldOn: z.string().nullable(),
  concludedOn: z.string().nullable(),
  record: z.object({
    reason: z.string(),
    minutes: z.string().optional(),
    finding: z.string().optional(),
    cancellation: z.string().optional(),
  }),
}

const base = '/api/v1/accountability/proposals'
const post = { method: 'POST', access: 'session', params: idParams, reply: jsonReply(outcome) } as const
const one = { method: 'GET', params: idParams } as const
const year = z.coerce.number().int().min(2000).max(2100).optional()

export const accountabilityRoutes: readonly Route[] = [
  route({
    name: 'accountability.list',
    method: 'GET',
    path: base,
    access: 'session',
    act: 'accountability.read',
    query: z.object({ unitId: unitId.optional(), state: z.enum(PROPOSAL_STATES).optional(), ...page }),
    reply: jsonReply(listOf(z.object(proposal))),
    async run({ house, actor, query: { limit, offset, ...filter } }) {
      return { ...(await listProposals(house, actor, { filter, page: { limit, offset } })), limit, offset }
    },
  }),
  route({
    ...one,
    name: 'accountability.show',
    path: `${base}/:id`,
    access: 'session',
    act: 'accountability.read',
    query: z.object(page),
    reply: jsonReply(proposalDetail),
    run: ({ house, actor, params, query }) => showProposal(house, actor, { id: params.id, page: query }),
  }),
  route({
    name: 'accountability.register',
    method: 'POST',
    path: base,
    access: 'session',
    act: 'accountability.register',
    body: jsonBody(z.object({ unitId, kind: z.enum(['procedure_skipped', 'not_implemented']), happenedOn: dayText, note: said })),
    reply: jsonReply(outcome, 201),
    run: ({ house, actor, body }) => registerShortfall(house, actor, body),
  }),
  route({
    ...post,
    name: 'accountability.decide',
    path: `${base}/:id/decide`,
    act: 'accountability.decide',
    body: jsonBody(z.object({ version, decision: z.enum([...DECISIONS, 'dismiss']), reason: said, calledFor: dayText.optional() })),
    run: ({ house, actor, params, body }) => decideProposal(house, actor, { ...params, ...body }),
  }),
  route({
    ...post,
    name: 'accountability.doubt',
    path: '/api/v1/screenings/:id/doubt',
    act: 'accountability.doubt',
    body: jsonBody(z.object({ reason: said })),
    run: ({ house, actor, params, body }) => doubtApproval(house, actor, { screeningId: params.id, ...body }),
  }),
  route({
    name: 'circulars.list',
    method: 'GET',
    path: '/api/v1/circulars',
    access: 'unit',
    act: 'circular.read',
    query: z.object({ unitId: unitId.optional(), state: z.enum(CIRCULAR_STATES).optional(), year, ...page }),
    reply: jsonReply(listOf(z.object(circular))),
    async run({ house, actor, query: { limit, offset, ...filter } }) {
      return { ...(await listCirculars(house, actor, { filter, page: { limit, offset } })), limit, offset }
    },
  }),
  route({
    ...one,
    name: 'circulars.show',
    path: '/api/v1/circulars/:id',
    access: 'unit',
    act: 'circular.read',
    reply: jsonReply(z.object({ ...circular, ...course })),
    run: ({ house, actor, params }) => showCircular(house, actor, params.id),
  }),
  route({
    ...post,
    name: 'circulars.withdraw',
    path: '/api/v1/circulars/:id/withdraw',
    act: 'accountability.withdraw',
    body: jsonBody(z.object({ version, reason: said })),
    run: ({ house, actor, params, body }) => withdrawCircular(house, actor, { ...params, ...body }),
  }),
  route({
    name: 'interviews.list',
    method: 'GET',
    path: '/api/v1/interviews',
    access: 'unit',
    act: 'circular.read',
    query: z.object({ unitId: unitId.optional(), state: z.enum(INTERVIEW_STATES).optional(), ...page }),
    reply: jsonReply(listOf(z.object(interview))),
    async run({ house, actor, query: { limit, offset, ...filter } }) {
      return { ...(await listInterviews(house, actor, { filter, page: { limit, offset } })), limit, offset }
    },
  }),
  route({
    ...one,
    name: 'interviews.show',
    path: '/api/v1/interviews/:id',
    access: 'unit',
    act: 'circular.read',
    reply: jsonReply(z.object({ ...interview, ...course })),
    run: ({ house, actor, params }) => showInterview(house, actor, params.id),
  }),
  route({
    ...post,
    name: 'interviews.hold',
    path: '/api/v1/interviews/:id/hold',
    act: 'accountability.interview',
    body: jsonBody(z.object({ version, heldOn: dayText, minutes: said })),
    run: ({ house, actor, params, body }) => holdInterview(house, actor, { ...params, ...body }),
  }),
  route({
    ...post,
    name: 'interviews.conclude',
    path: '/api/v1/interviews/:id/conclude',
    act: 'accountability.interview',
    body: jsonBody(z.object({ version, result: z.enum(['changed', 'unchanged']), finding: said })),
    run: ({ house, actor, params, body }) => concludeInterview(house, actor, { ...params, ...body }),
  }),
  route({
    ...post,
    name: 'interviews.cancel',
    path: '/api/v1/interviews/:id/cancel',
    act: 'accountability.interview',
    body: jsonBody(z.object({ version, reason: said })),
    run: ({ house, actor, params, body }) => cancelInterview(house, actor, { ...params, ...body }),
  }),
]

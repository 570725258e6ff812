// Routes of joint circulars and of meetings of the leading group.
// The commands are joint.commands.ts; circulars about one unit have their routes in routes.ts.

import { z } from 'zod'
import { callMeeting, cancelMeeting, discardJoint, draftJoint, holdMeeting, issueJoint, withdrawJoint } from './joint.commands.ts'
import { jointFile, listJoints, listMeetings, previewJoint, showJoint, showMeeting } from './joint.views.ts'
import { JOINT_STATES, MEETING_STATES } from './joint.rules.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { fileReply, jsonReply } from '../../platform/http/reply.ts'
import { dayText, idParams, instant, listOf, page, route, type Route } from '../../platform/http/route.ts'

const version = z.int().min(1).optional()
const writtenText = z.string().trim().min(2).max(2000)
const outcome = z.object({ id: z.string(), number: z.string(), state: z.string(), version: z.int() })
const unitId = z.string().regex(/^[a-z0-9_]{2,40}$/)
const span = { from: dayText, to: dayText }

const line = z.object({
  unitId: z.string(),
  unit: z.string(),
  missed: z.int(),
  complaints: z.int(),
  circulars: z.int(),
  interviews: z.int(),
})

const joint = z.object({
  id: z.string(),
  number: z.string(),
  fromDay: dayText,
  toDay: dayText,
  state: z.enum(JOINT_STATES),
  version: z.int(),
  draftedOn: dayText.nullable(),
  draftedBy: z.string().nullable(),
  issuedOn: dayText.nullable(),
  issuedBy: z.string().nullable(),
  lines: z.array(line),
  record: z.object({ foreword: z.string(), withdrawal: z.string().optional(), discard: z.string().optional() }),
  possible: z.array(z.string()),
})

const meeting = z.object({
  id: z.string(),
  number: z.string(),
  state: z.enum(MEETING_STATES),
  version: z.int(),
  plannedFor: z.string(),
  calledBy: z.string(),
  heldOn: dayText.nullable(),
  record: z.object({
    agenda: z.string(),
    place: z.string(),
    minutes: z.string().optional(),
    cancellation: z.string().optional(),
  }),
  possible: z.array(z.string()),
})

const history = {
  audit: z.array(
    z.object({ n: z.int(), at: instant, actor: z.string(), name: z.string().nullable(), act: z.string(), detail: z.string() }),
  ),
}

const joints = '/api/v1/joint-circulars'
const meetings = '/api/v1/meetings'
const read = { method: 'GET', access: 'session', permission: 'accountability.read' } as const
const postById = { method: 'POST', access: 'session', params: idParams, reply: jsonReply(outcome) } as const

export const jointRoutes: readonly Route[] = [
  route({
    ...read,
    name: 'joints.list',
    path: joints,
    query: z.object({ state: z.enum(JOINT_STATES).optional(), ...page }),
    reply: jsonReply(listOf(joint)),
    async run({ app, actor, query: { limit, offset, ...filter } }) {
      return { ...(await listJoints(app, actor, { filter, page: { limit, offset } })), limit, offset }
    },
  }),
  route({
    ...read,
    name: 'joints.preview',
    path: `${joints}/preview`,
    query: z.object(span),
    reply: jsonReply(z.object({ items: z.array(line) })),
    run: ({ app, actor, query }) => previewJoint(app, actor, query),
  }),
  route({
    ...read,
    name: 'joints.file',
    path: `${joints}/:id/file.xlsx`,
    params: idParams,
    reply: fileReply('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'),
    run: ({ app, actor, params }) => jointFile(app, actor, params.id),
  }),
  route({
    ...read,
    name: 'joints.show',
    path: `${joints}/:id`,
    params: idParams,
    reply: jsonReply(joint.extend(history)),
    run: ({ app, actor, params }) => showJoint(app, actor, params.id),
  }),
  route({
    name: 'joints.draft',
    method: 'POST',
    path: joints,
    access: 'session',
    permission: 'accountability.joint',
    body: jsonBody(z.object({ ...span, unitIds: z.array(unitId).max(200), foreword: writtenText })),
    reply: jsonReply(outcome, 201),
    run: ({ app, actor, body }) => draftJoint(app, actor, body),
  }),
  route({
    ...postById,
    name: 'joints.issue',
    path: `${joints}/:id/issue`,
    permission: 'accountability.joint',
    body: jsonBody(z.object({ version })),
    run: ({ app, actor, params, body }) => issueJoint(app, actor, { ...params, ...body }),
  }),
  route({
    ...postById,
    name: 'joints.discard',
    path: `${joints}/:id/discard`,
    permission: 'accountability.joint',
    body: jsonBody(z.object({ version, reason: writtenText })),
    run: ({ app, actor, params, body }) => discardJoint(app, actor, { ...params, ...body }),
  }),
  route({
    ...postById,
    name: 'joints.withdraw',
    path: `${joints}/:id/withdraw`,
    permission: 'accountability.joint',
    body: jsonBody(z.object({ version, reason: writtenText })),
    run: ({ app, actor, params, body }) => withdrawJoint(app, actor, { ...params, ...body }),
  }),
  route({
    ...read,
    name: 'meetings.list',
    path: meetings,
    query: z.object({ state: z.enum(MEETING_STATES).optional(), ...page }),
    reply: jsonReply(listOf(meeting)),
    async run({ app, actor, query: { limit, offset, ...filter } }) {
      return { ...(await listMeetings(app, actor, { filter, page: { limit, offset } })), limit, offset }
    },
  }),
  route({
    ...read,
    name: 'meetings.show',
    path: `${meetings}/:id`,
    params: idParams,
    reply: jsonReply(meeting.extend(history)),
    run: ({ app, actor, params }) => showMeeting(app, actor, params.id),
  }),
  route({
    name: 'meetings.call',
    method: 'POST',
    path: meetings,
    access: 'session',
    permission: 'accountability.meet',
    body: jsonBody(z.object({ plannedFor: dayText, agenda: writtenText, place: z.string().trim().min(2).max(100) })),
    reply: jsonReply(outcome, 201),
    run: ({ app, actor, body }) => callMeeting(app, actor, body),
  }),
  route({
    ...postById,
    name: 'meetings.hold',
    path: `${meetings}/:id/hold`,
    permission: 'accountability.meet',
    body: jsonBody(z.object({ version, heldOn: dayText, minutes: writtenText })),
    run: ({ app, actor, params, body }) => holdMeeting(app, actor, { ...params, ...body }),
  }),
  route({
    ...postById,
    name: 'meetings.cancel',
    path: `${meetings}/:id/cancel`,
    permission: 'accountability.meet',
    body: jsonBody(z.object({ version, reason: writtenText })),
    run: ({ app, actor, params, body }) => cancelMeeting(app, actor, { ...params, ...body }),
  }),
]

// Routes that show what an act would tell whom before it is done: interviews, circulars, consequences, joint circulars, meetings.
// The acts themselves are routes.ts, consequences.routes.ts and joint.routes.ts.

import { z } from 'zod'
import { jsonBody } from '../../platform/http/body.ts'
import { jsonReply } from '../../platform/http/reply.ts'
import { dayText, idParams, route, type Route } from '../../platform/http/route.ts'
import {
  previewCircular,
  previewConsequence,
  previewInterview,
  previewInterviewCall,
  previewJointMessages,
  previewMeeting,
  previewMeetingCall,
} from './preview.views.ts'

const unitId = z.string().regex(/^[a-z0-9_]{2,40}$/)
const message = z.object({ to: z.string(), title: z.string(), text: z.string(), people: z.int() })
const shown = { method: 'POST', access: 'session', reply: jsonReply(z.object({ items: z.array(message) })) } as const
const ofOne = { ...shown, params: idParams } as const
export const accountabilityPreviewRoutes: readonly Route[] = [
  route({
    ...ofOne,
    name: 'accountability.preview',
    path: '/api/v1/accountability/proposals/:id/preview',
    permission: 'accountability.decide',
    body: jsonBody(z.object({ calledFor: dayText })),
    run: ({ app, actor, params, body }) => previewInterviewCall(app, actor, { ...params, ...body }),
  }),
  route({
    ...ofOne,
    name: 'circulars.preview',
    path: '/api/v1/circulars/:id/preview',
    permission: 'accountability.issue',
    body: jsonBody(z.object({ act: z.enum(['issue', 'withdraw']) })),
    run: ({ app, actor, params, body }) => previewCircular(app, actor, { ...params, ...body }),
  }),
  route({
    ...ofOne,
    name: 'interviews.preview',
    path: '/api/v1/interviews/:id/preview',
    permission: 'accountability.interview',
    body: jsonBody(z.object({ act: z.enum(['cancel', 'find_changed', 'find_unchanged']) })),
    run: ({ app, actor, params, body }) => previewInterview(app, actor, { ...params, ...body }),
  }),
  route({
    ...ofOne,
    name: 'consequences.preview',
    path: '/api/v1/consequences/:id/preview',
    permission: 'accountability.confirm',
    body: jsonBody(z.object({ act: z.enum(['confirm', 'cancel']), bodies: z.array(unitId).max(10).optional() })),
    run: ({ app, actor, params, body }) => previewConsequence(app, actor, { ...params, ...body }),
  }),
  route({
    ...ofOne,
    name: 'joints.messages',
    path: '/api/v1/joint-circulars/:id/preview',
    permission: 'accountability.joint',
    body: jsonBody(z.object({ act: z.enum(['issue', 'withdraw']) })),
    run: ({ app, actor, params, body }) => previewJointMessages(app, actor, { ...params, ...body }),
  }),
  route({
    ...shown,
    name: 'meetings.preview_call',
    path: '/api/v1/meetings/preview',
    permission: 'accountability.meet',
    body: jsonBody(z.object({ plannedFor: dayText, place: z.string().trim().min(2).max(100) })),
    run: ({ app, actor, body }) => previewMeetingCall(app, actor, body),
  }),
  route({
    ...ofOne,
    name: 'meetings.preview',
    path: '/api/v1/meetings/:id/preview',
    permission: 'accountability.meet',
    body: jsonBody(z.object({ act: z.enum(['hold', 'cancel']) })),
    run: ({ app, actor, params, body }) => previewMeeting(app, actor, { ...params, ...body }),
  }),
]

// HTTP routes of one's own second factor: see it, enrol it, give it, give it up.
// The rules are factor.commands.ts; resetting somebody else's is features/staff/routes.ts.

import { z } from 'zod'
import { confirmFactor, dropFactor, enrolFactor, giveFactor, requestFactorCode, seeFactor } from './factor.commands.ts'
import { browserCookie, browserOf } from './access.ts'
import { seeSelf } from './commands.ts'
import { rememberBrowser, type Origin } from './places.commands.ts'
import { stageOf } from './rules.ts'
import { sessionOf, sessionView, sessionViewOf } from './reply.routes.ts'
import { FACTOR_WAYS } from '../staff/rules.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { jsonReply } from '../../platform/http/reply.ts'
import { instant, perMinute, route, type Call, type Route } from '../../platform/http/route.ts'

const way = z.enum(FACTOR_WAYS)
const wayView = z.object({ way, address: z.string().nullable() })
const givenCode = jsonBody(z.strictObject({ code: z.string().trim().max(20) }))
const limit = perMinute(30)

const originOf = ({ app, request }: Pick<Call<undefined, undefined, undefined>, 'app' | 'request'>): Origin => ({
  network: request.ip,
  browser: browserOf(app, request.headers),
})

export const factorRoutes: readonly Route[] = [
  route({
    name: 'session.show_factor',
    method: 'GET',
    path: '/api/v1/session/factor',
    access: 'session',
    permission: 'staff.see_self',
    reply: jsonReply(
      z.object({ required: z.boolean(), enrolled: wayView.nullable(), confirmedAt: instant.nullable(), ways: z.array(wayView) }),
    ),
    run: ({ app, actor }) => seeFactor(app, actor, undefined),
  }),
  route({
    name: 'session.give_factor',
    method: 'POST',
    path: '/api/v1/session/factor',
    access: 'session',
    permission: 'staff.give_factor',
    limit,
    body: givenCode,
    reply: jsonReply(sessionView),
    async run(call) {
      await giveFactor(call.app, call.actor, { sessionId: sessionOf(call).id, ...call.body, origin: originOf(call) })
      return replyOf(call, true)
    },
  }),
  route({
    name: 'session.send_factor_code',
    method: 'POST',
    path: '/api/v1/session/factor/code',
    access: 'session',
    permission: 'staff.give_factor',
    limit,
    reply: jsonReply(wayView.extend({ minutes: z.int() })),
    run: (call) => requestFactorCode(call.app, call.actor, { origin: originOf(call) }),
  }),
  route({
    name: 'session.enrol_factor',
    method: 'POST',
    path: '/api/v1/session/factor/enrolment',
    access: 'session',
    permission: 'staff.enrol_factor',
    limit,
    body: jsonBody(z.strictObject({ way })),
    reply: jsonReply(wayView.extend({ secret: z.string().nullable(), otpauth: z.string().nullable() }), 201),
    run: ({ app, actor, body }) => enrolFactor(app, actor, body),
  }),
  route({
    name: 'session.confirm_factor',
    method: 'POST',
    path: '/api/v1/session/factor/enrolment/confirm',
    access: 'session',
    permission: 'staff.enrol_factor',
    limit,
    body: givenCode,
    reply: jsonReply(sessionView),
    async run(call) {
      await confirmFactor(call.app, call.actor, { sessionId: sessionOf(call).id, ...call.body, origin: originOf(call) })
      return replyOf(call, true)
    },
  }),
  route({
    name: 'session.drop_factor',
    method: 'POST',
    path: '/api/v1/session/factor/drop',
    access: 'session',
    permission: 'staff.enrol_factor',
    limit,
    body: givenCode,
    reply: jsonReply(sessionView),
    async run(call) {
      await dropFactor(call.app, call.actor, { ...call.body, origin: originOf(call) })
      return replyOf(call, false)
    },
  }),
]

/** The session after a step, so that a screen knows what comes next without asking again. Once it is open, the browser is known. */
async function replyOf(call: Call<undefined, undefined, { code: string }>, factorGiven: boolean): Promise<z.input<typeof sessionView>> {
  const staff = await seeSelf(call.app, call.actor, undefined)
  const stage = stageOf(
    { roles: staff.roles.join(','), mustChange: staff.mustChange, factorWay: staff.factor },
    factorGiven,
    call.app.config.secondFactor,
  )
  if (stage === 'open') {
    const browser = browserOf(call.app, call.request.headers)
    call.setHeader('Set-Cookie', browserCookie(call.app, await rememberBrowser(call.app, call.actor, { browser })))
  }
  return sessionViewOf(call.app, staff, call.actor, { ...sessionOf(call), stage })
}

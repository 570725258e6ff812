// HTTP routes for logging in and out and for changing one's own password.
// Accounts are features/staff/routes.ts; the rules are commands.ts, the cookie is access.ts, the second factor is factor.routes.ts.

import { z } from 'zod'
import { changePassword, logIn, logOut, seeSelf } from './commands.ts'
import { browserCookie, browserOf, clearedCookie, sessionCookie } from './access.ts'
import { rememberBrowser } from './places.commands.ts'
import { sessionOf, sessionView, sessionViewOf } from './reply.routes.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { EMPTY_REPLY, jsonReply } from '../../platform/http/reply.ts'
import { perMinute, route, type Route } from '../../platform/http/route.ts'

const password = z.string().min(1).max(200)

const logInRoute = route({
  name: 'session.log_in',
  method: 'POST',
  path: '/api/v1/session',
  access: 'public',
  permission: 'staff.log_in',
  // Checking a password costs 19 MiB and a thread for about 10 ms.
  limit: perMinute(30),
  body: jsonBody(z.strictObject({ login: z.string().min(1).max(100), password })),
  reply: jsonReply(sessionView, 201),
  async run({ app, actor, body, request, setHeader }) {
    const browser = browserOf(app, request.headers)
    const { token, staff, actor: person, ...session } = await logIn(app, actor, { ...body, origin: { network: request.ip, browser } })
    const cookies = [sessionCookie(app, token, session.expiresAt)]
    if (session.stage === 'open') cookies.push(browserCookie(app, await rememberBrowser(app, person, { browser })))
    setHeader('Set-Cookie', cookies)
    return sessionViewOf(app, staff, person, { ...session, mustChange: staff.mustChange })
  },
})

const showRoute = route({
  name: 'session.show',
  method: 'GET',
  path: '/api/v1/session',
  access: 'session',
  permission: 'staff.see_self',
  reply: jsonReply(sessionView),
  async run(call) {
    return sessionViewOf(call.app, await seeSelf(call.app, call.actor, undefined), call.actor, sessionOf(call))
  },
})

const logOutRoute = route({
  name: 'session.log_out',
  method: 'DELETE',
  path: '/api/v1/session',
  access: 'session',
  permission: 'staff.log_out',
  reply: EMPTY_REPLY,
  async run(call) {
    await logOut(call.app, call.actor, { sessionId: sessionOf(call).id })
    call.setHeader('Set-Cookie', clearedCookie(call.app))
    return undefined
  },
})

const changePasswordRoute = route({
  name: 'session.change_password',
  method: 'POST',
  path: '/api/v1/session/password',
  access: 'session',
  permission: 'staff.change_password',
  limit: perMinute(30),
  body: jsonBody(z.strictObject({ current: password, next: password })),
  reply: EMPTY_REPLY,
  async run(call) {
    const { app, actor, request } = call
    const stage = await changePassword(app, actor, { sessionId: sessionOf(call).id, ...call.body })
    // Every browser is forgotten with the old password; the one at hand is known by the new one.
    if (stage === 'open')
      call.setHeader('Set-Cookie', browserCookie(app, await rememberBrowser(app, actor, { browser: browserOf(app, request.headers) })))
    return undefined
  },
})

export const sessionRoutes: readonly Route[] = [logInRoute, showRoute, logOutRoute, changePasswordRoute]

// HTTP routes by which liaisons log in: ask for a code, give it, see the session, choose another unit, log out.
// The rules are liaisons.commands.ts, the cookie is access.ts.

import { z } from 'zod'
import { unhurried } from '../../core/sleeper.ts'
import {
  closeUnitSession,
  openUnitSession,
  requestUnitCode,
  seeUnitSession,
  switchUnit,
  type UnitSessionView,
} from './liaisons.commands.ts'
import {
  callerBySession,
  clearedCodeCookie,
  clearedUnitCookie,
  codeCookie,
  codeRequestOf,
  unitBrowserCookie,
  unitBrowserOf,
  unitCookie,
  usablePermissions,
} from './access.ts'
import { sessionOf } from './reply.routes.ts'
import { CODE_DIGITS, CODE_MINUTES } from './rules.ts'
import { PERMISSIONS, type Actor } from '../../platform/commands/permissions.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { EMPTY_REPLY, jsonReply } from '../../platform/http/reply.ts'
import { idText, instant, perMinute, route, type Route, type Session } from '../../platform/http/route.ts'

const phone = z.string().trim().min(1).max(30)
const unitId = z.string().max(40)
const named = z.object({ id: z.string(), name: z.string() })

const unitSessionView = z.object({
  liaison: z.object({ id: idText, name: z.string(), head: z.boolean() }),
  unit: named,
  units: z.array(named),
  csrfToken: z.string(),
  idleEndsAt: instant,
  expiresAt: instant,
  permissions: z.array(z.enum(PERMISSIONS)),
})

const replyOf = (view: UnitSessionView, actor: Actor, session: Session): z.input<typeof unitSessionView> => {
  const { csrfToken, idleEndsAt, expiresAt } = session
  return { ...view, csrfToken, idleEndsAt, expiresAt, permissions: usablePermissions(actor, session) }
}

export const unitSessionRoutes: readonly Route[] = [
  route({
    name: 'unit_session.request_code',
    method: 'POST',
    path: '/api/v1/unit-session/code',
    access: 'public',
    permission: 'liaison.log_in',
    limit: perMinute(30),
    body: jsonBody(z.strictObject({ phone })),
    reply: jsonReply(z.object({ minutes: z.int(), digits: z.int() })),
    async run({ app, actor, body, request, setHeader }) {
      const origin = { network: request.ip, browser: unitBrowserOf(app, request.headers) }
      setHeader('Set-Cookie', codeCookie(app, await unhurried(requestUnitCode(app, actor, { ...body, origin }))))
      return { minutes: CODE_MINUTES, digits: CODE_DIGITS }
    },
  }),
  route({
    name: 'unit_session.log_in',
    method: 'POST',
    path: '/api/v1/unit-session',
    access: 'public',
    permission: 'liaison.log_in',
    limit: perMinute(30),
    body: jsonBody(z.strictObject({ phone, code: z.string().trim().max(20), unitId: unitId.optional() })),
    reply: jsonReply(unitSessionView, 201),
    async run({ app, actor, body, request, setHeader }) {
      const origin = { network: request.ip, browser: unitBrowserOf(app, request.headers) }
      const given = { ...body, request: codeRequestOf(app, request.headers), origin }
      const { token, browser } = await openUnitSession(app, actor, given)
      const { actor: liaison, session } = await callerBySession(app, 'unit', token, false)
      setHeader('Set-Cookie', [unitCookie(app, token, session.expiresAt), unitBrowserCookie(app, browser), clearedCodeCookie(app)])
      return replyOf(await seeUnitSession(app, liaison, { sessionId: session.id }), liaison, session)
    },
  }),
  route({
    name: 'unit_session.show',
    method: 'GET',
    path: '/api/v1/unit-session',
    access: 'liaison',
    permission: 'liaison.see_self',
    reply: jsonReply(unitSessionView),
    async run(call) {
      const session = sessionOf(call)
      return replyOf(await seeUnitSession(call.app, call.actor, { sessionId: session.id }), call.actor, session)
    },
  }),
  route({
    name: 'unit_session.switch_unit',
    method: 'PUT',
    path: '/api/v1/unit-session/unit',
    access: 'liaison',
    permission: 'liaison.switch_unit',
    body: jsonBody(z.strictObject({ unitId })),
    reply: jsonReply(unitSessionView),
    async run(call) {
      const session = sessionOf(call)
      const view = await switchUnit(call.app, call.actor, { sessionId: session.id, ...call.body })
      return replyOf(view, { ...call.actor, unitId: view.unit.id }, session)
    },
  }),
  route({
    name: 'unit_session.log_out',
    method: 'DELETE',
    path: '/api/v1/unit-session',
    access: 'liaison',
    permission: 'liaison.log_out',
    reply: EMPTY_REPLY,
    async run(call) {
      await closeUnitSession(call.app, call.actor, { sessionId: sessionOf(call).id })
      call.setHeader('Set-Cookie', clearedUnitCookie(call.app))
      return undefined
    },
  }),
]

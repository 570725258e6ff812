// HTTP routes for logging in and out and for changing one's own password.
// Accounts are features/staff/routes.ts; the rules are commands.ts, the cookie is access.ts.

import { z } from 'zod'
import { changePassword, logIn, logOut, seeSelf } from './commands.ts'
import { AppError } from '../../core/errors.ts'
import { PERMISSIONS, STAFF_ROLES, type Actor, type StaffRole } from '../../platform/commands/permissions.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import { mixesAdmin } from '../staff/rules.ts'
import type { StaffView } from '../staff/views.ts'
import { clearedCookie, sessionCookie, usablePermissions } from './access.ts'
import { jsonBody } from '../../platform/http/body.ts'
import { EMPTY_REPLY, jsonReply } from '../../platform/http/reply.ts'
import { idText, instant, route, type Call, type Route, type Session } from '../../platform/http/route.ts'

const password = z.string().min(1).max(200)

const sessionView = z.object({
  staff: z.object({ id: idText, login: z.string(), name: z.string(), roles: z.array(z.enum(STAFF_ROLES)) }),
  csrfToken: z.string(),
  mustChange: z.boolean(),
  /** What is wrong with the account, in Chinese; null when nothing is. */
  warning: z.string().nullable(),
  /** When it ends if nothing more is done with it. */
  idleEndsAt: instant,
  expiresAt: instant,
  /** What this caller may do now. */
  permissions: z.array(z.enum(PERMISSIONS)),
})

const logInRoute = route({
  name: 'session.log_in',
  method: 'POST',
  path: '/api/v1/session',
  access: 'public',
  permission: 'staff.log_in',
  // Checking a password costs 19 MiB and a thread for about 10 ms.
  limit: { code: 'rate_limited', perMinute: () => 30 },
  body: jsonBody(z.strictObject({ login: z.string().min(1).max(100), password })),
  reply: jsonReply(sessionView, 201),
  async run({ app, actor, body, setHeader }) {
    const { token, staff, actor: person, ...session } = await logIn(app, actor, body)
    setHeader('Set-Cookie', sessionCookie(app, token, session.expiresAt))
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
  limit: { code: 'rate_limited', perMinute: () => 30 },
  body: jsonBody(z.strictObject({ current: password, next: password })),
  reply: EMPTY_REPLY,
  async run(call) {
    await changePassword(call.app, call.actor, { sessionId: sessionOf(call).id, ...call.body })
    return undefined
  },
})

function sessionViewOf(
  app: AppContext,
  { id, login, name, roles }: StaffView,
  actor: Actor,
  { csrfToken, mustChange, idleEndsAt, expiresAt }: Omit<Session, 'id'>,
): z.input<typeof sessionView> {
  const permissions = usablePermissions(actor, { mustChange })
  return { staff: { id, login, name, roles }, csrfToken, mustChange, warning: warningOf(app, roles), idleEndsAt, expiresAt, permissions }
}

/** An account of an older database that is administrator and something else is told that it acts as administrator alone. */
function warningOf({ catalog }: AppContext, roles: readonly StaffRole[]): string | null {
  return mixesAdmin(roles) ? catalog.words('accounts', 'login.mixed') : null
}

export const sessionRoutes: readonly Route[] = [logInRoute, showRoute, logOutRoute, changePasswordRoute]

function sessionOf<Params, Query, Body>(call: Call<Params, Query, Body>): Session {
  if (call.session === null) throw new AppError('login_required')
  return call.session
}

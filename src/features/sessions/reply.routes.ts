// The reply about a staff session, which logging in and every step of the second factor share.
// The routes are routes.ts and factor.routes.ts.

import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import type { AppContext } from '../../platform/commands/command.ts'
import { PERMISSIONS, STAFF_ROLES, type Actor, type StaffRole } from '../../platform/commands/permissions.ts'
import { idText, instant, type Call, type Session } from '../../platform/http/route.ts'
import { mixesAdmin } from '../staff/rules.ts'
import type { StaffView } from '../staff/views.ts'
import { usablePermissions } from './access.ts'

/** A session as its owner sees it. */
export const sessionView = z.object({
  staff: z.object({ id: idText, login: z.string(), name: z.string(), roles: z.array(z.enum(STAFF_ROLES)) }),
  csrfToken: z.string(),
  mustChange: z.boolean(),
  /** What must be done next before anything else: `factor`, `password`, `enrol`; or `open`. */
  stage: z.enum(['factor', 'password', 'enrol', 'open']),
  /** What is wrong with the account, in Chinese; null when nothing is. */
  warning: z.string().nullable(),
  /** When it ends if nothing more is done with it. */
  idleEndsAt: instant,
  expiresAt: instant,
  /** What this caller may do now. */
  permissions: z.array(z.enum(PERMISSIONS)),
})

/** The reply about a session. */
export function sessionViewOf(
  app: AppContext,
  { id, login, name, roles }: StaffView,
  actor: Actor,
  { csrfToken, mustChange, stage, idleEndsAt, expiresAt }: Omit<Session, 'id'>,
): z.input<typeof sessionView> {
  const permissions = usablePermissions(actor, { stage })
  return {
    staff: { id, login, name, roles },
    csrfToken,
    mustChange,
    stage,
    warning: warningOf(app, roles),
    idleEndsAt,
    expiresAt,
    permissions,
  }
}

/** An account of an older database that is administrator and something else is told that it acts as administrator alone. */
function warningOf({ catalog }: AppContext, roles: readonly StaffRole[]): string | null {
  return mixesAdmin(roles) ? catalog.words('accounts', 'login.mixed') : null
}

/** The session of a call. @throws `login_required`. */
export function sessionOf<Params, Query, Body>(call: Call<Params, Query, Body>): Session {
  if (call.session === null) throw new AppError('login_required')
  return call.session
}

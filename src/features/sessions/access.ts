// Identifies the caller of a route: by session cookie with its time limits and CSRF header, or by a unit's API key.
// Passwords and lock-outs are commands.ts; what a role may do is platform/commands/permissions.ts.

import type { IncomingHttpHeaders } from 'node:http'
import type { AppContext } from '../../platform/commands/command.ts'
import { dayOf } from '../../core/calendar.ts'
import { csrfTokenOf, idleEndOf } from './commands.ts'
import { activeRoles } from '../staff/rules.ts'
import { AppError, type Code } from '../../core/errors.ts'
import { stageOf, usableIn, type Stage } from './rules.ts'
import { sameText, sha256 } from '../../core/secrets.ts'
import { isAllowed, PERMISSIONS, PUBLIC, type Actor, type Permission } from '../../platform/commands/permissions.ts'
import type { Scope } from '../../platform/commands/scopes.ts'
import { findSession, touchSession } from '../staff/store.ts'
import { touchUnitKey, type UnitKeyRow } from '../units/keys.store.ts'
import { keyOfText } from '../units/keys.views.ts'
import { isSecure, tokenCookie, tokenIn } from '../../platform/http/cookies.ts'
import type { Caller, Route, Session } from '../../platform/http/route.ts'

/** Milliseconds between two updates of the last use of a session or key. */
const TOUCH_EVERY = 60_000

/** Header with which a changing request shows the CSRF token of its session. */
const CSRF_HEADER = 'x-csrf-token'

/** Header with which a page that asks again by itself says so: nobody is at work, and the session is not kept open. */
const PASSIVE_HEADER = 'x-passive'

/** What is answered before a stage of the log-in is passed. */
const REFUSAL_BEFORE = {
  factor: 'factor_required',
  password: 'password_change_required',
  enrol: 'factor_enrol_required',
} as const satisfies Record<Exclude<Stage, 'open'>, Code>

const ANONYMOUS: Caller = { actor: PUBLIC, session: null, key: null }

/**
 * The caller of a route. On public routes and webhooks the caller is anonymous.
 * @throws `login_required`, `csrf_wrong`, `factor_required`, `password_change_required`, `factor_enrol_required`; for a key `unit_key_wrong`, `unit_key_revoked`, `unit_key_expired`,
 *   `route_staff_only` on routes that are for people alone.
 */
export async function callerOf(
  app: AppContext,
  route: Pick<Route, 'access' | 'permission' | 'method'>,
  headers: IncomingHttpHeaders,
): Promise<Caller> {
  if (route.access !== 'session' && route.access !== 'unit') return ANONYMOUS
  const authorization = headers.authorization ?? ''
  if (/^bearer\b/i.test(authorization)) return keyCaller(app, route.access, authorization)
  const token = tokenIn(headers, cookieName(app))
  if (token === null) throw new AppError('login_required')
  const caller = await sessionOf(app, token, route.method === 'GET' && headers[PASSIVE_HEADER] === '1')
  if (route.method !== 'GET') requireCsrfToken(headers, caller.session.csrfToken)
  const { stage } = caller.session
  if (stage !== 'open' && !usableIn(stage, route.permission)) throw new AppError(REFUSAL_BEFORE[stage])
  return caller
}

async function keyCaller(app: AppContext, access: 'session' | 'unit', authorization: string): Promise<Caller> {
  const now = app.clock.now()
  const found = await app.store.read((db) => keyOfText(db, authorization.replace(/^Bearer +/i, '')))
  if (found === null) throw new AppError('unit_key_wrong')
  const { key, unit } = found
  requireValidKey(key, unit.active, now)
  if (access === 'session') throw new AppError('route_staff_only')
  const idleMs = key.lastUsedAt === null ? TOUCH_EVERY : now.getTime() - key.lastUsedAt.getTime()
  const lastMinute = new Date(now.getTime() - (now.getTime() % TOUCH_EVERY))
  if (idleMs >= TOUCH_EVERY) await app.store.write((tx) => touchUnitKey(tx, key.id, lastMinute))
  const scopes = key.scopes.split(',') as Scope[]
  return { actor: { id: `unit_key:${key.id}`, roles: ['unit_system'], unitId: key.unitId, scopes }, session: null, key: key.id }
}

function requireValidKey(key: UnitKeyRow, unitActive: boolean, now: Date): void {
  if (key.revokedAt !== null || !unitActive) throw new AppError('unit_key_revoked')
  if (key.expiresAt <= now) throw new AppError('unit_key_expired', { expiredOn: dayOf(key.expiresAt) })
}

async function sessionOf(app: AppContext, token: string, passive: boolean): Promise<Caller & { session: Session }> {
  const now = app.clock.now()
  const found = await app.store.read((db) => findSession(db, sha256(token), now))
  if (found === null) throw new AppError('login_required')
  const { session, staff } = found
  const idleMs = now.getTime() - session.seenAt.getTime()
  if (idleMs >= app.config.session.idleMinutes * 60_000) throw new AppError('login_required')
  const csrfToken = csrfTokenOf(token)
  if (!sameText(sha256(csrfToken), session.csrfHash)) throw new AppError('login_required')
  const touched = !passive && idleMs >= TOUCH_EVERY
  if (touched) await app.store.write((tx) => touchSession(tx, session.id, now))
  return {
    actor: { id: `staff:${staff.id}`, roles: activeRoles(staff) },
    key: null,
    session: {
      id: session.id,
      mustChange: staff.mustChange,
      stage: stageOf(staff, session.factorAt !== null, app.config.secondFactor),
      csrfToken,
      idleEndsAt: idleEndOf(app, touched ? now : session.seenAt, session.expiresAt),
      expiresAt: session.expiresAt,
    },
  }
}

/** The permissions that a caller can use now, so that a screen offers what the person may do without knowing any role. */
export function usablePermissions(actor: Actor, { stage }: Pick<Session, 'stage'>): Permission[] {
  return PERMISSIONS.filter((name) => isAllowed(actor, name) && usableIn(stage, name))
}

function requireCsrfToken(headers: IncomingHttpHeaders, expected: string): void {
  const token = headers[CSRF_HEADER]
  if (typeof token !== 'string' || !sameText(token, expected)) throw new AppError('csrf_wrong')
}

/** `Set-Cookie` that opens a session in the browser. No script can read the cookie and no other site can send it. */
export function sessionCookie(app: AppContext, token: string, expiresAt: Date): string {
  return tokenCookie(app, { name: cookieName(app), token, path: '/', sameSite: 'strict', expiresAt })
}

/** `Set-Cookie` that ends the session in the browser. */
export function clearedCookie(app: AppContext): string {
  return sessionCookie(app, '', app.clock.now())
}

/** With TLS the name gets the prefix `__Host-`, which makes browsers refuse the cookie from a subdomain or over plain HTTP. */
function cookieName({ config }: AppContext): string {
  return isSecure(config) ? '__Host-zxt' : 'zxt'
}

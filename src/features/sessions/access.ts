// Who is asking: the session cookie, its ends, and the CSRF header; or a unit's API key. One of the two doors that may ask the store itself.
// Passwords and lock-outs are features/sessions/commands; what a role may do is platform/commands/permissions.

import type { IncomingHttpHeaders } from 'node:http'
import type { AppContext } from '../../platform/commands/command.ts'
import { dayOf } from '../../core/calendar.ts'
import { csrfTokenOf } from './commands.ts'
import { rolesOfRow } from '../staff/commands.ts'
import { AppError } from '../../core/errors.ts'
import { sameText, sha256 } from '../../core/secrets.ts'
import { PUBLIC, type Permission } from '../../platform/commands/permissions.ts'
import type { Scope } from '../../platform/commands/scopes.ts'
import { findSession, touchSession } from '../staff/store.ts'
import { touchUnitKey, unitKeyWithUnit, type UnitKeyRow } from '../units/keys.store.ts'
import { isSecure, tokenCookie, tokenIn } from '../../platform/http/cookies.ts'
import type { Caller, Route, Session } from '../../platform/http/route.ts'

/** A session or key is written to once a minute at most, however much its owner asks. */
const TOUCH_EVERY = 60_000

/** What somebody with a one-time password may do before choosing their own. */
const BEFORE_CHANGE: readonly (Permission | 'none')[] = ['staff.change_password', 'staff.log_out', 'staff.see_self']

export const CSRF_HEADER = 'x-csrf-token'

const NOBODY: Caller = { actor: PUBLIC, session: null, key: null }

/**
 * The caller of a route. On public routes and webhooks nobody is asked who they are.
 * @throws `login_required`, `csrf_wrong`, `password_change_required`; for a key `unit_key_wrong`, `unit_key_revoked`, `unit_key_expired`,
 *   `route_staff_only` where only people may come in.
 */
export async function callerOf(
  app: AppContext,
  route: Pick<Route, 'access' | 'permission' | 'method'>,
  headers: IncomingHttpHeaders,
): Promise<Caller> {
  if (route.access !== 'session' && route.access !== 'unit') return NOBODY
  const shown = headers.authorization ?? ''
  if (/^bearer\b/i.test(shown)) return keyCaller(app, route.access, shown)
  const token = tokenIn(headers, cookieName(app))
  if (token === null) throw new AppError('login_required')
  const caller = await sessionOf(app, token)
  if (route.method !== 'GET') mustShowCsrf(headers, caller.session.csrfToken)
  if (caller.session.mustChange && !BEFORE_CHANGE.includes(route.permission)) throw new AppError('password_change_required')
  return caller
}

/** `Bearer zxt_<id>_<secret>`. The id finds the row; the secret is compared in constant time, and also where there is no row. */
const KEY_SHAPE = /^Bearer +zxt_([0-9A-HJKMNP-TV-Z]{26})_([A-Za-z0-9_-]{43})$/i

async function keyCaller(app: AppContext, access: 'session' | 'unit', shown: string): Promise<Caller> {
  const [, id = '', secret = ''] = KEY_SHAPE.exec(shown) ?? []
  if (id === '') throw new AppError('unit_key_wrong')
  const now = app.clock.now()
  const found = await app.store.read((db) => unitKeyWithUnit(db, id.toUpperCase()))
  const fits = sameText(sha256(secret), found?.key.hash ?? '')
  if (found === null || !fits) throw new AppError('unit_key_wrong')
  const { key, unit } = found
  mustStand(key, unit.active, now)
  if (access === 'session') throw new AppError('route_staff_only')
  const idle = key.lastUsedAt === null ? TOUCH_EVERY : now.getTime() - key.lastUsedAt.getTime()
  const minute = new Date(now.getTime() - (now.getTime() % TOUCH_EVERY))
  if (idle >= TOUCH_EVERY) await app.store.write((tx) => touchUnitKey(tx, key.id, minute))
  const scopes = key.scopes.split(',') as Scope[]
  return { actor: { id: `unit_key:${key.id}`, roles: ['unit_system'], unitId: key.unitId, scopes }, session: null, key: key.id }
}

function mustStand(key: UnitKeyRow, unitActive: boolean, now: Date): void {
  if (key.revokedAt !== null || !unitActive) throw new AppError('unit_key_revoked')
  if (key.expiresAt <= now) throw new AppError('unit_key_expired', { expiredOn: dayOf(key.expiresAt) })
}

async function sessionOf(app: AppContext, token: string): Promise<Caller & { session: Session }> {
  const now = app.clock.now()
  const found = await app.store.read((db) => findSession(db, sha256(token), now))
  if (found === null) throw new AppError('login_required')
  const { session, staff } = found
  const idle = now.getTime() - session.seenAt.getTime()
  if (idle >= app.config.session.idleMinutes * 60_000) throw new AppError('login_required')
  const csrfToken = csrfTokenOf(token)
  if (!sameText(sha256(csrfToken), session.csrfHash)) throw new AppError('login_required')
  if (idle >= TOUCH_EVERY) await app.store.write((tx) => touchSession(tx, session.id, now))
  return {
    actor: { id: `staff:${staff.id}`, roles: rolesOfRow(staff) },
    key: null,
    session: {
      id: session.id,
      mustChange: staff.mustChange,
      csrfToken,
      expiresAt: session.expiresAt,
    },
  }
}

function mustShowCsrf(headers: IncomingHttpHeaders, expected: string): void {
  const shown = headers[CSRF_HEADER]
  if (typeof shown !== 'string' || !sameText(shown, expected)) throw new AppError('csrf_wrong')
}

/** `Set-Cookie` that opens a session in the browser: no script reads it, no other site sends it. */
export function sessionCookie(app: AppContext, token: string, expiresAt: Date): string {
  return tokenCookie(app, { name: cookieName(app), token, path: '/', sameSite: 'strict', expiresAt })
}

/** `Set-Cookie` that ends it. */
export function clearedCookie(app: AppContext): string {
  return sessionCookie(app, '', app.clock.now())
}

/** The `__Host-` prefix makes browsers refuse the cookie from a subdomain or without TLS; it cannot be used without TLS. */
function cookieName({ config }: AppContext): string {
  return isSecure(config) ? '__Host-zxt' : 'zxt'
}

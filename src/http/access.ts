// Who is asking: the session cookie, its ends, and the CSRF header. One of the two doors that may ask the store itself.
// Passwords and lock-outs are actions/sessions; what a role may do is domain/roles.

import type { IncomingHttpHeaders } from 'node:http'
import type { House } from '../actions/context.ts'
import { csrfTokenOf } from '../actions/sessions.ts'
import { rolesOfRow } from '../actions/staff.ts'
import { AppError } from '../core/errors.ts'
import { sameText, sha256 } from '../core/secrets.ts'
import { PUBLIC, type ActName, type Actor } from '../domain/roles.ts'
import { findSession, touchSession } from '../store/staff.ts'
import type { Route, Session } from './route.ts'

/** A session is written to once a minute at most, however much its owner clicks. */
const TOUCH_EVERY = 60_000

/** What somebody with a one-time password may do before choosing their own. */
const BEFORE_CHANGE: readonly (ActName | 'none')[] = ['staff.change_password', 'staff.log_out', 'staff.see_self']

export const CSRF_HEADER = 'x-csrf-token'

export interface Caller {
  actor: Actor
  session: Session | null
}

/**
 * The caller of a route. On public routes and webhooks nobody is asked who they are.
 * @throws `login_required`, `csrf_wrong`, `password_change_required`.
 */
export async function callerOf(
  house: House,
  route: Pick<Route, 'access' | 'act' | 'method'>,
  headers: IncomingHttpHeaders,
): Promise<Caller> {
  if (route.access !== 'session') return { actor: PUBLIC, session: null }
  const token = cookieOf(house, headers.cookie ?? '')
  if (token === null) throw new AppError('login_required')
  const caller = await sessionOf(house, token)
  if (route.method !== 'GET') mustShowCsrf(headers, caller.session.csrfToken)
  if (caller.session.mustChange && !BEFORE_CHANGE.includes(route.act)) throw new AppError('password_change_required')
  return caller
}

async function sessionOf(house: House, token: string): Promise<Caller & { session: Session }> {
  const now = house.clock.now()
  const found = await house.store.read((db) => findSession(db, sha256(token), now))
  if (found === null) throw new AppError('login_required')
  const { session, staff } = found
  const idle = now.getTime() - session.seenAt.getTime()
  if (idle >= house.config.session.idleMinutes * 60_000) throw new AppError('login_required')
  const csrfToken = csrfTokenOf(token)
  if (!sameText(sha256(csrfToken), session.csrfHash)) throw new AppError('login_required')
  if (idle >= TOUCH_EVERY) await house.store.write((tx) => touchSession(tx, session.id, now))
  return {
    actor: { id: `staff:${staff.id}`, roles: rolesOfRow(staff) },
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
export function sessionCookie(house: House, token: string, expiresAt: Date): string {
  const seconds = Math.max(0, Math.floor((expiresAt.getTime() - house.clock.now().getTime()) / 1000))
  return `${cookieName(house)}=${token}; Max-Age=${seconds}; ${attributes(house)}`
}

/** `Set-Cookie` that ends it. */
export function clearedCookie(house: House): string {
  return `${cookieName(house)}=; Max-Age=0; ${attributes(house)}`
}

function isSecure(house: House): boolean {
  return house.config.publicUrl.startsWith('https://')
}

/** The `__Host-` prefix makes browsers refuse the cookie from a subdomain or without TLS; it cannot be used without TLS. */
function cookieName(house: House): string {
  return isSecure(house) ? '__Host-zxt' : 'zxt'
}

function attributes(house: House): string {
  return `Path=/; HttpOnly; SameSite=Strict${isSecure(house) ? '; Secure' : ''}`
}

function cookieOf(house: House, header: string): string | null {
  const prefix = `${cookieName(house)}=`
  const found = header
    .split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(prefix))
  const token = found?.slice(prefix.length) ?? ''
  return /^[A-Za-z0-9_-]{43}$/.test(token) ? token : null
}

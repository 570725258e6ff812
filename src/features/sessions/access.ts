// Identifies the caller of a route: by the cookie of a member of staff or a liaison, with its time limits and CSRF header, or by a unit's key.
// Passwords and lock-outs are commands.ts; what a role may do is platform/commands/permissions.ts.

import type { IncomingHttpHeaders } from 'node:http'
import type { AppContext } from '../../platform/commands/command.ts'
import { dayOf } from '../../core/calendar.ts'
import { csrfTokenOf, idleEndOf } from './commands.ts'
import { activeRoles } from '../staff/rules.ts'
import { AppError, type Code } from '../../core/errors.ts'
import { stageOf, usableIn, type Stage } from './rules.ts'
import { bearerHashes, sameText, type BearerKind } from '../../core/secrets.ts'
import { isAllowed, PERMISSIONS, PUBLIC, type Actor, type Permission } from '../../platform/commands/permissions.ts'
import type { Scope } from '../../platform/commands/scopes.ts'
import { wavesByApp } from '../../platform/commands/waves.ts'
import { findSession, touchSession } from '../staff/store.ts'
import { touchUnitKey, type UnitKeyRow } from '../units/keys.store.ts'
import { keyOfText } from '../units/keys.views.ts'
import { findUnitSession, touchUnitSession } from '../units/sessions.store.ts'
import { actorOfLiaison } from '../units/subscriptions.commands.ts'
import type { Db } from '../../platform/database/database.ts'
import { isSecure, tokenCookie, tokenIn } from '../../platform/http/cookies.ts'
import type { Access, Caller, Route, Session } from '../../platform/http/route.ts'

/** Milliseconds between two updates of the last use of a session or key. */
const TOUCH_EVERY = 60_000

/** Header with which a changing request shows the CSRF token of its session. */
const CSRF_HEADER = 'x-csrf-token'

/** Header with which a page that asks again by itself says so: nobody is at work, and the session is not kept open. */
const PASSIVE_HEADER = 'x-passive'

/** Header with the value `unit` by which the pages of units say that they mean the liaison's session, where the browser holds both. */
const KIND_HEADER = 'x-session'

/** What is answered before a stage of the log-in is passed. */
const REFUSAL_BEFORE = {
  factor: 'factor_required',
  password: 'password_change_required',
  enrol: 'factor_enrol_required',
} as const satisfies Record<Exclude<Stage, 'open'>, Code>

const ANONYMOUS: Caller = { actor: PUBLIC, session: null, key: null }

/**
 * The caller of a route. On public routes and webhooks the caller is anonymous.
 * @throws `login_required`, `csrf_wrong`, `factor_required`, `password_change_required`, `factor_enrol_required`; for a key `unit_key_wrong`,
 *   `unit_key_revoked`, `unit_key_expired`, `route_staff_only` on routes that are for people alone.
 */
export async function callerOf(
  app: AppContext,
  route: Pick<Route, 'access' | 'permission' | 'method'>,
  headers: IncomingHttpHeaders,
): Promise<Caller> {
  const { access } = route
  if (access === 'public' || access === 'webhook') return ANONYMOUS
  const authorization = headers.authorization ?? ''
  if (/^bearer\b/i.test(authorization)) return keyCaller(app, access, authorization)
  const passive = route.method === 'GET' && headers[PASSIVE_HEADER] === '1'
  for (const kind of kindsOf(access, headers[KIND_HEADER] === 'unit')) {
    const token = tokenIn(headers, cookieName(app, kind))
    const caller = token === null ? null : await callerIn(app, kind, token, passive)
    if (caller === null) continue
    if (route.method !== 'GET') requireCsrfToken(headers, caller.session.csrfToken)
    const { stage } = caller.session
    if (stage !== 'open' && !usableIn(stage, route.permission)) throw new AppError(REFUSAL_BEFORE[stage])
    return caller
  }
  throw new AppError('login_required')
}

/** Whose session a cookie holds: staff of the court, or a liaison of a unit. */
type Kind = 'staff' | 'unit'

/** The sessions that a route accepts, in order. A browser can hold both: the pages of units say that they mean the liaison's. */
function kindsOf(access: Exclude<Access, 'public' | 'webhook'>, unitMeant: boolean): readonly Kind[] {
  if (access === 'session') return ['staff']
  return access === 'liaison' || unitMeant ? ['unit'] : ['staff', 'unit']
}

async function keyCaller(app: AppContext, access: Exclude<Access, 'public' | 'webhook'>, authorization: string): Promise<Caller> {
  const now = app.clock.now()
  const text = authorization.replace(/^Bearer +/i, '')
  const found = await keyAndUnit(app, text, text)
  if (found === null) throw new AppError('unit_key_wrong')
  const { key, unit } = found
  requireValidKey(key, unit.active, now)
  if (access !== 'unit') throw new AppError('route_staff_only')
  const idleMs = key.lastUsedAt === null ? TOUCH_EVERY : now.getTime() - key.lastUsedAt.getTime()
  const lastMinute = new Date(now.getTime() - (now.getTime() % TOUCH_EVERY))
  if (idleMs >= TOUCH_EVERY) await app.store.write((tx) => touchUnitKey(tx, key.id, lastMinute))
  const scopes = key.scopes.split(',') as Scope[]
  return { actor: { id: `unit_key:${key.id}`, roles: ['unit_system'], unitId: key.unitId, scopes }, session: null, key: key.id }
}

/**
 * The key of a text and its unit. Requests with one key that come while it is being looked up share the next look, so that none is answered
 * by what was true before it came.
 */
const keyAndUnit = wavesByApp(async (app, texts: readonly string[]) => {
  const [text = ''] = texts
  const found = await app.store.read((db) => keyOfText(app, db, text))
  return texts.map(() => found)
})

function requireValidKey(key: UnitKeyRow, unitActive: boolean, now: Date): void {
  if (key.revokedAt !== null || !unitActive) throw new AppError('unit_key_revoked')
  if (key.expiresAt <= now) throw new AppError('unit_key_expired', { expiredOn: dayOf(key.expiresAt) })
}

/** The caller whose session a token opens. @throws `login_required`. */
export async function callerBySession(app: AppContext, kind: Kind, token: string, passive: boolean): Promise<SessionCaller> {
  const caller = await callerIn(app, kind, token, passive)
  if (caller === null) throw new AppError('login_required')
  return caller
}

/** A caller with a session. */
type SessionCaller = Caller & { session: Session }

/** A session as it is stored, whoever it belongs to. */
interface Stored extends Pick<Session, 'mustChange' | 'stage'> {
  row: { id: string; csrfHash: string; seenAt: Date; expiresAt: Date }
  actor: Actor
}

/** The caller whose session a token opens; null when it has ended or was idle too long. Being asked for keeps it open, unless `passive`. */
async function callerIn(app: AppContext, kind: Kind, token: string, passive: boolean): Promise<SessionCaller | null> {
  const now = app.clock.now()
  const stored = await app.store.read((db) => (kind === 'staff' ? staffSession : unitSession)(app, db, token, now))
  if (stored === null) return null
  const { row, actor, mustChange, stage } = stored
  const idleMs = now.getTime() - row.seenAt.getTime()
  const csrfToken = csrfTokenOf(token)
  const csrfKind: BearerKind = kind === 'staff' ? 'session_csrf' : 'unit_session_csrf'
  const isOwn = bearerHashes(app.secrets, csrfKind, csrfToken).includes(row.csrfHash)
  if (idleMs >= app.config.session.idleMinutes * 60_000 || !isOwn) return null
  const touched = !passive && idleMs >= TOUCH_EVERY
  if (touched) await app.store.write((tx) => (kind === 'staff' ? touchSession : touchUnitSession)(tx, row.id, now))
  const idleEndsAt = idleEndOf(app, touched ? now : row.seenAt, row.expiresAt)
  return { actor, key: null, session: { id: row.id, mustChange, stage, csrfToken, idleEndsAt, expiresAt: row.expiresAt } }
}

async function staffSession(app: AppContext, db: Db, token: string, now: Date): Promise<Stored | null> {
  const found = await findSession(db, app, bearerHashes(app.secrets, 'session', token), now)
  if (found === null) return null
  const { session, staff } = found
  const stage = stageOf(staff, session.factorAt !== null, app.config.secondFactor)
  return { row: session, actor: { id: `staff:${staff.id}`, roles: activeRoles(staff) }, mustChange: staff.mustChange, stage }
}

async function unitSession(app: AppContext, db: Db, token: string, now: Date): Promise<Stored | null> {
  const found = await findUnitSession(db, app, bearerHashes(app.secrets, 'unit_session', token), now)
  return found === null ? null : { row: found.session, actor: actorOfLiaison(found.liaison), mustChange: false, stage: 'open' }
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
  return cookieOf(app, 'staff', token, expiresAt)
}

/** The same for a liaison. The two cookies do not disturb each other. */
export function unitCookie(app: AppContext, token: string, expiresAt: Date): string {
  return cookieOf(app, 'unit', token, expiresAt)
}

/** `Set-Cookie` that ends the session in the browser. */
export function clearedCookie(app: AppContext): string {
  return cookieOf(app, 'staff', '', app.clock.now())
}

/** `Set-Cookie` that ends a liaison's session in the browser. */
export function clearedUnitCookie(app: AppContext): string {
  return cookieOf(app, 'unit', '', app.clock.now())
}

/** `Set-Cookie` by which a browser stays known to the account that has logged in there. It opens nothing by itself. */
export function browserCookie(app: AppContext, { token, expiresAt }: { token: string; expiresAt: Date }): string {
  return cookieOf(app, 'staff-browser', token, expiresAt)
}

/** The token by which a browser is known; null without one. */
export function browserOf(app: AppContext, headers: IncomingHttpHeaders): string | null {
  return tokenIn(headers, cookieName(app, 'staff-browser'))
}

/** The same for a liaison. */
export function unitBrowserCookie(app: AppContext, { token, expiresAt }: { token: string; expiresAt: Date }): string {
  return cookieOf(app, 'unit-browser', token, expiresAt)
}

/** The token by which a liaison's browser is known; null without one. */
export function unitBrowserOf(app: AppContext, headers: IncomingHttpHeaders): string | null {
  return tokenIn(headers, cookieName(app, 'unit-browser'))
}

/** `Set-Cookie` that binds a code that is sent to the browser that asked for it. */
export function codeCookie(app: AppContext, { token, expiresAt }: { token: string; expiresAt: Date }): string {
  return cookieOf(app, 'unit-code', token, expiresAt)
}

/** `Set-Cookie` that forgets the request of a code that was used. */
export function clearedCodeCookie(app: AppContext): string {
  return cookieOf(app, 'unit-code', '', app.clock.now())
}

/** The token of the request for a code that this browser made last; null without one. */
export function codeRequestOf(app: AppContext, headers: IncomingHttpHeaders): string | null {
  return tokenIn(headers, cookieName(app, 'unit-code'))
}

const COOKIES = {
  staff: 'zxt',
  'staff-browser': 'zxt-browser',
  unit: 'zxt-unit',
  'unit-browser': 'zxt-unit-browser',
  'unit-code': 'zxt-unit-code',
} as const
type CookieKind = keyof typeof COOKIES

function cookieOf(app: AppContext, kind: CookieKind, token: string, expiresAt: Date): string {
  return tokenCookie(app, { name: cookieName(app, kind), token, path: '/', sameSite: 'strict', expiresAt })
}

/** With TLS the name gets the prefix `__Host-`, which makes browsers refuse the cookie from a subdomain or over plain HTTP. */
function cookieName({ config }: AppContext, kind: CookieKind): string {
  return `${isSecure(config) ? '__Host-' : ''}${COOKIES[kind]}`
}

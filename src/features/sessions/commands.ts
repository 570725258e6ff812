// Logging in and out, and changing one's own password. Failures are counted, and locks audited, also for logins that do not exist.
// Accounts are features/staff/commands.ts; the cookie and the CSRF header are access.ts.

import { AppError } from '../../core/errors.ts'
import { newToken } from '../../core/ids.ts'
import { bearerHash, sha256 } from '../../core/secrets.ts'
import { authorize, type Actor } from '../../platform/commands/permissions.ts'
import { isDuplicate } from '../../platform/database/faults.ts'
import { forgetBrowsers } from '../staff/logins.store.ts'
import {
  deleteExpiredSessions,
  deleteSession,
  deleteSessionsOf,
  findStaff,
  findStaffByLogin,
  lockStaff,
  insertSession,
  provenStaff,
  updateStaff,
  type StaffRow,
} from '../staff/store.ts'
import { deleteExpiredUnitSessions } from '../units/sessions.store.ts'
import { command, systemCommand, query, type AppContext } from '../../platform/commands/command.ts'
import { hashPassword, requireStrongPassword, passwordFits } from '../staff/passwords.commands.ts'
import { staffView, type StaffView } from '../staff/views.ts'
import { activeRoles } from '../staff/rules.ts'
import { forgetPlaces, forgetTriesAt, placeOf, takeTry, type Origin, type Place } from './places.commands.ts'
import { lockAfter, stageOf, type Stage } from './rules.ts'

/** Attempts to append to the audit chain while other requests append to it. */
const RETRIES = 50

/** A session that was opened. */
export interface LogIn {
  /** For the cookie; the database stores a keyed hash of it. */
  token: string
  csrfToken: string
  idleEndsAt: Date
  expiresAt: Date
  staff: StaffView
  /** Whom the session acts as from its next request on. */
  actor: Actor
  stage: Stage
}

/** The CSRF token that a changing request shows beside the cookie. It is derived from the session token and does not reveal it. */
export function csrfTokenOf(token: string): string {
  return Buffer.from(sha256(`csrf:${token}`), 'hex').toString('base64url')
}

/** When a session that was last used at `seenAt` ends by itself. */
export function idleEndOf({ config }: AppContext, seenAt: Date, expiresAt: Date): Date {
  return new Date(Math.min(seenAt.getTime() + config.session.idleMinutes * 60_000, expiresAt.getTime()))
}

/**
 * Opens a session. Five failures lock a login for the network that they came from (places.commands.ts) for 15 minutes, and each further failure
 * twice as long, up to a day. An unknown login behaves the same, so that nobody can find out which logins exist.
 * @throws `login_failed`, `login_locked` with `retrySeconds`.
 */
export async function logIn(app: AppContext, actor: Actor, input: { login: string; password: string; origin: Origin }): Promise<LogIn> {
  authorize(actor, 'staff.log_in')
  const login = input.login.trim().toLowerCase()
  const { staff, place } = await app.store.read(async (db) => {
    const found = await findStaffByLogin(db, login)
    return { staff: provenStaff(app, found), place: await placeOf(app, db, login, found?.id ?? null, input.origin) }
  })
  const taken = await takeTry(app, actor, place)
  if ('lockedUntil' in taken) refuseLocked(app, taken.lockedUntil)
  const passwordRight = await passwordFits(staff?.passwordHash ?? null, input.password)
  const mayEnter = staff !== null && staff.disabledAt === null && passwordRight
  if (mayEnter) return logInOf(app, await openSession(app, actor, { checked: staff, place }))
  if ('failures' in taken && taken.lock !== null) {
    const subject = staff === null ? `login:${place.login}` : `staff:${staff.id}`
    await recordLockRetrying(app, actor, { subject, failures: taken.failures, lockedUntil: taken.lock, known: place.known })
  }
  throw new AppError('login_failed')
}

/** Refuses a login that is locked now. @throws `login_locked`. */
export function refuseLocked(app: AppContext, lockedUntil: Date | null): void {
  const leftMs = lockedUntil === null ? 0 : lockedUntil.getTime() - app.clock.now().getTime()
  if (leftMs <= 0) return
  app.log.warn('staff.log_in_locked')
  throw new AppError('login_locked', { retrySeconds: Math.ceil(leftMs / 1000) })
}

type Opening = { lockedUntil: Date } | { token: string; expiresAt: Date; staff: StaffRow }

const openSession = command(
  'staff.log_in',
  async ({ app, tx, now, audit }, input: { checked: StaffRow; place: Place }): Promise<Opening> => {
    const { checked, place } = input
    const staff = provenStaff(app, await lockStaff(tx, checked.id))
    const subject = `staff:${checked.id}`
    // Since the password was checked, an admin may have changed the account; wrong current passwords in a session lock it.
    if (staff === null || staff.passwordHash !== checked.passwordHash || staff.disabledAt !== null) throw new AppError('login_failed')
    if (staff.lockedUntil !== null && staff.lockedUntil > now) {
      await audit({ subject, detail: { outcome: 'locked' } })
      return { lockedUntil: staff.lockedUntil }
    }
    // This try was counted too.
    const failuresBefore = (await forgetTriesAt(tx, place)) - 1
    const token = newToken()
    const expiresAt = new Date(now.getTime() + app.config.session.hours * 3_600_000)
    // With a second factor the log-in is not complete: the password alone must not forgive wrong codes.
    if (staff.factorWay === null) await updateStaff(tx, app, staff.id, { failures: 0, lockedUntil: null, lastLoginAt: now })
    await insertSession(tx, app, {
      id: bearerHash(app.secrets, 'session', token),
      staffId: staff.id,
      csrfHash: bearerHash(app.secrets, 'session_csrf', csrfTokenOf(token)),
      createdAt: now,
      seenAt: now,
      expiresAt,
      factorAt: null,
    })
    await audit({ subject, detail: { outcome: staff.factorWay === null ? 'logged_in' : 'password_right', failuresBefore } })
    return { token, expiresAt, staff }
  },
)

function logInOf(app: AppContext, opening: Opening): LogIn {
  if ('lockedUntil' in opening) {
    refuseLocked(app, opening.lockedUntil)
    throw new AppError('login_failed')
  }
  const { token, expiresAt, staff } = opening
  return {
    token,
    csrfToken: csrfTokenOf(token),
    idleEndsAt: idleEndOf(app, app.clock.now(), expiresAt),
    expiresAt,
    staff: staffView(staff, null),
    actor: { id: `staff:${staff.id}`, roles: activeRoles(staff) },
    stage: stageOf(staff, false, app.config.secondFactor),
  }
}

interface Lock {
  subject: string
  failures: number
  lockedUntil: Date
  known: boolean
}

const recordLock = command('staff.log_in', async ({ audit }, { subject, known, ...facts }: Lock): Promise<void> => {
  await audit({ subject, detail: { outcome: 'failed', ...facts, from: known ? 'known_browser' : 'network' } })
})

/** Simultaneous guesses from several networks compete for the same place in the audit chain, so the ones that lose try again. */
async function recordLockRetrying(app: AppContext, actor: Actor, lock: Lock): Promise<void> {
  for (let retries = RETRIES; ; retries--)
    try {
      return await recordLock(app, actor, lock)
    } catch (error) {
      if (!isDuplicate(error) || retries === 0) throw error
    }
}

/** The caller's own account. @throws `login_required`. */
export const seeSelf = query('staff.see_self', async ({ db, actor }, _input: undefined): Promise<StaffView> => {
  const staff = await findStaff(db, actor.id.slice('staff:'.length))
  if (staff === null) throw new AppError('login_required')
  return staffView(staff, null)
})

/** Ends the caller's session. */
export const logOut = command('staff.log_out', async ({ tx, actor, audit }, input: { sessionId: string }): Promise<void> => {
  await deleteSession(tx, input.sessionId)
  await audit({ subject: actor.id, detail: { outcome: 'logged_out' } })
})

/**
 * Changes the caller's own password; every other session of the person ends. A wrong current password counts as a failed log-in.
 * @returns the stage of the session from then on; one in which the password can be changed has the second factor, if the account has one.
 * @throws `password_weak` with every reason, `login_failed`, `login_locked`.
 */
export async function changePassword(
  app: AppContext,
  actor: Actor,
  input: { sessionId: string; current: string; next: string },
): Promise<Stage> {
  authorize(actor, 'staff.change_password')
  const staff = provenStaff(app, await app.store.read((db) => findStaff(db, actor.id.slice('staff:'.length))))
  if (staff === null) throw new AppError('login_required')
  const taken = await takeCurrentTry(app, actor, staff.id)
  if ('refusedUntil' in taken) {
    refuseLocked(app, taken.refusedUntil)
    throw new AppError('login_failed')
  }
  if (!(await passwordFits(staff.passwordHash, input.current))) {
    await recordWrongCurrent(app, actor, taken)
    throw new AppError('login_failed')
  }
  await returnCurrentTry(app, actor, taken)
  await requireStrongPassword(input.next, staff.login)
  if (input.next === input.current) throw new AppError('password_weak', {}, [{ code: 'password_same', field: 'next' }])
  await savePassword(app, actor, { staff, passwordHash: await hashPassword(input.next), sessionId: input.sessionId })
  return stageOf({ ...staff, mustChange: false }, true, app.config.secondFactor)
}

/** A try of the current password, counted before the password is checked, so that of many at once no more are checked than one after another. */
type CurrentTry = { staffId: string; failures: number; lockedUntil: Date | null }

const takeCurrentTry = systemCommand(
  'staff.change_password',
  async ({ app, tx, now }, staffId: string): Promise<CurrentTry | { refusedUntil: Date }> => {
    const staff = await lockStaff(tx, staffId)
    if (staff === null) throw new AppError('login_required')
    if (staff.lockedUntil !== null && staff.lockedUntil > now) return { refusedUntil: staff.lockedUntil }
    const failures = staff.failures + 1
    const lockedUntil = lockAfter(failures, now)
    await updateStaff(tx, app, staffId, { failures, lockedUntil })
    return { staffId, failures, lockedUntil }
  },
)

/** The password was right: the try was no failure, and the lock that it began is lifted. */
const returnCurrentTry = systemCommand('staff.change_password', async ({ app, tx }, taken: CurrentTry): Promise<void> => {
  const staff = await lockStaff(tx, taken.staffId)
  if (staff === null || staff.failures === 0) return
  await updateStaff(tx, app, staff.id, { failures: staff.failures - 1, ...(taken.lockedUntil === null ? {} : { lockedUntil: null }) })
})

const recordWrongCurrent = command('staff.change_password', async ({ tx, audit }, taken: CurrentTry): Promise<void> => {
  const { staffId, failures, lockedUntil } = taken
  // Each waits for its place in the audit chain.
  await lockStaff(tx, staffId)
  await audit({
    subject: `staff:${staffId}`,
    detail: { outcome: 'wrong_current', failures, ...(lockedUntil === null ? {} : { lockedUntil }) },
  })
})

const savePassword = command(
  'staff.change_password',
  async ({ app, tx, audit }, input: { staff: StaffRow; passwordHash: string; sessionId: string }): Promise<void> => {
    const staff = await lockStaff(tx, input.staff.id)
    if (staff?.passwordHash !== input.staff.passwordHash) throw new AppError('login_failed')
    await updateStaff(tx, app, staff.id, { passwordHash: input.passwordHash, mustChange: false, failures: 0, lockedUntil: null })
    await deleteSessionsOf(tx, staff.id, input.sessionId)
    await forgetBrowsers(tx, staff.id)
    await audit({ subject: `staff:${staff.id}`, detail: { outcome: 'password_changed' } })
  },
)

/** Deletes sessions of staff and liaisons that expired or were idle too long; answers how many. */
export const forgetSessions = systemCommand('staff.housekeep', async ({ app, tx, now }, _input: undefined): Promise<number> => {
  const idleSince = new Date(now.getTime() - app.config.session.idleMinutes * 60_000)
  await forgetPlaces({ tx, now })
  return (await deleteExpiredSessions(tx, now, idleSince)) + (await deleteExpiredUnitSessions(tx, now, idleSince))
})

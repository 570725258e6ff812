// The second factor of staff: enrolling an app or one's own phone, giving a code after the password, and giving the factor up again.
// A wrong code counts for the place it comes from, as a wrong password does. Resetting somebody else's factor is features/staff/commands.ts.

import { AppError } from '../../core/errors.ts'
import { newDigits, newSecret } from '../../core/ids.ts'
import { base32, fromBase32, otpauthUrl, totpStepOf } from '../../core/totp.ts'
import { maskIdentifier } from '../../core/identifiers.ts'
import { maskPhone } from '../../core/phone.ts'
import { openMediums } from '../../messaging/channels/mediums.ts'
import { addressesOf } from '../../messaging/addresses.ts'
import { command, query, type AppContext, type CommandContext } from '../../platform/commands/command.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import type { Db } from '../../platform/database/database.ts'
import { openRow, sealRow } from '../../platform/database/sealing.ts'
import { deleteFactor, factorTable, findFactor, putFactor, updateFactor, type FactorRow } from '../staff/factors.store.ts'
import { FACTOR_WAYS, needsFactor, type FactorWay } from '../staff/rules.ts'
import {
  findStaff,
  findStaffReach,
  lockStaff,
  markFactorGiven,
  provenStaff,
  unmarkFactor,
  updateStaff,
  type StaffRow,
} from '../staff/store.ts'
import { refuseLocked } from './commands.ts'
import { limitCodes, sendCode } from './codes.commands.ts'
import { factorPlaceOf, forgetTriesAt, takeFactorTry, type Origin } from './places.commands.ts'
import { CODE_DIGITS, CODE_MINUTES, CODE_TRIES, CODES_AN_HOUR } from './rules.ts'

/** A way of the second factor, and where its codes go: a masked phone number or openid; null for an app. */
export interface WayView {
  way: FactorWay
  address: string | null
}

/** The caller's own second factor. */
export interface FactorView {
  /** Whether the roles of the account need one. */
  required: boolean
  enrolled: WayView | null
  confirmedAt: Date | null
  /** The ways in which the person can enrol now. */
  ways: WayView[]
}

const idOf = (actor: Actor): string => actor.id.slice('staff:'.length)

/** The caller's own second factor, and the ways that are open to them. @throws `login_required`. */
export const seeFactor = query('staff.see_self', async ({ app, db, actor }, _input: undefined): Promise<FactorView> => {
  const staff = await findStaff(db, idOf(actor))
  if (staff === null) throw new AppError('login_required')
  const row = await findFactor(db, app, staff.id)
  const confirmed = row?.confirmedAt == null ? null : openRow(factorTable, app.secrets, row)
  const addresses = await addressesByWay(app, db, staff.id)
  return {
    required: app.config.secondFactor.some((role) => role === 'all') || needsFactor(staff, app.config.secondFactor),
    enrolled: confirmed === null ? null : wayView(confirmed.way, confirmed.secret),
    confirmedAt: confirmed?.confirmedAt ?? null,
    ways: FACTOR_WAYS.filter((way) => way === 'totp' || addresses[way] !== undefined).map((way) =>
      wayView(way, way === 'totp' ? '' : (addresses[way] ?? '')),
    ),
  }
})

function wayView(way: FactorWay, secret: string): WayView {
  if (way === 'totp') return { way, address: null }
  return { way, address: way === 'sms' ? maskPhone(secret) : maskIdentifier(secret) }
}

/** The person's own addresses on the media that the court has. */
async function addressesByWay(app: AppContext, db: Db, staffId: string): Promise<{ sms?: string; wechat?: string }> {
  const reach = await findStaffReach(db, staffId)
  if (reach === null) return {}
  const { sms, wechat } = addressesOf(app, reach)
  const open = openMediums(app.config)
  return {
    ...(sms === undefined || !open.has('sms') ? {} : { sms }),
    ...(wechat === undefined || !open.has('wechat') ? {} : { wechat }),
  }
}

/** What somebody needs to confirm a factor: the app's secret, shown this once, or where the code went. */
export interface Enrolment extends WayView {
  /** The app's secret in base32; null for a code that is sent. */
  secret: string | null
  /** The same as an address for a QR code. */
  otpauth: string | null
}

/**
 * Begins to enrol a factor; it counts once its first code was given. For a phone or WeChat the code is sent to the address that is
 * registered now, and the factor keeps that address when the registered one changes.
 * @throws `factor_exists`, `factor_way_missing`, `factor_unsendable`, `code_limited`.
 */
export const enrolFactor = command('staff.enrol_factor', async (context, input: { way: FactorWay }): Promise<Enrolment> => {
  const { app, tx, now, actor, audit } = context
  const staff = await ownRow(context)
  if (staff.factorWay !== null) throw new AppError('factor_exists')
  const secret = input.way === 'totp' ? base32(newSecret()) : (await addressesByWay(app, tx, staff.id))[input.way]
  if (secret === undefined) throw new AppError('factor_way_missing')
  const row: FactorRow = {
    staffId: staff.id,
    way: input.way,
    secret,
    lastStep: 0,
    codeHash: null,
    codeTries: 0,
    codeExpiresAt: null,
    createdAt: now,
    confirmedAt: null,
  }
  await putFactor(tx, app, sealRow(factorTable, app.secrets, row))
  await audit({ subject: actor.id, detail: { outcome: 'factor_begun', way: input.way } })
  if (input.way !== 'totp') {
    await sendOwn(context, staff.id, input.way, secret, false)
    return { ...wayView(input.way, secret), secret: null, otpauth: null }
  }
  const issuer = app.catalog.words('accounts', 'factor.issuer', { court: app.config.court.name })
  return { ...wayView(input.way, secret), secret, otpauth: otpauthUrl({ issuer, login: staff.login, secret }) }
})

/**
 * Sends a code to the address of the caller's factor, or of the one that is being enrolled.
 * @throws `factor_missing` (also for an app, which makes its own codes), `factor_unsendable`, `code_limited`.
 */
export const requestFactorCode = command(
  'staff.give_factor',
  async (context, input: { origin: Origin }): Promise<WayView & { minutes: number }> => {
    const { app, tx, actor, audit } = context
    const staff = await ownRow(context)
    const row = await findFactor(tx, app, staff.id)
    if (row === null || row.way === 'totp') throw new AppError('factor_missing')
    const { way, secret } = openRow(factorTable, app.secrets, { staffId: staff.id, way: row.way, secret: row.secret })
    const { known } = await factorPlaceOf(app, tx, staff.id, input.origin)
    await sendOwn(context, staff.id, way, secret, known)
    await audit({ subject: actor.id, detail: { outcome: 'factor_code_sent', way } })
    return { ...wayView(way, secret), minutes: CODE_MINUTES }
  },
)

/** What is asked for in a known browser is counted for itself: whoever has stolen the password uses none of it up. */
async function sendOwn(context: CommandContext, staffId: string, way: FactorWay, address: string, known: boolean): Promise<void> {
  const { app, tx, now } = context
  await limitCodes(context, `factor:${known ? 'known:' : ''}${staffId}`, CODES_AN_HOUR)
  const code = newDigits(CODE_DIGITS)
  await updateFactor(tx, app, staffId, {
    codeHash: app.secrets.index('code', `staff:${staffId}:${code}`),
    codeTries: 0,
    codeExpiresAt: new Date(now.getTime() + CODE_MINUTES * 60_000),
  })
  if ((await sendCode(context, `staff:${staffId}`, { [way]: address }, code)) === 0) throw new AppError('factor_unsendable')
}

/** A code as it was typed, and from where. */
interface TypedCode {
  code: string
  origin: Origin
}

/** The same, in a session. */
interface GivenCode extends TypedCode {
  sessionId: string
}

/** What came of a code. A wrong one is counted in the same transaction, so it is answered and not thrown. */
type Given = 'right' | 'wrong' | { lockedUntil: Date }

/**
 * Gives the second factor in a session, which is open from then on.
 * @throws `factor_wrong`, `factor_missing`, `login_locked`.
 */
export async function giveFactor(app: AppContext, actor: Actor, input: GivenCode): Promise<void> {
  requireRight(app, await give(app, actor, input))
}

const give = command('staff.give_factor', (context, { sessionId, ...typed }: GivenCode): Promise<Given> =>
  withCode(context, typed, { confirmed: true }, async (staff) => {
    const { app, tx, now } = context
    await markFactorGiven(tx, app, sessionId, now)
    await updateStaff(tx, app, staff.id, { failures: 0, lockedUntil: null, lastLoginAt: now })
    return 'logged_in'
  }),
)

/**
 * Confirms the factor that is being enrolled by its first code. Other sessions of the person must give it before they go on.
 * @throws `factor_wrong`, `factor_missing`, `login_locked`.
 */
export async function confirmFactor(app: AppContext, actor: Actor, input: GivenCode): Promise<void> {
  requireRight(app, await confirm(app, actor, input))
}

const confirm = command('staff.enrol_factor', (context, { sessionId, ...typed }: GivenCode): Promise<Given> =>
  withCode(context, typed, { confirmed: false }, async (staff, factor) => {
    const { app, tx, now } = context
    await updateFactor(tx, app, staff.id, { confirmedAt: now })
    await updateStaff(tx, app, staff.id, { factorWay: factor.way, failures: 0, lockedUntil: null })
    await unmarkFactor(tx, app, staff.id)
    await markFactorGiven(tx, app, sessionId, now)
    return 'factor_enrolled'
  }),
)

/**
 * Gives the factor up by a code of it, to enrol another phone or way.
 * @throws `factor_wrong`, `factor_missing`, `login_locked`.
 */
export async function dropFactor(app: AppContext, actor: Actor, input: TypedCode): Promise<void> {
  requireRight(app, await drop(app, actor, input))
}

const drop = command('staff.enrol_factor', (context, typed: TypedCode): Promise<Given> =>
  withCode(context, typed, { confirmed: true }, async (staff) => {
    await deleteFactor(context.tx, staff.id)
    await updateStaff(context.tx, context.app, staff.id, { factorWay: null, failures: 0, lockedUntil: null })
    await unmarkFactor(context.tx, context.app, staff.id)
    return 'factor_dropped'
  }),
)

function requireRight(app: AppContext, given: Given): void {
  if (given === 'right') return
  if (given !== 'wrong') refuseLocked(app, given.lockedUntil)
  throw new AppError('factor_wrong')
}

/** Checks a code and does `then` if it is right. The account is locked meanwhile, so that no code counts twice and no guess is missed. */
async function withCode(
  context: CommandContext,
  { code, origin }: TypedCode,
  { confirmed }: { confirmed: boolean },
  then: (staff: StaffRow, factor: FactorRow) => Promise<string>,
): Promise<Given> {
  const { app, tx, now, audit } = context
  const staff = await ownRow(context)
  const subject = `staff:${staff.id}`
  const factor = await findFactor(tx, app, staff.id)
  if (factor === null || (factor.confirmedAt !== null) !== confirmed) throw new AppError('factor_missing')
  const place = await factorPlaceOf(app, tx, staff.id, origin)
  const taken = await takeFactorTry(tx, place, now)
  if ('lockedUntil' in taken) {
    await audit({ subject, detail: { outcome: 'locked' } })
    return taken
  }
  if (!(await spendCode(context, factor, code))) {
    const { failures, lock } = taken
    const from = place.known ? 'known_browser' : 'network'
    await audit({ subject, detail: { outcome: 'factor_wrong', failures, from, ...(lock === null ? {} : { lockedUntil: lock }) } })
    return 'wrong'
  }
  await forgetTriesAt(tx, place)
  await audit({ subject, detail: { outcome: await then(staff, factor), way: factor.way } })
  return 'right'
}

/** Whether a code is right. A right one is used up; so is a sent one after too many wrong tries. */
async function spendCode({ app, tx, now }: CommandContext, factor: FactorRow, code: string): Promise<boolean> {
  const { staffId, codeHash, codeTries, codeExpiresAt } = factor
  if (factor.way === 'totp') {
    const { secret } = openRow(factorTable, app.secrets, { staffId, secret: factor.secret })
    const step = totpStepOf(fromBase32(secret), code, now, factor.lastStep)
    if (step !== null) await updateFactor(tx, app, staffId, { lastStep: step })
    return step !== null
  }
  if (codeHash === null || codeExpiresAt === null || codeExpiresAt <= now) return false
  const right = app.secrets.indexes('code', `staff:${staffId}:${code}`).includes(codeHash)
  const spent = right || codeTries + 1 >= CODE_TRIES
  await updateFactor(tx, app, staffId, { codeTries: codeTries + 1, ...(spent ? { codeHash: null } : {}) })
  return right
}

/** The caller's own account, locked. @throws `login_required`. */
async function ownRow({ app, tx, actor }: CommandContext): Promise<StaffRow> {
  const staff = provenStaff(app, await lockStaff(tx, idOf(actor)))
  if (staff === null || staff.disabledAt !== null) throw new AppError('login_required')
  return staff
}

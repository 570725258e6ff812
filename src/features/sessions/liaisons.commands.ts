// Liaisons who log in by a code to their phone or WeChat. The answer is the same whether a phone belongs to a liaison or not; every limit is
// counted in the database. The cookie is access.ts; entering from inside WeChat is wechat.pages.ts.

import { AppError } from '../../core/errors.ts'
import { newDigits, newToken } from '../../core/ids.ts'
import { takesSms, toE164 } from '../../core/phone.ts'
import { sha256 } from '../../core/secrets.ts'
import { addressesOf } from '../../messaging/addresses.ts'
import { openMediums } from '../../messaging/channels/mediums.ts'
import { countTry, DAY, lockTries } from '../../messaging/conversations.store.ts'
import { command, query, type AppContext, type CommandContext } from '../../platform/commands/command.ts'
import { authorize, type Actor } from '../../platform/commands/permissions.ts'
import type { Db } from '../../platform/database/database.ts'
import { openRow } from '../../platform/database/sealing.ts'
import { liaisonTable, type LiaisonRow, type UnitRow } from '../units/store.ts'
import {
  deleteUnitSession,
  findUnitSession,
  insertLoginCode,
  insertUnitSession,
  liaisonsAt,
  lockLoginCode,
  moveUnitSession,
  updateLoginCode,
  type UnitLoginCodeRow,
  type UnitSessionRow,
} from '../units/sessions.store.ts'
import { limitCodes, sendCode } from './codes.commands.ts'
import { csrfTokenOf, refuseLocked } from './commands.ts'
import {
  ADDRESS_CODES,
  ADDRESS_MISSES,
  ALL_CODES,
  CODE_DIGITS,
  CODE_MINUTES,
  CODE_TRIES,
  CODES_A_DAY,
  CODES_AN_HOUR,
  lockAfter,
} from './rules.ts'

type Person = { liaison: LiaisonRow; unit: UnitRow }
type Via = UnitSessionRow['via']

/** A session of a liaison as its owner sees it. */
export interface UnitSessionView {
  liaison: { id: string; name: string; head: boolean }
  unit: { id: string; name: string }
  /** Every unit that the person can act for, this one included. */
  units: { id: string; name: string }[]
}

/** A session that was opened. */
export interface UnitLogIn {
  /** For the cookie; the database stores its SHA-256. */
  token: string
}

/**
 * Sends a code to the phone of a liaison, and to the WeChat that the liaison has bound. For any other phone the same is done, except that
 * nothing is sent.
 * @param input `from`: the address of the network, for the limit.
 * @throws `address_invalid`, `code_limited`, `code_unsendable` where the court has neither SMS nor WeChat.
 */
export const requestUnitCode = command('liaison.log_in', async (context, input: { phone: string; from: string }): Promise<void> => {
  const { app, tx, now, audit } = context
  const phone = phoneOf(input.phone)
  const open = openMediums(app.config)
  if (!open.has('sms') && !open.has('wechat')) throw new AppError('code_unsendable')
  const phoneHash = app.secrets.index('code', `phone:${phone}`)
  await limitCodes(context, `unit_code:${fromHash(app, input.from)}`, ADDRESS_CODES)
  await limitCodes(context, `unit_code:${phoneHash}`, CODES_AN_HOUR)
  await limitCodes(context, `unit_day:${phoneHash}`, CODES_A_DAY, DAY)
  // Only messages that are paid for are counted together: a stranger who knows no liaison's number cannot use them up.
  const all = await lockTries(tx, 'unit_code:sent', now)
  if (all.hits >= ALL_CODES) throw new AppError('code_limited', { retrySeconds: 3600 })
  const [person] = await liaisonsAt(tx, 'phone_index', app.secrets.indexes('phone', phone))
  await countTry(tx, person === undefined ? 'unit_code:idle' : 'unit_code:sent', now)
  const code = newDigits(CODE_DIGITS)
  await keepCode(context, phone, code)
  await audit({ subject: `unit_login:${phoneHash}`, detail: { outcome: 'code_asked' } })
  if (person === undefined) return
  await sendCode(context, `liaison:${person.liaison.id}`, { ...addressesOf(app, person.liaison), sms: phone }, code)
})

async function keepCode({ app, tx, now }: CommandContext, phone: string, code: string): Promise<void> {
  const fresh = {
    codeHash: app.secrets.index('code', `unit:${phone}:${code}`),
    tries: 0,
    expiresAt: new Date(now.getTime() + CODE_MINUTES * 60_000),
  }
  const row = await lockLoginCode(tx, app.secrets.indexes('code', `phone:${phone}`))
  if (row === null)
    await insertLoginCode(tx, { ...fresh, phoneHash: app.secrets.index('code', `phone:${phone}`), failures: 0, lockedUntil: null })
  else await updateLoginCode(tx, row.phoneHash, fresh)
}

/** @throws `address_invalid`. */
function phoneOf(typed: string): string {
  const phone = toE164(typed.trim())
  if (phone === null || !takesSms(phone)) throw new AppError('address_invalid', {}, [{ code: 'phone_invalid', field: 'phone' }])
  return phone
}

function fromHash({ secrets }: AppContext, from: string): string {
  return secrets.index('code', `from:${from}`)
}

/** A code as it was typed, and the unit to act for where the person has several. */
interface GivenUnitCode {
  phone: string
  code: string
  unitId?: string | undefined
  from: string
}

/** What came of a code. A wrong one is counted in the same transaction, so it is answered and not thrown. */
type Outcome = UnitLogIn | 'wrong' | { lockedUntil: Date }

/**
 * Opens a session for the liaison whose phone got the code. Wrong codes lock the phone as wrong passwords lock an account.
 * @throws `unit_code_wrong`, `login_locked`, `code_limited`, `address_invalid`; `unit_other` for a unit that is not the person's.
 */
export async function openUnitSession(app: AppContext, actor: Actor, input: GivenUnitCode): Promise<UnitLogIn> {
  authorize(actor, 'liaison.log_in')
  const outcome = await open(app, actor, { ...input, phone: phoneOf(input.phone) })
  if (outcome === 'wrong') throw new AppError('unit_code_wrong')
  if ('token' in outcome) return outcome
  refuseLocked(app, outcome.lockedUntil)
  throw new AppError('unit_code_wrong')
}

const open = command('liaison.log_in', async (context, { phone, code, unitId, from }: GivenUnitCode): Promise<Outcome> => {
  const { app, tx, now, audit } = context
  const misses = `unit_miss:${fromHash(app, from)}`
  const seen = await lockTries(tx, misses, now)
  if (seen.hits >= ADDRESS_MISSES) throw new AppError('code_limited', { retrySeconds: 3600 })
  const subject = `unit_login:${app.secrets.index('code', `phone:${phone}`)}`
  const row = await lockLoginCode(tx, app.secrets.indexes('code', `phone:${phone}`))
  if (row?.lockedUntil != null && row.lockedUntil > now) {
    await audit({ subject, detail: { outcome: 'locked' } })
    return { lockedUntil: row.lockedUntil }
  }
  const right = row !== null && codeFits(app, row, phone, code, now)
  const people = right ? await liaisonsAt(tx, 'phone_index', app.secrets.indexes('phone', phone)) : []
  if (row === null || people.length === 0) {
    await countTry(tx, misses, now)
    if (row !== null) await countWrong(context, row)
    await audit({ subject, detail: { outcome: 'wrong' } })
    return 'wrong'
  }
  const chosen = chosenOf(people, unitId)
  await updateLoginCode(tx, row.phoneHash, { codeHash: null, failures: 0, lockedUntil: null })
  return begin(context, chosen.liaison, 'phone')
})

function codeFits(app: AppContext, row: UnitLoginCodeRow, phone: string, code: string, now: Date): boolean {
  return row.codeHash !== null && row.expiresAt > now && app.secrets.indexes('code', `unit:${phone}:${code}`).includes(row.codeHash)
}

async function countWrong({ tx, now }: CommandContext, row: UnitLoginCodeRow): Promise<void> {
  const failures = row.failures + 1
  const spent = row.tries + 1 >= CODE_TRIES ? { codeHash: null } : {}
  await updateLoginCode(tx, row.phoneHash, { tries: row.tries + 1, failures, lockedUntil: lockAfter(failures, now), ...spent })
}

/** The person for a unit; without one the first. @throws `unit_other`. */
function chosenOf(people: readonly Person[], unitId: string | undefined): Person {
  const chosen = people.find(({ unit }) => unitId === undefined || unit.id === unitId)
  if (chosen === undefined) throw new AppError('unit_other')
  return chosen
}

async function begin({ app, tx, now, audit }: CommandContext, liaison: LiaisonRow, via: Via): Promise<UnitLogIn> {
  const token = newToken()
  await insertUnitSession(tx, {
    id: sha256(token),
    liaisonId: liaison.id,
    via,
    csrfHash: sha256(csrfTokenOf(token)),
    createdAt: now,
    seenAt: now,
    expiresAt: new Date(now.getTime() + app.config.session.hours * 3_600_000),
  })
  await audit({ subject: `liaison:${liaison.id}`, detail: { outcome: 'logged_in', via } })
  return { token }
}

/** Opens a session for the liaison who has bound a WeChat account, for which WeChat vouches. @throws `unit_wechat_unbound`. */
export const openWechatSession = command('liaison.log_in', async (context, input: { openid: string }): Promise<UnitLogIn> => {
  const { app, tx } = context
  const [person] = await liaisonsAt(tx, 'wechat_index', app.secrets.indexes('wechat', input.openid))
  if (person === undefined) throw new AppError('unit_wechat_unbound')
  return begin(context, person.liaison, 'wechat')
})

/** The caller's session. @throws `login_required`. */
export const seeUnitSession = query('liaison.see_self', ({ app, db, now }, input: { sessionId: string }): Promise<UnitSessionView> =>
  viewOf(app, db, input.sessionId, now),
)

async function viewOf(app: AppContext, db: Db, sessionId: string, now: Date): Promise<UnitSessionView> {
  const found = await findUnitSession(db, sessionId, now)
  if (found === null) throw new AppError('login_required')
  const { liaison, unit } = found
  return {
    liaison: { id: liaison.id, name: liaison.name, head: liaison.head },
    unit: { id: unit.id, name: unit.name },
    units: (await samePerson(app, db, found)).map((each) => ({ id: each.unit.id, name: each.unit.name })),
  }
}

/** The liaisons whom the address that opened the session belongs to. */
async function samePerson(app: AppContext, db: Db, { session, liaison, unit }: Person & { session: UnitSessionRow }): Promise<Person[]> {
  const { phone, wechat } = openRow(liaisonTable, app.secrets, { id: liaison.id, phone: liaison.phone, wechat: liaison.wechat })
  const address = session.via === 'phone' ? phone : wechat
  if (address === null) return [{ liaison, unit }]
  return liaisonsAt(db, session.via === 'phone' ? 'phone_index' : 'wechat_index', app.secrets.indexes(session.via, address))
}

/** Lets the session act for another unit of the same person. @throws `unit_other`, `login_required`. */
export const switchUnit = command(
  'liaison.switch_unit',
  async ({ app, tx, now, audit }, input: { sessionId: string; unitId: string }): Promise<UnitSessionView> => {
    const found = await findUnitSession(tx, input.sessionId, now)
    if (found === null) throw new AppError('login_required')
    const chosen = chosenOf(await samePerson(app, tx, found), input.unitId)
    await moveUnitSession(tx, input.sessionId, chosen.liaison.id)
    await audit({ subject: `liaison:${chosen.liaison.id}`, detail: { outcome: 'switched', from: found.liaison.id } })
    return viewOf(app, tx, input.sessionId, now)
  },
)

/** Ends the caller's session. */
export const closeUnitSession = command('liaison.log_out', async ({ tx, actor, audit }, input: { sessionId: string }): Promise<void> => {
  await deleteUnitSession(tx, input.sessionId)
  await audit({ subject: actor.id, detail: { outcome: 'logged_out' } })
})

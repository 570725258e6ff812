// Liaisons who log in by a code to their phone or WeChat. The answer is the same whether a phone belongs to a liaison or not; every limit is
// counted in the database. The cookie is access.ts; entering from inside WeChat is wechat.pages.ts.

import { AppError } from '../../core/errors.ts'
import { newDigits, newToken } from '../../core/ids.ts'
import { countedFor, networkAround } from '../../core/networks.ts'
import { takesSms, toE164 } from '../../core/phone.ts'
import { bearerHash, bearerHashes, sha256 } from '../../core/secrets.ts'
import { addressesOf } from '../../messaging/addresses.ts'
import { openMediums } from '../../messaging/channels/mediums.ts'
import { countTry, DAY, lockTries } from '../../messaging/conversations.store.ts'
import { command, query, type AppContext, type CommandContext } from '../../platform/commands/command.ts'
import { authorize, type Actor } from '../../platform/commands/permissions.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { openRow } from '../../platform/database/sealing.ts'
import { liaisonTable, type LiaisonRow, type UnitRow } from '../units/store.ts'
import {
  deleteUnitSession,
  findUnitSession,
  insertUnitSession,
  liaisonsAt,
  moveUnitSession,
  type UnitSessionRow,
} from '../units/sessions.store.ts'
import { insertCodeRequest, knowUnitBrowser, liaisonOfBrowser, spendCode, takeCodeTry } from '../units/codes.store.ts'
import { limitCodes, sendCode } from './codes.commands.ts'
import { csrfTokenOf, refuseLocked } from './commands.ts'
import { aroundOf, forgetTriesAt, knownUntil, MOST_BROWSERS, takeTryAt, type Origin, type Place } from './places.commands.ts'
import {
  ADDRESS_CODES,
  ADDRESS_MISSES,
  ALL_CODES,
  CODE_DIGITS,
  CODE_MINUTES,
  CODE_TRIES,
  CODES_A_DAY,
  CODES_AN_HOUR,
  NETWORK_CODES_A_DAY,
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
  /** For the cookie; the database stores a keyed hash of it. */
  token: string
}

/** The same by a code, with the cookie by which the browser is known from then on. */
export interface UnitCodeLogIn extends UnitLogIn {
  browser: { token: string; expiresAt: Date }
}

/** A request for a code that was made. */
export interface UnitCodeRequest {
  /** For the cookie: the code is entered with it. The database stores a keyed hash of it. */
  token: string
  expiresAt: Date
}

/**
 * Sends a code to the phone of a liaison, and to the WeChat that the liaison has bound. For any other phone the same is done, except that
 * nothing is sent. What is asked for in a browser in which the liaison has logged in is counted for itself: strangers use none of it up.
 * @throws `address_invalid`, `code_limited`, `code_unsendable` where the court has neither SMS nor WeChat.
 */
export const requestUnitCode = command(
  'liaison.log_in',
  async (context, input: { phone: string; origin: Origin }): Promise<UnitCodeRequest> => {
    const { app, tx, now, audit } = context
    const phone = phoneOf(input.phone)
    const open = openMediums(app.config)
    if (!open.has('sms') && !open.has('wechat')) throw new AppError('code_unsendable')
    const people = await liaisonsAt(tx, 'phone_index', app.secrets.indexes('phone', phone))
    const place = await placeAt(app, tx, phone, people, input.origin)
    await inTurn(tx, place, now)
    const { known } = place
    const phoneHash = app.secrets.index('code', `phone:${phone}`)
    if (known) await limitKnown(context, phoneHash)
    else await limitUnknown(context, { phone, phoneHash, network: input.origin.network })
    const [person] = people
    if (!known) await countTry(tx, person === undefined ? 'unit_code:idle' : 'unit_code:sent', now)
    const code = newDigits(CODE_DIGITS)
    const token = newToken()
    const expiresAt = new Date(now.getTime() + CODE_MINUTES * 60_000)
    const codeHash = app.secrets.index('code', `unit:${phone}:${code}`)
    await insertCodeRequest(tx, { id: bearerHash(app.secrets, 'unit_code', token), phoneHash, codeHash, tries: 0, expiresAt })
    await audit({ subject: `unit_login:${phoneHash}`, detail: { outcome: 'code_asked' } })
    if (person !== undefined)
      await sendCode(context, `liaison:${person.liaison.id}`, { ...addressesOf(app, person.liaison), sms: phone }, code)
    return { token, expiresAt }
  },
)

async function limitKnown(context: CommandContext, phoneHash: string): Promise<void> {
  await limitCodes(context, `unit_code:known:${phoneHash}`, CODES_AN_HOUR)
  await limitCodes(context, `unit_day:known:${phoneHash}`, CODES_A_DAY, DAY)
}

async function limitUnknown(context: CommandContext, from: { phone: string; phoneHash: string; network: string }): Promise<void> {
  const { app, tx, now } = context
  for (const { sender, most } of countedFor(from.network, ADDRESS_CODES))
    await limitCodes(context, `unit_code:${fromHash(app, sender)}`, most)
  // Two networks of one /48 are nobody else: together they leave the other half of the day's codes.
  const network = networkAround(from.network) ?? from.network
  await limitCodes(context, `unit_day:${app.secrets.index('code', `phone:${from.phone}|from:${network}`)}`, NETWORK_CODES_A_DAY, DAY)
  await limitCodes(context, `unit_code:${from.phoneHash}`, CODES_AN_HOUR)
  await limitCodes(context, `unit_day:${from.phoneHash}`, CODES_A_DAY, DAY)
  // Only messages that are paid for are counted together: a stranger who knows no liaison's number cannot use them up.
  const all = await lockTries(tx, 'unit_code:sent', now)
  if (all.hits >= ALL_CODES) throw new AppError('code_limited', { retrySeconds: 3600 })
}

/** The place of a try: a browser in which one of the liaisons of the phone has logged in, or else the network. */
async function placeAt({ secrets }: AppContext, db: Db, phone: string, people: readonly Person[], origin: Origin): Promise<Place> {
  const { network, browser } = origin
  const liaisonId = browser === null ? null : await liaisonOfBrowser(db, bearerHashes(secrets, 'unit_browser', browser))
  const known = people.some(({ liaison }) => liaison.id === liaisonId)
  const where = known && browser !== null ? `browser:${sha256(browser)}` : `network:${network}`
  const login = secrets.index('code', `phone:${phone}`)
  return { place: secrets.index('code', `phone:${phone}|${where}`), login, known, around: known ? null : aroundOf(secrets, login, origin) }
}

/** What concerns one phone waits for each other: it is audited in one chain, in which many at once would compete for the next place. */
async function inTurn(tx: Tx, { login }: Place, now: Date): Promise<void> {
  await lockTries(tx, `unit_login:${login}`, now)
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
  /** The token of the request that the code was sent for; null where the browser has none. */
  request: string | null
  origin: Origin
}

/** What came of a code. A wrong one is counted in the same transaction, so it is answered and not thrown. */
type Outcome = UnitCodeLogIn | 'wrong' | { lockedUntil: Date }

/**
 * Opens a session for the liaison whose phone got the code, in the browser that asked for it. Five wrong codes spend a request, and lock the
 * phone for the network that they came from as wrong passwords do a login.
 * @throws `unit_code_wrong`, `login_locked`, `code_limited`, `address_invalid`; `unit_other` for a unit that is not the person's.
 */
export async function openUnitSession(app: AppContext, actor: Actor, input: GivenUnitCode): Promise<UnitCodeLogIn> {
  authorize(actor, 'liaison.log_in')
  const outcome = await open(app, actor, { ...input, phone: phoneOf(input.phone) })
  if (outcome === 'wrong') throw new AppError('unit_code_wrong')
  if ('token' in outcome) return outcome
  refuseLocked(app, outcome.lockedUntil)
  throw new AppError('unit_code_wrong')
}

const open = command('liaison.log_in', async (context, input: GivenUnitCode): Promise<Outcome> => {
  const { app, tx, now, audit } = context
  const { phone, origin } = input
  const people = await liaisonsAt(tx, 'phone_index', app.secrets.indexes('phone', phone))
  const place = await placeAt(app, tx, phone, people, origin)
  const misses = place.known
    ? []
    : countedFor(origin.network, ADDRESS_MISSES).map(({ sender, most }) => ({ subject: `unit_miss:${fromHash(app, sender)}`, most }))
  for (const { subject, most } of misses)
    if ((await lockTries(tx, subject, now)).hits >= most) throw new AppError('code_limited', { retrySeconds: 3600 })
  await inTurn(tx, place, now)
  const subject = `unit_login:${place.login}`
  const taken = await takeTryAt(tx, place, now)
  if ('lockedUntil' in taken) {
    await audit({ subject, detail: { outcome: 'locked' } })
    return taken
  }
  const requestId = await requestFor(context, input)
  if (requestId === null || people.length === 0) {
    for (const each of misses) await countTry(tx, each.subject, now)
    await audit({ subject, detail: { outcome: 'wrong' } })
    return 'wrong'
  }
  const chosen = chosenOf(people, input.unitId)
  await spendCode(tx, requestId)
  await forgetTriesAt(tx, place)
  const browser = { token: (place.known ? origin.browser : null) ?? newToken(), expiresAt: knownUntil(now) }
  const ids = bearerHashes(app.secrets, 'unit_browser', browser.token)
  await knowUnitBrowser(tx, { ids, liaisonId: chosen.liaison.id, seenAt: now }, MOST_BROWSERS)
  return { ...(await begin(context, chosen.liaison, 'phone')), browser }
})

/** The id of the request whose code was given; null for a wrong code. The try is counted before it is compared. */
async function requestFor({ app, tx, now }: CommandContext, { phone, code, request }: GivenUnitCode): Promise<string | null> {
  if (request === null) return null
  const ids = bearerHashes(app.secrets, 'unit_code', request)
  const tried = await takeCodeTry(tx, { ids, phoneHashes: app.secrets.indexes('code', `phone:${phone}`), most: CODE_TRIES }, now)
  return tried !== null && app.secrets.indexes('code', `unit:${phone}:${code}`).includes(tried.codeHash) ? tried.id : null
}

/** The person for a unit; without one the first. @throws `unit_other`. */
function chosenOf(people: readonly Person[], unitId: string | undefined): Person {
  const chosen = people.find(({ unit }) => unitId === undefined || unit.id === unitId)
  if (chosen === undefined) throw new AppError('unit_other')
  return chosen
}

async function begin({ app, tx, now, audit }: CommandContext, liaison: LiaisonRow, via: Via): Promise<UnitLogIn> {
  const token = newToken()
  await insertUnitSession(tx, app, {
    id: bearerHash(app.secrets, 'unit_session', token),
    liaisonId: liaison.id,
    via,
    csrfHash: bearerHash(app.secrets, 'unit_session_csrf', csrfTokenOf(token)),
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
  const found = await findUnitSession(db, app, [sessionId], now)
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
    const found = await findUnitSession(tx, app, [input.sessionId], now)
    if (found === null) throw new AppError('login_required')
    const chosen = chosenOf(await samePerson(app, tx, found), input.unitId)
    await moveUnitSession(tx, app, input.sessionId, chosen.liaison.id)
    await audit({ subject: `liaison:${chosen.liaison.id}`, detail: { outcome: 'switched', from: found.liaison.id } })
    return viewOf(app, tx, input.sessionId, now)
  },
)

/** Ends the caller's session. */
export const closeUnitSession = command('liaison.log_out', async ({ tx, actor, audit }, input: { sessionId: string }): Promise<void> => {
  await deleteUnitSession(tx, input.sessionId)
  await audit({ subject: actor.id, detail: { outcome: 'logged_out' } })
})

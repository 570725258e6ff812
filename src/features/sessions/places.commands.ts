// From where a login is tried: guesses from one network lock that login for that network alone, and a browser in which the account has logged
// in passes, whatever others guess elsewhere. Tries are counted before the password is checked. Logging in itself is commands.ts; liaisons, who
// log in by codes, have places too (liaisons.commands.ts).

import { newToken } from '../../core/ids.ts'
import { AROUND, networkAround } from '../../core/networks.ts'
import { bearerHashes, sha256, type Secrets } from '../../core/secrets.ts'
import { countTry, DAY, HOUR, lockTries, returnTry } from '../../messaging/conversations.store.ts'
import { systemCommand, type AppContext, type SystemCommandContext } from '../../platform/commands/command.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { deleteOldUnitCodes } from '../units/codes.store.ts'
import {
  accountOfBrowser,
  countLoginTry,
  deleteOldPlaces,
  factorName,
  failuresSince,
  forgetLoginTries,
  knowBrowser,
  lockPlace,
} from '../staff/logins.store.ts'
import { lockAfter, LOCKING_FAILURES } from './rules.ts'

/** Where a log-in comes from. */
export interface Origin {
  network: string
  /** The token of the cookie by which a browser is known; null without one. */
  browser: string | null
}

/** A terminal of the server's own machine. */
export const TERMINAL: Origin = { network: 'terminal', browser: null }

/** Failures of one login in an hour from all networks together, after which only known browsers may try. ◇ */
const FROM_EVERYWHERE = { most: 60, span: HOUR }
/** Wrong codes of one person's second factor in a day from all networks together: whoever gives them has the password. ◇ */
const CODES_FROM_EVERYWHERE = { most: 20, span: DAY }
/** Failures of one login in an hour from all networks of one /48 of IPv6. */
const MOST_AROUND = AROUND * LOCKING_FAILURES
/** Browsers of one account that stay known, and days without use after which one is forgotten. ◇ */
export const MOST_BROWSERS = 10
const DAYS_KNOWN = 180
/** Longer than the longest lock. */
const FAILURES_KEPT = 2 * DAY

/** A place of a login as it is stored. */
export interface Place {
  place: string
  login: string
  known: boolean
  /** What the networks around it are counted under; null for a known browser, and outside IPv6. */
  around: string | null
}

/** The key under which failures of a login are found, whether it exists or not. */
function loginKeyOf({ secrets }: AppContext, login: string): string {
  return secrets.index('login', login)
}

/** The place of a try: a browser that the account knows, or else the network. */
export async function placeOf(app: AppContext, db: Db, login: string, staffId: string | null, origin: Origin): Promise<Place> {
  const { browser } = origin
  const known = browser !== null && staffId !== null && (await accountOfBrowser(db, browsersOf(app, browser))) === staffId
  const where = known ? `browser:${sha256(browser)}` : `network:${origin.network}`
  const place = app.secrets.index('login', `${login}|${where}`)
  return { place, login: loginKeyOf(app, login), known, around: known ? null : aroundOf(app.secrets, login, origin) }
}

/** The place of a code of somebody's second factor: counted apart from passwords, because the right password must forgive no wrong code. */
export function factorPlaceOf(app: AppContext, db: Db, staffId: string, origin: Origin): Promise<Place> {
  return placeOf(app, db, factorName(staffId), staffId, origin)
}

/** What tries of all networks around one are counted under; null outside IPv6. @param of whose tries they are. */
export function aroundOf(secrets: Secrets, of: string, { network }: Origin): string | null {
  const around = networkAround(network)
  return around === null ? null : `around:${secrets.index('limit', `${of}|${around}`)}`
}

/** What may be stored of the token of a browser, under the active key first. */
function browsersOf({ secrets }: AppContext, browser: string): [string, ...string[]] {
  return bearerHashes(secrets, 'staff_browser', browser)
}

/** What came of taking a try: its number at this place, with the lock that starts if it fails; or the lock that is on. */
export type Taken = { failures: number; lock: Date | null } | { lockedUntil: Date }

/** Takes one try. Of many at once each is counted before any password is checked. */
export const takeTry = systemCommand('staff.log_in', ({ tx, now }, place: Place): Promise<Taken> =>
  takeTryOf(tx, place, FROM_EVERYWHERE, now),
)

/** The same for a code of a second factor. */
export function takeFactorTry(tx: Tx, place: Place, now: Date): Promise<Taken> {
  return takeTryOf(tx, place, CODES_FROM_EVERYWHERE, now)
}

/** Takes a try within what all networks together may. */
async function takeTryOf(tx: Tx, place: Place, { most, span }: typeof FROM_EVERYWHERE, now: Date): Promise<Taken> {
  // Tries of one login from many networks at once wait for each other, so that their sum is exact.
  if (!place.known) await lockTries(tx, `login:${place.login}`, now)
  if (!place.known && (await failuresSince(tx, place.login, new Date(now.getTime() - span))) >= most)
    return { lockedUntil: new Date(now.getTime() + HOUR) }
  return takeTryAt(tx, place, now)
}

/** Counts a try at a place, and locks the place from the fifth failure on; who turns out to be right forgets its tries (`forgetTriesAt`). */
export async function takeTryAt(tx: Tx, place: Place, now: Date): Promise<Taken> {
  const around = place.around === null ? null : await lockTries(tx, place.around, now)
  if (around !== null && around.hits >= MOST_AROUND) return { lockedUntil: new Date(around.since.getTime() + HOUR) }
  const failures = await countLoginTry(tx, place, now)
  if (failures instanceof Date) return { lockedUntil: failures }
  if (place.around !== null) await countTry(tx, place.around, now)
  const lock = lockAfter(failures, now)
  if (lock !== null) await lockPlace(tx, place.place, lock)
  return { failures, lock }
}

/** Forgets the tries of a place from which the last one was right, which those around it get back. @returns how many there were, it included. */
export async function forgetTriesAt(tx: Tx, { place, around }: Pick<Place, 'place' | 'around'>): Promise<number> {
  if (around !== null) await returnTry(tx, around)
  return forgetLoginTries(tx, { place })
}

/** Until when a browser stays known that was used now. */
export function knownUntil(now: Date): Date {
  return new Date(now.getTime() + DAYS_KNOWN * DAY)
}

/** Knows the browser of an account from now on. @returns the token for its cookie, a new one unless the browser has one of this account. */
export const rememberBrowser = systemCommand(
  'staff.see_self',
  async ({ app, tx, now, actor }, input: { browser: string | null }): Promise<{ token: string; expiresAt: Date }> => {
    const staffId = actor.id.slice('staff:'.length)
    const isOwn = input.browser !== null && (await accountOfBrowser(tx, browsersOf(app, input.browser))) === staffId
    const token = isOwn && input.browser !== null ? input.browser : newToken()
    await knowBrowser(tx, { ids: browsersOf(app, token), staffId, seenAt: now }, MOST_BROWSERS)
    return { token, expiresAt: knownUntil(now) }
  },
)

/** Deletes what no longer matters: failures whose locks are over, requests for codes, browsers that were not used for half a year. */
export async function forgetPlaces({ tx, now }: Pick<SystemCommandContext, 'tx' | 'now'>): Promise<void> {
  const unusedSince = new Date(now.getTime() - DAYS_KNOWN * DAY)
  await deleteOldPlaces(tx, new Date(now.getTime() - FAILURES_KEPT), unusedSince)
  await deleteOldUnitCodes(tx, now, unusedSince)
}

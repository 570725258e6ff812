// Failed log-ins by place, and the browsers in which staff have logged in. A place is a network, or a browser that the account knows.
// What follows from them is features/sessions/places.commands.ts.

import type { Secrets } from '../../core/secrets.ts'
import { bearer, flag, id, instant, int, optional, primary, references, table, transientIndex } from '../../platform/database/columns.ts'
import { toInstant, type Db, type Tx } from '../../platform/database/database.ts'
import { placeholders } from '../../platform/database/placeholders.ts'

/** Failures of one login from one place, whether the login exists or not. */
export interface LoginTryRow {
  /** Blind index of login and place. */
  place: string
  /** Blind index of the login. */
  login: string
  /** The place is a browser that the account knows. */
  known: boolean
  failures: number
  lockedUntil: Date | null
  /** Of the last one. */
  at: Date
}

export const loginTryTable = table<LoginTryRow>(
  'login_try',
  {
    place: primary(transientIndex()),
    login: transientIndex(),
    known: flag(),
    failures: int(),
    lockedUntil: optional(instant()),
    at: instant(),
  },
  [
    { name: 'ix_login_try_login', columns: ['login'] },
    { name: 'ix_login_try_at', columns: ['at'] },
  ],
)

/** A browser in which an account has logged in completely. */
export interface StaffBrowserRow {
  /** Keyed hash of the token in its cookie. */
  id: string
  staffId: string
  seenAt: Date
}

export const staffBrowserTable = table<StaffBrowserRow>(
  'staff_browser',
  { id: primary(bearer('staff_browser')), staffId: references('staff', id()), seenAt: instant() },
  [{ name: 'ix_staff_browser_staff', columns: ['staffId'] }],
)

/**
 * Counts one try of a place before it is made. The row stays locked until the transaction ends.
 * @returns its number, or until when the place is locked; then nothing is counted.
 */
export async function countLoginTry(
  tx: Tx,
  { place, login, known }: Pick<LoginTryRow, 'place' | 'login' | 'known'>,
  now: Date,
): Promise<number | Date> {
  for (;;) {
    const changed = await tx.run(
      'update login_try set failures = failures + 1, at = ? where place = ? and (locked_until is null or locked_until <= ?)',
      [now, place, now],
    )
    const row = await findTry(tx, place)
    if (row === null) {
      await tx.insert(loginTryTable, [{ place, login, known, failures: 1, lockedUntil: null, at: now }])
      return 1
    }
    if (changed > 0) return row.failures
    if (row.lockedUntil !== null && row.lockedUntil > now) return row.lockedUntil
    // Another transaction has written the row between the two statements.
  }
}

async function findTry(tx: Tx, place: string): Promise<Pick<LoginTryRow, 'failures' | 'lockedUntil'> | null> {
  const [row] = await tx.query<{ failures: number; lockedUntil: Date | null }>(
    'select failures, locked_until as lockedUntil from login_try where place = ?',
    [place],
  )
  return row === undefined ? null : { failures: Number(row.failures), lockedUntil: toInstant(row.lockedUntil) }
}

export async function lockPlace(tx: Tx, place: string, until: Date): Promise<void> {
  await tx.run('update login_try set locked_until = ? where place = ?', [until, place])
}

/** Failures of a login from all networks since an instant. */
export async function failuresSince(db: Db, login: string, since: Date): Promise<number> {
  const [row] = await db.query<{ failures: number | null }>(
    'select sum(failures) as failures from login_try where login = ? and known = ? and at > ?',
    [login, false, since],
  )
  return Number(row?.failures ?? 0)
}

/** Forgets the failures of one place, or of all places of a login. Answers how many there were. */
export async function forgetLoginTries(tx: Tx, by: { place: string } | { login: string }): Promise<number> {
  const [column, value] = 'place' in by ? ['place', by.place] : ['login', by.login]
  const [row] = await tx.query<{ failures: number | null }>(`select sum(failures) as failures from login_try where ${column} = ?`, [value])
  await tx.run(`delete from login_try where ${column} = ?`, [value])
  return Number(row?.failures ?? 0)
}

/** The name under which wrong codes of a person's second factor are counted. No login is written with capitals. */
export function factorName(staffId: string): string {
  return `FACTOR|${staffId}`
}

/** Forgets wrong passwords and wrong codes of an account, from wherever they came. @returns how many there were. */
export async function forgetFailures(tx: Tx, { index }: Secrets, { id, login }: { id: string; login: string }): Promise<number> {
  let failures = 0
  for (const name of [login, factorName(id)]) failures += await forgetLoginTries(tx, { login: index('login', name) })
  return failures
}

/** The account that a browser belongs to; null when it is not known. */
export async function accountOfBrowser(db: Db, browserIds: readonly string[]): Promise<string | null> {
  const [row] = await db.query<{ staffId: string }>(
    `select staff_id as staffId from staff_browser where id in (${placeholders(browserIds)})`,
    browserIds,
  )
  return row?.staffId ?? null
}

/** Notes a browser of an account, of which the ones used last stay known. @param browser its id under the active key, then those of older keys. */
export async function knowBrowser(
  tx: Tx,
  browser: Omit<StaffBrowserRow, 'id'> & { ids: readonly [string, ...string[]] },
  most: number,
): Promise<void> {
  const { ids, ...facts } = browser
  const [id, ...older] = ids
  const row: StaffBrowserRow = { id, ...facts }
  if (older.length > 0) await tx.run(`delete from staff_browser where id in (${placeholders(older)})`, older)
  const changed = await tx.run('update staff_browser set seen_at = ? where id = ? and staff_id = ?', [row.seenAt, row.id, row.staffId])
  if (changed > 0) return
  await tx.insert(staffBrowserTable, [row])
  const kept = await tx.query<{ id: string }>('select id from staff_browser where staff_id = ? order by seen_at desc, id', [row.staffId])
  for (const { id: oldest } of kept.slice(most)) await tx.run('delete from staff_browser where id = ?', [oldest])
}

/** Forgets the browsers of an account. */
export async function forgetBrowsers(tx: Tx, staffId: string): Promise<void> {
  await tx.run('delete from staff_browser where staff_id = ?', [staffId])
}

/** Deletes failures whose lock has long run out, and browsers that were not used since `unusedSince`. */
export async function deleteOldPlaces(tx: Tx, failedBefore: Date, unusedSince: Date): Promise<void> {
  await tx.run('delete from login_try where at < ?', [failedBefore])
  await tx.run('delete from staff_browser where seen_at < ?', [unusedSince])
}

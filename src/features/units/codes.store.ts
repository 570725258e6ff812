// Tables and SQL of liaisons who log in: each request for a code, of phones known or not, and the browsers in which a liaison has logged in.
// Logging in is features/sessions/liaisons.commands.ts.

import { bearer, id, instant, int, optional, primary, references, table, transientIndex } from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { placeholders } from '../../platform/database/placeholders.ts'

/** One request for a code. Its code is entered in the browser that asked, so that nobody's wrong tries spend another's code. */
export interface UnitCodeRequestRow {
  /** Keyed hash of the token in the browser's cookie. */
  id: string
  phoneHash: string
  /** Keyed hash of the code; null once it was used. */
  codeHash: string | null
  /** Codes that were tried, the right one too. */
  tries: number
  expiresAt: Date
}

export const unitCodeRequestTable = table<UnitCodeRequestRow>(
  'unit_code_request',
  {
    id: primary(bearer('unit_code')),
    phoneHash: transientIndex(),
    codeHash: optional(transientIndex()),
    tries: int(),
    expiresAt: instant(),
  },
  [{ name: 'ix_unit_code_request_expires', columns: ['expiresAt'] }],
)

/** A browser in which a liaison has logged in by a code. */
export interface UnitBrowserRow {
  /** Keyed hash of the token in its cookie. */
  id: string
  liaisonId: string
  seenAt: Date
}

export const unitBrowserTable = table<UnitBrowserRow>(
  'unit_browser',
  { id: primary(bearer('unit_browser')), liaisonId: references('liaison', id()), seenAt: instant() },
  [
    { name: 'ix_unit_browser_liaison', columns: ['liaisonId'] },
    { name: 'ix_unit_browser_seen', columns: ['seenAt'] },
  ],
)

export async function insertCodeRequest(tx: Tx, row: UnitCodeRequestRow): Promise<void> {
  await tx.insert(unitCodeRequestTable, [row])
}

/**
 * Takes one try of a request before it is compared; the row stays locked until the transaction ends, so that of tries at once no more are
 * compared than one after another.
 * @param request.ids of the request, under every key. @returns its id and the keyed hash of its code; null when there is nothing to try: no such request for this phone, used, too late, or tried `most` times.
 */
export async function takeCodeTry(
  tx: Tx,
  request: { ids: readonly string[]; phoneHashes: readonly string[]; most: number },
  now: Date,
): Promise<{ id: string; codeHash: string } | null> {
  const marks = placeholders(request.ids)
  const taken = await tx.run(
    `update unit_code_request set tries = tries + 1
      where id in (${marks}) and phone_hash in (${placeholders(request.phoneHashes)}) and code_hash is not null and tries < ? and expires_at > ?`,
    [...request.ids, ...request.phoneHashes, request.most, now],
  )
  if (taken === 0) return null
  const [row] = await tx.query<{ id: string; codeHash: string }>(
    `select id, code_hash as codeHash from unit_code_request where id in (${marks}) and code_hash is not null`,
    request.ids,
  )
  return row ?? null
}

/** Uses a code up. */
export async function spendCode(tx: Tx, requestId: string): Promise<void> {
  await tx.run('update unit_code_request set code_hash = null where id = ?', [requestId])
}

/** The liaison who is known in a browser; null when nobody is. */
export async function liaisonOfBrowser(db: Db, browserIds: readonly string[]): Promise<string | null> {
  const [row] = await db.query<{ liaisonId: string }>(
    `select liaison_id as liaisonId from unit_browser where id in (${placeholders(browserIds)})`,
    browserIds,
  )
  return row?.liaisonId ?? null
}

/** Notes a browser of a liaison, of which the ones used last stay known. @param browser its id under the active key, then those of older keys. */
export async function knowUnitBrowser(
  tx: Tx,
  browser: Omit<UnitBrowserRow, 'id'> & { ids: readonly [string, ...string[]] },
  most: number,
): Promise<void> {
  const { ids, ...facts } = browser
  const [id, ...older] = ids
  const row: UnitBrowserRow = { id, ...facts }
  if (older.length > 0) await tx.run(`delete from unit_browser where id in (${placeholders(older)})`, older)
  const changed = await tx.run('update unit_browser set seen_at = ?, liaison_id = ? where id = ?', [row.seenAt, row.liaisonId, row.id])
  if (changed > 0) return
  await tx.insert(unitBrowserTable, [row])
  const kept = await tx.query<{ id: string }>('select id from unit_browser where liaison_id = ? order by seen_at desc, id', [row.liaisonId])
  for (const { id: oldest } of kept.slice(most)) await tx.run('delete from unit_browser where id = ?', [oldest])
}

/** Forgets the browsers of a liaison. */
export async function forgetUnitBrowsers(tx: Tx, liaisonId: string): Promise<void> {
  await tx.run('delete from unit_browser where liaison_id = ?', [liaisonId])
}

/** Deletes requests whose codes have run out, and browsers that were not used since `unusedSince`. */
export async function deleteOldUnitCodes(tx: Tx, now: Date, unusedSince: Date): Promise<void> {
  await tx.run('delete from unit_code_request where expires_at <= ?', [now])
  await tx.run('delete from unit_browser where seen_at < ?', [unusedSince])
}

/** Ends the requests for codes to a phone. */
export async function deleteCodeRequests(tx: Tx, phoneHashes: readonly string[]): Promise<void> {
  await tx.run(`delete from unit_code_request where phone_hash in (${placeholders(phoneHashes)})`, phoneHashes)
}

// Who is behind an address: one-time codes by which liaisons bind an account, and look-ups of liaisons and subscribers by blind index.
// The rows of liaisons and subscribers themselves are in the store of units.

import { table, primary, references, id, text, instant } from '../../platform/database/columns.ts'
import type { Tx, Db } from '../../platform/database/database.ts'
import { placeholders } from '../../platform/database/placeholders.ts'

export interface LiaisonCodeRow {
  liaisonId: string
  codeHash: string
  expiresAt: Date
}

export const liaisonCodeTable = table<LiaisonCodeRow>(
  'liaison_code',
  { liaisonId: primary(references('liaison', id())), codeHash: text(64), expiresAt: instant() },
  [{ name: 'ix_liaison_code', columns: ['codeHash'] }],
)

/** The liaison's one code: a new one replaces the old. */
export async function putLiaisonCode(tx: Tx, row: LiaisonCodeRow): Promise<void> {
  await tx.run('delete from liaison_code where liaison_id = ?', [row.liaisonId])
  await tx.insert(liaisonCodeTable, [row])
}

/** Uses a code up; null: there is none of that kind now. */
export async function takeLiaisonCode(tx: Tx, codeHash: string, now: Date): Promise<string | null> {
  const [row] = await tx.query<{ liaisonId: string }>(
    'select liaison_id as liaisonId from liaison_code where code_hash = ? and expires_at > ?',
    [codeHash, now],
  )
  if (row === undefined) return null
  return (await tx.run('delete from liaison_code where liaison_id = ? and code_hash = ?', [row.liaisonId, codeHash])) === 1
    ? row.liaisonId
    : null
}

/** The column by which a person's address is found. */
export type Reached = 'phone_index' | 'wechat_index' | 'wechaty_index'

/** The active liaison who writes from an address. */
export async function liaisonAt(db: Db, column: Reached, indexes: readonly string[]): Promise<string | null> {
  const [row] = await db.query<{ id: string }>(
    `select id from liaison where ${column} in (${placeholders(indexes)}) and active = ? limit 1`,
    [...indexes, true],
  )
  return row?.id ?? null
}

/** Other addresses (sealed) of whoever is known by one: an active liaison, or somebody who subscribed. */
export async function reachAt(db: Db, column: Reached, indexes: readonly string[]): Promise<Reachable[]> {
  const marks = placeholders(indexes)
  const liaisons = await db.query<Reachable>(`select phone, wechat, wechaty from liaison where ${column} in (${marks}) and active = ?`, [
    ...indexes,
    true,
  ])
  if (column === 'wechaty_index') return liaisons
  const subscribers = await db.query<Reachable>(
    `select phone, wechat, null as wechaty from subscriber where ${column} in (${marks}) and ended_at is null`,
    indexes,
  )
  return [...liaisons, ...subscribers]
}

export interface Reachable {
  phone: string | null
  wechat: string | null
  wechaty: string | null
}

/** Subscriptions of an address that run. */
export async function subscriptionsAt(db: Db, column: Reached, indexes: readonly string[]): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `select id from subscriber where ${column} in (${placeholders(indexes)}) and ended_at is null order by id`,
    indexes,
  )
  return rows.map((row) => row.id)
}

// One-time codes by which liaisons bind an account, and look-ups of liaisons and subscribers by the blind index of an address.
// The tables of liaisons and subscribers themselves are in store.ts.

import { table, primary, references, id, keyedCode, instant } from '../../platform/database/columns.ts'
import type { Tx, Db } from '../../platform/database/database.ts'
import { placeholders } from '../../platform/database/placeholders.ts'

/** The binding code of one liaison. */
export interface LiaisonCodeRow {
  liaisonId: string
  /** Keyed; earlier versions stored a bare SHA-256. */
  codeHash: string
  expiresAt: Date
}

/** What is indexed of a binding code, of which this is the SHA-256. */
export const liaisonCodeKey = (hash: string) => ({ indexKind: 'code', value: `liaison:${hash}` }) as const

export const liaisonCodeTable = table<LiaisonCodeRow>(
  'liaison_code',
  { liaisonId: primary(references('liaison', id())), codeHash: keyedCode(liaisonCodeKey), expiresAt: instant() },
  [{ name: 'ix_liaison_code', columns: ['codeHash'] }],
)

/** Deletes the code of a liaison, if there is one. */
export async function deleteLiaisonCode(tx: Tx, liaisonId: string): Promise<void> {
  await tx.run('delete from liaison_code where liaison_id = ?', [liaisonId])
}

/** Stores the code of a liaison in place of an earlier one. */
export async function putLiaisonCode(tx: Tx, row: LiaisonCodeRow): Promise<void> {
  await deleteLiaisonCode(tx, row.liaisonId)
  await tx.insert(liaisonCodeTable, [row])
}

/** The liaison of a valid code; null when there is no such code. */
export async function liaisonOfCode(db: Db, codeHashes: readonly string[], now: Date): Promise<string | null> {
  const [row] = await db.query<{ liaisonId: string }>(
    `select liaison_id as liaisonId from liaison_code where code_hash in (${placeholders(codeHashes)}) and expires_at > ?`,
    [...codeHashes, now],
  )
  return row?.liaisonId ?? null
}

/** Deletes the code of a liaison; true for exactly one caller. */
export async function takeLiaisonCode(tx: Tx, liaisonId: string, codeHashes: readonly string[]): Promise<boolean> {
  const marks = placeholders(codeHashes)
  return (await tx.run(`delete from liaison_code where liaison_id = ? and code_hash in (${marks})`, [liaisonId, ...codeHashes])) === 1
}

/** The index column in which an address is looked up. */
export type AddressColumn = 'phone_index' | 'wechat_index' | 'wechaty_index'

/** The id of the active liaison of an active unit who has an address; null when there is none. */
export async function liaisonAt(db: Db, column: AddressColumn, indexes: readonly string[]): Promise<string | null> {
  const [row] = await db.query<{ id: string }>(
    `select l.id from liaison l join unit u on u.id = l.unit_id
      where l.${column} in (${placeholders(indexes)}) and l.active = ? and u.active = ? order by l.id limit 1`,
    [...indexes, true, true],
  )
  return row?.id ?? null
}

/** All addresses (sealed) of active liaisons and subscribers who have the given one. */
export async function reachAt(db: Db, column: AddressColumn, indexes: readonly string[]): Promise<Reachable[]> {
  const bound = placeholders(indexes)
  const liaisons = await db.query<Reachable>(
    `select id, unit_id as unitId, phone, wechat, wechaty from liaison where ${column} in (${bound}) and active = ?`,
    [...indexes, true],
  )
  if (column === 'wechaty_index') return liaisons
  const subscribers = await db.query<Reachable>(
    `select id, kind, phone, wechat, null as wechaty from subscriber where ${column} in (${bound}) and ended_at is null`,
    indexes,
  )
  return [...liaisons, ...subscribers]
}

/** Sealed addresses of one person. */
export type Reachable = ({ id: string; unitId: string } | { id: string; kind: string }) & {
  phone: string | null
  wechat: string | null
  wechaty: string | null
}

/** Ids of the running subscriptions of an address. */
export async function subscriptionsAt(db: Db, column: AddressColumn, indexes: readonly string[]): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `select id from subscriber where ${column} in (${placeholders(indexes)}) and ended_at is null order by id`,
    indexes,
  )
  return rows.map((row) => row.id)
}

// Tables and SQL of liaisons who log in: their sessions, and the code of each phone that asked for one, known or not.
// Logging in is features/sessions/liaisons.commands.ts; who is calling is features/sessions/access.ts.

import { id, instant, int, optional, primary, references, table, text, transientIndex } from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { placeholders } from '../../platform/database/placeholders.ts'
import type { AddressColumn } from './bindings.store.ts'
import { findLiaison, findUnit, liaisonTable, type LiaisonRow, type UnitRow } from './store.ts'

/** A session of a liaison. */
export interface UnitSessionRow {
  /** SHA-256 of the cookie's token. */
  id: string
  liaisonId: string
  /** By which address the person proved who they are. */
  via: 'phone' | 'wechat'
  /** SHA-256 of the CSRF token. */
  csrfHash: string
  createdAt: Date
  seenAt: Date
  expiresAt: Date
}

export const unitSessionTable = table<UnitSessionRow>(
  'unit_session',
  {
    id: primary(text(64)),
    liaisonId: references('liaison', id()),
    via: text(10),
    csrfHash: text(64),
    createdAt: instant(),
    seenAt: instant(),
    expiresAt: instant(),
  },
  [
    { name: 'ix_unit_session_liaison', columns: ['liaisonId'] },
    { name: 'ix_unit_session_expires', columns: ['expiresAt'] },
  ],
)

/** The code of one phone, and the wrong ones that were given for it. */
export interface UnitLoginCodeRow {
  phoneHash: string
  /** Keyed hash of the code; null once it was used or tried too often. */
  codeHash: string | null
  tries: number
  expiresAt: Date
  /** Wrong codes since the last log-in. */
  failures: number
  lockedUntil: Date | null
}

export const unitLoginCodeTable = table<UnitLoginCodeRow>(
  'unit_login_code',
  {
    phoneHash: primary(transientIndex()),
    codeHash: optional(transientIndex()),
    tries: int(),
    expiresAt: instant(),
    failures: int(),
    lockedUntil: optional(instant()),
  },
  [{ name: 'ix_unit_login_code_expires', columns: ['expiresAt'] }],
)

export async function insertUnitSession(tx: Tx, row: UnitSessionRow): Promise<void> {
  await tx.insert(unitSessionTable, [row])
}

/** A session of a liaison with the person and the unit. */
export interface LiaisonAtWork {
  session: UnitSessionRow
  liaison: LiaisonRow
  unit: UnitRow
}

/** A session that has not expired; null when the liaison was removed or the unit was closed. */
export async function findUnitSession(db: Db, sessionId: string, now: Date): Promise<LiaisonAtWork | null> {
  const session = await db.manager.getRepository(unitSessionTable.schema).findOneBy({ id: sessionId })
  if (session === null || session.expiresAt <= now) return null
  const liaison = await findLiaison(db, session.liaisonId)
  const unit = liaison === null ? null : await findUnit(db, liaison.unitId)
  return liaison === null || unit === null || !liaison.active || !unit.active ? null : { session, liaison, unit }
}

export async function touchUnitSession(tx: Tx, sessionId: string, seenAt: Date): Promise<void> {
  await tx.run('update unit_session set seen_at = ? where id = ?', [seenAt, sessionId])
}

/** Lets a session act for another unit of the same person. */
export async function moveUnitSession(tx: Tx, sessionId: string, liaisonId: string): Promise<void> {
  await tx.run('update unit_session set liaison_id = ? where id = ?', [liaisonId, sessionId])
}

export async function deleteUnitSession(tx: Tx, sessionId: string): Promise<void> {
  await tx.run('delete from unit_session where id = ?', [sessionId])
}

/** Ends every session of a liaison. */
export async function deleteUnitSessionsOf(tx: Tx, liaisonId: string): Promise<void> {
  await tx.run('delete from unit_session where liaison_id = ?', [liaisonId])
}

/** Deletes sessions that expired or were idle since `idleSince`, and codes and locks that have run out. Answers how many sessions. */
export async function deleteExpiredUnitSessions(tx: Tx, now: Date, idleSince: Date): Promise<number> {
  await tx.run('delete from unit_login_code where expires_at <= ? and (locked_until is null or locked_until <= ?)', [
    new Date(now.getTime() - 86_400_000),
    now,
  ])
  return tx.run('delete from unit_session where expires_at <= ? or seen_at <= ?', [now, idleSince])
}

/** The active liaisons of active units who have an address, each with the unit, in order of id. */
export async function liaisonsAt(
  db: Db,
  column: AddressColumn,
  indexes: readonly string[],
): Promise<{ liaison: LiaisonRow; unit: UnitRow }[]> {
  const ids = await db.query<{ id: string }>(
    `select l.id from liaison l join unit u on u.id = l.unit_id
      where l.${column} in (${placeholders(indexes)}) and l.active = ? and u.active = ? order by l.id`,
    [...indexes, true, true],
  )
  const found = await Promise.all(
    ids.map(async (row) => {
      const liaison = await db.manager.getRepository(liaisonTable.schema).findOneByOrFail({ id: row.id })
      const unit = await findUnit(db, liaison.unitId)
      return unit === null ? [] : [{ liaison, unit }]
    }),
  )
  return found.flat()
}

/** The code of a phone, locked until the transaction ends. */
export async function lockLoginCode(tx: Tx, phoneHashes: readonly string[]): Promise<UnitLoginCodeRow | null> {
  const marks = placeholders(phoneHashes)
  if (!tx.sqlite) await tx.query(`select phone_hash from unit_login_code where phone_hash in (${marks}) for update`, phoneHashes)
  return tx.manager
    .getRepository(unitLoginCodeTable.schema)
    .createQueryBuilder('c')
    .where('c.phoneHash in (:...phoneHashes)', { phoneHashes })
    .getOne()
}

export async function insertLoginCode(tx: Tx, row: UnitLoginCodeRow): Promise<void> {
  await tx.insert(unitLoginCodeTable, [row])
}

export async function updateLoginCode(tx: Tx, phoneHash: string, changes: Partial<UnitLoginCodeRow>): Promise<void> {
  await tx.manager.getRepository(unitLoginCodeTable.schema).update({ phoneHash }, changes)
}

// Table and SQL of liaisons' sessions. The codes that open one, and the browsers they are known in, are codes.store.ts.
// Logging in is features/sessions/liaisons.commands.ts; who is calling is features/sessions/access.ts.

import { In } from 'typeorm'
import { bearer, id, instant, primary, proof, references, table, text, type Proven } from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { placeholders } from '../../platform/database/placeholders.ts'
import { insertProven, provenOrNull, updateProven, type Prover } from '../../platform/database/proofs.ts'
import type { AddressColumn } from './bindings.store.ts'
import { findLiaison, findUnit, liaisonTable, type LiaisonRow, type UnitRow } from './store.ts'

/** A session of a liaison. */
export interface UnitSessionRow {
  /** Keyed hash of the cookie's token. */
  id: string
  liaisonId: string
  /** By which address the person proved who they are. */
  via: 'phone' | 'wechat'
  /** Keyed hash of the CSRF token. */
  csrfHash: string
  createdAt: Date
  seenAt: Date
  expiresAt: Date
}

export const unitSessionTable = table<UnitSessionRow & Proven>(
  'unit_session',
  {
    id: primary(bearer('unit_session')),
    liaisonId: references('liaison', id()),
    via: text(10),
    csrfHash: bearer('unit_session_csrf'),
    createdAt: instant(),
    seenAt: instant(),
    expiresAt: instant(),
    proof: proof(['seenAt']),
  },
  [
    { name: 'ix_unit_session_liaison', columns: ['liaisonId'] },
    { name: 'ix_unit_session_expires', columns: ['expiresAt'] },
  ],
)

export async function insertUnitSession(tx: Tx, prover: Prover, row: UnitSessionRow): Promise<void> {
  await insertProven(tx, prover, unitSessionTable, row)
}

/** A session of a liaison with the person and the unit. */
export interface LiaisonAtWork {
  session: UnitSessionRow
  liaison: LiaisonRow
  unit: UnitRow
}

/**
 * A session that has not expired; null when the liaison was removed, the unit was closed, or somebody changed it in the database.
 * @param sessionIds its id under every key.
 */
export async function findUnitSession(db: Db, prover: Prover, sessionIds: readonly string[], now: Date): Promise<LiaisonAtWork | null> {
  const row = await db.manager.getRepository(unitSessionTable.schema).findOneBy({ id: In([...sessionIds]) })
  const session = provenOrNull(prover, unitSessionTable, row)
  if (session === null || session.expiresAt <= now) return null
  const liaison = await findLiaison(db, session.liaisonId)
  const unit = liaison === null ? null : await findUnit(db, liaison.unitId)
  return liaison === null || unit === null || !liaison.active || !unit.active ? null : { session, liaison, unit }
}

export async function touchUnitSession(tx: Tx, sessionId: string, seenAt: Date): Promise<void> {
  await tx.run('update unit_session set seen_at = ? where id = ?', [seenAt, sessionId])
}

/** Lets a session act for another unit of the same person. */
export async function moveUnitSession(tx: Tx, prover: Prover, sessionId: string, liaisonId: string): Promise<void> {
  await updateProven(tx, prover, unitSessionTable, { key: { id: sessionId }, changes: { liaisonId } })
}

export async function deleteUnitSession(tx: Tx, sessionId: string): Promise<void> {
  await tx.run('delete from unit_session where id = ?', [sessionId])
}

/** Ends every session of a liaison. */
export async function deleteUnitSessionsOf(tx: Tx, liaisonId: string): Promise<void> {
  await tx.run('delete from unit_session where liaison_id = ?', [liaisonId])
}

/** Deletes sessions that expired or were idle since `idleSince`. Answers how many. */
export async function deleteExpiredUnitSessions(tx: Tx, now: Date, idleSince: Date): Promise<number> {
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

// Table and SQL of the API keys of units' systems. Only a sealed hash of each key is stored.
// What a key permits is platform/commands/scopes.ts; adding and revoking keys is keys.commands.ts.

import { id, instant, optional, primary, proof, references, sealedKey, table, text, type Proven } from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { insertProven, provenOrNull, updateProven, type Prover } from '../../platform/database/proofs.ts'
import { findUnit, type UnitRow } from './store.ts'

/** One API key. */
export interface UnitKeyRow {
  id: string
  unitId: string
  /** The system that uses the key, as the administrator described it. */
  label: string
  /** SHA-256 of the secret part, sealed: a hash that somebody else wrote opens nothing. */
  hash: string
  /** Comma-separated Scope. */
  scopes: string
  createdBy: string
  createdAt: Date
  expiresAt: Date
  revokedAt: Date | null
  revokedBy: string | null
  /** Exact to the minute. */
  lastUsedAt: Date | null
}

export const unitKeyTable = table<UnitKeyRow & Proven>(
  'unit_key',
  {
    id: primary(id()),
    unitId: references('unit', text(40)),
    label: text(60),
    hash: sealedKey(),
    scopes: text(200),
    createdBy: text(60),
    createdAt: instant(),
    expiresAt: instant(),
    revokedAt: optional(instant()),
    revokedBy: optional(text(60)),
    lastUsedAt: optional(instant()),
    proof: proof(['label', 'createdBy', 'createdAt', 'lastUsedAt']),
  },
  [{ name: 'ix_unit_key_unit', columns: ['unitId'] }],
)

export async function insertUnitKey(tx: Tx, prover: Prover, row: UnitKeyRow): Promise<void> {
  await insertProven(tx, prover, unitKeyTable, row)
}

export async function findUnitKey(db: Db, keyId: string): Promise<(UnitKeyRow & Proven) | null> {
  return db.manager.getRepository(unitKeyTable.schema).findOneBy({ id: keyId })
}

/** A key with its unit; null also for a key that somebody changed in the database. */
export async function unitKeyWithUnit(db: Db, prover: Prover, keyId: string): Promise<{ key: UnitKeyRow; unit: UnitRow } | null> {
  const key = provenOrNull(prover, unitKeyTable, await findUnitKey(db, keyId))
  const unit = key === null ? null : await findUnit(db, key.unitId)
  return key === null || unit === null ? null : { key, unit }
}

/** The keys of a unit, newest first, ended ones too. */
export async function unitKeysOf(db: Db, unitId: string): Promise<UnitKeyRow[]> {
  return db.manager.getRepository(unitKeyTable.schema).find({ where: { unitId }, order: { id: 'DESC' } })
}

/** Records the last use. */
export async function touchUnitKey(tx: Tx, keyId: string, at: Date): Promise<void> {
  await tx.run('update unit_key set last_used_at = ? where id = ?', [at, keyId])
}

/** Revokes a key; answers false when it was revoked before. */
export async function revokeUnitKeyRow(tx: Tx, prover: Prover, keyId: string, at: Date, by: string): Promise<boolean> {
  // Whoever revokes it at the same time waits here.
  if (!tx.sqlite) await tx.query('select id from unit_key where id = ? for update', [keyId])
  const key = await findUnitKey(tx, keyId)
  if (key === null || key.revokedAt !== null) return false
  return updateProven(tx, prover, unitKeyTable, { key: { id: keyId }, changes: { revokedAt: at, revokedBy: by } })
}

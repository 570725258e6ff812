// Table and SQL of the API keys of units' systems. Only a sealed hash of each key is stored.
// What a key permits is platform/commands/scopes.ts; adding and revoking keys is keys.commands.ts.

import { id, instant, optional, primary, references, sealedKey, table, text } from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
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

export const unitKeyTable = table<UnitKeyRow>(
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
  },
  [{ name: 'ix_unit_key_unit', columns: ['unitId'] }],
)

export async function insertUnitKey(tx: Tx, row: UnitKeyRow): Promise<void> {
  await tx.insert(unitKeyTable, [row])
}

export async function findUnitKey(db: Db, keyId: string): Promise<UnitKeyRow | null> {
  return db.manager.getRepository(unitKeyTable.schema).findOneBy({ id: keyId })
}

/** A key with its unit. */
export async function unitKeyWithUnit(db: Db, keyId: string): Promise<{ key: UnitKeyRow; unit: UnitRow } | null> {
  const key = await findUnitKey(db, keyId)
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
export async function revokeUnitKeyRow(tx: Tx, keyId: string, at: Date, by: string): Promise<boolean> {
  return (await tx.run('update unit_key set revoked_at = ?, revoked_by = ? where id = ? and revoked_at is null', [at, by, keyId])) === 1
}

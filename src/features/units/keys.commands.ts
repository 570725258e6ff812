// API keys for units' systems: added by an administrator, shown once, and ended by an administrator or by their last day.
// How a key is checked is features/sessions/access.ts; what it permits is platform/commands/scopes.ts.

import { addDays, dayOf, instantAt, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { newId, newToken } from '../../core/ids.ts'
import { sha256 } from '../../core/secrets.ts'
import { SCOPES, type Scope } from '../../platform/commands/scopes.ts'
import { findUnitKey, insertUnitKey, revokeUnitKeyRow, unitKeysOf, unitKeyTable, type UnitKeyRow } from './keys.store.ts'
import { findUnit } from './store.ts'
import { command, query } from '../../platform/commands/command.ts'
import { sealRow } from '../../platform/database/sealing.ts'

/** Days a key is valid unless another last day is given. */
const DEFAULT_DAYS = 365
/** Days a key is valid at most, so that somebody checks at renewal whether it is still needed. */
const MOST_DAYS = 1096

/** A key without its secret. */
export interface UnitKeyView {
  id: string
  unitId: string
  label: string
  scopes: Scope[]
  createdBy: string
  createdAt: Date
  expiresAt: Date
  revokedAt: Date | null
  /** Exact to the minute; null when never used. */
  lastUsedAt: Date | null
}

export interface NewUnitKey {
  unitId: string
  /** The system that will use the key. */
  label: string
  scopes: readonly Scope[]
  /** The last day of validity, YYYY-MM-DD; DEFAULT_DAYS ahead unless given. */
  expiresOn?: Day | undefined
}

/**
 * Creates a key. Its text is shown this once; only a hash is stored.
 * @throws `unit_missing`, `unit_class`, `request_invalid` for no scope, no label or an impossible day.
 */
export const addUnitKey = command(
  'unit.manage_keys',
  async ({ app, tx, now, actor, audit }, input: NewUnitKey): Promise<UnitKeyView & { key: string }> => {
    const unit = await findUnit(tx, input.unitId)
    if (unit === null || !unit.active) throw new AppError('unit_missing', { id: input.unitId })
    if (unit.isClass) throw new AppError('unit_class', { id: input.unitId })
    const scopes = SCOPES.filter((scope) => input.scopes.includes(scope))
    const label = input.label.trim().slice(0, 60)
    if (scopes.length === 0) throw new AppError('request_invalid', {}, [{ code: 'field_missing', field: 'scopes' }])
    if (label === '') throw new AppError('request_invalid', {}, [{ code: 'field_missing', field: 'label' }])
    const id = newId()
    const secret = newToken()
    const row: UnitKeyRow = {
      id,
      unitId: unit.id,
      label,
      hash: sha256(secret),
      scopes: scopes.join(','),
      createdBy: actor.id,
      createdAt: now,
      expiresAt: endOf(input.expiresOn, dayOf(now)),
      revokedAt: null,
      revokedBy: null,
      lastUsedAt: null,
    }
    await insertUnitKey(tx, app, sealRow(unitKeyTable, app.secrets, row))
    await audit({ subject: `unit_key:${id}`, detail: { unitId: unit.id, scopes: row.scopes, expiresAt: row.expiresAt.toISOString() } })
    return { ...viewOf(row), key: `zxt_${id}_${secret}` }
  },
  ({ id, unitId }) => ({ key: id, unit: unitId }),
)

/** The instant at which a key's last day is over. @throws `request_invalid` for a day in the past or too far ahead. */
function endOf(expiresOn: Day | undefined, today: Day): Date {
  const last = expiresOn ?? addDays(today, DEFAULT_DAYS)
  if (last < today || last > addDays(today, MOST_DAYS))
    throw new AppError('request_invalid', {}, [{ code: 'key_expiry', field: 'expiresOn', value: last }])
  return instantAt(addDays(last, 1), 0, 0)
}

/** Revokes a key at once. @throws `unit_key_missing`, also for a key of another unit; `unit_key_ended`. */
export const revokeUnitKey = command(
  'unit.manage_keys',
  async ({ app, tx, now, actor, audit }, input: { unitId: string; id: string }): Promise<UnitKeyView> => {
    const key = await findUnitKey(tx, input.id)
    if (key === null || key.unitId !== input.unitId) throw new AppError('unit_key_missing')
    if (!(await revokeUnitKeyRow(tx, app, key.id, now, actor.id))) throw new AppError('unit_key_ended')
    await audit({ subject: `unit_key:${key.id}`, detail: { unitId: key.unitId, revoked: true } })
    return viewOf({ ...key, revokedAt: now })
  },
  ({ id, unitId }) => ({ key: id, unit: unitId }),
)

/** The keys of a unit, newest first, ended ones too. @throws `unit_missing`. */
export const listUnitKeys = query('unit.read', async ({ db }, unitId: string): Promise<UnitKeyView[]> => {
  if ((await findUnit(db, unitId)) === null) throw new AppError('unit_missing', { id: unitId })
  return (await unitKeysOf(db, unitId)).map(viewOf)
})

function viewOf(row: UnitKeyRow): UnitKeyView {
  const { id, unitId, label, createdBy, createdAt, expiresAt, revokedAt, lastUsedAt } = row
  return { id, unitId, label, scopes: row.scopes.split(',') as Scope[], createdBy, createdAt, expiresAt, revokedAt, lastUsedAt }
}

// Finds a unit's API key by its text: to let a request in (features/sessions/access.ts), and to tell a liaison what a pasted key may do.
// The text is compared and forgotten: it is neither stored nor logged.

import { sameText, sha256 } from '../../core/secrets.ts'
import { query, type AppContext } from '../../platform/commands/command.ts'
import { ownUnitOf } from '../../platform/commands/permissions.ts'
import type { Db } from '../../platform/database/database.ts'
import { openRow } from '../../platform/database/sealing.ts'
import type { Scope } from '../../platform/commands/scopes.ts'
import { unitKeysOf, unitKeyTable, unitKeyWithUnit, type UnitKeyRow } from './keys.store.ts'
import type { UnitRow } from './store.ts'

/** `zxt_<id>_<secret>`. */
const KEY_SHAPE = /^zxt_([0-9A-HJKMNP-TV-Z]{26})_([A-Za-z0-9_-]{43})$/i

/**
 * The key of a text and its unit. The id finds the row; the secret is compared in constant time, even when there is no row.
 * @throws AppError `cipher_broken` for a hash that this application has not written there.
 */
export async function keyOfText(
  app: Pick<AppContext, 'secrets' | 'log'>,
  db: Db,
  text: string,
): Promise<{ key: UnitKeyRow; unit: UnitRow } | null> {
  const [, id = '', secret = ''] = KEY_SHAPE.exec(text) ?? []
  if (id === '') return null
  const found = await unitKeyWithUnit(db, app, id.toUpperCase())
  const hash = found === null ? '' : openRow(unitKeyTable, app.secrets, { id: found.key.id, hash: found.key.hash }).hash
  const matches = sameText(sha256(secret), hash)
  return matches ? found : null
}

/** A key as the unit sees it: without its secret and without who made it. */
export interface OwnKey {
  id: string
  /** The system that uses it. */
  label: string
  scopes: { scope: Scope; name: string }[]
  createdAt: Date
  expiresAt: Date
  revokedAt: Date | null
  /** Exact to the minute; null when never used. */
  lastUsedAt: Date | null
  state: KeyState
}

export const KEY_STATES = ['works', 'expired', 'revoked'] as const
export type KeyState = (typeof KEY_STATES)[number]

/** The keys of the caller's own unit, newest first, ended ones too. */
export const ownKeys = query('portal.read', async ({ db, app, actor, now }): Promise<OwnKey[]> =>
  (await unitKeysOf(db, ownUnitOf(actor) ?? '')).map((key) => ownKey(app, key, now)),
)

/**
 * What a pasted key may do; null when it is no key of the caller's own unit, which is all that is said of another unit's key. A try does
 * not count as a use.
 */
export const tryKey = query('portal.try_key', async ({ db, app, actor, now }, text: string): Promise<OwnKey | null> => {
  const found = await keyOfText(app, db, text.trim().replace(/^Bearer\s+/i, ''))
  if (found === null || found.key.unitId !== ownUnitOf(actor)) return null
  return ownKey(app, found.key, now)
})

function ownKey({ catalog }: AppContext, key: UnitKeyRow, now: Date): OwnKey {
  const { id, label, createdAt, expiresAt, revokedAt, lastUsedAt } = key
  const scopes = (key.scopes.split(',') as Scope[]).map((scope) => ({ scope, name: catalog.words('states', `scope.${scope}`) }))
  const state = revokedAt !== null ? 'revoked' : expiresAt <= now ? 'expired' : 'works'
  return { id, label, scopes, createdAt, expiresAt, revokedAt, lastUsedAt, state }
}

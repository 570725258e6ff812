// Table of providers' access tokens, sealed and shared by all processes; one process at a time holds the lease to renew one.
// When a token is renewed is decided in messaging/channels/wechat-official/account.

import type { Secrets } from '../core/secrets.ts'
import { table, primary, text, optional, sealedJson, long, instant } from '../platform/database/columns.ts'
import type { Db, Tx } from '../platform/database/database.ts'
import { isDuplicate } from '../platform/database/faults.ts'
import { sealPart } from '../platform/database/sealing.ts'

/** A token as stored: its instants as ISO 8601. */
export interface StoredToken {
  token: string
  expiresAt: string
  forcedAt: string | null
}

export interface ProviderTokenRow {
  /** Name of the account, such as `wechat:wx0123456789abcdef`. */
  name: string
  /** Sealed JSON of the token; null before the first one. */
  token: string | null
  expiresAt: Date | null
  refreshedAt: Date | null
  leaseToken: string | null
  leaseUntil: Date | null
}

export const providerTokenTable = table<ProviderTokenRow, { token: StoredToken }>('provider_token', {
  name: primary(text(80)),
  token: optional(sealedJson(long())),
  expiresAt: optional(instant()),
  refreshedAt: optional(instant()),
  leaseToken: optional(text(22)),
  leaseUntil: optional(instant()),
})

export async function findProviderToken(db: Db, name: string): Promise<ProviderTokenRow | null> {
  return db.manager.getRepository(providerTokenTable.schema).findOneBy({ name })
}

/** Leases the right to renew a token until `until`; false while another process holds it. */
export async function leaseProviderToken(tx: Tx, name: string, token: string, now: Date, until: Date): Promise<boolean> {
  const touched = await tx.run(
    'update provider_token set lease_token = ?, lease_until = ? where name = ? and (lease_until is null or lease_until < ?)',
    [token, until, name, now],
  )
  if (touched === 1) return true
  const known = await tx.query('select name from provider_token where name = ?', [name])
  if (known.length > 0) return false
  try {
    await tx.insert(providerTokenTable, [{ name, token: null, expiresAt: null, refreshedAt: null, leaseToken: token, leaseUntil: until }])
    return true
  } catch (error) {
    if (isDuplicate(error)) return false
    throw error
  }
}

/** Stores a token, sealed. */
export async function saveProviderToken(tx: Tx, secrets: Secrets, name: string, token: StoredToken, now: Date): Promise<void> {
  const sealed = sealPart(providerTokenTable, secrets, { name }, { token })
  const params = [sealed.token, new Date(token.expiresAt), now, name]
  await tx.run('update provider_token set token = ?, expires_at = ?, refreshed_at = ? where name = ?', params)
}

/** Releases the lease if it is still held under this token. */
export async function releaseProviderToken(tx: Tx, name: string, token: string): Promise<void> {
  await tx.run('update provider_token set lease_token = null, lease_until = null where name = ? and lease_token = ?', [name, token])
}

// Holds a process to the data keys of its database: with a wrong or a missing key nothing is read, answered or written.
// The fingerprints are kept in the database; where there are none yet, a stored value must open.

import type { Clock } from '../../core/clock.ts'
import { AppError, isAppError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { Secrets } from '../../core/secrets.ts'
import { columnName, type AnyTable } from '../database/columns.ts'
import { placeOf } from '../database/sealing.ts'
import type { Db, Store } from '../database/database.ts'
import { keyCheckTable, knownKeys } from './key-checks.store.ts'

/** Values of one column that are tried with a key. A single one could be damaged. */
const SAMPLES = 5

/** A key with its fingerprint, as messages show it. */
function named(keyId: string, fingerprint: string | undefined): string {
  return fingerprint === undefined ? keyId : `${keyId} ${fingerprint}`
}

function refused(expected: string, secrets: Secrets): AppError {
  const found = [...secrets.fingerprints].map(([id, fingerprint]) => named(id, fingerprint)).join(', ')
  return new AppError('key_refused', { expected, found })
}

/** Refuses keys that are not those of the database. Null stands for no key at all. @throws AppError `key_refused`, `key_absent`. */
export async function refuseOtherKeys(store: Store, secrets: Secrets | null): Promise<void> {
  const known = await store.read(knownKeys)
  const missing = known.filter(({ keyId, fingerprint }) => secrets?.fingerprints.get(keyId) !== fingerprint)
  if (missing.length === 0) return
  const expected = missing.map(({ keyId, fingerprint }) => named(keyId, fingerprint)).join(', ')
  throw secrets === null ? new AppError('key_absent', { expected }) : refused(expected, secrets)
}

/** Refuses to begin with a new key where something is encrypted already. @throws AppError `key_absent`. */
export async function refuseNewKey(store: Store): Promise<void> {
  await refuseOtherKeys(store, null)
  const used = await store.read((db) => keysInUse(db, store.tables))
  if (used.size > 0) throw new AppError('key_absent', { expected: [...used.keys()].join(', ') })
}

/**
 * Records the active key as one that data is encrypted with, after `refuseOtherKeys`. A database of an older release has no fingerprints:
 * there a stored value must open first, with one of the keys.
 * @throws AppError `key_refused`.
 */
export async function recordKeys(store: Store, secrets: Secrets, { clock, log }: { clock: Clock; log: Log }): Promise<void> {
  const known = await store.read(knownKeys)
  if (known.some(({ keyId }) => keyId === secrets.activeKey)) return
  const proven = known.length === 0 ? await provenKeys(store, secrets, log) : []
  await store.write(async (tx) => {
    const there = new Set((await knownKeys(tx)).map(({ keyId }) => keyId))
    const ids = [...new Set([...proven, secrets.activeKey])].filter((id) => !there.has(id))
    const at = clock.now()
    await tx.insert(
      keyCheckTable,
      ids.map((keyId) => ({ keyId, fingerprint: secrets.fingerprints.get(keyId) ?? '', at })),
    )
  })
  // Another process may have begun with another key at the same moment; one of the two has to give way.
  await refuseOtherKeys(store, secrets)
}

/** The held keys that open what is stored. @throws AppError `key_refused` when something is stored and none of them opens it. */
async function provenKeys(store: Store, secrets: Secrets, log: Log): Promise<string[]> {
  const used = await store.read((db) => keysInUse(db, store.tables))
  const proven = [...used].filter(([id, samples]) => secrets.fingerprints.has(id) && samples.some((sample) => opens(secrets, sample)))
  const ids = proven.map(([id]) => id)
  if (used.size > 0 && ids.length === 0) throw refused([...used.keys()].join(', '), secrets)
  const lost = [...used.keys()].filter((id) => !ids.includes(id))
  // Left over from an earlier rotation. Refusing here would leave no way on where that key is gone.
  if (lost.length > 0) log.error('keys.lost', { keys: lost.join(' ') })
  return ids
}

interface Sample {
  sealed: string
  place: string
}

function opens(secrets: Secrets, { sealed, place }: Sample): boolean {
  try {
    secrets.open(sealed, place)
    return true
  } catch (error) {
    if (isAppError(error, 'cipher_broken')) return false
    throw error
  }
}

/** Ids of the keys that ciphertexts in the tables carry, with some ciphertexts of each. Reads all sealed columns. */
async function keysInUse(db: Db, tables: readonly AnyTable[]): Promise<Map<string, Sample[]>> {
  const used = new Map<string, Sample[]>()
  for (const table of tables) {
    const { name, protection } = table
    const key = protection.primary.map((each) => `\`${columnName(each)}\` as \`${each}\``).join(', ')
    for (const property of protection.sealed.keys()) {
      // A hash that an earlier version left bare carries no key.
      const column = `\`${columnName(property)}\``
      const ids = await db.query<{ id: string }>(
        `select distinct substr(${column}, 1, instr(${column}, '.') - 1) as id from \`${name}\` where instr(${column}, '.') > 0`,
      )
      for (const { id } of ids) {
        const rows = await db.query<Record<string, unknown> & { sealed: string }>(
          `select ${key}, ${column} as sealed from \`${name}\` where substr(${column}, 1, ${id.length + 1}) = ? limit ${SAMPLES}`,
          [`${id}.`],
        )
        used.set(id, [...(used.get(id) ?? []), ...rows.map((row) => ({ sealed: row.sealed, place: placeOf(table, property, row) }))])
      }
    }
  }
  return used
}

// The data keys that the data is encrypted with, by their fingerprints. A process whose keys are not these must not start.
// The check is key-checks.ts; the keys are replaced by key-rotation.ts.

import { instant, primary, table, text } from '../database/columns.ts'
import type { Db, Tx } from '../database/database.ts'

/** A key that something in the database or in the files is encrypted with. */
export interface KeyCheckRow {
  keyId: string
  fingerprint: string
  at: Date
}

/** The table `key_check`. */
export const keyCheckTable = table<KeyCheckRow>('key_check', { keyId: primary(text(8)), fingerprint: text(19), at: instant() })

export async function knownKeys(db: Db): Promise<Pick<KeyCheckRow, 'keyId' | 'fingerprint'>[]> {
  return db.query('select key_id as keyId, fingerprint from key_check order by key_id')
}

/** Deletes all keys but one. @returns how many. */
export async function deleteOtherKeys(tx: Tx, keyId: string): Promise<number> {
  return tx.run('delete from key_check where key_id <> ?', [keyId])
}

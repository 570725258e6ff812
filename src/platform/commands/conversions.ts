// Converts, once for an installation, what earlier versions stored without the data key (bearers.ts, proofs.ts). Whoever writes to the database can
// set it back to before the conversion; that it was done is therefore kept in the data folder, where the database alone does not reach.

import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '../../core/log.ts'
import type { Secrets } from '../../core/secrets.ts'
import { hasCounter } from '../database/counters.ts'
import type { Store } from '../database/database.ts'
import { keyBearers, TO_DO as BARE_BEARERS } from './bearers.ts'
import { proveRows, TO_DO as MISSING_PROOFS } from './proofs.ts'

interface House {
  store: Store
  secrets: Secrets
  log: Log
  /** The data folder, which all processes of an installation share. */
  folder: string
}

/** In this order: a row's proof is of what is stored of a credential. */
const CONVERSIONS = [
  [BARE_BEARERS, keyBearers],
  [MISSING_PROOFS, proveRows],
] as const

/** Converts what is still to be converted. Where it was done before, it is refused and reported, and nothing of what asks for it opens anything. */
export async function convertOnce(house: House): Promise<void> {
  for (const [counter, convert] of CONVERSIONS) {
    const file = join(house.folder, `${counter}.done`)
    if (existsSync(file)) {
      if (await house.store.read((db) => hasCounter(db, counter))) house.log.error('conversion.again', { file })
    } else {
      await convert(house)
      await mkdir(house.folder, { recursive: true, mode: 0o700 })
      await writeFile(file, '', { mode: 0o600 })
    }
  }
}

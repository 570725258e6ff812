// Table and SQL of second factors: the secret of an app or the address that codes go to, and the code that was sent last.
// Giving and enrolling a factor is features/sessions/factor.commands.ts; resetting one is commands.ts.

import {
  id,
  instant,
  int,
  optional,
  primary,
  proof,
  references,
  sealed,
  table,
  text,
  transientIndex,
  type Proven,
} from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { insertProven, provenOrNull, updateProven, type Prover } from '../../platform/database/proofs.ts'
import type { FactorWay } from './rules.ts'

/** The second factor of one account. */
export interface FactorRow {
  staffId: string
  way: FactorWay
  /** The app's secret in base32, or the phone number or openid that codes go to; sealed. */
  secret: string
  /** The time step of the app's code that was accepted last; 0 for none. */
  lastStep: number
  /** Keyed hash of the code sent last; null once it was used or tried too often. */
  codeHash: string | null
  codeTries: number
  codeExpiresAt: Date | null
  createdAt: Date
  /** When its first code was given; null until then. */
  confirmedAt: Date | null
}

export const factorTable = table<FactorRow & Proven>('staff_factor', {
  staffId: primary(references('staff', id())),
  way: text(10),
  secret: sealed(text(300)),
  lastStep: int(),
  codeHash: optional(transientIndex()),
  codeTries: int(),
  codeExpiresAt: optional(instant()),
  createdAt: instant(),
  confirmedAt: optional(instant()),
  proof: proof(),
})

/** The factor of an account; null without one, and for one that somebody changed in the database. */
export async function findFactor(db: Db, prover: Prover, staffId: string): Promise<FactorRow | null> {
  return provenOrNull(prover, factorTable, await db.manager.getRepository(factorTable.schema).findOneBy({ staffId }))
}

/** Saves the factor of an account in place of an earlier one. */
export async function putFactor(tx: Tx, prover: Prover, row: FactorRow): Promise<void> {
  await deleteFactor(tx, row.staffId)
  await insertProven(tx, prover, factorTable, row)
}

export async function updateFactor(tx: Tx, prover: Prover, staffId: string, changes: Partial<FactorRow>): Promise<void> {
  await updateProven(tx, prover, factorTable, { key: { staffId }, changes })
}

export async function deleteFactor(tx: Tx, staffId: string): Promise<void> {
  await tx.run('delete from staff_factor where staff_id = ?', [staffId])
}

// Table of identity checks: the code sent in a conversation, the number of tries, and until when the confirmation holds.
// When a code is sent and what follows is features/own-case/commands.ts.

import {
  id,
  instant,
  int,
  long,
  optional,
  transientIndex,
  primary,
  proof,
  references,
  sealed,
  table,
  type Proven,
} from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { insertProven, provenOrNull, updateProven, type Prover } from '../../platform/database/proofs.ts'

/** The identity check of one conversation. */
export interface IdentityRow {
  conversationId: string
  /** The identifier that was claimed, sealed. */
  identifier: string
  /** Keyed hash of the code; null once it was used or tried too often. */
  codeHash: string | null
  tries: number
  /** End of the code; after the confirmation, end of the confirmation. */
  expiresAt: Date
  confirmedAt: Date | null
}

export const identityTable = table<IdentityRow & Proven>(
  'identity_check',
  {
    conversationId: primary(references('conversation', id())),
    identifier: sealed(long()),
    codeHash: optional(transientIndex()),
    tries: int(),
    expiresAt: instant(),
    confirmedAt: optional(instant()),
    proof: proof(),
  },
  [{ name: 'ix_identity_check_expires', columns: ['expiresAt'] }],
)

/** The check of a conversation; null without one, and for one that somebody changed in the database. */
export async function findIdentity(db: Db, prover: Prover, conversationId: string): Promise<IdentityRow | null> {
  return provenOrNull(prover, identityTable, await db.manager.getRepository(identityTable.schema).findOneBy({ conversationId }))
}

/** The same, locked until the transaction ends: of many tries at once each is counted before the next one is compared. */
export async function lockIdentity(tx: Tx, prover: Prover, conversationId: string): Promise<IdentityRow | null> {
  if (!tx.sqlite) await tx.query('select conversation_id from identity_check where conversation_id = ? for update', [conversationId])
  return findIdentity(tx, prover, conversationId)
}

/** Saves the check of a conversation; it replaces an earlier one, confirmed or not. */
export async function putIdentity(tx: Tx, prover: Prover, row: IdentityRow): Promise<void> {
  await tx.run('delete from identity_check where conversation_id = ?', [row.conversationId])
  await insertProven(tx, prover, identityTable, row)
}

export async function updateIdentity(tx: Tx, prover: Prover, conversationId: string, changes: Partial<IdentityRow>): Promise<void> {
  await updateProven(tx, prover, identityTable, { key: { conversationId }, changes })
}

/** Ends the check of a conversation, confirmed or not. */
export async function deleteIdentity(tx: Tx, conversationId: string): Promise<void> {
  await tx.run('delete from identity_check where conversation_id = ?', [conversationId])
}

/** Deletes checks that expired before an instant. */
export async function forgetIdentities(tx: Tx, before: Date): Promise<void> {
  await tx.run('delete from identity_check where expires_at < ?', [before])
}

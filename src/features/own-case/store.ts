// Who a conversation was shown to be with: the code that was sent, how often it was tried, and until when its answer holds.
// When one is sent and what follows is features/own-case/commands.

import { id, instant, int, long, optional, passingIndex, primary, references, sealed, table } from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'

export interface IdentityRow {
  conversationId: string
  /** Sealed: the identifier that was claimed. */
  identifier: string
  /** Keyed hash of the code; null once it was used, or tried too often. */
  codeHash: string | null
  tries: number
  /** Of the code; once confirmed, of the confirmation. */
  expiresAt: Date
  confirmedAt: Date | null
}

export const identityTable = table<IdentityRow>(
  'identity_check',
  {
    conversationId: primary(references('conversation', id())),
    identifier: sealed(long()),
    codeHash: optional(passingIndex()),
    tries: int(),
    expiresAt: instant(),
    confirmedAt: optional(instant()),
  },
  [{ name: 'ix_identity_check_expires', columns: ['expiresAt'] }],
)

export async function findIdentity(db: Db, conversationId: string): Promise<IdentityRow | null> {
  return db.manager.getRepository(identityTable.schema).findOneBy({ conversationId })
}

/** The conversation's one check: a new one replaces the old, confirmed or not. */
export async function putIdentity(tx: Tx, row: IdentityRow): Promise<void> {
  await tx.run('delete from identity_check where conversation_id = ?', [row.conversationId])
  await tx.insert(identityTable, [row])
}

export async function updateIdentity(tx: Tx, conversationId: string, changes: Partial<IdentityRow>): Promise<void> {
  await tx.manager.getRepository(identityTable.schema).update({ conversationId }, changes)
}

/** Forgets checks that ended before an instant. */
export async function forgetIdentities(tx: Tx, before: Date): Promise<void> {
  await tx.run('delete from identity_check where expires_at < ?', [before])
}

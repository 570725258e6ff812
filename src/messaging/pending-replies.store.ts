// Table of pending replies: messages whose reply missed the provider's time limit and is sent through the outbox.
// Conversations are in messaging/conversations.store; when a pending reply is taken is decided in messaging/pending-replies.

import { blindIndex, instant, long, primary, sealedJson, table, text } from '../platform/database/columns.ts'
import { personOf } from './conversations.store.ts'
import { toInstant, type Db, type Tx } from '../platform/database/database.ts'
import { placeholders } from '../platform/database/placeholders.ts'

/** What every channel's message says of itself; the bot stores more with it. */
export interface ReceivedMessage {
  channel: string
  from: string
  messageId: string
}

/** A message that was received and not answered yet. */
export interface PendingReplyRow {
  /** Keyed hash of channel, person and message id. */
  id: string
  personIndex: string
  /** Sealed JSON of the message. */
  message: string
  /** From then on a process may take it. */
  dueAt: Date
  createdAt: Date
}

/** The text that is indexed for a key rotation: who wrote the message. */
function senderOf(message: string): string {
  const { channel, from } = JSON.parse(message) as ReceivedMessage
  return personOf(channel, from)
}

export const pendingReplyTable = table<PendingReplyRow, { message: ReceivedMessage }>(
  'chat_debt',
  {
    id: primary(text(64)),
    personIndex: blindIndex('chat', 'message', senderOf),
    message: sealedJson(long()),
    dueAt: instant(),
    createdAt: instant(),
  },
  [
    { name: 'ix_chat_debt_due', columns: ['dueAt'] },
    { name: 'ix_chat_debt_person', columns: ['personIndex'] },
  ],
)

/** Stores a pending reply; one that is stored already stays as it is. */
export async function insertPendingReply(tx: Tx, row: PendingReplyRow): Promise<void> {
  const known = await tx.query('select id from chat_debt where id = ?', [row.id])
  if (known.length === 0) await tx.insert(pendingReplyTable, [row])
}

/** All pending replies of one person, oldest first. */
export async function pendingRepliesOf(db: Db, indexes: readonly string[]): Promise<Pick<PendingReplyRow, 'id' | 'message'>[]> {
  return db.query<Pick<PendingReplyRow, 'id' | 'message'>>(
    `select id, message from chat_debt where person_index in (${placeholders(indexes)}) order by created_at, id`,
    indexes,
  )
}

export async function deletePendingReply(tx: Tx, replyIds: readonly string[]): Promise<void> {
  await tx.run(`delete from chat_debt where id in (${placeholders(replyIds)})`, replyIds)
}

/** Pending replies that are due, the longest first. */
export async function duePendingReplies(
  db: Db,
  due: { now: Date; limit: number },
): Promise<Pick<PendingReplyRow, 'id' | 'message' | 'createdAt'>[]> {
  const rows = await db.query<Pick<PendingReplyRow, 'id' | 'message' | 'createdAt'>>(
    'select id, message, created_at as createdAt from chat_debt where due_at <= ? order by due_at, id limit ?',
    [due.now, due.limit],
  )
  return rows.map((row) => ({ ...row, createdAt: toInstant(row.createdAt) }))
}

/** Takes a pending reply if it is still due; nobody else takes it until `until`. Returns whether it was. */
export async function leasePendingReply(tx: Tx, lease: { id: string; now: Date; until: Date }): Promise<boolean> {
  return (await tx.run('update chat_debt set due_at = ? where id = ? and due_at <= ?', [lease.until, lease.id, lease.now])) === 1
}

// Conversations, what was said in them, and how often somebody tried: tables and questions. Texts, persons and positions are sealed.
// Whom a person took over from the bot is handoffs.ts; what is answered is bot/answer.

import { sha256, type Secrets } from '../core/secrets.ts'
import {
  blindIndex,
  flag,
  id,
  instant,
  int,
  long,
  optional,
  passingIndex,
  primary,
  references,
  sealed,
  sealedJson,
  table,
  text,
} from '../platform/database/columns.ts'
import { toInstant, type Db, type Tx } from '../platform/database/database.ts'
import { placeholders } from '../platform/database/placeholders.ts'

export interface ConversationRow {
  id: string
  channel: string
  /** Sealed `channel:address`; null once blanked. */
  person: string | null
  personIndex: string
  /** Sealed JSON of where the dialog stands; null: nowhere. */
  position: string | null
  expiresAt: Date | null
  /** Grows with every message. */
  rev: number
  /** The open handoff, while the bot keeps quiet. */
  handoffId: string | null
  /** Until then the channel lets us write to the person, where it counts that (official account); null: it never began. */
  windowUntil: Date | null
  createdAt: Date
  /** When the person wrote last. */
  updatedAt: Date
}

export const conversationTable = table<ConversationRow>(
  'conversation',
  {
    id: primary(id()),
    channel: text(10),
    person: optional(sealed(text(300))),
    personIndex: blindIndex('chat', 'person'),
    position: optional(sealedJson(long())),
    expiresAt: optional(instant()),
    rev: int(),
    handoffId: optional(id()),
    windowUntil: optional(instant()),
    createdAt: instant(),
    updatedAt: instant(),
  },
  [
    { name: 'ux_conversation_person', columns: ['personIndex'], unique: true },
    { name: 'ix_conversation_expires', columns: ['expiresAt'] },
  ],
)

export interface MessageRow {
  id: string
  conversationId: string
  /** SHA-256 of the channel's own id of the message. */
  messageKey: string
  receivedAt: Date
  /** Sealed; null when nothing was said, or once blanked. */
  said: string | null
  replied: string | null
  intent: string
  /** The member of staff whose words the reply is; null: the bot's. */
  author: string | null
  /** The reply went as a message of its own, because nobody waited for it any more. */
  late: boolean | null
  blankedAt: Date | null
}

export const messageTable = table<MessageRow>(
  'conversation_message',
  {
    id: primary(id()),
    conversationId: references('conversation', id()),
    messageKey: text(64),
    receivedAt: instant(),
    said: optional(sealed(long())),
    replied: optional(sealed(long())),
    intent: text(20),
    author: optional(text(60)),
    late: optional(flag()),
    blankedAt: optional(instant()),
  },
  [
    { name: 'ux_conversation_message', columns: ['conversationId', 'messageKey'], unique: true },
    { name: 'ix_conversation_message_blank', columns: ['blankedAt', 'receivedAt'] },
  ],
)

/** `index` of a person is over the channel too: the same digits on two channels are two conversations. */
export function personOf(channel: string, from: string): string {
  return `${channel}:${from}`
}

export async function findConversation(db: Db, indexes: readonly string[]): Promise<ConversationRow | null> {
  return db.manager
    .getRepository(conversationTable.schema)
    .createQueryBuilder('c')
    .where('c.personIndex in (:...indexes)', { indexes })
    .getOne()
}

export async function conversationsById(db: Db, ids: readonly string[]): Promise<ConversationRow[]> {
  if (ids.length === 0) return []
  return db.manager.getRepository(conversationTable.schema).createQueryBuilder('c').where('c.id in (:...ids)', { ids }).getMany()
}

/** What was said since an instant, oldest first. */
export async function messagesSince(db: Db, conversationId: string, since: Date, limit: number): Promise<MessageRow[]> {
  return db.manager
    .getRepository(messageTable.schema)
    .createQueryBuilder('m')
    .where('m.conversationId = :conversationId and m.receivedAt >= :since', { conversationId, since })
    .orderBy('m.id')
    .take(limit)
    .getMany()
}

/** When each person, by index, wrote last; whoever never did is left out. */
export async function lastWrote(db: Db, indexes: readonly string[]): Promise<Map<string, Date>> {
  if (indexes.length === 0) return new Map()
  const rows = await db.query<{ person: string; at: Date | string }>(
    `select person_index as person, updated_at as at from conversation where person_index in (${placeholders(indexes)})`,
    indexes,
  )
  return new Map(rows.map((row) => [row.person, toInstant(row.at)]))
}

/** The person's conversation, held by this transaction until it ends: their next message waits, nobody else's. Made when there is none. */
export async function holdConversation(
  tx: Tx,
  secrets: Secrets,
  { channel, from, fresh }: { channel: string; from: string; fresh: Pick<ConversationRow, 'id' | 'createdAt'> },
): Promise<ConversationRow> {
  const person = personOf(channel, from)
  const indexes = secrets.indexes('chat', person)
  const question = tx.manager
    .getRepository(conversationTable.schema)
    .createQueryBuilder('c')
    .where('c.personIndex in (:...indexes)', { indexes })
  // Found and held in one question: this is asked with every message.
  const found = await (tx.sqlite ? question : question.setLock('pessimistic_write')).getOne()
  if (found !== null) return found
  const row: ConversationRow = {
    ...fresh,
    channel,
    person: secrets.seal(person),
    personIndex: indexes[0],
    position: null,
    expiresAt: null,
    rev: 0,
    handoffId: null,
    windowUntil: null,
    updatedAt: fresh.createdAt,
  }
  // Two first messages at one moment: the second meets the unique key, and its whole transaction is run again.
  await tx.insert(conversationTable, [row])
  return row
}

export async function updateConversation(tx: Tx, conversationId: string, changes: Partial<ConversationRow>): Promise<void> {
  await tx.manager.getRepository(conversationTable.schema).update({ id: conversationId }, changes)
}

export function messageKeyOf(messageId: string): string {
  return sha256(messageId)
}

export async function findMessage(db: Db, conversationId: string, messageKey: string): Promise<MessageRow | null> {
  return db.manager.getRepository(messageTable.schema).findOneBy({ conversationId, messageKey })
}

export async function insertMessage(tx: Tx, row: MessageRow): Promise<void> {
  await tx.insert(messageTable, [row])
}

/** The latest messages, oldest first. */
export async function latestMessages(db: Db, conversationId: string, limit: number): Promise<MessageRow[]> {
  const rows = await db.manager.getRepository(messageTable.schema).find({ where: { conversationId }, order: { id: 'DESC' }, take: limit })
  return rows.reverse()
}

/** Blanks what was said before an instant, a portion at a time; answers how many. */
export async function blankMessages(tx: Tx, before: Date, now: Date, limit: number): Promise<number> {
  const rows = await tx.query<{ id: string }>(
    'select id from conversation_message where blanked_at is null and received_at < ? order by received_at limit ?',
    [before, limit],
  )
  if (rows.length === 0) return 0
  const marks = placeholders(rows)
  const ids = rows.map((row) => row.id)
  return tx.run(`update conversation_message set said = null, replied = null, blanked_at = ? where id in (${marks})`, [now, ...ids])
}

/** Forgets where dialogs stood that nobody came back to, and who wrote in conversations that have been silent since an instant. */
export async function forgetConversations(tx: Tx, before: Date, now: Date): Promise<void> {
  await tx.run('update conversation set position = null, expires_at = null where expires_at < ?', [new Date(now.getTime() - 86_400_000)])
  await tx.run('update conversation set person = null where person is not null and updated_at < ?', [before])
  await tx.run('delete from chat_limit where since < ?', [new Date(now.getTime() - 86_400_000)])
}

export interface LimitRow {
  subject: string
  since: Date
  hits: number
}

export const chatLimitTable = table<LimitRow>('chat_limit', { subject: primary(passingIndex(64)), since: instant(), hits: int() })

/** Hits of a subject in its running hour, and when that began. */
export async function hitsOf(db: Db, subject: string, now: Date): Promise<{ hits: number; since: Date }> {
  const [row] = await db.query<LimitRow>('select since, hits from chat_limit where subject = ?', [subject])
  const since = row === undefined ? now : toInstant(row.since)
  return row === undefined || now.getTime() - since.getTime() >= 3_600_000 ? { hits: 0, since: now } : { hits: Number(row.hits), since }
}

/** One more; a new hour begins with the first. */
export async function countHit(tx: Tx, subject: string, now: Date): Promise<void> {
  const { hits, since } = await hitsOf(tx, subject, now)
  const changed = await tx.run('update chat_limit set since = ?, hits = ? where subject = ?', [since, hits + 1, subject])
  if (changed === 0) await tx.insert(chatLimitTable, [{ subject, since: now, hits: 1 }])
}

// Tables of conversations, their messages, and counters of tries, with their SQL. Texts, persons and positions are sealed.
// Conversations that a clerk has taken over are in features/handoffs; what is replied is decided in bot/answer.

import { In } from 'typeorm'
import { sha256, type Secrets } from '../core/secrets.ts'
import {
  blindIndex,
  flag,
  id,
  instant,
  int,
  long,
  optional,
  keyedHash,
  transientIndex,
  primary,
  references,
  sealed,
  sealedJson,
  table,
  text,
} from '../platform/database/columns.ts'
import { toInstant, type Db, type Tx } from '../platform/database/database.ts'
import { placeholders } from '../platform/database/placeholders.ts'
import { sealPart, sealRow } from '../platform/database/sealing.ts'

export interface ConversationRow {
  id: string
  channel: string
  /** Sealed `channel:address`; null once blanked. */
  person: string | null
  personIndex: string
  /** Sealed JSON of the position in the dialog; null: no dialog is open. */
  position: string | null
  /** When the position expires. */
  expiresAt: Date | null
  /** Revision, increased with every message. */
  rev: number
  /** The open handoff, during which the bot does not reply. */
  handoffId: string | null
  /** Until then the official account may write to the person; null: never so far, or another channel. */
  windowUntil: Date | null
  createdAt: Date
  /** When the person wrote last. */
  updatedAt: Date
}

export const conversationTable = table<ConversationRow, { position: object }>(
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
  /** Keyed hash of the channel's own id of the message; earlier versions stored a bare SHA-256. */
  messageKey: string
  receivedAt: Date
  /** Sealed text of the person; null when there was none, or once blanked. */
  said: string | null
  /** Sealed reply; null when there was none, or once blanked. */
  replied: string | null
  intent: string
  /** The member of staff who wrote the reply; null: the bot. */
  author: string | null
  /** The reply missed the provider's time limit and was sent through the outbox. */
  late: boolean | null
  blankedAt: Date | null
}

const messageIndex = (hash: string) => ({ indexKind: 'message', value: hash }) as const

export const messageTable = table<MessageRow>(
  'conversation_message',
  {
    id: primary(id()),
    conversationId: references('conversation', id()),
    messageKey: keyedHash(messageIndex),
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

/** The text of a person's blind index. It includes the channel: the same address on two channels has two conversations. */
export function personOf(channel: string, from: string): string {
  return `${channel}:${from}`
}

/** @param indexes blind indexes of the person, one for each key. */
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

/** Messages since an instant, oldest first. */
export async function messagesSince(db: Db, conversationId: string, since: Date, limit: number): Promise<MessageRow[]> {
  return db.manager
    .getRepository(messageTable.schema)
    .createQueryBuilder('m')
    .where('m.conversationId = :conversationId and m.receivedAt >= :since', { conversationId, since })
    .orderBy('m.id')
    .take(limit)
    .getMany()
}

/** When each person wrote last, by blind index; persons who never wrote are left out. */
export async function lastWrote(db: Db, indexes: readonly string[]): Promise<Map<string, Date>> {
  if (indexes.length === 0) return new Map()
  const rows = await db.query<{ person: string; at: Date | string }>(
    `select person_index as person, updated_at as at from conversation where person_index in (${placeholders(indexes)})`,
    indexes,
  )
  return new Map(rows.map((row) => [row.person, toInstant(row.at)]))
}

/** Finds or creates a person's conversation and locks it until the transaction ends: only the next message of the same person waits. */
export async function lockConversation(
  tx: Tx,
  secrets: Secrets,
  { channel, from, fresh }: { channel: string; from: string; fresh: Pick<ConversationRow, 'id' | 'createdAt'> },
): Promise<ConversationRow> {
  const person = personOf(channel, from)
  const indexes = secrets.indexes('chat', person)
  const query = tx.manager
    .getRepository(conversationTable.schema)
    .createQueryBuilder('c')
    .where('c.personIndex in (:...indexes)', { indexes })
  // Found and locked in one statement, because this runs with every message.
  const found = await (tx.sqlite ? query : query.setLock('pessimistic_write')).getOne()
  if (found !== null) return found
  const row = sealRow(conversationTable, secrets, {
    ...fresh,
    channel,
    person,
    position: null,
    expiresAt: null,
    rev: 0,
    handoffId: null,
    windowUntil: null,
    updatedAt: fresh.createdAt,
  })
  // Of two first messages at the same time the second violates the unique key, and its whole transaction is run again.
  await tx.insert(conversationTable, [row])
  return row
}

export async function updateConversation(tx: Tx, conversationId: string, changes: Partial<ConversationRow>): Promise<void> {
  await tx.manager.getRepository(conversationTable.schema).update({ id: conversationId }, changes)
}

/** Gives a conversation to another address of the same person: the earlier one finds it no more. */
export async function moveConversation(
  tx: Tx,
  secrets: Secrets,
  { id: conversationId, channel, from }: { id: string; channel: string; from: string },
): Promise<void> {
  const part = sealPart(conversationTable, secrets, { id: conversationId }, { person: personOf(channel, from) })
  await updateConversation(tx, conversationId, part)
}

/** @param messageId the channel's own id of the message. @returns what is stored of it, then how older keys and earlier versions stored it. */
export function messageKeysOf(secrets: Secrets, messageId: string): [string, ...string[]] {
  const bare = sha256(messageId)
  const { indexKind, value } = messageIndex(bare)
  const [active, ...older] = secrets.indexes(indexKind, value)
  return [active, ...older, bare]
}

export async function findMessage(db: Db, conversationId: string, messageKeys: readonly string[]): Promise<MessageRow | null> {
  return db.manager.getRepository(messageTable.schema).findOneBy({ conversationId, messageKey: In([...messageKeys]) })
}

export async function insertMessage(tx: Tx, row: MessageRow): Promise<void> {
  await tx.insert(messageTable, [row])
}

/** The latest messages of a conversation, oldest first. */
export async function latestMessages(db: Db, conversationId: string, limit: number): Promise<MessageRow[]> {
  const rows = await db.manager.getRepository(messageTable.schema).find({ where: { conversationId }, order: { id: 'DESC' }, take: limit })
  return rows.reverse()
}

/** Blanks up to `limit` messages received before an instant. Returns how many. */
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

/** Clears positions that expired a day ago, persons of conversations without a message since an instant, and counters older than a day. */
export async function forgetConversations(tx: Tx, before: Date, now: Date): Promise<void> {
  await tx.run('update conversation set position = null, expires_at = null where expires_at < ?', [new Date(now.getTime() - 86_400_000)])
  await tx.run('update conversation set person = null where person is not null and updated_at < ?', [before])
  await tx.run('delete from chat_limit where since < ?', [new Date(now.getTime() - 86_400_000)])
}

/** Milliseconds of an hour. */
export const HOUR = 3_600_000
/** Milliseconds of a day; counters are kept no longer. */
export const DAY = 86_400_000

/** Counter of tries of one subject in a running hour or day. */
export interface LimitRow {
  subject: string
  /** When the hour began. */
  since: Date
  hits: number
  /** Tries that were reserved and are being asked (reserved-tries.store.ts); null: none. */
  asking: number | null
}

export const chatLimitTable = table<LimitRow>('chat_limit', {
  subject: primary(transientIndex(64)),
  since: instant(),
  hits: int(),
  asking: optional(int()),
})

/** Tries of a subject in its running hour, or another span, with those that are being asked, and when that began. */
export interface Tries {
  hits: number
  asking: number
  since: Date
}

/** What a subject's counter shows. */
export async function triesOf(db: Db, subject: string, now: Date, span = HOUR): Promise<Tries> {
  const [row] = await db.query<LimitRow>('select since, hits, asking from chat_limit where subject = ?', [subject])
  const since = row === undefined ? now : toInstant(row.since)
  return row === undefined || now.getTime() - since.getTime() >= span
    ? { hits: 0, asking: 0, since: now }
    : { hits: Number(row.hits), asking: Number(row.asking ?? 0), since }
}

/** Takes back a try that was counted before it was known to be none. @param since when its hour began, if a later one is to keep its count. */
export async function returnTry(tx: Tx, subject: string, since?: Date): Promise<void> {
  const ofHour = since === undefined ? '' : ' and since = ?'
  await tx.run(
    `update chat_limit set hits = hits - 1 where subject = ? and hits > 0${ofHour}`,
    since === undefined ? [subject] : [subject, since],
  )
}

/** Starts the hour of a subject anew. */
export async function forgetTries(tx: Tx, subject: string): Promise<void> {
  await tx.run('delete from chat_limit where subject = ?', [subject])
}

/**
 * The same, and locks the counter until the transaction ends, also when nothing was counted yet: whoever decides by the answer and counts
 * afterwards is alone with it.
 */
export async function lockTries(tx: Tx, subject: string, now: Date, span = HOUR): Promise<Tries> {
  const kept = tx.sqlite ? 'on conflict (subject) do nothing' : 'on duplicate key update hits = hits'
  await tx.run(`insert into chat_limit (subject, since, hits) values (?, ?, 0) ${kept}`, [subject, now])
  return triesOf(tx, subject, now, span)
}

/**
 * Counts one try; the first one begins a new hour, or another span of at most a day. The row stays locked until the transaction ends, so that
 * simultaneous tries are each counted. Answers the tries of the hour, this one included.
 */
export async function countTry(tx: Tx, subject: string, now: Date, span = HOUR): Promise<Tries> {
  const before = new Date(now.getTime() - span)
  // One statement, so that two first tries at once are two. MariaDB assigns from left to right: `since` comes last and reads the new `hits`.
  const [conflict, isFirst] = tx.sqlite ? ['on conflict (subject) do update set', 'hits = 0'] : ['on duplicate key update', 'hits = 1']
  await tx.run(
    `insert into chat_limit (subject, since, hits) values (?, ?, 1) ${conflict}
      hits = case when hits = 0 or since <= ? then 1 else hits + 1 end, asking = case when since <= ? then 0 else asking end,
      since = case when (${isFirst} and coalesce(asking, 0) = 0) or since <= ? then ? else since end`,
    [subject, now, before, before, before, now],
  )
  return triesOf(tx, subject, now, span)
}

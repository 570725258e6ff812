// Commands on handoffs: a clerk takes over a conversation, reads it, answers on the person's channel, and gives it back to the bot.
// When the bot hands a conversation over is decided by its dialogs (bot/dialogs).

import { dayOf } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import {
  latestMessages,
  type ConversationRow,
  conversationTable,
  conversationsById,
  insertMessage,
  messageKeyOf,
  messageTable,
  messagesSince,
} from '../../messaging/conversations.store.ts'
import { closeHandoff, findHandoff, handoffTable, insertHandoff, openHandoffs, type HandoffRow, setQuietUntil } from './store.ts'
import { command, query, type SystemCommandContext, type AppContext } from '../../platform/commands/command.ts'
import { takeNumbers, listVersion } from '../../platform/database/counters.ts'
import type { Addresses } from '../../messaging/fallback.rules.ts'
import type { Db } from '../../platform/database/database.ts'
import { openRow, sealRow } from '../../platform/database/sealing.ts'
import { statesByEvent, type NoticeState } from '../../messaging/notices.store.ts'
import { enqueueNotice } from '../../messaging/outbox.ts'
import { addressesOf } from '../../messaging/addresses.ts'
import { reachAt, type AddressColumn } from '../units/bindings.store.ts'
import type { Medium } from '../../core/mediums.ts'

/** How an answer reaches the person. `page`: it is views in the chat of the web page, to which nothing can be sent. */
export type AnswerWay = Extract<Medium, 'wechat' | 'wechaty' | 'sms'> | 'page'

/**
 * Sends a clerk's answer to the person, and the bot stays quiet for another day. The answer goes by the channel the person wrote on, then
 * by the next step of the fallback order for which an address is known.
 * @throws `handoff_missing`, `handoff_closed`.
 */
export const answerHandoff = command(
  'handoff.answer',
  async (context, input: { handoffId: string; text: string }): Promise<{ number: string; way: AnswerWay }> => {
    const { tx, app, now, actor, audit } = context
    const { handoff, conversation } = await loadHandoff(tx, input.handoffId)
    if (handoff.closedAt !== null) throw new AppError('handoff_closed', { number: handoff.number })
    const id = newId()
    const text = input.text.trim()
    const row = sealRow(messageTable, app.secrets, {
      id,
      conversationId: conversation.id,
      messageKey: messageKeyOf(`answer:${id}`),
      receivedAt: now,
      said: null,
      replied: text,
      intent: 'human',
      author: actor.id,
      late: null,
      blankedAt: null,
    })
    await insertMessage(tx, row)
    await setQuietUntil(tx, handoff.id, new Date(now.getTime() + QUIET))
    const { way, addresses } = await addressesFor(app, tx, conversation)
    if (way !== 'page') {
      const notice = {
        event: 'chat.answered',
        key: eventKeyOf(id),
        values: { number: handoff.number, words: text },
        listVersion: await listVersion(tx),
      } as const
      await enqueueNotice(context, 'talker', notice, [{ id: `conversation:${conversation.id}`, addresses, consent: true }])
    }
    await audit({ subject: `handoff:${handoff.id}`, detail: { number: handoff.number, answer: id, way } })
    return { number: handoff.number, way }
  },
)

/** One message of a handoff. */
export interface HandoffLine {
  at: Date
  /** The message of the person; empty when the line is an answer only. */
  said: string
  /** The answer; empty while the bot is quiet. */
  replied: string
  /** The member of staff who answered; null: the bot. */
  author: string | null
  /** The state of the notice that carries a clerk's answer; null for the bot's answers and for the web page. */
  delivery: NoticeState | null
}

/** A handoff with its messages. */
export interface HandoffDetail {
  id: string
  number: string
  reason: HandoffReason
  urgent: boolean
  channel: string
  openedAt: Date
  quietUntil: Date
  closedAt: Date | null
  /** The messages before the handoff, as stored with it; null once blanked. */
  summary: string | null
  lines: HandoffLine[]
}

/** Messages views of one handoff at most. */
const SHOWN = 500

/** One handoff with the messages since it was opened. @throws `handoff_missing`. */
export const showHandoff = query('handoff.read', async ({ db, app }, handoffId: string): Promise<HandoffDetail> => {
  const { handoff, conversation } = await loadHandoff(db, handoffId)
  const rows = await messagesSince(db, conversation.id, handoff.openedAt, SHOWN)
  const ownRows = handoff.closedAt === null ? rows : rows.filter((row) => row.receivedAt <= (handoff.closedAt as Date))
  const states = await statesByEvent(
    db,
    ownRows.filter((row) => row.author !== null).map((row) => eventKeyOf(row.id)),
  )
  const { id, number, urgent, openedAt, quietUntil, closedAt, summary } = openRow(handoffTable, app.secrets, handoff)
  return {
    id,
    number,
    reason: handoff.reason as HandoffReason,
    urgent,
    channel: conversation.channel,
    openedAt,
    quietUntil,
    closedAt,
    summary,
    lines: ownRows
      .filter((row) => row.intent !== COMPLAINT || row.replied === null)
      .map((row) => {
        const { id: messageId, receivedAt, said, replied, author } = openRow(messageTable, app.secrets, row)
        return { at: receivedAt, said: said ?? '', replied: replied ?? '', author, delivery: states.get(eventKeyOf(messageId)) ?? null }
      }),
  }
})

function eventKeyOf(messageId: string): string {
  return `chat.answered:${messageId}`
}

async function loadHandoff(db: Db, handoffId: string): Promise<{ handoff: HandoffRow; conversation: ConversationRow }> {
  const handoff = await findHandoff(db, handoffId)
  const [conversation] = handoff === null ? [] : await conversationsById(db, [handoff.conversationId])
  if (handoff === null || conversation === undefined) throw new AppError('handoff_missing')
  return { handoff, conversation }
}

const INDEX_COLUMNS: Readonly<Record<Exclude<AnswerWay, 'page'>, AddressColumn>> = {
  wechat: 'wechat_index',
  wechaty: 'wechaty_index',
  sms: 'phone_index',
}

/**
 * The address a person writes from, with the other addresses of the person who bound it. Once it was blanked, the answer is only views on
 * the page.
 */
async function addressesFor(app: AppContext, db: Db, conversation: ConversationRow): Promise<{ way: AnswerWay; addresses: Addresses }> {
  const { channel } = conversation
  const { person } = openRow(conversationTable, app.secrets, { person: conversation.person })
  if (person === null || !isWay(channel)) return { way: 'page', addresses: {} }
  const address = person.slice(channel.length + 1)
  const [binding] = await reachAt(db, INDEX_COLUMNS[channel], app.secrets.indexes(channel === 'sms' ? 'phone' : channel, address))
  return { way: channel, addresses: { ...(binding === undefined ? {} : addressesOf(app, binding)), [channel]: address } }
}

function isWay(channel: string): channel is Exclude<AnswerWay, 'page'> {
  return Object.hasOwn(INDEX_COLUMNS, channel)
}

/** Milliseconds for which the bot stays quiet after a handoff or an answer, unless the conversation is given back before. */
const QUIET = 24 * 3_600_000
/** Messages of the conversation that are copied to the summary of a handoff. */
const RECENT = 8

/** Why the bot handed over: the person asked for it, may harm themselves, threatens somebody, or was not understood several times. */
export type HandoffReason = 'asked' | 'self_harm' | 'threat' | 'misses'

/**
 * Intent under which the bot stores what belongs to a complaint that it answered: no handoff shows it, because it may be about the court.
 * What a person writes to a clerk, while the bot is quiet, the clerk reads.
 */
const COMPLAINT = 'complaint_new'

/**
 * Opens a handoff in the transaction of the bot's turn. `words`: the message that led to it, empty when it belongs to a complaint.
 */
export async function openHandoff(
  { tx, app, now }: Pick<SystemCommandContext, 'tx' | 'app' | 'now'>,
  conversation: Pick<ConversationRow, 'id'>,
  input: { reason: HandoffReason; words: string },
): Promise<HandoffRow> {
  const day = dayOf(now)
  const counted = await takeNumbers(tx, `handoff:${day}`, 1)
  const messages = (await latestMessages(tx, conversation.id, RECENT))
    .filter(({ intent }) => intent !== COMPLAINT)
    .map(({ said }) => openRow(messageTable, app.secrets, { said }).said ?? '')
  const row = sealRow(handoffTable, app.secrets, {
    id: newId(),
    number: `RG${day.replaceAll('-', '')}-${String(counted).padStart(4, '0')}`,
    conversationId: conversation.id,
    reason: input.reason,
    urgent: input.reason === 'self_harm' || input.reason === 'threat',
    summary: [...messages, input.words].filter((said) => said !== '').join('\n'),
    openedAt: now,
    quietUntil: new Date(now.getTime() + QUIET),
    closedAt: null,
    closedBy: null,
  })
  await insertHandoff(tx, row)
  return row
}

/** A handoff as the queue shows it. */
export interface HandoffView {
  id: string
  number: string
  reason: HandoffReason
  urgent: boolean
  /** The person's messages before the handoff, oldest first; null once blanked. */
  summary: string | null
  openedAt: Date
  quietUntil: Date
}

/** The queue of open handoffs: urgent ones first, then the oldest. */
export const listHandoffs = query(
  'handoff.read',
  async ({ db, app }, page: { limit: number; offset: number }): Promise<{ items: HandoffView[]; total: number }> => {
    const { items, total } = await openHandoffs(db, page)
    const views = items.map((row) => {
      const { id, number, reason, urgent, summary, openedAt, quietUntil } = openRow(handoffTable, app.secrets, row)
      return { id, number, reason: reason as HandoffReason, urgent, summary, openedAt, quietUntil }
    })
    return { items: views, total }
  },
)

/** Gives the conversation back to the bot. @throws `handoff_missing`, also for one that is closed. */
export const releaseHandoff = command(
  'handoff.close',
  async ({ tx, now, actor, audit }, handoffId: string): Promise<{ number: string }> => {
    const row = await findHandoff(tx, handoffId)
    if (row === null || !(await closeHandoff(tx, handoffId, { at: now, actor: actor.id }))) throw new AppError('handoff_missing')
    await audit({ subject: `handoff:${handoffId}`, detail: { number: row.number, closed: true } })
    return { number: row.number }
  },
)

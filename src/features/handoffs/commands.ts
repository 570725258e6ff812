// Commands on handoffs: a conversation is handed to a clerk, who reads it, answers on the person's channel, and gives it back to the bot.
// When the bot hands over is decided by the dialogs.

import { dayOf } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import {
  latestMessages,
  type ConversationRow,
  conversationsById,
  insertMessage,
  messageKeyOf,
  messagesSince,
} from '../../messaging/conversations.store.ts'
import { closeHandoff, findHandoff, insertHandoff, openHandoffs, type HandoffRow, keepQuiet } from './store.ts'
import { command, query, type SystemCommandContext, type AppContext } from '../../platform/commands/command.ts'
import { takeNumbers, listVersion } from '../../platform/database/counters.ts'
import type { Addresses } from '../../messaging/fallback.rules.ts'
import type { Db } from '../../platform/database/database.ts'
import { statesByEvent, type NoticeState } from '../../messaging/notices.store.ts'
import { enqueueNotice } from '../../messaging/outbox.ts'
import { addressesOf } from '../../messaging/addresses.ts'
import { reachAt, type Reached } from '../units/bindings.store.ts'
import type { Medium } from '../../core/mediums.ts'

/** `page`: the person sees it in the web's conversation, which nobody can send to. */
export type AnswerWay = Extract<Medium, 'wechat' | 'wechaty' | 'sms'> | 'page'

/**
 * Says something to the person; the bot keeps quiet for another day. It goes the way the person wrote, then by the next rung that is known of them.
 * @throws `handoff_missing`, `handoff_closed`.
 */
export const answerHandoff = command(
  'handoff.answer',
  async (context, input: { handoffId: string; text: string }): Promise<{ number: string; way: AnswerWay }> => {
    const { tx, app, now, actor, audit } = context
    const { handoff, conversation } = await opened(tx, input.handoffId)
    if (handoff.closedAt !== null) throw new AppError('handoff_closed', { number: handoff.number })
    const id = newId()
    const words = input.text.trim()
    await insertMessage(tx, {
      id,
      conversationId: conversation.id,
      messageKey: messageKeyOf(`answer:${id}`),
      receivedAt: now,
      said: null,
      replied: app.secrets.seal(words),
      intent: 'human',
      author: actor.id,
      late: null,
      blankedAt: null,
    })
    await keepQuiet(tx, handoff.id, new Date(now.getTime() + QUIET))
    const { way, addresses } = await reachOf(app, tx, conversation)
    if (way !== 'page') {
      const happening = {
        event: 'chat.answered',
        key: eventOf(id),
        values: { number: handoff.number, words },
        listVersion: await listVersion(tx),
      } as const
      await enqueueNotice(context, 'talker', happening, [{ id: `conversation:${conversation.id}`, addresses, consent: true }])
    }
    await audit({ subject: `handoff:${handoff.id}`, detail: { number: handoff.number, answer: id, way } })
    return { number: handoff.number, way }
  },
)

export interface HandoffLine {
  at: Date
  /** What the person said; empty when somebody else spoke. */
  said: string
  /** What was said to them; empty while the bot keeps quiet. */
  replied: string
  /** The member of staff who said it; null: the bot. */
  author: string | null
  /** How far a clerk's answer came; null for the bot's, and for the web's page. */
  delivery: NoticeState | null
}

export interface HandoffDetail {
  id: string
  number: string
  reason: HandoffReason
  urgent: boolean
  channel: string
  openedAt: Date
  quietUntil: Date
  closedAt: Date | null
  /** What was said before, as the ticket holds it; null once blanked. */
  summary: string | null
  lines: HandoffLine[]
}

/** Lines that are shown of one handoff. */
const SHOWN = 500

/** One handoff with everything said since it was opened. @throws `handoff_missing`. */
export const showHandoff = query('handoff.read', async ({ db, app }, handoffId: string): Promise<HandoffDetail> => {
  const { handoff, conversation } = await opened(db, handoffId)
  const rows = await messagesSince(db, conversation.id, handoff.openedAt, SHOWN)
  const mine = handoff.closedAt === null ? rows : rows.filter((row) => row.receivedAt <= (handoff.closedAt as Date))
  const states = await statesByEvent(
    db,
    mine.filter((row) => row.author !== null).map((row) => eventOf(row.id)),
  )
  const open = (sealed: string | null): string => (sealed === null ? '' : app.secrets.open(sealed))
  const { id, number, urgent, openedAt, quietUntil, closedAt, summary } = handoff
  return {
    id,
    number,
    reason: handoff.reason as HandoffReason,
    urgent,
    channel: conversation.channel,
    openedAt,
    quietUntil,
    closedAt,
    summary: summary === null ? null : open(summary),
    lines: mine.map((row) => ({
      at: row.receivedAt,
      said: open(row.said),
      replied: open(row.replied),
      author: row.author,
      delivery: states.get(eventOf(row.id)) ?? null,
    })),
  }
})

function eventOf(messageId: string): string {
  return `chat.answered:${messageId}`
}

async function opened(db: Db, handoffId: string): Promise<{ handoff: HandoffRow; conversation: ConversationRow }> {
  const handoff = await findHandoff(db, handoffId)
  const [conversation] = handoff === null ? [] : await conversationsById(db, [handoff.conversationId])
  if (handoff === null || conversation === undefined) throw new AppError('handoff_missing')
  return { handoff, conversation }
}

const COLUMNS: Readonly<Record<Exclude<AnswerWay, 'page'>, Reached>> = {
  wechat: 'wechat_index',
  wechaty: 'wechaty_index',
  sms: 'phone_index',
}

/** The address somebody writes from, and what else is known of whoever bound it. Whose name was blanked can only be shown the answer. */
async function reachOf(app: AppContext, db: Db, { channel, person }: ConversationRow): Promise<{ way: AnswerWay; addresses: Addresses }> {
  if (person === null || !isWay(channel)) return { way: 'page', addresses: {} }
  const address = app.secrets.open(person).slice(channel.length + 1)
  const [known] = await reachAt(db, COLUMNS[channel], app.secrets.indexes(channel === 'sms' ? 'phone' : channel, address))
  return { way: channel, addresses: { ...(known === undefined ? {} : addressesOf(app, known)), [channel]: address } }
}

function isWay(channel: string): channel is Exclude<AnswerWay, 'page'> {
  return Object.hasOwn(COLUMNS, channel)
}

/** How long the bot keeps quiet for a person, when nobody gives the conversation back before. */
export const QUIET = 24 * 3_600_000
/** Messages of the conversation that a ticket's summary holds. */
const RECENT = 8

export type HandoffReason = 'asked' | 'self_harm' | 'threat' | 'misses'

/** Opens the ticket of a conversation; a part of the bot's own turn. `words`: what the message says that led here. */
export async function openHandoff(
  { tx, app, now }: Pick<SystemCommandContext, 'tx' | 'app' | 'now'>,
  conversation: Pick<ConversationRow, 'id'>,
  input: { reason: HandoffReason; words: string },
): Promise<HandoffRow> {
  const day = dayOf(now)
  const counted = await takeNumbers(tx, `handoff:${day}`, 1)
  const { secrets } = app
  const said = (await latestMessages(tx, conversation.id, RECENT)).flatMap((row) => (row.said === null ? [] : [secrets.open(row.said)]))
  const row: HandoffRow = {
    id: newId(),
    number: `RG${day.replaceAll('-', '')}-${String(counted).padStart(4, '0')}`,
    conversationId: conversation.id,
    reason: input.reason,
    urgent: input.reason === 'self_harm' || input.reason === 'threat',
    summary: secrets.seal([...said, input.words].join('\n')),
    openedAt: now,
    quietUntil: new Date(now.getTime() + QUIET),
    closedAt: null,
    closedBy: null,
  }
  await insertHandoff(tx, row)
  return row
}

export interface HandoffView {
  id: string
  number: string
  reason: HandoffReason
  urgent: boolean
  /** What the person said, oldest first; null once blanked. */
  summary: string | null
  openedAt: Date
  quietUntil: Date
}

/** The queue: those in danger first, then whoever has waited longest. */
export const listHandoffs = query(
  'handoff.read',
  async ({ db, app }, page: { limit: number; offset: number }): Promise<{ items: HandoffView[]; total: number }> => {
    const { items, total } = await openHandoffs(db, page)
    const shown = items.map(({ id, number, reason, urgent, summary, openedAt, quietUntil }) => ({
      id,
      number,
      reason: reason as HandoffReason,
      urgent,
      summary: summary === null ? null : app.secrets.open(summary),
      openedAt,
      quietUntil,
    }))
    return { items: shown, total }
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

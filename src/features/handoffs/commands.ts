// Commands on handoffs: the bot hands a conversation over, a clerk answers on the person's channel, and gives it back to the bot.
// Who has a handoff is claims.commands.ts, what staff read of it inbox.views.ts; when the bot hands over is decided by bot/dialogs.

import { dayOf } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { isAlarm } from '../../core/understanding.ts'
import {
  latestMessages,
  type ConversationRow,
  conversationTable,
  findMessage,
  insertMessage,
  messageKeysOf,
  messageTable,
} from '../../messaging/conversations.store.ts'
import { keepClaim, loadHandoff } from './claims.commands.ts'
import { COMPLAINT, eventKeyOf, type HandoffReason } from './rules.ts'
import { closeHandoff, handoffTable, hasAlarmed, insertHandoff, type HandoffRow, setQuietUntil } from './store.ts'
import { command, type SystemCommandContext, type AppContext } from '../../platform/commands/command.ts'
import { takeNumbers, listVersion } from '../../platform/database/counters.ts'
import type { Addresses } from '../../messaging/fallback.rules.ts'
import type { Db } from '../../platform/database/database.ts'
import { openRow, sealRow } from '../../platform/database/sealing.ts'
import { enqueueNotice } from '../../messaging/outbox.ts'
import { addressesOf } from '../../messaging/addresses.ts'
import { reachAt, type AddressColumn } from '../units/bindings.store.ts'
import type { Medium } from '../../core/mediums.ts'

/** How an answer reaches the person. `page`: it is views in the chat of the web page, to which nothing can be sent. */
export type AnswerWay = Extract<Medium, 'wechat' | 'wechaty' | 'sms'> | 'page'

/** An answer to a person. */
export interface HandoffAnswer {
  handoffId: string
  text: string
  /** The number of the handoff that the answer was written for, as the screen showed it: a draft is never sent to another person. */
  number?: string | undefined
  /** The caller's own number of this answer. The same number again sends nothing. */
  requestId?: string | undefined
}

/**
 * Sends a clerk's answer to the person, and the bot stays quiet for another day. The answer goes by the channel the person wrote on, then
 * by the next step of the fallback order for which an address is known. Whoever answers has the handoff from then on.
 * @throws `handoff_missing`, `handoff_closed`, `handoff_other` for a draft of another handoff, `handoff_claimed`.
 */
export const answerHandoff = command(
  'handoff.answer',
  async (context, input: HandoffAnswer): Promise<{ number: string; way: AnswerWay; repeated: boolean }> => {
    const { tx, app, now, actor, audit } = context
    const { handoff, conversation } = await loadHandoff(tx, input.handoffId)
    const { number } = handoff
    const subject = `handoff:${handoff.id}`
    if (input.number !== undefined && input.number !== number) throw new AppError('handoff_other', { number })
    const id = newId()
    const messageKeys = messageKeysOf(
      app.secrets,
      input.requestId === undefined ? `answer:${id}` : `answer:${handoff.id}:${input.requestId}`,
    )
    const { way, addresses } = await addressesFor(app, tx, conversation)
    if ((await findMessage(tx, conversation.id, messageKeys)) !== null) {
      await audit({ subject, detail: { number, repeated: true } })
      return { number, way, repeated: true }
    }
    if (handoff.closedAt !== null) throw new AppError('handoff_closed', { number })
    await keepClaim(context, handoff)
    const text = input.text.trim()
    const row = sealRow(messageTable, app.secrets, {
      id,
      conversationId: conversation.id,
      messageKey: messageKeys[0],
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
    if (way !== 'page') {
      const notice = {
        event: 'chat.answered',
        key: eventKeyOf(id),
        values: { number, words: text },
        listVersion: await listVersion(tx),
      } as const
      await enqueueNotice(context, 'talker', notice, [{ id: `conversation:${conversation.id}`, addresses, consent: true }])
    }
    await audit({ subject, detail: { number, answer: id, way } })
    return { number, way, repeated: false }
  },
)

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
  const { person } = openRow(conversationTable, app.secrets, { id: conversation.id, person: conversation.person })
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

/**
 * Opens a handoff in the transaction of the bot's turn. `words`: the message that led to it, empty when it belongs to a complaint. Beyond the
 * limit of an hour a conversation raises one alarm: what follows is kept, and hides no other person's.
 */
export async function openHandoff(
  { tx, app, now }: Pick<SystemCommandContext, 'tx' | 'app' | 'now'>,
  conversation: Pick<ConversationRow, 'id'>,
  input: { reason: HandoffReason; words: string; isOverLimit?: boolean },
): Promise<HandoffRow> {
  const day = dayOf(now)
  const counted = await takeNumbers(tx, `handoff:${day}`, 1)
  const messages = (await latestMessages(tx, conversation.id, RECENT))
    .filter(({ intent }) => intent !== COMPLAINT)
    .map(({ id, said }) => openRow(messageTable, app.secrets, { id, said }).said ?? '')
  const isAlarming = isAlarm(input.reason) && !(input.isOverLimit === true && (await hasAlarmed(tx, conversation.id)))
  const row = sealRow(handoffTable, app.secrets, {
    id: newId(),
    number: `RG${day.replaceAll('-', '')}-${String(counted).padStart(4, '0')}`,
    conversationId: conversation.id,
    reason: input.reason,
    urgent: isAlarming,
    summary: [...messages, input.words].filter((said) => said !== '').join('\n'),
    openedAt: now,
    quietUntil: new Date(now.getTime() + QUIET),
    closedAt: null,
    closedBy: null,
    claimedBy: null,
    claimedAt: null,
    changedAt: now,
  })
  await insertHandoff(tx, row)
  return row
}

/** Ends the handoff and gives the conversation back to the bot. @throws `handoff_missing`, also for one that is closed; `handoff_claimed`. */
export const releaseHandoff = command('handoff.close', async (context, handoffId: string): Promise<{ number: string }> => {
  const { tx, now, actor, audit } = context
  const { handoff } = await loadHandoff(tx, handoffId)
  if (handoff.closedAt !== null) throw new AppError('handoff_missing')
  await keepClaim(context, handoff)
  if (!(await closeHandoff(tx, handoffId, { at: now, actor: actor.id }))) throw new AppError('handoff_missing')
  await audit({ subject: `handoff:${handoffId}`, detail: { number: handoff.number, closed: true } })
  return { number: handoff.number }
})

// Answers one inbound message of any channel: each message once, in order for each person, by the dialogs, and stores it with its reply.
// The dialog engine is engine.ts, effects are effects/effects.ts, and each channel's own message format is in doors/.

import { closeHandoff, findHandoff, setUrgent, touchHandoff, type HandoffRow } from '../src/features/handoffs/store.ts'
import { systemCommand, withinTransaction, type SystemCommandContext, type AppContext } from '../src/platform/commands/command.ts'
import { confirmedIdentifier } from '../src/features/own-case/commands.ts'
import { pendingReplyIds } from '../src/messaging/pending-replies.ts'
import { isLiaison } from '../src/features/units/subscriptions.commands.ts'
import { isDatabaseAway } from '../src/core/errors.ts'
import { unhurried } from '../src/core/sleeper.ts'
import { PUBLIC } from '../src/platform/commands/permissions.ts'
import { findMessage, messageKeysOf, type ConversationRow } from '../src/messaging/conversations.store.ts'
import { pendingRepliesOf, pendingReplyTable, deletePendingReply } from '../src/messaging/pending-replies.store.ts'
import { openRow } from '../src/platform/database/sealing.ts'
import { alarmLines, EMPTY_POSITION, reachLine, step, type Dialog, type DialogMessage } from './engine.ts'
import { DIALOGS } from './dialogs/all.ts'
import { INTENTS_NEEDING_IDENTITY } from './dialogs/identity.ts'
import { commandIn } from './understanding/commands.ts'
import type { Understanding } from '../src/core/understanding.ts'
import { takeMedia } from './effects/media.ts'
import { carryOut } from './effects/effects.ts'
import type { TurnContext } from './effects/turn.ts'
import type { Line } from '../src/platform/texts/dialogs.ts'
import { LONGEST, NO_LISTENER, WAITING_CALLER, type InboundMessage, type Listener, type Reply } from './message.ts'
import { addressOf, belongsToComplaint, endTurn, intentOf, openConversation, positionOf, repeatedReply, type TurnResult } from './turns.ts'
import { alarmOf, giveUpInTurn } from './giving-up.ts'
import { countMessage } from './pace.ts'

/** Turns in progress, by person. The next message of a person waits here, so that it does not hold a database connection while it waits. */
const turnsInProgress = new Map<string, Promise<unknown>>()

/**
 * Answers one message. The same message again gets the same reply, whichever process receives it. Where a code was asked for, the reply
 * waits as on the page of the own case, so that its time does not tell whether the court knows the person.
 */
export function answer(
  app: AppContext,
  message: InboundMessage,
  dialogs: readonly Dialog[] = DIALOGS,
  listener: Listener = WAITING_CALLER,
): Promise<Reply> {
  const turn = inTurn(message, () => answerPastOlder(app, { message, dialogs, listener }))
  return unhurried(turn, ({ asksCode }) => asksCode === true)
}

/** Gives a message up, after the person's turns under way. */
export function giveUp(app: AppContext, message: InboundMessage, listener: Listener): Promise<Reply> {
  return inTurn(message, () => giveUpInTurn(app, PUBLIC, { message, listener }))
}

/** Runs a turn when the person's turns before it have ended. */
function inTurn({ channel, from }: InboundMessage, run: () => Promise<Reply>): Promise<Reply> {
  const person = `${channel}:${from}`
  const turn = (turnsInProgress.get(person) ?? Promise.resolve()).then(run)
  const ended = turn
    .catch(() => undefined)
    .finally(() => {
      if (turnsInProgress.get(person) === ended) turnsInProgress.delete(person)
    })
  turnsInProgress.set(person, ended)
  return turn
}

interface TurnInput {
  message: InboundMessage
  dialogs: readonly Dialog[]
  listener: Listener
}

/** What happens to the person's earlier messages without a reply. */
interface Older {
  /** Ids of those that failed and are left to the scheduled task. */
  passedOver: Set<string>
  /** The id of the one that is being answered. */
  underWay: string | null
}

/**
 * Answers a message after the person's earlier ones. An earlier one that cannot be answered is passed over, and whoever is in danger gets
 * what must be said at once even when the turn fails.
 */
async function answerPastOlder(app: AppContext, { message, dialogs, listener }: TurnInput): Promise<Reply> {
  const older: Older = { passedOver: new Set(), underWay: null }
  for (;;) {
    try {
      return await answerInTurn(app, PUBLIC, { message, dialogs, listener, older })
    } catch (error) {
      const isAlarming = older.underWay === null && alarmOf(app, message) !== undefined
      if (isDatabaseAway(error) || (older.underWay === null && !isAlarming)) throw error
      app.log.error('chat_reply.failed', {}, error)
      if (older.underWay === null) return giveUpInTurn(app, PUBLIC, { message, listener })
      older.passedOver.add(older.underWay)
    }
  }
}

type PatientTurn = TurnInput & { older: Older }

const answerInTurn = systemCommand('bot.answer', async (context, { message, dialogs, listener, older }: PatientTurn): Promise<Reply> => {
  older.underWay = null
  const conversation = await openConversation(context, message)
  const pending = message.channel === 'wechat' ? await pendingRepliesOf(context.tx, [conversation.personIndex]) : []
  const own = pendingReplyIds(context.app, message)
  // Earlier messages of the person that still have no reply are answered first, so that replies follow the order of the messages.
  for (const { id, message: sealed } of pending) {
    if (own.includes(id)) break
    if (older.passedOver.has(id)) continue
    older.underWay = id
    const earlier = openRow(pendingReplyTable, context.app.secrets, { id, message: sealed }).message as InboundMessage
    await takeTurn(context, await openConversation(context, earlier), { message: earlier, dialogs, listener: NO_LISTENER }, true)
  }
  older.underWay = null
  const isPending = pending.some(({ id }) => own.includes(id))
  // A turn above changed the conversation, so it is read again.
  const current = pending.length === 0 ? conversation : await openConversation(context, message)
  return takeTurn(context, current, { message, dialogs, listener }, isPending)
})

/** @param isPending the message was acknowledged without a reply before, so the reply goes out through the outbox. */
async function takeTurn(
  context: SystemCommandContext,
  conversation: ConversationRow,
  { message, dialogs, listener }: TurnInput,
  isPending: boolean,
): Promise<Reply> {
  const { tx, app } = context
  if (isPending) await deletePendingReply(tx, pendingReplyIds(app, message))
  const messageKeys = messageKeysOf(app.secrets, message.messageId)
  const [messageKey] = messageKeys
  const answered = await findMessage(tx, conversation.id, messageKeys)
  if (answered !== null) return repeatedReply(app, conversation, answered)
  const pace = await countMessage(context, message)
  // Nothing is stored either, so that a flood costs two counters a message.
  if (pace === 'silent') return { text: '', repeated: false, handedOver: conversation.handoffId !== null, late: false }
  const received = await readMessage(context, conversation, message)
  const quiet = await handoffTurn(context, conversation, received)
  const slower = pace === 'much' ? { say: [{ key: 'slower' }], position: positionOf(app, conversation), handedOver: false } : null
  const turn = slower ?? quiet ?? (await dialogTurn(context, conversation, message, received, dialogs))
  const said = received.text === '' && message.kind === 'media' ? app.catalog.words('complaints', 'media.mark') : received.text
  const late = !listener.waits() || isPending
  return endTurn(context, conversation, message, {
    ...{ turn, messageKey, said, late },
    intent: intentOf(positionOf(app, conversation), received, quiet !== null),
  })
}

async function readMessage(context: SystemCommandContext, conversation: ConversationRow, message: InboundMessage): Promise<DialogMessage> {
  const { tx, app, now } = context
  const text = message.text.slice(0, LONGEST).trim()
  const address = addressOf(message)
  const role = address !== null && (await isLiaison(app, tx, address)) ? 'liaison' : undefined
  const understood: Understanding =
    message.meant === undefined ? app.understand(text, role) : { intent: message.meant, confidence: 1, choices: [], slots: {} }
  const aboutOwnListing = [understood.intent, ...understood.choices].some((intent) => INTENTS_NEEDING_IDENTITY.includes(intent))
  return {
    text,
    understood,
    command: message.meant === undefined ? commandIn(text) : null,
    hasAccount: message.channel === 'wechat',
    isConfirmed: aboutOwnListing && (await confirmedIdentifier(app, tx, conversation.id, now)) !== null,
    // The sender of an SMS is easily forged, so a liaison counts as one only on the WeChat account that was bound with a code.
    isLiaison: role === 'liaison' && message.channel !== 'sms',
  }
}

/**
 * The turn while a clerk has the conversation: the bot says nothing, unless somebody is in danger, the person ends the handoff, or its time
 * is over. Null when the bot answers.
 */
async function handoffTurn(
  { tx, now }: SystemCommandContext,
  conversation: ConversationRow,
  received: DialogMessage,
): Promise<TurnResult | null> {
  const handoff = conversation.handoffId === null ? null : await findHandoff(tx, conversation.handoffId)
  if (handoff === null) return null
  const over = handoff.closedAt !== null || handoff.quietUntil <= now
  if (over || received.command === 'cancel') {
    await closeHandoff(tx, handoff.id, { at: now, actor: over ? 'house' : 'public' })
    return over ? null : { say: [{ key: 'human.released' }], position: EMPTY_POSITION, handedOver: false }
  }
  await touchHandoff(tx, handoff.id, now)
  if (received.understood.alarm !== undefined) await setUrgent(tx, handoff.id)
  return { say: handoffLines(handoff, received), position: EMPTY_POSITION, handedOver: true }
}

/** What is said while a clerk has the conversation, or is about to. */
function handoffLines(handoff: HandoffRow, received: DialogMessage): Line[] {
  const { alarm } = received.understood
  if (alarm !== undefined) return alarmLines(alarm, received)
  // Somebody in despair is not left without an answer while nobody has taken the conversation over yet.
  if (handoff.urgent && handoff.reason !== 'threat' && handoff.claimedBy === null) return [reachLine(received) ?? { key: 'alarm.heard' }]
  return received.command === 'human' ? [{ key: 'human.waiting', values: { number: handoff.number } }] : []
}

async function dialogTurn(
  context: SystemCommandContext,
  conversation: ConversationRow,
  message: InboundMessage,
  received: DialogMessage,
  dialogs: readonly Dialog[],
): Promise<TurnResult> {
  const { tx, app, now } = context
  const position = positionOf(app, conversation)
  const sources = message.media ?? []
  const media = sources.length === 0 ? null : await takeMedia(context, dialogs, { conversationId: conversation.id, sources, position })
  if (media !== null && received.text === '') return { ...media, handedOver: false }
  const wordless = media === null ? wordlessReply(message, received) : null
  if (wordless !== null) return { say: wordless, position, handedOver: false }
  const first = step(dialogs, media?.position ?? position, received, now)
  if (first.effect === undefined) return { ...first, handedOver: false }
  const sender = message.origin ?? `${message.channel}:${message.from}`
  const turn: TurnContext = {
    app: withinTransaction(app, tx),
    tx,
    now,
    conversation,
    address: addressOf(message),
    sender,
    words: belongsToComplaint(position, received) ? '' : received.text,
  }
  return carryOut(turn, dialogs, first)
}

/** The reply to a message without text; null when the message has text or an intent of its own. */
function wordlessReply({ kind, meant }: InboundMessage, { text }: DialogMessage): Line[] | null {
  if (kind === 'followed') return [{ key: 'speech.followed' }, { key: 'menu' }]
  if (kind !== undefined) return [{ key: `speech.${kind}` }]
  return text === '' && meant === undefined ? [{ key: 'speech.empty' }] : null
}

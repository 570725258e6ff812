// Answers one inbound message of any channel: each message once, in order for each person, by the dialogs, and stores it with its reply.
// The dialog engine is engine.ts, effects are effects/effects.ts, and each channel's own message format is in doors/.

import { networkAround } from '../src/core/networks.ts'
import { closeHandoff, findHandoff, setUrgent, touchHandoff, type HandoffRow } from '../src/features/handoffs/store.ts'
import { systemCommand, withinTransaction, type SystemCommandContext, type AppContext } from '../src/platform/commands/command.ts'
import { mayAccuseCourt } from '../src/features/complaints/accused.rules.ts'
import { confirmedIdentifier } from '../src/features/own-case/commands.ts'
import { pendingReplyIds, enqueueReply } from '../src/messaging/pending-replies.ts'
import { isLiaison, type WriterAddress } from '../src/features/units/subscriptions.commands.ts'
import { newId } from '../src/core/ids.ts'
import { PUBLIC } from '../src/platform/commands/permissions.ts'
import {
  conversationTable,
  findMessage,
  lockConversation,
  insertMessage,
  messageKeysOf,
  messageTable,
  updateConversation,
  type ConversationRow,
} from '../src/messaging/conversations.store.ts'
import { pendingRepliesOf, pendingReplyTable, deletePendingReply } from '../src/messaging/pending-replies.store.ts'
import { openRow, sealPart, sealRow } from '../src/platform/database/sealing.ts'
import { alarmLines, EMPTY_POSITION, reachLine, step, type Dialog, type DialogMessage, type Position } from './engine.ts'
import { DIALOGS } from './dialogs/all.ts'
import { INTENTS_NEEDING_IDENTITY } from './dialogs/identity.ts'
import { commandIn } from './understanding/commands.ts'
import type { Intent, Understanding } from '../src/core/understanding.ts'
import { takeMedia } from './effects/media.ts'
import { carryOut, factsOf } from './effects/effects.ts'
import type { TurnContext } from './effects/turn.ts'
import type { Line } from '../src/platform/texts/dialogs.ts'

/** Where a message comes from. `wechat` is the official account, `wechaty` the court's own WeChat account. */
export type Channel = 'wechat' | 'wechaty' | 'sms' | 'web' | 'terminal'

/** One message of a person. */
export interface InboundMessage {
  channel: Channel
  /** The channel's identifier of the person: openid, E.164 number, or a secret token of the web chat. */
  from: string
  /** The same for every repeat of one message. */
  messageId: string
  text: string
  /** What came instead of text. `followed`: the person has just begun to follow the account. */
  kind?: 'followed' | 'voice' | 'media'
  /** The intent of a pressed button or a scanned code; such a message needs no understanding. */
  meant?: Intent
  /** Key under which attempts are counted where a new `from` costs nothing: the client's address on the web. */
  origin?: string
  /** Pictures and files that came with it: `wechat:` and a MediaId, or `twilio:` and a path. */
  media?: readonly string[]
  /** Milliseconds for which the channel lets us write to the person after this message, where the channel limits that. */
  window?: number
}

/** The caller that delivered a message and may be waiting for the reply. */
export interface Listener {
  /** Asked as the turn commits: whether the caller still waits for the reply. If not, the reply is sent through the outbox. */
  waits(): boolean
}

const WAITING_CALLER: Listener = { waits: () => true }
/** A caller that has already acknowledged the message and does not wait for the reply. */
export const NO_LISTENER: Listener = { waits: () => false }

/** The reply to one message. */
export interface Reply {
  /** Empty: there is nothing to say. */
  text: string
  /** The message had been answered before; this is the stored reply. */
  repeated: boolean
  /** A clerk has taken the conversation over, and the bot does not answer. */
  handedOver: boolean
  /** The reply goes, or went, through the outbox; the caller must not send it as well. */
  late: boolean
}

/** UTF-16 units of a message that are read and stored. */
const LONGEST = 2000

/** Turns in progress, by person. The next message of a person waits here, so that it does not hold a database connection while it waits. */
const turnsInProgress = new Map<string, Promise<unknown>>()

/** Answers one message. The same message again gets the same reply, whichever process receives it. */
export function answer(
  app: AppContext,
  message: InboundMessage,
  dialogs: readonly Dialog[] = DIALOGS,
  listener: Listener = WAITING_CALLER,
): Promise<Reply> {
  const person = `${message.channel}:${message.from}`
  const turn = (turnsInProgress.get(person) ?? Promise.resolve()).then(() => answerInTurn(app, PUBLIC, { message, dialogs, listener }))
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

const answerInTurn = systemCommand('bot.answer', async (context, { message, dialogs, listener }: TurnInput): Promise<Reply> => {
  const conversation = await openConversation(context, message)
  const pending = message.channel === 'wechat' ? await pendingRepliesOf(context.tx, [conversation.personIndex]) : []
  const own = pendingReplyIds(context.app, message)
  // Earlier messages of the person that still have no reply are answered first, so that replies follow the order of the messages.
  for (const { id, message: sealed } of pending) {
    if (own.includes(id)) break
    const older = openRow(pendingReplyTable, context.app.secrets, { id, message: sealed }).message as InboundMessage
    await takeTurn(context, await openConversation(context, older), { message: older, dialogs, listener: NO_LISTENER }, true)
  }
  const isPending = pending.some(({ id }) => own.includes(id))
  // A turn above changed the conversation, so it is read again.
  const current = pending.length === 0 ? conversation : await openConversation(context, message)
  return takeTurn(context, current, { message, dialogs, listener }, isPending)
})

function openConversation({ tx, app, now }: SystemCommandContext, { channel, from }: InboundMessage): Promise<ConversationRow> {
  return lockConversation(tx, app.secrets, { channel, from, fresh: { id: newId(), createdAt: now } })
}

/** @param isPending the message was acknowledged without a reply before, so the reply goes out through the outbox. */
async function takeTurn(
  context: SystemCommandContext,
  conversation: ConversationRow,
  { message, dialogs, listener }: TurnInput,
  isPending: boolean,
): Promise<Reply> {
  const { tx, app, now } = context
  if (isPending) await deletePendingReply(tx, pendingReplyIds(app, message))
  const messageKeys = messageKeysOf(app.secrets, message.messageId)
  const [messageKey] = messageKeys
  const answered = await findMessage(tx, conversation.id, messageKeys)
  if (answered !== null) {
    const text = openRow(messageTable, app.secrets, { id: answered.id, replied: answered.replied }).replied ?? ''
    return { text, repeated: true, handedOver: conversation.handoffId !== null, late: answered.late === true }
  }
  const received = await readMessage(context, conversation, message)
  const quiet = await handoffTurn(context, conversation, received)
  const turn = quiet ?? (await dialogTurn(context, conversation, message, received, dialogs))
  const text = app.catalog.say(turn.say, factsOf(app)).trim()
  const late = !listener.waits() || isPending
  if (late) await enqueueLateReply(context, message, text)
  const said = received.text === '' && message.kind === 'media' ? app.catalog.words('complaints', 'media.mark') : received.text
  const row = sealRow(messageTable, app.secrets, {
    id: newId(),
    conversationId: conversation.id,
    messageKey,
    receivedAt: now,
    said: nullIfEmpty(said),
    replied: nullIfEmpty(text),
    intent: intentOf(app, conversation, received, quiet !== null),
    author: null,
    late,
    blankedAt: null,
  })
  await insertMessage(tx, row)
  const { position } = turn
  await updateConversation(tx, conversation.id, {
    ...sealPart(conversationTable, app.secrets, { id: conversation.id }, { position: position.expiresAt === null ? null : position }),
    expiresAt: position.expiresAt === null ? null : new Date(position.expiresAt),
    rev: conversation.rev + 1,
    ...windowOf(conversation, message, now),
    updatedAt: now,
  })
  return { text, repeated: false, handedOver: turn.handedOver, late }
}

function nullIfEmpty(text: string): string | null {
  return text === '' ? null : text
}

/** Enqueues a reply as a message of its own, where the channel lets us write to the person. */
async function enqueueLateReply(context: SystemCommandContext, message: InboundMessage, words: string): Promise<void> {
  const address = addressOf(message)
  if (words === '' || address === null) return
  const [key] = pendingReplyIds(context.app, message)
  const addresses = 'phone' in address ? { sms: address.phone } : address
  await enqueueReply(context, { key, recipient: `talker:${key}`, addresses, words })
}

/** An action in the account opens a window of a minute, a text message one of two days. The window that ends later counts. */
function windowOf({ windowUntil }: ConversationRow, { window }: InboundMessage, now: Date): Partial<ConversationRow> {
  if (window === undefined) return {}
  const until = new Date(now.getTime() + window)
  return windowUntil !== null && windowUntil > until ? {} : { windowUntil: until }
}

interface TurnResult {
  say: Line[]
  position: Position
  handedOver: boolean
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

/** The sender's address, where the channel authenticates it; null on the web and in the terminal. */
function addressOf({ channel, from }: InboundMessage): WriterAddress | null {
  if (channel === 'wechat') return { wechat: from }
  if (channel === 'wechaty') return { wechaty: from }
  return channel === 'sms' ? { phone: from } : null
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
  const turn: TurnContext = {
    app: withinTransaction(app, tx),
    tx,
    now,
    conversation,
    address: addressOf(message),
    ...countedUnder(app, message),
    words: belongsToComplaint(position, received) ? '' : received.text,
  }
  return carryOut(turn, dialogs, first)
}

function countedUnder({ secrets }: AppContext, { origin, channel, from }: InboundMessage): Pick<TurnContext, 'counted' | 'countedAround'> {
  const sender = origin ?? `${channel}:${from}`
  const around = networkAround(sender)
  return { counted: secrets.index('limit', sender), countedAround: around === null ? null : secrets.index('limit', around) }
}

function positionOf({ secrets }: AppContext, { id, position }: ConversationRow): Position {
  const stored = openRow(conversationTable, secrets, { id, position }).position
  return stored === null ? EMPTY_POSITION : (stored as Position)
}

/** The intent under which a message is stored. What belongs to a complaint that the bot answers is marked: no clerk reads it in a handoff. */
function intentOf(app: AppContext, conversation: ConversationRow, received: DialogMessage, isQuiet: boolean): Intent {
  return !isQuiet && belongsToComplaint(positionOf(app, conversation), received) ? 'complaint_new' : received.understood.intent
}

/** Whether a message is part of a complaint: sent in its dialog, understood as one, or with words against the court in whatever dialog. */
function belongsToComplaint({ active }: Position, { text, understood }: DialogMessage): boolean {
  return active?.dialog === 'complaint' || understood.intent === 'complaint_new' || mayAccuseCourt(text)
}

/** The reply to a message without text; null when the message has text or an intent of its own. */
function wordlessReply({ kind, meant }: InboundMessage, { text }: DialogMessage): Line[] | null {
  if (kind === 'followed') return [{ key: 'speech.followed' }, { key: 'menu' }]
  if (kind !== undefined) return [{ key: `speech.${kind}` }]
  return text === '' && meant === undefined ? [{ key: 'speech.empty' }] : null
}

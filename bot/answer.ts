// One inbound message, one reply, whatever the channel: heard once, in order for each person, answered by the dialogs, kept with its reply.
// What is asked and said is dialog.ts and dialogs/; what is done is wants.ts; the channels' own forms are the doors'.

import { closeHandoff, findHandoff, setUrgent } from '../src/features/handoffs/store.ts'
import { systemCommand, withinTransaction, type SystemCommandContext, type AppContext } from '../src/platform/commands/command.ts'
import { confirmedIdentifier } from '../src/features/own-case/commands.ts'
import { pendingReplyId, enqueueReply } from '../src/messaging/pending-replies.ts'
import { isLiaison, type WriterAddress } from '../src/features/units/subscriptions.commands.ts'
import { newId } from '../src/core/ids.ts'
import { PUBLIC } from '../src/platform/commands/permissions.ts'
import {
  findMessage,
  holdConversation,
  insertMessage,
  messageKeyOf,
  updateConversation,
  type ConversationRow,
} from '../src/messaging/conversations.store.ts'
import { pendingRepliesOf, deletePendingReply } from '../src/messaging/pending-replies.store.ts'
import { NOWHERE, step, type Dialog, type Heard, type Position } from './engine.ts'
import { DIALOGS } from './dialogs/all.ts'
import { OF_THE_CONFIRMED } from './dialogs/identity.ts'
import { commandIn } from './understanding/commands.ts'
import type { Intent, Understanding } from '../src/core/understanding.ts'
import { takeMedia } from './effects/media.ts'
import { carryOut, factsOf } from './effects/effects.ts'
import type { TurnContext } from './effects/turn.ts'
import type { Line } from '../src/platform/texts/dialogs.ts'

export type Channel = 'wechat' | 'wechaty' | 'sms' | 'web' | 'terminal'

export interface InboundMessage {
  channel: Channel
  /** The channel's own name of the person: openid, E.164, a token that only they hold. */
  from: string
  /** The same for every repeat of one message. */
  messageId: string
  text: string
  /** What came instead of text. `followed`: the person has just begun to follow the account. */
  kind?: 'followed' | 'voice' | 'media'
  /** What a button or a scanned code means: nothing has to be understood. */
  meant?: Intent
  /** Whose tries are counted together, where `from` is free to be had anew: the client's address on the web. */
  origin?: string
  /** Pictures and files that came with it: `wechat:` and a MediaId, `twilio:` and a path. */
  media?: readonly string[]
  /** Milliseconds for which the channel lets us write to the person after this, where it counts them. */
  window?: number
}

/** Whoever brought a message. */
export interface Listener {
  /** Asked as the turn commits: whether the reply is still waited for. No: it goes out as a message of its own, and belongs to the turn. */
  waits(): boolean
}

const PATIENT: Listener = { waits: () => true }
/** Whoever brought the message was told that it is taken, and has gone. */
export const NOBODY: Listener = { waits: () => false }

export interface Reply {
  /** Empty: nothing is to be said. */
  text: string
  /** The message had been answered before; this is what was said then. */
  repeated: boolean
  /** A person has taken the conversation over, and the bot keeps quiet. */
  handedOver: boolean
  /** The reply goes, or went, as a message of its own: it is not to be given to whoever asks. */
  late: boolean
}

/** UTF-16 units of a message that are kept and read. */
const LONGEST = 2000

/** Messages under way, by person: the next of one person waits here and not with a connection to the database in hand. */
const underWay = new Map<string, Promise<unknown>>()

/** Answers one message. The same message again gets the same reply, whichever process hears it. */
export function answer(
  app: AppContext,
  message: InboundMessage,
  dialogs: readonly Dialog[] = DIALOGS,
  listener: Listener = PATIENT,
): Promise<Reply> {
  const person = `${message.channel}:${message.from}`
  const turn = (underWay.get(person) ?? Promise.resolve()).then(() => answerInTurn(app, PUBLIC, { message, dialogs, listener }))
  const ended = turn
    .catch(() => undefined)
    .finally(() => {
      if (underWay.get(person) === ended) underWay.delete(person)
    })
  underWay.set(person, ended)
  return turn
}

interface Asked {
  message: InboundMessage
  dialogs: readonly Dialog[]
  listener: Listener
}

const answerInTurn = systemCommand('bot.answer', async (context, { message, dialogs, listener }: Asked): Promise<Reply> => {
  const conversation = await held(context, message)
  const debts = message.channel === 'wechat' ? await pendingRepliesOf(context.tx, [conversation.personIndex]) : []
  const own = pendingReplyId(message)
  // What the person wrote before and nobody has answered comes first: replies follow the order of the messages.
  for (const { id, message: sealed } of debts) {
    if (id === own) break
    const older = JSON.parse(context.app.secrets.open(sealed)) as InboundMessage
    await oneTurn(context, await held(context, older), { message: older, dialogs, listener: NOBODY }, true)
  }
  const owed = debts.some(({ id }) => id === own)
  return oneTurn(context, debts.length === 0 ? conversation : await held(context, message), { message, dialogs, listener }, owed)
})

function held({ tx, app, now }: SystemCommandContext, { channel, from }: InboundMessage): Promise<ConversationRow> {
  return holdConversation(tx, app.secrets, { channel, from, fresh: { id: newId(), createdAt: now } })
}

/** @param owed somebody was told that the message is taken: its reply goes out by itself. */
async function oneTurn(
  context: SystemCommandContext,
  conversation: ConversationRow,
  { message, dialogs, listener }: Asked,
  owed: boolean,
): Promise<Reply> {
  const { tx, app, now } = context
  if (owed) await deletePendingReply(tx, pendingReplyId(message))
  const messageKey = messageKeyOf(message.messageId)
  const before = await findMessage(tx, conversation.id, messageKey)
  if (before !== null) {
    const text = before.replied === null ? '' : app.secrets.open(before.replied)
    return { text, repeated: true, handedOver: conversation.handoffId !== null, late: before.late === true }
  }
  const heard = await hear(context, conversation, message)
  const turn = (await quietTurn(context, conversation, heard)) ?? (await spokenTurn(context, conversation, message, heard, dialogs))
  const text = app.catalog.say(turn.say, factsOf(app)).trim()
  const late = !listener.waits() || owed
  if (late) await sendLate(context, message, text)
  const seal = (plain: string): string | null => (plain === '' ? null : app.secrets.seal(plain))
  await insertMessage(tx, {
    id: newId(),
    conversationId: conversation.id,
    messageKey,
    receivedAt: now,
    said: seal(heard.text === '' && message.kind === 'media' ? app.catalog.words('complaints', 'media.mark') : heard.text),
    replied: seal(text),
    intent: heard.understood.intent,
    author: null,
    late,
    blankedAt: null,
  })
  const { position } = turn
  await updateConversation(tx, conversation.id, {
    position: position.expiresAt === null ? null : app.secrets.seal(JSON.stringify(position)),
    expiresAt: position.expiresAt === null ? null : new Date(position.expiresAt),
    rev: conversation.rev + 1,
    ...windowOf(conversation, message, now),
    updatedAt: now,
  })
  return { text, repeated: false, handedOver: turn.handedOver, late }
}

/** Promises a reply as a message of its own, where the channel can be written to. */
async function sendLate(context: SystemCommandContext, message: InboundMessage, words: string): Promise<void> {
  const address = addressOf(message)
  if (words === '' || address === null) return
  const key = pendingReplyId(message).slice(0, 40)
  const addresses = 'phone' in address ? { sms: address.phone } : address
  await enqueueReply(context, { key, recipient: `talker:${key}`, addresses, words })
}

/** Something done in the account opens a minute, words two days: whichever ends later counts. */
function windowOf({ windowUntil }: ConversationRow, { window }: InboundMessage, now: Date): Partial<ConversationRow> {
  if (window === undefined) return {}
  const until = new Date(now.getTime() + window)
  return windowUntil !== null && windowUntil > until ? {} : { windowUntil: until }
}

interface Answered {
  say: Line[]
  position: Position
  handedOver: boolean
}

async function hear(context: SystemCommandContext, conversation: ConversationRow, message: InboundMessage): Promise<Heard> {
  const { tx, app, now } = context
  const text = message.text.slice(0, LONGEST).trim()
  const address = addressOf(message)
  const role = address !== null && (await isLiaison(app, tx, address)) ? 'liaison' : undefined
  const understood: Understanding =
    message.meant === undefined ? app.understand(text, role) : { intent: message.meant, confidence: 1, choices: [], slots: {} }
  const ownAffair = [understood.intent, ...understood.choices].some((intent) => OF_THE_CONFIRMED.includes(intent))
  return {
    text,
    understood,
    command: message.meant === undefined ? commandIn(text) : null,
    hasAccount: message.channel === 'wechat',
    isConfirmed: ownAffair && (await confirmedIdentifier(app, tx, conversation.id, now)) !== null,
    // A sender of SMS is easily feigned: what a unit says or asks, it says and asks from the account its liaison bound.
    isLiaison: role === 'liaison' && message.channel !== 'sms',
  }
}

/** The address that the channel vouches for. */
function addressOf({ channel, from }: InboundMessage): WriterAddress | null {
  if (channel === 'wechat') return { wechat: from }
  if (channel === 'wechaty') return { wechaty: from }
  return channel === 'sms' ? { phone: from } : null
}

/** While a person has the conversation: the bot keeps quiet, unless somebody is in danger, ends it, or a day has passed. Null: it is the bot's. */
async function quietTurn({ tx, now }: SystemCommandContext, conversation: ConversationRow, heard: Heard): Promise<Answered | null> {
  const handoff = conversation.handoffId === null ? null : await findHandoff(tx, conversation.handoffId)
  if (handoff === null) return null
  const over = handoff.closedAt !== null || handoff.quietUntil <= now
  if (over || heard.command === 'cancel') {
    await closeHandoff(tx, handoff.id, { at: now, actor: over ? 'house' : 'public' })
    return over ? null : { say: [{ key: 'human.released' }], position: NOWHERE, handedOver: false }
  }
  const { alarm } = heard.understood
  if (alarm !== undefined) {
    await setUrgent(tx, handoff.id)
    return { say: [{ key: `alarm.${alarm}` }], position: NOWHERE, handedOver: true }
  }
  const asking = heard.command === 'human'
  return { say: asking ? [{ key: 'human.waiting', values: { number: handoff.number } }] : [], position: NOWHERE, handedOver: true }
}

async function spokenTurn(
  context: SystemCommandContext,
  conversation: ConversationRow,
  message: InboundMessage,
  heard: Heard,
  dialogs: readonly Dialog[],
): Promise<Answered> {
  const { tx, app, now } = context
  const position = conversation.position === null ? NOWHERE : (JSON.parse(app.secrets.open(conversation.position)) as Position)
  const sources = message.media ?? []
  const media = sources.length === 0 ? null : await takeMedia(context, dialogs, { conversationId: conversation.id, sources, position })
  if (media !== null && heard.text === '') return { ...media, handedOver: false }
  const unheard = media === null ? unheardLine(message, heard) : null
  if (unheard !== null) return { say: unheard, position, handedOver: false }
  const first = step(dialogs, media?.position ?? position, heard, now)
  if (first.effect === undefined) return { ...first, handedOver: false }
  const turn: TurnContext = {
    app: withinTransaction(app, tx),
    tx,
    now,
    conversation,
    address: addressOf(message),
    counted: app.secrets.index('chat', message.origin ?? `${message.channel}:${message.from}`),
    words: heard.text,
  }
  return carryOut(turn, dialogs, first)
}

/** What is said to a message without words. */
function unheardLine({ kind, meant }: InboundMessage, { text }: Heard): Line[] | null {
  if (kind === 'followed') return [{ key: 'speech.followed' }, { key: 'menu' }]
  if (kind !== undefined) return [{ key: `speech.${kind}` }]
  return text === '' && meant === undefined ? [{ key: 'speech.empty' }] : null
}

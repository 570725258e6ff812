// What every turn of a conversation begins and ends with: the locked conversation, and the reply that is stored with the message.
// What is replied is decided in answer.ts, or where that fails in giving-up.ts.

import type { SystemCommandContext, AppContext } from '../src/platform/commands/command.ts'
import { mayAccuseCourt } from '../src/features/complaints/accused.rules.ts'
import { pendingReplyIds, enqueueReply } from '../src/messaging/pending-replies.ts'
import type { WriterAddress } from '../src/features/units/subscriptions.commands.ts'
import { newId } from '../src/core/ids.ts'
import {
  conversationTable,
  lockConversation,
  insertMessage,
  messageTable,
  updateConversation,
  type ConversationRow,
  type MessageRow,
} from '../src/messaging/conversations.store.ts'
import { openRow, sealPart, sealRow } from '../src/platform/database/sealing.ts'
import { EMPTY_POSITION, type DialogMessage, type Position } from './engine.ts'
import type { Intent } from '../src/core/understanding.ts'
import { factsOf } from './effects/effects.ts'
import type { Line } from '../src/platform/texts/dialogs.ts'
import type { InboundMessage, Reply } from './message.ts'

/** The conversation of whoever wrote, begun where there is none, and locked until the turn ends. */
export function openConversation({ tx, app, now }: SystemCommandContext, { channel, from }: InboundMessage): Promise<ConversationRow> {
  return lockConversation(tx, app.secrets, { channel, from, fresh: { id: newId(), createdAt: now } })
}

/** Says what a turn came to, and stores it with the message. */
export async function endTurn(
  context: SystemCommandContext,
  conversation: ConversationRow,
  message: InboundMessage,
  { turn, messageKey, said, intent, late }: { turn: TurnResult; messageKey: string; said: string; intent: Intent; late: boolean },
): Promise<Reply> {
  const { tx, app, now } = context
  // Somebody who asks gets the rest of a text that is not whole; while it is being written, it must not pass.
  const onMissing = app.config.production ? (key: string): void => app.log.error('chat.text_missing', { key }) : undefined
  const text = app.catalog.say(turn.say, factsOf(app), onMissing).trim()
  if (late) await enqueueLateReply(context, message, text)
  const row = sealRow(messageTable, app.secrets, {
    id: newId(),
    conversationId: conversation.id,
    messageKey,
    receivedAt: now,
    said: nullIfEmpty(said),
    replied: nullIfEmpty(text),
    intent,
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
  return { text, repeated: false, handedOver: turn.handedOver, late, ...(turn.asksCode === true ? { asksCode: true } : {}) }
}

/** The stored reply to a message that comes again. */
export function repeatedReply({ secrets }: AppContext, { handoffId }: ConversationRow, { id, replied, late }: MessageRow): Reply {
  const text = openRow(messageTable, secrets, { id, replied }).replied ?? ''
  return { text, repeated: true, handedOver: handoffId !== null, late: late === true }
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

/** What a turn came to. */
export interface TurnResult {
  say: Line[]
  position: Position
  handedOver: boolean
  /** A code was asked for, whether or not there was somebody to send it to. */
  asksCode?: boolean
}

/** The sender's address, where the channel authenticates it; null on the web and in the terminal. */
export function addressOf({ channel, from }: InboundMessage): WriterAddress | null {
  if (channel === 'wechat') return { wechat: from }
  if (channel === 'wechaty') return { wechaty: from }
  return channel === 'sms' ? { phone: from } : null
}

export function positionOf({ secrets }: AppContext, { id, position }: ConversationRow): Position {
  const stored = openRow(conversationTable, secrets, { id, position }).position
  return stored === null ? EMPTY_POSITION : (stored as Position)
}

/** The intent under which a message is stored. What belongs to a complaint that the bot answers is marked: no clerk reads it in a handoff. */
export function intentOf(position: Position, received: DialogMessage, isQuiet: boolean): Intent {
  return !isQuiet && belongsToComplaint(position, received) ? 'complaint_new' : received.understood.intent
}

/** Whether a message is part of a complaint: sent in its dialog, understood as one, or with words against the court in whatever dialog. */
export function belongsToComplaint({ active }: Position, { text, understood }: DialogMessage): boolean {
  return active?.dialog === 'complaint' || understood.intent === 'complaint_new' || mayAccuseCourt(text)
}

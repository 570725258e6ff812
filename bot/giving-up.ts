// The turn of a message that cannot be answered: its sender is told to call, or in danger what must be said at once, and staff take over.
// When a message is given up is decided in answer.ts and doors/pending.ts.

import { findHandoff, setUrgent, touchHandoff, type HandoffRow } from '../src/features/handoffs/store.ts'
import { systemCommand, type SystemCommandContext, type AppContext } from '../src/platform/commands/command.ts'
import { pendingReplyIds } from '../src/messaging/pending-replies.ts'
import { openHandoff } from '../src/features/handoffs/commands.ts'
import type { HandoffReason } from '../src/features/handoffs/rules.ts'
import { findMessage, messageKeysOf, updateConversation, type ConversationRow } from '../src/messaging/conversations.store.ts'
import { deletePendingReply } from '../src/messaging/pending-replies.store.ts'
import { alarmLines, EMPTY_POSITION, type DialogMessage, type Position } from './engine.ts'
import { isAlarm, type Alarm, type Intent, type Understanding } from '../src/core/understanding.ts'
import { LONGEST, type InboundMessage, type Listener, type Reply } from './message.ts'
import { belongsToComplaint, endTurn, intentOf, openConversation, positionOf, repeatedReply } from './turns.ts'

/** What in a message a clerk must see at once; undefined also for a text on which the understanding fails. */
export function alarmOf(app: AppContext, { text, meant }: InboundMessage): Alarm | undefined {
  return understoodPlainly(app, text.slice(0, LONGEST).trim(), meant).alarm
}

/**
 * Ends the tries to answer a message. Its sender is told to call and staff take the conversation over; somebody in danger is told what must
 * be said at once. What the conversation was about is dropped, because that may be what cannot be answered.
 */
export const giveUpInTurn = systemCommand(
  'bot.answer',
  async (context, { message, listener }: { message: InboundMessage; listener: Listener }): Promise<Reply> => {
    const { tx, app } = context
    const conversation = await openConversation(context, message)
    await deletePendingReply(tx, pendingReplyIds(app, message))
    const messageKeys = messageKeysOf(app.secrets, message.messageId)
    const answered = await findMessage(tx, conversation.id, messageKeys)
    if (answered !== null) return repeatedReply(app, conversation, answered)
    const received = plainlyRead(app, message)
    const position = positionOrNone(app, conversation)
    const { alarm } = received.understood
    const words = belongsToComplaint(position, received) ? '' : received.text
    const handoff = await handoffOf(context, conversation, { reason: alarm ?? 'unanswered', words })
    app.log.error('chat.reply_given_up', { handoff: handoff.number })
    const say = alarm === undefined ? [{ key: 'unanswered', values: { number: handoff.number } }] : alarmLines(alarm, received)
    return endTurn(context, conversation, message, {
      turn: { say, position: EMPTY_POSITION, handedOver: true },
      messageKey: messageKeys[0],
      said: received.text,
      intent: intentOf(position, received, false),
      late: !listener.waits(),
    })
  },
)

/** The conversation's open handoff, made urgent by an alarm; a new one where there is none. */
async function handoffOf(
  { tx, app, now }: SystemCommandContext,
  conversation: ConversationRow,
  opened: { reason: HandoffReason; words: string },
): Promise<HandoffRow> {
  const open = conversation.handoffId === null ? null : await findHandoff(tx, conversation.handoffId)
  if (open !== null && open.closedAt === null) {
    await touchHandoff(tx, open.id, now)
    if (isAlarm(opened.reason)) await setUrgent(tx, open.id)
    return open
  }
  const handoff = await openHandoff({ tx, app, now }, conversation, opened)
  await updateConversation(tx, conversation.id, { handoffId: handoff.id })
  return handoff
}

/** A message read with nothing that may fail: the text, and what of it must be seen at once. */
function plainlyRead(app: AppContext, message: InboundMessage): DialogMessage {
  const text = message.text.slice(0, LONGEST).trim()
  const understood = understoodPlainly(app, text, message.meant)
  return { text, understood, command: null, hasAccount: false, isConfirmed: false, isLiaison: false }
}

function understoodPlainly(app: AppContext, text: string, meant: Intent | undefined): Understanding {
  if (meant !== undefined) return { intent: meant, confidence: 1, choices: [], slots: {} }
  try {
    return app.understand(text)
  } catch {
    return { intent: 'other', confidence: 0, choices: [], slots: {} }
  }
}

/** The position; none where it cannot be opened. */
function positionOrNone(app: AppContext, conversation: ConversationRow): Position {
  try {
    return positionOf(app, conversation)
  } catch {
    return EMPTY_POSITION
  }
}

// Stored conversations: shown to the person who holds them, and blanked after their retention time.
// Answering a message is bot/answer.ts.

import {
  blankMessages,
  findConversation,
  forgetConversations,
  latestMessages,
  messageTable,
  personOf,
} from '../../messaging/conversations.store.ts'
import { blankSummaries, findHandoff } from './store.ts'
import { forgetIdentities } from '../own-case/store.ts'
import { systemCommand, query } from '../../platform/commands/command.ts'
import { openRow } from '../../platform/database/sealing.ts'

/** One message of a conversation with its answer. */
export interface ConversationMessage {
  at: Date
  said: string
  /** The answer; empty while a person has taken the conversation over. */
  replied: string
  /** The answer came from a member of staff and not from the bot. */
  byStaff: boolean
}

/**
 * The latest messages of a conversation, oldest first. The caller has made sure that the person holds the address: the channel identified
 * them, or they presented the conversation's token.
 */
export const showConversation = query(
  'bot.read',
  async ({ db, app }, input: { channel: string; from: string; limit: number }): Promise<ConversationMessage[]> => {
    const { secrets } = app
    const row = await findConversation(db, secrets.indexes('chat', personOf(input.channel, input.from)))
    const messages = row === null ? [] : await latestMessages(db, row.id, input.limit)
    return messages.map((message) => {
      const { receivedAt, said, replied, author } = openRow(messageTable, secrets, message)
      return { at: receivedAt, said: said ?? '', replied: replied ?? '', byStaff: author !== null }
    })
  },
)

/** Whether a person has taken the conversation over and the bot must stay quiet. */
export const isHandedOver = query('bot.read', async ({ db, app, now }, input: { channel: string; from: string }): Promise<boolean> => {
  const row = await findConversation(db, app.secrets.indexes('chat', personOf(input.channel, input.from)))
  const handoff = row?.handoffId == null ? null : await findHandoff(db, row.handoffId)
  return handoff !== null && handoff.closedAt === null && handoff.quietUntil > now
})

/** Blanks up to `limit` messages that are older than an instant. Returns how many; call again until it returns 0. */
export const forgetMessages = systemCommand('bot.forget', async ({ tx, now }, input: { before: Date; limit: number }): Promise<number> => {
  await forgetConversations(tx, input.before, now)
  await blankSummaries(tx, input.before)
  await forgetIdentities(tx, new Date(now.getTime() - 86_400_000))
  return blankMessages(tx, input.before, now, input.limit)
})

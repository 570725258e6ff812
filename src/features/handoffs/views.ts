// Conversations as they are kept: shown to whoever holds one, forgotten after their time.
// Answering is bot/answer.

import { blankMessages, findConversation, forgetConversations, latestMessages, personOf } from '../../messaging/conversations.store.ts'
import { blankSummaries, findHandoff } from './store.ts'
import { forgetIdentities } from '../own-case/store.ts'
import { systemCommand, query } from '../../platform/commands/command.ts'

export interface Said {
  at: Date
  said: string
  /** Empty while a person has taken over. */
  replied: string
  /** A member of staff said it, and not the bot. */
  byStaff: boolean
}

/** The latest messages of a conversation, oldest first, for whoever holds its address: the channel has named them, or they show their token. */
export const showConversation = query(
  'bot.read',
  async ({ db, app }, input: { channel: string; from: string; limit: number }): Promise<Said[]> => {
    const { secrets } = app
    const row = await findConversation(db, secrets.indexes('chat', personOf(input.channel, input.from)))
    const messages = row === null ? [] : await latestMessages(db, row.id, input.limit)
    const open = (sealed: string | null): string => (sealed === null ? '' : secrets.open(sealed))
    return messages.map((message) => ({
      at: message.receivedAt,
      said: open(message.said),
      replied: open(message.replied),
      byStaff: message.author !== null,
    }))
  },
)

/** Whether a person has taken the conversation over, and not given it back. */
export const isHandedOver = query('bot.read', async ({ db, app, now }, input: { channel: string; from: string }): Promise<boolean> => {
  const row = await findConversation(db, app.secrets.indexes('chat', personOf(input.channel, input.from)))
  const handoff = row?.handoffId == null ? null : await findHandoff(db, row.handoffId)
  return handoff !== null && handoff.closedAt === null && handoff.quietUntil > now
})

/** Blanks one portion of what was said before an instant. Answers how many; call until it is none. */
export const forgetMessages = systemCommand('bot.forget', async ({ tx, now }, input: { before: Date; limit: number }): Promise<number> => {
  await forgetConversations(tx, input.before, now)
  await blankSummaries(tx, input.before)
  await forgetIdentities(tx, new Date(now.getTime() - 86_400_000))
  return blankMessages(tx, input.before, now, input.limit)
})

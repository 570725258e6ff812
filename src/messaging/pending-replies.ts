// Replies for whom nobody waits any more: a webhook that had to be answered before the bot was done. The message is kept first, so that a crash
// loses nothing, and its reply goes out as a message of its own. What is answered is bot/answer; sending is the dispatcher's.

import { sha256 } from '../core/secrets.ts'
import type { Addresses } from './fallback.rules.ts'
import { deletePendingReply, insertPendingReply, leasePendingReplies } from './pending-replies.store.ts'
import { findConversation, personOf } from './conversations.store.ts'
import { systemCommand, query, type SystemCommandContext } from '../platform/commands/command.ts'
import { enqueueNotice } from './outbox.ts'
import { listVersion } from '../platform/database/counters.ts'

/** Milliseconds that the turn under way has before somebody else takes the debt up. */
const HEAD_START = 15_000
/** Milliseconds for which nobody else takes a debt that is being settled. */
const LEASE = 60_000
/** Milliseconds after which a message that never could be answered is given up. */
const GIVEN_UP = 24 * 3_600_000
const PORTION = 50

/** The same for every repeat of one message. */
export function pendingReplyId({ channel, from, messageId }: { channel: string; from: string; messageId: string }): string {
  return sha256(`${channel}:${from}:${messageId}`)
}

/** Keeps a message whose sender has been told that it was taken. */
export const keepPendingReply = systemCommand(
  'bot.answer',
  async ({ tx, app, now }, owed: { channel: string; from: string; messageId: string }): Promise<void> => {
    const message = app.secrets.seal(JSON.stringify(owed))
    const personIndex = app.secrets.index('chat', personOf(owed.channel, owed.from))
    await insertPendingReply(tx, {
      id: pendingReplyId(owed),
      personIndex,
      message,
      dueAt: new Date(now.getTime() + HEAD_START),
      createdAt: now,
    })
  },
)

/** Debts that nobody is at, opened: answer each, and its turn settles it. Those of yesterday are given up, with an ERROR. */
export const takePendingReplies = systemCommand('bot.settle', async ({ tx, app, now }, _input: undefined): Promise<unknown[]> => {
  const rows = await leasePendingReplies(tx, { now, until: new Date(now.getTime() + LEASE), limit: PORTION })
  const old = rows.filter((row) => now.getTime() - row.createdAt.getTime() > GIVEN_UP)
  for (const row of old) {
    app.log.error('chat.reply_given_up')
    await deletePendingReply(tx, row.id)
  }
  return rows.filter((row) => !old.includes(row)).map((row) => JSON.parse(app.secrets.open(row.message)) as unknown)
})

/** Promises words to whoever wrote, as a message of its own; part of the turn or job that has them. `key` names them for good. */
export async function enqueueReply(
  context: Pick<SystemCommandContext, 'app' | 'tx' | 'now'>,
  input: { key: string; recipient: string; addresses: Addresses; words: string },
): Promise<void> {
  const happening = {
    event: 'chat.replied',
    key: `chat.replied:${input.key}`,
    values: { words: input.words },
    listVersion: await listVersion(context.tx),
  } as const
  await enqueueNotice(context, 'talker', happening, [{ id: input.recipient, addresses: input.addresses, consent: true }])
}

/** Whether the official account may write to a person now: they wrote within 48 hours, or did something within a minute. */
export const windowIsOpen = query('bot.read', async ({ db, app, now }, openid: string): Promise<boolean> => {
  const row = await findConversation(db, app.secrets.indexes('chat', personOf('wechat', openid)))
  return row?.windowUntil != null && row.windowUntil > now
})

// Replies that missed the provider's time limit and are sent through the outbox. Messages are stored first, so that a crash loses nothing.
// What is replied is decided in bot/answer; messaging/dispatcher sends.

import { sha256 } from '../core/secrets.ts'
import type { Addresses } from './fallback.rules.ts'
import {
  deletePendingReply,
  insertPendingReply,
  leasePendingReplies,
  pendingReplyTable,
  type ReceivedMessage,
} from './pending-replies.store.ts'
import { findConversation, personOf } from './conversations.store.ts'
import { systemCommand, query, type AppContext, type SystemCommandContext } from '../platform/commands/command.ts'
import { enqueueNotice } from './outbox.ts'
import { listVersion } from '../platform/database/counters.ts'
import { openRow, sealRow } from '../platform/database/sealing.ts'

/** Milliseconds that the turn in progress has before another process may take the pending reply. */
const HEAD_START = 15_000
/** Milliseconds for which nobody else takes a pending reply that is being worked on. */
const LEASE = 60_000
/** Milliseconds after which a message that could not be answered is given up. */
const GIVE_UP_AFTER = 24 * 3_600_000
/** Pending replies that are taken in one transaction. */
const PORTION = 50

/** The id of a pending reply, the same for every repeat of one message; then the ids of older keys and of earlier versions without one. */
export function pendingReplyIds({ secrets }: Pick<AppContext, 'secrets'>, message: ReceivedMessage): [string, ...string[]] {
  const { channel, from, messageId } = message
  const text = `${channel}:${from}:${messageId}`
  const [active, ...older] = secrets.indexes('message', text)
  return [active, ...older, sha256(text)]
}

/** Stores a message whose reply will be sent later. */
export const keepPendingReply = systemCommand('bot.answer', async ({ tx, app, now }, message: ReceivedMessage): Promise<void> => {
  const dueAt = new Date(now.getTime() + HEAD_START)
  await insertPendingReply(
    tx,
    sealRow(pendingReplyTable, app.secrets, { id: pendingReplyIds(app, message)[0], message, dueAt, createdAt: now }),
  )
})

/**
 * Takes messages with a pending reply on which nobody works, in readable form. The turn that answers one deletes it. After a day a message
 * is given up, with an ERROR.
 */
export const takePendingReplies = systemCommand('bot.settle', async ({ tx, app, now }, _input: undefined): Promise<unknown[]> => {
  const rows = await leasePendingReplies(tx, { now, until: new Date(now.getTime() + LEASE), limit: PORTION })
  const old = rows.filter((row) => now.getTime() - row.createdAt.getTime() > GIVE_UP_AFTER)
  for (const row of old) {
    app.log.error('chat.reply_given_up')
    await deletePendingReply(tx, [row.id])
  }
  return rows
    .filter((row) => !old.includes(row))
    .map((row) => openRow(pendingReplyTable, app.secrets, { id: row.id, message: row.message }).message)
})

/** Enqueues a reply to whoever wrote, in the transaction of the turn or task that made it. Each `key` is sent once. */
export async function enqueueReply(
  context: Pick<SystemCommandContext, 'app' | 'tx' | 'now'>,
  input: { key: string; recipient: string; addresses: Addresses; words: string },
): Promise<void> {
  const notice = {
    event: 'chat.replied',
    key: `chat.replied:${input.key}`,
    values: { words: input.words },
    listVersion: await listVersion(context.tx),
  } as const
  await enqueueNotice(context, 'talker', notice, [{ id: input.recipient, addresses: input.addresses, consent: true }])
}

/** Whether the official account may write to a person now: the person wrote within 48 hours, or caused an event within a minute. */
export const windowIsOpen = query('bot.read', async ({ db, app, now }, openid: string): Promise<boolean> => {
  const row = await findConversation(db, app.secrets.indexes('chat', personOf('wechat', openid)))
  return row?.windowUntil != null && row.windowUntil > now
})

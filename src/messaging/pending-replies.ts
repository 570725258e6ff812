// Replies that missed the provider's time limit and are sent through the outbox. Messages are stored first, so that a crash loses nothing.
// What is replied is decided in bot/answer, in which order in bot/doors/pending; messaging/dispatcher sends.

import { sha256 } from '../core/secrets.ts'
import type { Addresses } from './fallback.rules.ts'
import {
  deletePendingReply,
  duePendingReplies,
  insertPendingReply,
  leasePendingReply,
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
/**
 * The least and the most milliseconds between two tries of one message. A try is put off before it begins, as long as the message has waited
 * already: a message that fails, or ends the process, comes again ever more seldom and stands behind all others.
 */
const LEAST_DELAY = 60_000
const MOST_DELAY = 15 * 60_000
/** Milliseconds after which a message that nobody can read any more is deleted: its sender is not known. */
const UNREADABLE_AFTER = 7 * 24 * 3_600_000
/** Pending replies that are looked through for the most urgent. */
const LOOKED_THROUGH = 1000

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

/** A message whose reply is due. */
export interface PendingReply {
  id: string
  createdAt: Date
  /** What the bot stored of it; null when it cannot be opened. */
  message: unknown
}

/** Messages whose reply is due and on which nobody works, the longest first. */
export const listPendingReplies = query('bot.settle', async ({ db, app, now }, _input: undefined): Promise<PendingReply[]> => {
  const rows = await duePendingReplies(db, { now, limit: LOOKED_THROUGH })
  return rows.map(({ id, message, createdAt }) => ({ id, createdAt, message: opened(app, { id, message }) }))
})

function opened({ secrets }: Pick<AppContext, 'secrets'>, row: { id: string; message: string }): unknown {
  try {
    return openRow(pendingReplyTable, secrets, row).message
  } catch {
    return null
  }
}

/**
 * Takes a message to answer it; false when somebody else has. The turn that answers it deletes it. One that nobody can read is kept for a
 * week, for a key that comes back, and then deleted with an ERROR.
 */
export const takePendingReply = systemCommand(
  'bot.settle',
  async ({ tx, app, now }, { id, createdAt, message }: PendingReply): Promise<boolean> => {
    const age = now.getTime() - createdAt.getTime()
    const until = new Date(now.getTime() + Math.min(Math.max(age, LEAST_DELAY), MOST_DELAY))
    if (!(await leasePendingReply(tx, { id, now, until }))) return false
    if (message !== null) return true
    if (age > UNREADABLE_AFTER) {
      app.log.error('chat.reply_lost')
      await deletePendingReply(tx, [id])
    }
    return false
  },
)

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

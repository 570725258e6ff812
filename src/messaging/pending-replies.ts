// Replies for whom nobody waits any more: a webhook that had to be answered before the bot was done. The message is kept first, so that a crash
// loses nothing, and its reply goes out as a message of its own. What is answered is bot/answer; sending is the dispatcher's.

import { sha256 } from '../core/secrets.ts'
import type { Addresses } from './fallback.rules.ts'
import { dropDebt, keepDebt, takeDebts } from './pending-replies.store.ts'
import { findConversation, personOf } from './conversations.store.ts'
import { errand, view, type ErrandContext } from '../platform/commands/command.ts'
import { promise } from './outbox.ts'
import { listVersion } from '../platform/database/counters.ts'

/** Milliseconds that the turn under way has before somebody else takes the debt up. */
const HEAD_START = 15_000
/** Milliseconds for which nobody else takes a debt that is being settled. */
const LEASE = 60_000
/** Milliseconds after which a message that never could be answered is given up. */
const GIVEN_UP = 24 * 3_600_000
const PORTION = 50

/** The same for every repeat of one message. */
export function debtOf({ channel, from, messageId }: { channel: string; from: string; messageId: string }): string {
  return sha256(`${channel}:${from}:${messageId}`)
}

/** Keeps a message whose sender has been told that it was taken. */
export const oweReply = errand(
  'bot.answer',
  async ({ tx, house, now }, owed: { channel: string; from: string; messageId: string }): Promise<void> => {
    const message = house.secrets.seal(JSON.stringify(owed))
    const personIndex = house.secrets.index('chat', personOf(owed.channel, owed.from))
    await keepDebt(tx, { id: debtOf(owed), personIndex, message, dueAt: new Date(now.getTime() + HEAD_START), createdAt: now })
  },
)

/** Debts that nobody is at, opened: answer each, and its turn settles it. Those of yesterday are given up, with an ERROR. */
export const takeOwed = errand('bot.settle', async ({ tx, house, now }, _input: undefined): Promise<unknown[]> => {
  const rows = await takeDebts(tx, { now, until: new Date(now.getTime() + LEASE), limit: PORTION })
  const old = rows.filter((row) => now.getTime() - row.createdAt.getTime() > GIVEN_UP)
  for (const row of old) {
    house.log.error('chat.reply_given_up')
    await dropDebt(tx, row.id)
  }
  return rows.filter((row) => !old.includes(row)).map((row) => JSON.parse(house.secrets.open(row.message)) as unknown)
})

/** Promises words to whoever wrote, as a message of its own; part of the turn or job that has them. `key` names them for good. */
export async function tellTalker(
  context: Pick<ErrandContext, 'house' | 'tx' | 'now'>,
  input: { key: string; recipient: string; addresses: Addresses; words: string },
): Promise<void> {
  const happening = {
    event: 'chat.replied',
    key: `chat.replied:${input.key}`,
    values: { words: input.words },
    listVersion: await listVersion(context.tx),
  } as const
  await promise(context, 'talker', happening, [{ id: input.recipient, addresses: input.addresses, consent: true }])
}

/** Whether the official account may write to a person now: they wrote within 48 hours, or did something within a minute. */
export const windowIsOpen = view('bot.read', async ({ db, house, now }, openid: string): Promise<boolean> => {
  const row = await findConversation(db, house.secrets.indexes('chat', personOf('wechat', openid)))
  return row?.windowUntil != null && row.windowUntil > now
})

// The context that every effect gets: the turn's transaction, who writes, and under which key attempts are counted.
// The table of effects is effects.ts; each effect itself is in a file beside this one.

import type { AppContext } from '../../src/platform/commands/command.ts'
import { liaisonActor, type WriterAddress } from '../../src/features/units/subscriptions.commands.ts'
import { isAppError, type Code } from '../../src/core/errors.ts'
import type { ConversationRow } from '../../src/messaging/conversations.store.ts'
import { countUse, lockUse } from '../../src/messaging/sender-limits.ts'
import type { Actor } from '../../src/platform/commands/permissions.ts'
import type { Tx } from '../../src/platform/database/database.ts'
import type { Outcome } from '../engine.ts'

/** The turn that an effect belongs to. `app` joins the turn's transaction. */
export interface TurnContext {
  app: AppContext
  tx: Tx
  now: Date
  conversation: ConversationRow
  /** The sender's address, where the channel authenticates it. */
  address: WriterAddress | null
  /** Who is counted: the network on the web, elsewhere the sender. */
  sender: string
  /** The text of the message. */
  words: string
}

/**
 * Runs `open`, which a code unlocks. A refusal with the given error code is counted and answered with the outcome `name`; after too many in
 * an hour nothing is tried and the outcome is `limited`.
 */
export async function withGuessLimit(
  { app, tx, now, sender }: TurnContext,
  refusal: Code,
  name: string,
  open: () => Promise<Outcome>,
): Promise<Outcome> {
  const guesses = { what: 'code', sender, most: app.config.enquiry.missesPerHour }
  const full = await lockUse(app, tx, guesses, now)
  if (full !== null) return { name: 'limited', values: { minutes: minutesLeft(full, now) } }
  try {
    return await open()
  } catch (error) {
    if (!isAppError(error, refusal)) throw error
    await countUse(app, tx, guesses, now)
    return { name }
  }
}

/** Minutes until the current hour of a limit is over; at least 1. */
export function minutesLeft({ since }: { since: Date }, now: Date): number {
  return minutesUntil(new Date(since.getTime() + 3_600_000), now)
}

/** Minutes until an instant; at least 1. */
export function minutesUntil(until: Date, now: Date): number {
  return Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 60_000))
}

/** The sender's openid; undefined on every other channel. */
export function wechatOf({ address }: Pick<TurnContext, 'address'>): string | undefined {
  return address !== null && 'wechat' in address ? address.wechat : undefined
}

/** The liaison as whom the sender's bound account acts; null for everybody else and for a phone number, which is easily forged. */
export async function liaisonOf({ app, tx, address }: TurnContext): Promise<Actor | null> {
  return address !== null && !('phone' in address) ? liaisonActor(app, tx, address) : null
}

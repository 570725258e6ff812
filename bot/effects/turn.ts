// What a want is done with: the turn it belongs to, who writes, whose tries are counted.
// What each want does is beside this file; which there are is bot/effects/effects.ts.

import type { AppContext } from '../../src/platform/commands/command.ts'
import { liaisonWho, type WriterAddress } from '../../src/features/units/subscriptions.commands.ts'
import { isAppError, type Code } from '../../src/core/errors.ts'
import { countHit, hitsOf, type ConversationRow } from '../../src/messaging/conversations.store.ts'
import type { Actor } from '../../src/platform/commands/permissions.ts'
import type { Tx } from '../../src/platform/database/database.ts'
import type { Outcome } from '../engine.ts'

/** The turn a want belongs to. `house` joins the turn's transaction. */
export interface TurnContext {
  app: AppContext
  tx: Tx
  now: Date
  conversation: ConversationRow
  /** Who writes, where the channel vouches for it. */
  address: WriterAddress | null
  /** Blind index of whose tries are counted together. */
  counted: string
  /** The message. */
  words: string
}

/** Something that a code opens: wrong codes are counted, and after too many none is tried. */
export async function guessed(
  { app, tx, now, counted }: TurnContext,
  refusal: Code,
  name: string,
  open: () => Promise<Outcome>,
): Promise<Outcome> {
  const tries = `code:${counted}`
  const seen = await hitsOf(tx, tries, now)
  if (seen.hits >= app.config.enquiry.missesPerHour) return { name: 'limited', values: { minutes: minutesLeft(seen, now) } }
  try {
    return await open()
  } catch (error) {
    if (!isAppError(error, refusal)) throw error
    await countHit(tx, tries, now)
    return { name }
  }
}

/** Until the running hour of a limit is over. */
export function minutesLeft({ since }: { since: Date }, now: Date): number {
  return Math.max(1, Math.ceil((since.getTime() + 3_600_000 - now.getTime()) / 60_000))
}

/** The openid that writes; undefined where the channel vouches for none. */
export function wechatOf({ address }: Pick<TurnContext, 'address'>): string | undefined {
  return address !== null && 'wechat' in address ? address.wechat : undefined
}

/** The liaison whose bound account writes; null for everybody else, and for a mere phone number. */
export async function liaisonOf({ app, tx, address }: TurnContext): Promise<Actor | null> {
  return address !== null && !('phone' in address) ? liaisonWho(app, tx, address) : null
}

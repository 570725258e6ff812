// How often one sender may do something in an hour: file, send files, try codes. Of a network of IPv6 all networks around it are counted
// too, because anybody can have 65,536 of them for nothing. The counters are in the database: messaging/conversations.store.ts.

import { countedFor } from '../core/networks.ts'
import type { AppContext } from '../platform/commands/command.ts'
import type { Tx } from '../platform/database/database.ts'
import { countTry, lockTries, returnTry, triesOf } from './conversations.store.ts'

/** What is counted: `what` of one sender, `most` times an hour. */
export interface SenderUse {
  what: string
  /** An account, a number, or a network as `networkOf` gives it. */
  sender: string
  most: number
}

/** A counter that is used up, and when its hour began. */
export interface UsedUp {
  since: Date
}

type Context = Pick<AppContext, 'secrets'>

/** The counters of a use, with what each may show: the sender's own first. */
function countersOf({ secrets }: Context, { what, sender, most }: SenderUse): { subject: string; most: number }[] {
  return countedFor(sender, most).map((each) => ({ subject: `${what}:${secrets.index('limit', each.sender)}`, most: each.most }))
}

/** The first counter that shows more than it may, once `more` uses are added to it. */
async function firstFull(
  app: Context,
  use: SenderUse,
  more: 0 | 1,
  shown: (subject: string) => Promise<{ hits: number; since: Date }>,
): Promise<UsedUp | null> {
  for (const { subject, most } of countersOf(app, use)) {
    const { hits, since } = await shown(subject)
    if (hits + more > most) return { since }
  }
  return null
}

/**
 * Counts one use. Simultaneous ones are each counted, and wait for each other. What is too much for the sender is not counted for the networks
 * around: nobody uses up what is theirs. @returns null, or what it is too much for.
 */
export function countUse(app: Context, tx: Tx, use: SenderUse, now: Date): Promise<UsedUp | null> {
  return firstFull(app, use, 0, (subject) => countTry(tx, subject, now))
}

/** What one more use would be too much for, or null: then the counters are locked until the transaction ends, and whoever counts is alone. */
export function lockUse(app: Context, tx: Tx, use: SenderUse, now: Date): Promise<UsedUp | null> {
  return firstFull(app, use, 1, (subject) => lockTries(tx, subject, now))
}

/** The same without a lock. */
export function seeUse(app: Context, tx: Tx, use: SenderUse, now: Date): Promise<UsedUp | null> {
  return firstFull(app, use, 1, (subject) => triesOf(tx, subject, now))
}

/** Takes back a use that was counted before it was known to be none. */
export async function returnUse(app: Context, tx: Tx, use: SenderUse): Promise<void> {
  for (const { subject } of countersOf(app, use)) await returnTry(tx, subject)
}

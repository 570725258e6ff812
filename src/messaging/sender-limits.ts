// How often one sender may do something in an hour: file, send files, try codes. Of a network of IPv6 all networks around it are counted
// too, because anybody can have 65,536 of them for nothing. The counters are in the database: messaging/conversations.store.ts.

import { AROUND, networkAround } from '../core/networks.ts'
import type { Secrets } from '../core/secrets.ts'
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

interface Counter {
  subject: string
  most: number
}

/** The counters of a use: the sender's own first and, for a network of IPv6, the one of all networks around it. */
function countersOf(secrets: Secrets, { what, sender, most }: SenderUse): Counter[] {
  const around = networkAround(sender)
  const counter = (of: string, times: number): Counter => ({ subject: `${what}:${secrets.index('limit', of)}`, most: most * times })
  return [counter(sender, 1), ...(around === null ? [] : [counter(around, AROUND)])]
}

type Context = Pick<AppContext, 'secrets'>

/**
 * Counts one use. Simultaneous ones are each counted, and wait for each other. What is too much for the sender is not counted for the networks
 * around: nobody uses up what is theirs. @returns null, or what it is too much for.
 */
export async function countUse({ secrets }: Context, tx: Tx, use: SenderUse, now: Date): Promise<UsedUp | null> {
  for (const { subject, most } of countersOf(secrets, use)) {
    const { hits, since } = await countTry(tx, subject, now)
    if (hits > most) return { since }
  }
  return null
}

/** What one more use would be too much for, or null. The counters are locked until the transaction ends: whoever counts afterwards is alone. */
export async function lockUse({ secrets }: Context, tx: Tx, use: SenderUse, now: Date): Promise<UsedUp | null> {
  let full: UsedUp | null = null
  for (const { subject, most } of countersOf(secrets, use)) {
    const { hits, since } = await lockTries(tx, subject, now)
    if (hits >= most) full ??= { since }
  }
  return full
}

/** The same without a lock. */
export async function seeUse({ secrets }: Context, tx: Tx, use: SenderUse, now: Date): Promise<UsedUp | null> {
  for (const { subject, most } of countersOf(secrets, use)) {
    const { hits, since } = await triesOf(tx, subject, now)
    if (hits >= most) return { since }
  }
  return null
}

/** Takes back a use that was counted before it was known to be none. */
export async function returnUse({ secrets }: Context, tx: Tx, use: SenderUse): Promise<void> {
  for (const { subject } of countersOf(secrets, use)) await returnTry(tx, subject)
}

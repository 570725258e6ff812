// Tries that are reserved before it is known whether they count: of an hour's tries, those that are being asked at this moment by any process.
// The table is in conversations.store.ts; the enquiry reserves so (features/enquiry/reserved.commands.ts).

import type { Tx } from '../platform/database/database.ts'
import { countTry, HOUR, triesOf, type Tries } from './conversations.store.ts'

/** What was reserved, and what the counter showed before. */
export interface Reserved extends Tries {
  granted: number
}

/** Reserves up to `wanted` tries of a running hour, as many as are left of `most`. The counter stays locked until the transaction ends. */
export async function reserveTries(
  tx: Tx,
  subject: string,
  { wanted, most }: { wanted: number; most: number },
  now: Date,
): Promise<Reserved> {
  const before = new Date(now.getTime() - HOUR)
  const conflict = tx.sqlite ? 'on conflict (subject) do update set' : 'on duplicate key update'
  // A new hour begins when the last one is over, or where nothing is counted and nobody asks. `since` comes last: MariaDB assigns in order.
  await tx.run(
    `insert into chat_limit (subject, since, hits, asking) values (?, ?, 0, 0) ${conflict}
      hits = case when since <= ? then 0 else hits end, asking = case when since <= ? then 0 else asking end,
      since = case when since <= ? or (hits = 0 and coalesce(asking, 0) = 0) then ? else since end`,
    [subject, now, before, before, before, now],
  )
  const tries = await triesOf(tx, subject, now)
  const granted = Math.max(0, Math.min(wanted, most - tries.hits - tries.asking))
  if (granted > 0) await tx.run('update chat_limit set asking = coalesce(asking, 0) + ? where subject = ?', [granted, subject])
  return { ...tries, granted }
}

/** Counts a reserved try. One whose hour is over counts for the running one. @param since when the hour began that it was reserved in. */
export async function countReserved(tx: Tx, subject: string, since: Date, now: Date): Promise<void> {
  const counted = 'update chat_limit set asking = asking - 1, hits = hits + 1 where subject = ? and since = ? and asking > 0'
  if ((await tx.run(counted, [subject, since])) === 0) await countTry(tx, subject, now)
}

/** Gives reserved tries back that were none. Of an hour that is over nothing is left to give back. */
export async function returnReserved(tx: Tx, subject: string, since: Date, count: number): Promise<void> {
  await tx.run('update chat_limit set asking = asking - ? where subject = ? and since = ? and asking >= ?', [count, subject, since, count])
}

// Counters: rows that give out consecutive numbers inside a transaction, and the list's version, which is the last journal number.
// Which counters exist is decided where numbers are taken.

import { table, primary, text, big } from './columns.ts'
import type { Tx, Db } from './database.ts'

export const counterTable = table<{ name: string; value: number }>('counter', { name: primary(text(40)), value: big() })

/** Takes `count` numbers of a counter and answers the first; holds its row until the transaction ends. */
export async function takeNumbers(tx: Tx, counter: string, count: number): Promise<number> {
  const touched = await tx.run('update counter set value = value + ? where name = ?', [count, counter])
  if (touched === 0) await tx.insert(counterTable, [{ name: counter, value: count }])
  const rows = await tx.query<{ value: string | number }>('select value from counter where name = ?', [counter])
  return Number(rows[0]?.value) - count + 1
}

/** The list's version now: the last journal number given out, 0 for an empty journal. */
export async function listVersion(db: Db): Promise<number> {
  const rows = await db.query<{ value: string | number }>("select value from counter where name = 'journal'")
  return Number(rows[0]?.value ?? 0)
}

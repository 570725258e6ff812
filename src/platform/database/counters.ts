// Counters: rows that give out consecutive numbers inside a transaction; the list version, which is the last journal number.
// A counter is created when its first number is taken.

import { table, primary, text, big } from './columns.ts'
import type { Tx, Db } from './database.ts'

/** One row for each counter: its name and the last number given out. */
export const counterTable = table<{ name: string; value: number }>('counter', { name: primary(text(40)), value: big() })

/** Takes `count` numbers of a counter and locks its row until the transaction ends. @returns the first of the numbers. */
export async function takeNumbers(tx: Tx, counter: string, count: number): Promise<number> {
  const touched = await tx.run('update counter set value = value + ? where name = ?', [count, counter])
  if (touched === 0) await tx.insert(counterTable, [{ name: counter, value: count }])
  const rows = await tx.query<{ value: string | number }>('select value from counter where name = ?', [counter])
  return Number(rows[0]?.value) - count + 1
}

/** Whether a counter stands in the database: migrations make one to say that something is still to be done. */
export async function hasCounter(db: Db, counter: string): Promise<boolean> {
  return (await db.query('select value from counter where name = ?', [counter])).length > 0
}

/** Takes a counter away; true for exactly one caller. */
export async function takeAway(tx: Tx, counter: string): Promise<boolean> {
  return (await tx.run('delete from counter where name = ?', [counter])) > 0
}

/**
 * Waits for whoever takes numbers of a counter now and lets nobody take one until the transaction ends: what is read after it stays true
 * until then. SQLite has one writer at a time anyway.
 */
export async function holdCounter(tx: Tx, counter: string): Promise<void> {
  if (tx.sqlite) return
  await tx.run('insert ignore into counter (name, value) values (?, 0)', [counter])
  await tx.query('select value from counter where name = ? for update', [counter])
}

/** The current list version: the last journal number given out, 0 for an empty journal. */
export async function listVersion(db: Db): Promise<number> {
  const rows = await db.query<{ value: string | number }>("select value from counter where name = 'journal'")
  return Number(rows[0]?.value ?? 0)
}

// The table of scheduled runs: one row for each task and time bucket, with the lease of the process that works on it.
// Running a task once for each bucket is runs.ts.

import { instant, int, optional, primary, table, text } from '../database/columns.ts'
import type { Db, Tx } from '../database/database.ts'
import { isDuplicate } from '../database/faults.ts'

/** A run of a task for one bucket. */
export interface RunRow {
  name: string
  /** The time bucket that the run stands for, such as `2026-11-22` or `2026-Q4`. */
  bucket: string
  startedAt: Date
  finishedAt: Date | null
  attempts: number
  leaseToken: string | null
  leaseUntil: Date | null
}

/** The table `run`. */
export const runTable = table<RunRow>('run', {
  name: primary(text(40)),
  bucket: primary(text(20)),
  startedAt: instant(),
  finishedAt: optional(instant()),
  attempts: int(),
  leaseToken: optional(text(22)),
  leaseUntil: optional(instant()),
})

/** Begins the run of a bucket. True for exactly one caller at a time; an unfinished run can be begun again when its lease has expired. */
export async function beginRun(tx: Tx, run: { name: string; bucket: string; token: string; now: Date; until: Date }): Promise<boolean> {
  const updated = await tx.run(
    'update run set attempts = attempts + 1, lease_token = ?, lease_until = ? where name = ? and bucket = ? and finished_at is null and lease_until < ?',
    [run.token, run.until, run.name, run.bucket, run.now],
  )
  if (updated === 1) return true
  const existing = await tx.query('select name from run where name = ? and bucket = ?', [run.name, run.bucket])
  if (existing.length > 0) return false
  try {
    await tx.insert(runTable, [
      {
        name: run.name,
        bucket: run.bucket,
        startedAt: run.now,
        finishedAt: null,
        attempts: 1,
        leaseToken: run.token,
        leaseUntil: run.until,
      },
    ])
    return true
  } catch (error) {
    if (isDuplicate(error)) return false
    throw error
  }
}

/** How often a run was begun; 0 when it never was. */
export async function startsOf(db: Db, run: { name: string; bucket: string }): Promise<number> {
  const [row] = await db.query<{ attempts: number }>('select attempts from run where name = ? and bucket = ?', [run.name, run.bucket])
  return Number(row?.attempts ?? 0)
}

/** Extends the lease of a run, or gives it back with an `until` of now. False when another process holds the run. */
export async function extendRun(tx: Tx, run: { name: string; bucket: string; token: string; until: Date }): Promise<boolean> {
  const updated = await tx.run('update run set lease_until = ? where name = ? and bucket = ? and lease_token = ? and finished_at is null', [
    run.until,
    run.name,
    run.bucket,
    run.token,
  ])
  return updated === 1
}

/** Marks a run as finished. False when another process holds it. */
export async function finishRun(tx: Tx, run: { name: string; bucket: string; token: string; now: Date }): Promise<boolean> {
  const updated = await tx.run('update run set finished_at = ?, lease_token = null where name = ? and bucket = ? and lease_token = ?', [
    run.now,
    run.name,
    run.bucket,
    run.token,
  ])
  return updated === 1
}

/** Forgets the run of a bucket, so that it can be begun again. */
export async function forgetRun(tx: Tx, run: { name: string; bucket: string }): Promise<void> {
  await tx.run('delete from run where name = ? and bucket = ?', [run.name, run.bucket])
}

/** The latest finished bucket of a task; null when there is none. */
export async function lastRun(db: Db, name: string): Promise<string | null> {
  const rows = await db.query<{ bucket: string | null }>(
    'select max(bucket) as bucket from run where name = ? and finished_at is not null',
    [name],
  )
  return rows[0]?.bucket ?? null
}

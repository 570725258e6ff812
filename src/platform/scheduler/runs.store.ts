// What the house keeps for itself: runs of its clocks, and providers' tokens shared by all processes.
// What a run does is actions and jobs; how a token is fetched is the channel's.

import { instant, int, optional, primary, table, text } from '../database/columns.ts'
import type { Db, Tx } from '../database/database.ts'
import { isDuplicate } from '../database/faults.ts'

export interface RunRow {
  name: string
  /** The time bucket the run stands for, such as `2026-11-22` or `2026-Q4`. */
  bucket: string
  startedAt: Date
  finishedAt: Date | null
  attempts: number
  leaseToken: string | null
  leaseUntil: Date | null
}

export const runTable = table<RunRow>('run', {
  name: primary(text(40)),
  bucket: primary(text(20)),
  startedAt: instant(),
  finishedAt: optional(instant()),
  attempts: int(),
  leaseToken: optional(text(22)),
  leaseUntil: optional(instant()),
})

/** Begins a run of a bucket: true for exactly one caller at a time; a run whose lease ran out unfinished may be taken up again. */
export async function beginRun(tx: Tx, run: { name: string; bucket: string; token: string; now: Date; until: Date }): Promise<boolean> {
  const taken = await tx.run(
    'update run set attempts = attempts + 1, lease_token = ?, lease_until = ? where name = ? and bucket = ? and finished_at is null and lease_until < ?',
    [run.token, run.until, run.name, run.bucket, run.now],
  )
  if (taken === 1) return true
  const known = await tx.query('select name from run where name = ? and bucket = ?', [run.name, run.bucket])
  if (known.length > 0) return false
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

/** Holds a run on, or with an `until` of now gives it back; false when somebody else has it. */
export async function holdRun(tx: Tx, run: { name: string; bucket: string; token: string; until: Date }): Promise<boolean> {
  const touched = await tx.run('update run set lease_until = ? where name = ? and bucket = ? and lease_token = ? and finished_at is null', [
    run.until,
    run.name,
    run.bucket,
    run.token,
  ])
  return touched === 1
}

/** Ends a run, if it is still ours. */
export async function finishRun(tx: Tx, run: { name: string; bucket: string; token: string; now: Date }): Promise<boolean> {
  const touched = await tx.run('update run set finished_at = ?, lease_token = null where name = ? and bucket = ? and lease_token = ?', [
    run.now,
    run.name,
    run.bucket,
    run.token,
  ])
  return touched === 1
}

/** The latest finished bucket of a run. */
export async function lastRun(db: Db, name: string): Promise<string | null> {
  const rows = await db.query<{ bucket: string | null }>(
    'select max(bucket) as bucket from run where name = ? and finished_at is not null',
    [name],
  )
  return rows[0]?.bucket ?? null
}

// Runs a task once for each time bucket, on however many machines.
// When a bucket is due is schedule.ts; the rows are runs.store.ts.

import { newToken } from '../../core/ids.ts'
import { authorize, type Actor } from '../commands/permissions.ts'
import { beginRun, finishRun, lastRun } from './runs.store.ts'
import { query, type AppContext } from '../commands/command.ts'

/** A task and the bucket that it runs for. */
export interface Run {
  /** Name of the task, up to 40 characters. */
  name: string
  /** The time that the run stands for, such as `2026-11-22`. Buckets sort as text. */
  bucket: string
}

/** Milliseconds after which an unfinished run can be begun by another process. */
const RUN_LEASE = 15 * 60_000

/**
 * Does `work` for a bucket, unless it is done or another process is doing it. When `work` throws, the run can be tried again after its
 * lease.
 * @returns whether this call did the work.
 */
export async function runOnce(app: AppContext, actor: Actor, run: Run, work: () => Promise<void>): Promise<boolean> {
  authorize(actor, 'run.keep')
  const token = newToken(16)
  const now = app.clock.now()
  const until = new Date(now.getTime() + RUN_LEASE)
  if (!(await app.store.write((tx) => beginRun(tx, { ...run, token, now, until })))) return false
  await work()
  await app.store.write((tx) => finishRun(tx, { ...run, token, now: app.clock.now() }))
  return true
}

/** The latest bucket for which a task is done; null when there is none. */
export const lastBucket = query('run.keep', ({ db }, name: string): Promise<string | null> => lastRun(db, name))

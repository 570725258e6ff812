// What the house does for itself by the clock: each task once a bucket of time, on however many machines; blanking what is old.
// When a bucket is due is platform/scheduler/schedule; sessions are features/sessions/commands.

import { newToken } from '../../core/ids.ts'
import { authorize, type Actor } from '../commands/permissions.ts'
import { beginRun, finishRun, lastRun } from './runs.store.ts'
import { query, type AppContext } from '../commands/command.ts'

export interface Run {
  /** Up to 40 characters. */
  name: string
  /** The time it stands for, such as `2026-11-22`; buckets sort as text. */
  bucket: string
}

/** Milliseconds after which a run that nobody ended may be taken up by another process. */
const RUN_LEASE = 15 * 60_000

/** Does `work` for a bucket unless somebody did, or is at it. False: it was not ours. What `work` throws leaves the run to a later try. */
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

/** The latest bucket that was done; null: none ever. */
export const lastBucket = query('run.keep', ({ db }, name: string): Promise<string | null> => lastRun(db, name))

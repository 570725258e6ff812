// Runs a long step (checking a file, screening its rows) under a lease, so that one process works on it and another takes over after a crash.
// Tasks that run once for a time bucket are runs.ts; the rows are runs.store.ts.

import { AppError } from '../../core/errors.ts'
import { newToken } from '../../core/ids.ts'
import type { AppContext } from '../commands/command.ts'
import { beginRun, extendRun, finishRun, startsOf } from './runs.store.ts'

/** Milliseconds after which another process may take over a step that shows no progress. */
export const STEP_LEASE = 60_000

/** A file is read at most so often: whoever has stopped the process three times would stop it a fourth time. */
const MOST_READINGS = 3

/** @throws AppError `import_stopped` for a file during whose reading the process ended each time. */
export function refuseStopped(starts: number): void {
  if (starts > MOST_READINGS) throw new AppError('import_stopped', { times: MOST_READINGS })
}

/** Extends the lease of a step. @throws what the step gives for a lease that another process has taken over. */
export type ExtendLease = () => Promise<void>

/** The run that stands for a step of one row; ids are longer than a bucket's name. */
export function stepRun(name: string, rowId: string): { name: string; bucket: string } {
  return { name, bucket: rowId.slice(-20) }
}

/**
 * Runs a step under a lease; `starts` says how often it was begun, this time included. When `work` throws, the lease is released, so that the next attempt need not wait.
 * @throws `lost` when another process holds the lease.
 */
export async function withLease<T>(
  app: AppContext,
  step: { name: string; bucket: string },
  lost: AppError,
  work: (hold: ExtendLease, starts: number) => Promise<T>,
): Promise<T> {
  const run = { ...step, token: newToken(16) }
  const leaseEnd = (at: Date): Date => new Date(at.getTime() + STEP_LEASE)
  let extendedAt = app.clock.now()
  if (!(await app.store.write((tx) => beginRun(tx, { ...run, now: extendedAt, until: leaseEnd(extendedAt) })))) throw lost
  const hold: ExtendLease = async () => {
    const now = app.clock.now()
    if (now.getTime() - extendedAt.getTime() < STEP_LEASE / 4) return
    if (!(await app.store.write((tx) => extendRun(tx, { ...run, until: leaseEnd(now) })))) throw lost
    extendedAt = now
  }
  try {
    const result = await work(hold, await app.store.read((db) => startsOf(db, step)))
    await app.store.write((tx) => finishRun(tx, { ...run, now: app.clock.now() }))
    return result
  } catch (error) {
    // When the database is not available, the lease ends by itself.
    const past = new Date(app.clock.now().getTime() - 1)
    await app.store.write((tx) => extendRun(tx, { ...run, until: past })).catch(() => undefined)
    throw error
  }
}

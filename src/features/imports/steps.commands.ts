// One process at a time in a step of an import: a lease that is held on while the step gets on.
// What the steps do is actions/imports (check) and actions/import-commit; going on after a crash is import-resume.ts.

import { AppError } from '../../core/errors.ts'
import { newToken } from '../../core/ids.ts'
import type { ImportRow } from './store.ts'
import { beginRun, finishRun, holdRun } from '../../platform/scheduler/runs.store.ts'
import type { House } from '../../platform/commands/command.ts'

/** Longest silence of a step before another process may take it up, milliseconds. */
export const STEP_LEASE = 60_000

export type Step = 'check' | 'commit'

/** Says that the step gets on. @throws `import_state` when another process has taken it up. */
export type Hold = () => Promise<void>

/** Does a step unless somebody is at it. What `work` throws lets go, so that the next try need not wait. @throws `import_state`. */
export async function inStep<T>(house: House, step: Step, row: ImportRow, work: (hold: Hold) => Promise<T>): Promise<T> {
  const run = { name: `import.${step}`, bucket: row.id.slice(-20), token: newToken(16) }
  const lost = new AppError('import_state', { state: row.state })
  const leased = (at: Date): Date => new Date(at.getTime() + STEP_LEASE)
  let heldAt = house.clock.now()
  if (!(await house.store.write((tx) => beginRun(tx, { ...run, now: heldAt, until: leased(heldAt) })))) throw lost
  const hold: Hold = async () => {
    const now = house.clock.now()
    if (now.getTime() - heldAt.getTime() < STEP_LEASE / 4) return
    if (!(await house.store.write((tx) => holdRun(tx, { ...run, until: leased(now) })))) throw lost
    heldAt = now
  }
  try {
    const result = await work(hold)
    await house.store.write((tx) => finishRun(tx, { ...run, now: house.clock.now() }))
    return result
  } catch (error) {
    // A database that is away lets go by the lease.
    const past = new Date(house.clock.now().getTime() - 1)
    await house.store.write((tx) => holdRun(tx, { ...run, until: past })).catch(() => undefined)
    throw error
  }
}

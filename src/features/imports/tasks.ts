// Resumes imports whose process was killed, lost its database or was restarted in the middle of a step, and clears discarded ones.
// The steps are commands.ts and commit.commands.ts; how often this runs is platform/scheduler/schedule.ts.

import { isAppError } from '../../core/errors.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { auditOf } from '../../platform/commands/audit.store.ts'
import { abandonedImports } from './store.ts'
import { query, type AppContext } from '../../platform/commands/command.ts'
import { commitImport } from './commit.commands.ts'
import { checkImport, type Step } from './commands.ts'
import { clearDiscarded } from './discard.commands.ts'
import { STEP_LEASE } from '../../platform/scheduler/step-lease.ts'

/** How often a step is started before it is left to people: a step that fails so often was not stopped by a crash. */
const MAX_STARTS = 20

interface Abandoned {
  id: string
  step: Step
  /**
   * The person who began the step, with the permissions of the application. Drafts keep their drafter, so that nobody approves their own.
   */
  by: Actor
}

/**
 * Resumes every import that no process holds and whose file is on this machine, and removes what discarded ones left here. Returns how many
 * steps were completed.
 */
export async function resumeImports(app: AppContext, actor: Actor): Promise<number> {
  await clearDiscarded(app, actor)
  const interrupted = await abandonedSteps(app, actor, undefined)
  const localFiles = interrupted.length === 0 ? [] : await app.files.list()
  let completed = 0
  for (const { id, step, by } of interrupted.filter((each) => localFiles.includes(each.id))) {
    app.log.warn('import.resumed', { import: id, step })
    try {
      await (step === 'check' ? checkImport(app, by, id) : commitImport(app, by, { id }))
      completed += 1
    } catch (error) {
      // Faults of the file are stored with the import, and another process may have taken the step; only a missing service is an error
      // here.
      if (!isAppError(error) || error.kind === 'unavailable') throw error
    }
  }
  return completed
}

const abandonedSteps = query('import.resume', async ({ db, now }, _input: undefined): Promise<Abandoned[]> => {
  const rows = await abandonedImports(db, { now, begunBefore: new Date(now.getTime() - STEP_LEASE), most: MAX_STARTS })
  const steps: Abandoned[] = []
  for (const row of rows) {
    const step = row.state === 'committing' ? 'commit' : 'check'
    const beginning = (await auditOf(db, `import:${row.id}`)).findLast((each) => each.act === `import.${step}`)
    steps.push({ id: row.id, step, by: { id: beginning?.actor ?? row.actor, roles: ['house'] } })
  }
  return steps
})

// Going on with imports that a process left in the middle: killed, cut off from its database, or restarted.
// The steps themselves are features/imports/commands and import-commit; how often one looks is platform/scheduler/schedule.

import { isAppError } from '../../core/errors.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { auditOf } from '../../platform/commands/audit.store.ts'
import { abandonedImports } from './store.ts'
import { query, type AppContext } from '../../platform/commands/command.ts'
import { commitImport } from './commit.commands.ts'
import { checkImport, STEP_LEASE, type Step } from './commands.ts'

/** Times a step is begun before it is left to people: what fails so often has another reason than a crash. */
const MOST = 20

interface Abandoned {
  id: string
  step: Step
  /** Whoever began the step, with the house's hands: drafts keep their drafter, so that nobody approves their own. */
  by: Actor
}

/** Takes up every import that nobody holds, where its file is on this machine. Answers how many came to the end of their step. */
export async function resumeImports(app: AppContext, actor: Actor): Promise<number> {
  const left = await abandoned(app, actor, undefined)
  const here = left.length === 0 ? [] : await app.files.list()
  let ended = 0
  for (const { id, step, by } of left.filter((each) => here.includes(each.id))) {
    app.log.warn('import.resumed', { import: id, step })
    try {
      await (step === 'check' ? checkImport(app, by, id) : commitImport(app, by, { id }))
      ended += 1
    } catch (error) {
      // A file's own faults are kept on its import; another process may have been quicker.
      if (!isAppError(error) || error.kind === 'unavailable') throw error
    }
  }
  return ended
}

const abandoned = query('import.resume', async ({ db, now }, _input: undefined): Promise<Abandoned[]> => {
  const rows = await abandonedImports(db, { now, begunBefore: new Date(now.getTime() - STEP_LEASE), most: MOST })
  const found: Abandoned[] = []
  for (const row of rows) {
    const step = row.state === 'committing' ? 'commit' : 'check'
    const begun = (await auditOf(db, `import:${row.id}`)).findLast((each) => each.act === `import.${step}`)
    found.push({ id: row.id, step, by: { id: begun?.actor ?? row.actor, roles: ['house'] } })
  }
  return found
})

// Continues files whose process was killed or restarted in the middle of a step, and deletes files whose time is over.
// The steps are files.commands.ts; how often this runs is platform/scheduler/schedule.ts and src/nightly.ts.

import { isAppError } from '../../core/errors.ts'
import { query, systemCommand, type AppContext } from '../../platform/commands/command.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { STEP_LEASE } from '../../platform/scheduler/step-lease.ts'
import { removedFile, resultId, workThrough } from './files.commands.ts'
import { abandonedFiles, filesToRemove, findFile, moveFile } from './files.store.ts'

/** How often a step is started before it is left to people: a step that fails so often was not stopped by a crash. */
const MAX_STARTS = 20

/** Continues every file that no process holds and that is on this machine. Returns how many were completed. */
export async function resumeScreeningFiles(app: AppContext, actor: Actor): Promise<number> {
  const interrupted = await abandoned(app, actor, undefined)
  const localFiles = interrupted.length === 0 ? [] : await app.files.list()
  let completed = 0
  for (const { id, by } of interrupted.filter((each) => localFiles.includes(each.id))) {
    app.log.warn('screening.resumed', { file: id })
    try {
      await workThrough(app, by, id)
      completed += 1
    } catch (error) {
      // Faults of the file are stored with it, and another process may have taken the step; only a missing service is an error here.
      if (!isAppError(error) || error.kind === 'unavailable') throw error
    }
  }
  return completed
}

/** Files in the middle of a step, each with the liaison or system that handed it in. */
const abandoned = query('screening.resume', async ({ db, app, now }, _input: undefined): Promise<{ id: string; by: Actor }[]> => {
  const ids = await abandonedFiles(db, { now, begunBefore: new Date(now.getTime() - STEP_LEASE), most: MAX_STARTS })
  const found: { id: string; by: Actor }[] = []
  for (const id of ids) {
    const file = await findFile(db, app.secrets, id)
    if (file !== null) found.push({ id, by: { id: file.actor, roles: ['liaison'], unitId: file.unitId } })
  }
  return found
})

/** Deletes the sheets of one portion of files received before an instant; the counts stay. Answers how many. */
export async function forgetScreeningFiles(app: AppContext, actor: Actor, input: { before: Date; limit: number }): Promise<number> {
  const ids = await app.store.read((db) => filesToRemove(db, input.before, input.limit))
  for (const id of ids) {
    await app.files.remove(id)
    await app.files.remove(resultId(id))
  }
  await forgetRows(app, actor, ids)
  return ids.length
}

const forgetRows = systemCommand('screening.forget', async ({ tx, app, now }, ids: readonly string[]): Promise<void> => {
  for (const id of ids) await moveFile(tx, app.secrets, id, ['checking', 'checked', 'running', 'done', 'refused'], removedFile(now))
})

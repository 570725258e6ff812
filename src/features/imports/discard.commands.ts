// Discards an import that was checked and is not wanted: its file and rows go, the record of it stays with who discarded it.
// Nothing that is in force or being put in force is discarded; the state of the row decides, so that of two acts at once one wins.

import { AppError } from '../../core/errors.ts'
import { authorize, type Actor } from '../../platform/commands/permissions.ts'
import { command, query, type AppContext } from '../../platform/commands/command.ts'
import { goodId, rejectsId } from './rows.commands.ts'
import { DISCARDABLE } from './rules.ts'
import { discardedAfter, findImport, hashOfFile, moveImport, type ImportRow } from './store.ts'

/**
 * Discards an import whose check is over. It cannot be undone. @throws `import_missing`, `import_state` for one that is being checked, is or was
 * put in force, or was discarded before.
 */
export async function discardImport(app: AppContext, actor: Actor, importId: string): Promise<ImportRow> {
  authorize(actor, 'import.discard')
  const row = await discard(app, actor, importId)
  await removeFiles(app, importId)
  return row
}

const discard = command(
  'import.discard',
  async ({ tx, app, now, audit }, importId: string): Promise<ImportRow> => {
    const before = await findImport(tx, importId)
    if (before === null) throw new AppError('import_missing', { id: importId })
    const from = DISCARDABLE.find((state) => state === before.state)
    const gone = { state: 'discarded', finishedAt: now, problems: '[]', hasRejects: false, sample: null } as const
    if (from === undefined || !(await moveImport(tx, importId, from, gone))) throw new AppError('import_state', { state: before.state })
    const { mode, source, rows, good, bad } = before
    const sha256 = app.secrets.digest('file', hashOfFile(app.secrets, before))
    await audit({ subject: `import:${importId}`, detail: { state: 'discarded', from, sha256, mode, source, rows, good, bad } })
    return { ...before, ...gone }
  },
  (row) => ({ import: row.id }),
)

async function removeFiles(app: AppContext, importId: string): Promise<void> {
  for (const fileId of [importId, goodId(importId), rejectsId(importId)]) await app.files.remove(fileId)
}

/** Milliseconds for which files of a discarded import are looked for: a process that was killed, or a check that was overtaken, may have left some. */
const LOOKED_FOR = 2 * 86_400_000

/** Removes what is left on this machine of imports that were discarded lately. */
export async function clearDiscarded(app: AppContext, actor: Actor): Promise<void> {
  for (const id of await discardedLately(app, actor, undefined)) await removeFiles(app, id)
}

const discardedLately = query('import.resume', async ({ db, now }, _input: undefined): Promise<string[]> => {
  return discardedAfter(db, new Date(now.getTime() - LOOKED_FOR))
})

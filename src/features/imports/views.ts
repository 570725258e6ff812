// What a person is shown of imports beside their rows: who uploaded them, what this person may do next, and whether the same file was entered.
// Checking and committing are commands.ts and commit.commands.ts; they decide again.

import { actorsOf } from '../../platform/commands/audit.store.ts'
import { query } from '../../platform/commands/command.ts'
import { isAllowed, type Actor } from '../../platform/commands/permissions.ts'
import { staffNames } from '../staff/store.ts'
import { takesEffect } from './rules.ts'
import { sameFileCommitted, type ImportRow } from './store.ts'

/** What can be offered on an import: checking it again, or taking it over (as drafts, or in force). */
export const IMPORT_ACTS = ['check', 'commit'] as const
export type ImportAct = (typeof IMPORT_ACTS)[number]

export interface ImportFacts {
  /** The uploader's name; null for an account that is none of the court's staff. */
  uploadedBy: string | null
  /** Whether the reader uploaded or checked it, and so may not put it in force. */
  own: boolean
  possible: ImportAct[]
  /** The last committed import of the same bytes for the same source. */
  earlier: { id: string; finishedAt: Date | null } | null
}

/** The facts of imports for their reader, by id. */
export const factsOfImports = query('import.read', async ({ db, actor }, rows: readonly ImportRow[]): Promise<Map<string, ImportFacts>> => {
  const checkers = await actorsOf(
    db,
    rows.map(({ id }) => `import:${id}`),
    ['import.check'],
  )
  const names = await staffNames(
    db,
    rows.map((row) => row.actor),
  )
  const facts = new Map<string, ImportFacts>()
  for (const row of rows) {
    const own = row.actor === actor.id || checkers.get(`import:${row.id}`)?.has(actor.id) === true
    const earlier = row.state === 'checked' ? await sameFileCommitted(db, row.sha256, row.source) : null
    facts.set(row.id, {
      uploadedBy: names.get(row.actor) ?? null,
      own,
      possible: possibleActs(actor, row, own),
      earlier: earlier === null ? null : { id: earlier.id, finishedAt: earlier.finishedAt },
    })
  }
  return facts
})

function possibleActs(actor: Actor, row: ImportRow, own: boolean): ImportAct[] {
  if (row.state !== 'checked') return []
  const inForce = takesEffect(row.mode)
  const mayCommit = isAllowed(actor, 'import.commit') && (!inForce || (isAllowed(actor, 'import.put_in_force') && !own))
  return IMPORT_ACTS.filter((act) => (act === 'check' ? inForce && isAllowed(actor, 'import.check') : mayCommit))
}

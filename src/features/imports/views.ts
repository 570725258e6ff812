// What a person is shown of imports beside their rows: who uploaded them, what this person may do next, and whether the same file was entered.
// Checking and committing are commands.ts and commit.commands.ts; they decide again.

import { actorsOf } from '../../platform/commands/audit.store.ts'
import { query, type AppContext } from '../../platform/commands/command.ts'
import type { Db } from '../../platform/database/database.ts'
import { isAllowed, type Actor } from '../../platform/commands/permissions.ts'
import { staffNames } from '../staff/store.ts'
import { DISCARDABLE, takesEffect } from './rules.ts'
import { hashOfFile, sameFileCommitted, type ImportRow } from './store.ts'

/** What can be offered on an import: checking it again, taking it over (as drafts, or in force), or discarding it. */
export const IMPORT_ACTS = ['check', 'commit', 'discard'] as const
export type ImportAct = (typeof IMPORT_ACTS)[number]

export interface ImportFacts {
  /** The uploader's name; null for an account that is none of the court's staff. */
  uploadedBy: string | null
  /** Whether the reader uploaded or checked it, and so may not put it in force. */
  own: boolean
  possible: ImportAct[]
  /** Who discarded it (null for an account that is none of the court's staff), and when. */
  discarded: { by: string | null; at: Date | null } | null
  /** The last committed import of the same bytes for the same source. */
  earlier: { id: string; finishedAt: Date | null } | null
  /** Of the file, for comparing it with the one that was meant. */
  sha256: string
}

/** The facts of imports for their reader, by id. */
export const factsOfImports = query(
  'import.read',
  async ({ db, app, actor }, rows: readonly ImportRow[]): Promise<Map<string, ImportFacts>> => {
    const checkers = await actorsOf(
      db,
      rows.map(({ id }) => `import:${id}`),
      ['import.check'],
    )
    const discarders = await discardersOf(db, rows)
    const names = await staffNames(db, [...rows.map((row) => row.actor), ...discarders.values()])
    const facts = new Map<string, ImportFacts>()
    for (const row of rows) {
      const own = row.actor === actor.id || checkers.get(`import:${row.id}`)?.has(actor.id) === true
      const earlier = row.state === 'checked' ? await sameFileCommitted(db, app.secrets, row) : null
      facts.set(row.id, {
        uploadedBy: names.get(row.actor) ?? null,
        own,
        sha256: fileHash(app, row),
        possible: possibleActs(actor, row, own),
        discarded: row.state === 'discarded' ? { by: names.get(discarders.get(row.id) ?? '') ?? null, at: row.finishedAt } : null,
        earlier: earlier === null ? null : { id: earlier.id, finishedAt: earlier.finishedAt },
      })
    }
    return facts
  },
)

/** The SHA-256 of an import's file. */
export const fileHash = ({ secrets }: Pick<AppContext, 'secrets'>, row: ImportRow): string => hashOfFile(secrets, row)

function possibleActs(actor: Actor, row: ImportRow, own: boolean): ImportAct[] {
  const inForce = takesEffect(row.mode)
  const isChecked = row.state === 'checked'
  const mayCommit = isAllowed(actor, 'import.commit') && (!inForce || (isAllowed(actor, 'import.put_in_force') && !own))
  const may: Readonly<Record<ImportAct, boolean>> = {
    check: isChecked && inForce && isAllowed(actor, 'import.check'),
    commit: isChecked && mayCommit,
    discard: DISCARDABLE.some((state) => state === row.state) && isAllowed(actor, 'import.discard'),
  }
  return IMPORT_ACTS.filter((act) => may[act])
}

/** Who discarded imports, by id. */
async function discardersOf(db: Db, rows: readonly ImportRow[]): Promise<Map<string, string>> {
  const ids = rows.filter(({ state }) => state === 'discarded').map(({ id }) => id)
  const actors = await actorsOf(
    db,
    ids.map((id) => `import:${id}`),
    ['import.discard'],
  )
  return new Map(ids.flatMap((id) => [...(actors.get(`import:${id}`) ?? [])].map((by) => [id, by] as const)))
}

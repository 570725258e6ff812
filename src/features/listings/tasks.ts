// Tasks that fill the index of officers of listed organisations and the keys of names, for listings that are older than these.
// New and corrected listings write it themselves (features/listings/changes.commands.ts).

import { nameKey } from '../../core/person-names.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { listingsAfter } from './search.store.ts'
import { toListing } from './store.ts'
import { replaceOfficers } from './officers.store.ts'
import { systemCommand, type AppContext } from '../../platform/commands/command.ts'

/** Listings per transaction. */
const PORTION = 500

/** Writes the officers of every listed organisation anew. May be run at any time; a second run changes nothing. */
export async function indexOfficers(app: AppContext, actor: Actor): Promise<void> {
  for (let after: string | null = ''; after !== null;) after = await indexPortion(app, actor, after)
}

const indexPortion = systemCommand('listing.index', async ({ tx, app }, after: string): Promise<string | null> => {
  const rows = await listingsAfter(tx, after, PORTION)
  const organisations = rows.filter((row) => row.debtorKind === 'organisation').map((row) => toListing(app.secrets, row))
  await replaceOfficers(tx, app.secrets, organisations)
  return rows.length < PORTION ? null : (rows.at(-1)?.id ?? null)
})

/** Writes the keys of all names anew. May be run at any time; a second run changes nothing. */
export async function indexNames(app: AppContext, actor: Actor): Promise<void> {
  for (let after: string | null = ''; after !== null;) after = await indexNamesPortion(app, actor, after)
}

const indexNamesPortion = systemCommand('listing.index', async ({ tx }, after: string): Promise<string | null> => {
  const rows = await listingsAfter(tx, after, PORTION)
  for (const row of rows) {
    const key = nameKey(row.name)
    if (key !== row.nameKey) await tx.run('update listing set name_key = ? where id = ?', [key, row.id])
  }
  return rows.length < PORTION ? null : (rows.at(-1)?.id ?? null)
})

// Bringing the index of listed organisations' officers up to date, for listings that are older than it.
// New and corrected listings keep it themselves (features/listings/commands).

import type { Actor } from '../../platform/commands/permissions.ts'
import { listingsAfter } from './search.store.ts'
import { toListing } from './store.ts'
import { renewOfficers } from './officers.store.ts'
import { systemCommand, type AppContext } from '../../platform/commands/command.ts'

const PORTION = 500

/** May be run again at any time: it writes what stands there already. */
export async function indexOfficers(app: AppContext, actor: Actor): Promise<void> {
  for (let after: string | null = ''; after !== null;) after = await indexPortion(app, actor, after)
}

const indexPortion = systemCommand('listing.index', async ({ tx, app }, after: string): Promise<string | null> => {
  const rows = await listingsAfter(tx, after, PORTION)
  const organisations = rows.filter((row) => row.debtorKind === 'organisation').map((row) => toListing(app.secrets, row))
  await renewOfficers(tx, app.secrets, organisations)
  return rows.length < PORTION ? null : (rows.at(-1)?.id ?? null)
})

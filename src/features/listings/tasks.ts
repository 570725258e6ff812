// Bringing the index of listed organisations' officers up to date, for listings that are older than it.
// New and corrected listings keep it themselves (actions/listing-changes).

import type { Actor } from '../../platform/commands/permissions.ts'
import { listingsAfter } from './search.store.ts'
import { toListing } from './store.ts'
import { renewOfficers } from './officers.store.ts'
import { errand, type House } from '../../platform/commands/command.ts'

const PORTION = 500

/** May be run again at any time: it writes what stands there already. */
export async function indexOfficers(house: House, actor: Actor): Promise<void> {
  for (let after: string | null = ''; after !== null;) after = await indexPortion(house, actor, after)
}

const indexPortion = errand('listing.index', async ({ tx, house }, after: string): Promise<string | null> => {
  const rows = await listingsAfter(tx, after, PORTION)
  const organisations = rows.filter((row) => row.debtorKind === 'organisation').map((row) => toListing(house.secrets, row))
  await renewOfficers(tx, house.secrets, organisations)
  return rows.length < PORTION ? null : (rows.at(-1)?.id ?? null)
})

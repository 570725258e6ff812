// Wordings of listings that corrections replaced, each sealed whole: what was in force, and until when.
// The wording in force stands on the listing (store/listings).

import { id, instant, int, long, primary, references, sealedJson, table } from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'

/** A wording that a correction replaced, sealed whole. */
export interface ListingWordingRow {
  id: string
  listingId: string
  contentVersion: number
  sealed: string
  replacedAt: Date
}

export const listingWordingTable = table<ListingWordingRow>(
  'listing_wording',
  { id: primary(id()), listingId: references('listing', id()), contentVersion: int(), sealed: sealedJson(long()), replacedAt: instant() },
  [{ name: 'ix_listing_wording_listing', columns: ['listingId'] }],
)

export async function keepWording(tx: Tx, row: ListingWordingRow): Promise<void> {
  await tx.insert(listingWordingTable, [row])
}

export async function wordingsOf(db: Db, listingId: string): Promise<ListingWordingRow[]> {
  return db.manager.getRepository(listingWordingTable.schema).find({ where: { listingId }, order: { contentVersion: 'ASC' } })
}

// Finds what a bulletin put on the list and is still there, for screens and posters.
// Listings are features/listings/store.ts, bulletins features/journal/store.ts.

import { PUBLIC_ENTRY, type ListingRow } from '../listings/store.ts'
import { listingsById } from '../listings/search.store.ts'
import type { Db } from '../../platform/database/database.ts'

/** Which events of a bulletin are meant: what it listed, or also what it corrected. */
export type EntryEvents = 'listed' | 'listed_or_corrected'

const EVENTS: Readonly<Record<EntryEvents, string>> = {
  listed: "j.event = 'listing.listed'",
  listed_or_corrected: "j.event in ('listing.listed', 'listing.corrected')",
}

const from = (events: EntryEvents): string =>
  `from journal j join listing l on l.id = j.listing_id where j.bulletin_id = ? and ${EVENTS[events]} and ${PUBLIC_ENTRY}`

/** How many entries of a bulletin the public may see now. */
export async function countPublicEntriesOf(db: Db, bulletinId: string, events: EntryEvents): Promise<number> {
  const [row] = await db.query<{ n: number | string }>(`select count(*) as n ${from(events)}`, [bulletinId])
  return Number(row?.n ?? 0)
}

/** Entries of a bulletin that the public may see now, in the bulletin's order. */
export async function publicEntriesOf(
  db: Db,
  bulletinId: string,
  events: EntryEvents,
  page: { limit: number; offset: number },
): Promise<ListingRow[]> {
  const ids = await db.query<{ id: string }>(`select l.id ${from(events)} order by j.seq limit ? offset ?`, [
    bulletinId,
    page.limit,
    page.offset,
  ])
  const rows = new Map((await listingsById(db, [...new Set(ids.map(({ id }) => id))])).map((row) => [row.id, row]))
  return ids.flatMap(({ id }) => rows.get(id) ?? [])
}

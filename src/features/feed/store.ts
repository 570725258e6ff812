// SQL of the feed: the changes of the public list in the order of the journal, and the public entries in force.
// What a unit may see of an entry is views.ts.

import { toInstant, type Db } from '../../platform/database/database.ts'
import { FEED_EVENTS, type JournalEvent } from '../journal/store.ts'
import { listingTable, type ListingRow, PUBLIC_ENTRY } from '../listings/store.ts'
import { placeholders } from '../../platform/database/placeholders.ts'

/** One change of the list. */
export interface ChangeRow {
  /** The journal number. */
  seq: number
  at: Date
  event: JournalEvent
  listingId: string
}

/**
 * The next changes of public entries after the journal number `after`, up to and including `until`. Undisclosed entries that were corrected
 * (`content_version` above 1) are included, because they may have been public before; the caller decides.
 */
export async function changesAfter(db: Db, span: { after: number; until: number; limit: number }): Promise<ChangeRow[]> {
  const rows = await db.query<Omit<ChangeRow, 'at'> & { at: Date | string }>(
    `select j.seq, j.at, j.event, j.listing_id as listingId from journal j join listing l on l.id = j.listing_id
      where j.seq > ? and j.seq <= ? and j.event in (${placeholders(FEED_EVENTS)})
        and (l.disclosure = 'public' or l.content_version > 1) order by j.seq limit ?`,
    [span.after, span.until, ...FEED_EVENTS, span.limit],
  )
  return rows.map((row) => ({ ...row, seq: Number(row.seq), at: toInstant(row.at) }))
}

/** The next public entries in force, in order of id. */
export async function publicAfter(db: Db, after: string, limit: number): Promise<ListingRow[]> {
  return db.manager
    .getRepository(listingTable.schema)
    .createQueryBuilder('l')
    .where(`${PUBLIC_ENTRY} and l.id > :after`, { after })
    .orderBy('l.id')
    .limit(limit)
    .getMany()
}

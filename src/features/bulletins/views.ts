// Queries of bulletins: the list of them, and one with its public entries.
// Listings themselves are shown by listings/views.ts.

import { instantsOf } from '../../core/calendar.ts'
import { query, type AppContext } from '../../platform/commands/command.ts'
import { type Page, type ListingSummary, summaryOf } from '../listings/views.ts'
import { bulletins, type BulletinFilter, type BulletinRow, type JournalRow, findBulletin, journalOfBulletin } from '../journal/store.ts'
import type { Db } from '../../platform/database/database.ts'
import { AppError } from '../../core/errors.ts'
import { listingsById } from '../listings/search.store.ts'
import { changesOfCorrections } from '../listings/corrected.views.ts'
import type { ListingRow } from '../listings/store.ts'

/** What a list of bulletins is narrowed by; `from` and `until` are days of issue, both included. */
type BulletinSearch = Omit<BulletinFilter, 'issued'> & Parameters<typeof instantsOf>[0]

/** A page of the bulletins that match, newest first. */
export const listBulletins = query('bulletin.read', async ({ db }, input: { filter: BulletinSearch; page: Page }) => {
  const { from, until, ...filter } = input.filter
  return bulletins(db, { ...filter, issued: instantsOf({ from, until }) }, input.page)
})

/** A bulletin with a page of its public entries. */
export interface BulletinDetail extends BulletinRow {
  entries: (ListingSummary & {
    event: JournalRow['event']
    seq: number
    /** What a correction changed, in words; null for other events. */
    changes: string | null
  })[]
  total: number
}

/** A bulletin with a page of its public entries in journal order, as a unit may see it. @throws AppError `bulletin_missing`. */
export const showBulletin = query('bulletin.read', ({ db, app }, input: { id: string; page: Page }) => bulletinDetail(app, db, input))

/**
 * The same inside a query or command that has a database.
 * @param reader for whom identifiers are masked. @throws AppError `bulletin_missing`.
 */
export async function bulletinDetail(
  app: AppContext,
  db: Db,
  input: { id: string; page: Page },
  reader: 'unit' | 'public' = 'unit',
): Promise<BulletinDetail> {
  const bulletin = await findBulletin(db, input.id)
  if (bulletin === null) throw new AppError('bulletin_missing', { id: input.id })
  const { items, total } = await journalOfBulletin(db, input.id, input.page, reader)
  const rows = new Map(
    (
      await listingsById(
        db,
        items.map((item) => item.listingId),
      )
    ).map((row) => [row.id, row]),
  )
  const changes = await changesOfCorrections(app, db, items, rows)
  const entries = items.map(({ listingId, event, seq }) => {
    return { ...summaryOf(app, rows.get(listingId) as ListingRow, reader), event, seq, changes: changes.get(seq) ?? null }
  })
  return { ...bulletin, listVersion: Number(bulletin.listVersion), entries, total }
}

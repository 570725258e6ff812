import { view, type House } from './context.ts'
import { type Page, type ListingSummary, summaryOf } from './listing-views.ts'
import { bulletins, type BulletinRow, type JournalRow, findBulletin, journalOfBulletin } from '../store/journal.ts'
import type { Db } from '../store/database.ts'
import { AppError } from '../core/errors.ts'
import { listingsById } from '../store/listing-questions.ts'
import type { ListingRow } from '../store/listings.ts'
import { listVersion } from '../store/counters.ts'

// What is shown of bulletins: the list of them, and one with its public entries.
// Listings themselves are shown by the views of listings.

export const listBulletins = view('bulletin.read', async ({ db }, input: Page) => bulletins(db, input))

export interface BulletinDetail extends BulletinRow {
  entries: (ListingSummary & { event: JournalRow['event']; seq: number })[]
  total: number
}

/** A bulletin with a page of its public entries, in journal order: what a unit is to be handed. */
export const showBulletin = view('bulletin.read', ({ db, house }, input: { id: string; page: Page }) => bulletinDetail(house, db, input))

/** @throws AppError `bulletin_missing`. */
export async function bulletinDetail(house: House, db: Db, input: { id: string; page: Page }): Promise<BulletinDetail> {
  const bulletin = await findBulletin(db, input.id)
  if (bulletin === null) throw new AppError('bulletin_missing', { id: input.id })
  const { items, total } = await journalOfBulletin(db, input.id, input.page)
  const rows = new Map(
    (
      await listingsById(
        db,
        items.map((item) => item.listingId),
      )
    ).map((row) => [row.id, row]),
  )
  const entries = items.map((item) => ({ ...summaryOf(house, rows.get(item.listingId) as ListingRow), event: item.event, seq: item.seq }))
  return { ...bulletin, listVersion: Number(bulletin.listVersion), entries, total }
}

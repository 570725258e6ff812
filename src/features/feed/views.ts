// The feed for units that keep a copy of the list (实施意见 四(二)4): every change in order, none skipped, and the list to begin with.
// A change carries the entry as it stands now, so that whoever left the list is never sent again in full.

import { isPublicEntry, type ListingContent } from '../listings/rules.ts'
import type { Db } from '../../platform/database/database.ts'
import { changesAfter, publicAfter, type ChangeRow } from './store.ts'
import { listingsById } from '../listings/search.store.ts'
import { toListing, type ListingRow, wordingsOf } from '../listings/store.ts'
import { query, type AppContext } from '../../platform/commands/command.ts'
import { listVersion } from '../../platform/database/counters.ts'
import { suspendedAmong } from '../listings/suspensions.store.ts'

/** What a unit needs to find a person again and to say why: the number whole, because a name is nobody's identity. */
export interface FeedEntry {
  listingId: string
  kind: 'person' | 'organisation'
  name: string
  identifier: string
  sex: string | null
  legalRepresentative: string | null
  court: string
  caseNo: string
  filedOn: string
  basisNo: string
  basisMaker: string
  obligation: string
  performance: string
  grounds: number[]
  publishedOn: string | null
  termEndsOn: string | null
  source: string
  /** Measures rest while an objection is verified. */
  suspended: boolean
}

export interface FeedChange {
  /** Its journal number. */
  seq: number
  at: Date
  event: ChangeRow['event']
  listingId: string
  /** Null: the entry is no longer on the public list; take it out of the copy. */
  entry: FeedEntry | null
}

export interface Feed {
  changes: FeedChange[]
  /** What to ask with next; grows also where nothing changed that a unit may see. */
  next: number
  more: boolean
  /** The list's version that `next` leads to at the most. */
  listVersion: number
  asOf: Date
}

/** Changes after a journal number, oldest first. The same question again brings the same changes. */
export const readFeed = query('feed.read', async ({ db, app, now }, input: { after: number; limit: number }): Promise<Feed> => {
  const { after, limit } = input
  // Read first: every journal row up to it is committed, because the counter is locked with them.
  const version = await listVersion(db)
  const rows = await changesAfter(db, { after, until: version, limit })
  const listings = new Map((await listingsById(db, [...new Set(rows.map((row) => row.listingId))])).map((row) => [row.id, row]))
  const suspended = await suspendedAmong(db, [...listings.keys()])
  const changes: FeedChange[] = []
  for (const { seq, at, event, listingId } of rows) {
    const row = listings.get(listingId) as ListingRow
    if (await wasNeverPublic(app, db, row)) continue
    changes.push({ seq, at, event, listingId, entry: isPublicEntry(row) ? entryOf(app, row, suspended.has(listingId)) : null })
  }
  const more = rows.length === limit
  const last = rows.at(-1)?.seq ?? after
  return { changes, next: more ? last : Math.max(version, after), more, listVersion: version, asOf: now }
})

/** An undisclosed entry that was corrected: unless one of its wordings was public, units never knew it and do not learn of it now. */
async function wasNeverPublic({ secrets }: AppContext, db: Db, row: ListingRow): Promise<boolean> {
  if (row.disclosure === 'public') return false
  const wordings = await wordingsOf(db, row.id)
  return !wordings.some(({ sealed }) => (JSON.parse(secrets.open(sealed)) as ListingContent).disclosure === 'public')
}

export interface Snapshot {
  entries: FeedEntry[]
  /** What to ask with for the next page; null: this was the last. */
  next: string | null
  /** Of the first page: the journal number from which the feed goes on. */
  listVersion: number
  asOf: Date
}

/** The public list in force, a page in order of id. Whoever begins a copy keeps the first page's version and reads the feed from there. */
export const readSnapshot = query('feed.read', async ({ db, app, now }, input: { after: string; limit: number }): Promise<Snapshot> => {
  const version = await listVersion(db)
  const rows = await publicAfter(db, input.after, input.limit)
  const suspended = await suspendedAmong(
    db,
    rows.map((row) => row.id),
  )
  const next = rows.length === input.limit ? (rows.at(-1)?.id ?? null) : null
  return { entries: rows.map((row) => entryOf(app, row, suspended.has(row.id))), next, listVersion: version, asOf: now }
})

function entryOf({ secrets }: AppContext, row: ListingRow, suspended: boolean): FeedEntry {
  const { content, publishedOn, termEndsOn, source } = toListing(secrets, row)
  const { debtor, court, caseNo, filedOn, basisNo, basisMaker, obligation, performance, grounds } = content
  return {
    listingId: row.id,
    kind: debtor.kind,
    name: debtor.name,
    identifier: debtor.identifier,
    sex: debtor.sex ?? null,
    legalRepresentative: debtor.legalRepresentative ?? null,
    ...{ court, caseNo, filedOn, basisNo, basisMaker, obligation, performance },
    grounds: [...grounds],
    publishedOn: publishedOn ?? null,
    termEndsOn: termEndsOn ?? null,
    source,
    suspended,
  }
}

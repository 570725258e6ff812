// The feed for units that keep a copy of the list (实施意见 四(二)4): every change in order without gaps, and the list to begin with.
// A change carries the entry as it is now, so that an entry that has left the list is never sent in full again.

import { isPublicEntry, PUBLISHED_TEXTS } from '../listings/rules.ts'
import type { Db } from '../../platform/database/database.ts'
import { changesAfter, publicAfter, type ChangeRow } from './store.ts'
import { listingsById } from '../listings/search.store.ts'
import { listingWordingTable, toListing, type ListingRow, wordingsOf } from '../listings/store.ts'
import { query, type AppContext } from '../../platform/commands/command.ts'
import { ownUnitOf } from '../../platform/commands/permissions.ts'
import { listVersion } from '../../platform/database/counters.ts'
import { maskedTexts } from '../../core/personal-numbers.ts'
import { openRow } from '../../platform/database/sealing.ts'
import { restingFor, suspendedAmong, type Resting } from '../listings/suspensions.store.ts'

/** What a unit needs to identify a person and to state the reason. The identifier is complete, because a name does not identify anybody. */
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
  /** All measures of the reading unit rest while an objection is verified. */
  suspended: boolean
  /** Ids of those that rest one by one. */
  suspendedMeasures: string[]
}

/** One change of the public list. */
export interface FeedChange {
  /** Its journal number. */
  seq: number
  at: Date
  event: ChangeRow['event']
  listingId: string
  /** Null: the entry is no longer on the public list and must be removed from the copy. */
  entry: FeedEntry | null
}

/** One page of changes. */
export interface Feed {
  changes: FeedChange[]
  /** The `after` of the next request. It also grows over changes that a unit may not see. */
  next: number
  more: boolean
  /** The version of the list, the most that `next` can reach. */
  listVersion: number
  asOf: Date
}

/** Changes after a journal number, oldest first. The same request returns the same changes again. */
export const readFeed = query('feed.read', async ({ db, app, actor, now }, input: { after: number; limit: number }): Promise<Feed> => {
  const { after, limit } = input
  // The version is read first: all journal rows up to it are committed, because their transactions lock the counter.
  const version = await listVersion(db)
  const rows = await changesAfter(db, { after, until: version, limit })
  const listings = new Map((await listingsById(db, [...new Set(rows.map((row) => row.listingId))])).map((row) => [row.id, row]))
  const suspended = await suspendedAmong(db, [...listings.keys()])
  const changes: FeedChange[] = []
  for (const { seq, at, event, listingId } of rows) {
    const row = listings.get(listingId) as ListingRow
    if (await wasNeverPublic(app, db, row)) continue
    changes.push({
      seq,
      at,
      event,
      listingId,
      entry: isPublicEntry(row) ? entryOf(app, row, suspended.get(listingId), ownUnitOf(actor)) : null,
    })
  }
  const more = rows.length === limit
  const last = rows.at(-1)?.seq ?? after
  return { changes, next: more ? last : Math.max(version, after), more, listVersion: version, asOf: now }
})

/** Whether no wording of an entry was ever public: units never knew such an entry and must not learn of it now. */
async function wasNeverPublic({ secrets }: AppContext, db: Db, row: ListingRow): Promise<boolean> {
  if (row.disclosure === 'public') return false
  const wordings = await wordingsOf(db, row.id)
  return !wordings.some(({ id, sealed }) => openRow(listingWordingTable, secrets, { id, sealed }).sealed.disclosure === 'public')
}

/** One page of the public list. */
export interface Snapshot {
  entries: FeedEntry[]
  /** The `after` of the next page; null after the last page. */
  next: string | null
  /** On the first page: the journal number from which to continue with the feed. */
  listVersion: number
  asOf: Date
}

/** A page of the public list in force, in order of id. A new copy keeps the version of the first page and reads the feed from there. */
export const readSnapshot = query(
  'feed.read',
  async ({ db, app, actor, now }, input: { after: string; limit: number }): Promise<Snapshot> => {
    const version = await listVersion(db)
    const rows = await publicAfter(db, input.after, input.limit)
    const suspended = await suspendedAmong(
      db,
      rows.map((row) => row.id),
    )
    const next = rows.length === input.limit ? (rows.at(-1)?.id ?? null) : null
    return { entries: rows.map((row) => entryOf(app, row, suspended.get(row.id), ownUnitOf(actor))), next, listVersion: version, asOf: now }
  },
)

function entryOf({ secrets }: AppContext, row: ListingRow, suspended: readonly Resting[] | undefined, unitId: string | null): FeedEntry {
  const resting = restingFor(suspended ?? [], unitId)
  const { content, publishedOn, termEndsOn, source } = toListing(secrets, row)
  const { debtor, filedOn, grounds } = content
  return {
    listingId: row.id,
    kind: debtor.kind,
    identifier: debtor.identifier,
    sex: debtor.sex ?? null,
    ...maskedTexts({ name: debtor.name, legalRepresentative: debtor.legalRepresentative ?? null }, ['name', 'legalRepresentative']),
    ...maskedTexts(content, PUBLISHED_TEXTS),
    filedOn,
    grounds: [...grounds],
    publishedOn: publishedOn ?? null,
    termEndsOn: termEndsOn ?? null,
    source,
    suspended: resting === 'all',
    suspendedMeasures: resting === 'all' ? [] : resting,
  }
}

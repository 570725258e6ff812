// How every command changes listings: loads them as the caller saw them, and saves them with their audit rows and journal events.
// The commands themselves are commands.ts here, and those of bulletins, imports and objections.

import type { Listing } from './rules.ts'
import { type ListingRow, toListing, toRow, contentDigest } from './store.ts'
import type { Change } from './notices.ts'
import { type JournalEvent, appendJournal } from '../journal/store.ts'
import type { CommandContext } from '../../platform/commands/command.ts'
import { AppError } from '../../core/errors.ts'
import { listingsById, updateListing } from './search.store.ts'
import { renewOfficers } from './officers.store.ts'

/** One listing to act on; `version` as the caller saw it, when it wants to be told of a change in between. */
export interface Item {
  id: string
  version?: number | undefined
}

/** Listings one bulletin may hold when people make it by hand; files have no such bound. */
export const BULLETIN_LIMIT = 2000

export interface Outcome {
  id: string
  version: number
  state: Listing['state']
}

export interface Loaded {
  row: ListingRow
  listing: Listing
}

export interface Changed extends Change {
  before: Loaded
  event: JournalEvent
  /** What the audit keeps besides: numbers and words of the house, nothing personal. */
  note: Readonly<Record<string, string>>
}

export function change(before: Loaded, listing: Listing, event: JournalEvent, note: Changed['note'] = {}): Changed {
  return { before, listing, event, note }
}

/** The listings asked for, in the order asked. @throws `listing_missing`, `listing_version_stale`, `bulletin_empty`. */
export async function load(context: CommandContext, items: readonly Item[]): Promise<Loaded[]> {
  if (items.length === 0 || items.length > BULLETIN_LIMIT) throw new AppError('bulletin_empty', { max: BULLETIN_LIMIT })
  const rows = new Map((await listingsById(context.tx, [...new Set(items.map((item) => item.id))])).map((row) => [row.id, row]))
  if (rows.size < items.length) {
    const missing = items.find((item) => !rows.has(item.id))
    throw missing === undefined ? new AppError('request_invalid') : new AppError('listing_missing', { id: missing.id })
  }
  return items.map((item) => {
    const row = rows.get(item.id) as ListingRow
    if (item.version !== undefined && item.version !== row.version)
      throw new AppError('listing_version_stale', { id: row.id, state: row.state, version: row.version })
    return { row, listing: toListing(context.app.secrets, row) }
  })
}

/** Writes audit, listings and journal of one act; answers the list's version after it. */
export async function save(
  context: CommandContext,
  changes: readonly Changed[],
  bulletinId: string | null,
): Promise<{ outcomes: Outcome[]; listVersion: number }> {
  const { tx, app, now } = context
  const heads = await context.auditAll(
    changes.map(({ listing, before, note }) => ({
      subject: subjectOf(listing),
      detail: { ...detailOf(listing, before.listing), ...note },
    })),
    'known',
  )
  for (const [position, { listing, before }] of changes.entries())
    await updateListing(
      tx,
      toRow(app.secrets, listing, { created: before.row.createdAt, updated: now }, heads[position]?.hash ?? ''),
      before.listing.version,
    )
  // Only what a new wording changes: content is never changed in place.
  const reworded = changes.filter(({ listing, before }) => listing.content !== before.listing.content)
  await renewOfficers(
    tx,
    app.secrets,
    reworded.map(({ listing }) => listing),
  )
  const listVersion = await appendJournal(
    tx,
    changes.map(({ listing, event }) => journalOf(listing, event, bulletinId, now)),
  )
  return { outcomes: changes.map(({ listing }) => ({ id: listing.id, version: listing.version, state: listing.state })), listVersion }
}

export function one(saved: { outcomes: Outcome[] }): Outcome {
  return saved.outcomes[0] as Outcome
}

export function subjectOf(listing: Pick<Listing, 'id'>): string {
  return `listing:${listing.id}`
}

/** What the audit keeps of an act on a listing: versions, states, the wording's digest. The act's name and actor are the row's own. */
export function detailOf(listing: Listing, before?: Listing): Record<string, string | number> {
  return {
    version: listing.version,
    contentVersion: listing.contentVersion,
    content: contentDigest(listing.content),
    from: before?.state ?? '',
    to: listing.state,
    ...(listing.reason === undefined || listing.reason === before?.reason ? {} : { reason: listing.reason }),
    ...(listing.exitGround === undefined ? {} : { exitGround: listing.exitGround }),
    ...(listing.decisionNo === undefined || before?.decisionNo !== undefined ? {} : { decisionNo: listing.decisionNo }),
  }
}

export function journalOf(
  listing: Listing,
  event: JournalEvent,
  bulletinId: string | null,
  at: Date,
): Parameters<typeof appendJournal>[1][number] {
  return { at, event, listingId: listing.id, listingVersion: listing.version, contentVersion: listing.contentVersion, bulletinId }
}

// How commands change listings: load them as the caller saw them, then save them with their audit rows and journal events.
// The commands are commands.ts here, and those of features/bulletins, features/imports and features/objections.

import type { Listing } from './rules.ts'
import { type ListingRow, toListing, toRow, contentDigest } from './store.ts'
import type { Change } from './notices.ts'
import { type JournalEvent, appendJournal } from '../journal/store.ts'
import { actorsOf } from '../../platform/commands/audit.store.ts'
import type { CommandContext } from '../../platform/commands/command.ts'
import type { Db } from '../../platform/database/database.ts'
import { AppError } from '../../core/errors.ts'
import type { Secrets } from '../../core/secrets.ts'
import { listingsById, lockListings, updateListings } from './search.store.ts'
import { replaceOfficers } from './officers.store.ts'
import { expireProposals } from './proposals.store.ts'

/** One listing to act on. With `version`, as the caller saw it, a change in between is an error. */
export interface ListingItem {
  id: string
  version?: number | undefined
}

/** Most listings in one bulletin made by hand; imported files have no such limit. */
export const BULLETIN_LIMIT = 2000

/** What a command made of one listing. */
export interface Outcome {
  id: string
  version: number
  state: Listing['state']
}

/** A listing and the row it was read from. */
export interface LoadedListing {
  row: ListingRow
  listing: Listing
}

/** One change to be saved: the listing before and after, and the journal event. */
export interface Changed extends Change {
  before: LoadedListing
  event: JournalEvent
  /** Further facts for the audit row: numbers and codes of this application, nothing personal. */
  note: Readonly<Record<string, string>>
}

/** Puts a change together; `note` goes into its audit row. */
export function change(before: LoadedListing, listing: Listing, event: JournalEvent, note: Changed['note'] = {}): Changed {
  return { before, listing, event, note }
}

/**
 * Loads listings in the order of `items`.
 * @throws `listing_missing`, `listing_version_stale`, `request_invalid` for a listing named twice, `bulletin_empty` for none or more than
 *   `BULLETIN_LIMIT`.
 */
export async function loadListings(context: CommandContext, items: readonly ListingItem[]): Promise<LoadedListing[]> {
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

/**
 * The same, locked first. For commands that decide by what is stored beside a listing, or change that: without a new version of the listing
 * nothing else would tell one of two at once of the other.
 * @throws as `loadListings`.
 */
export async function loadLockedListings(context: CommandContext, items: readonly ListingItem[]): Promise<LoadedListing[]> {
  if (items.length <= BULLETIN_LIMIT)
    await lockListings(
      context.tx,
      items.map(({ id }) => id),
    )
  return loadListings(context, items)
}

/** Permissions with which somebody writes a part of a listing; `import.check` is the upload of its file. */
const WRITING = ['listing.draft', 'listing.edit', 'listing.answer_exclusions', 'import.check', 'import.commit'] as const

/**
 * For each of these listings, who wrote a part of it: drafted, edited or imported it, answered what its decision rests on, or uploaded the
 * file it came in. Read from the audit.
 */
export async function authorsOf(
  { tx }: Pick<CommandContext, 'tx'>,
  loaded: readonly LoadedListing[],
): Promise<(listing: Listing) => ReadonlySet<string>> {
  const subjects = loaded.flatMap(({ listing }) => writtenIn(listing))
  const actors = await actorsOf(tx, [...new Set(subjects)], WRITING)
  return (listing) => new Set(writtenIn(listing).flatMap((subject) => [...(actors.get(subject) ?? [])]))
}

/** The same for rows, by listing id; without the account that a row names as its drafter. */
export async function authorsOfRows(
  db: Db,
  rows: readonly Pick<ListingRow, 'id' | 'importId'>[],
): Promise<Map<string, ReadonlySet<string>>> {
  const written = rows.map(({ id, importId }) => ({ id, subjects: writtenIn({ id, ...(importId === null ? {} : { importId }) }) }))
  const actors = await actorsOf(db, [...new Set(written.flatMap(({ subjects }) => subjects))], WRITING)
  return new Map(written.map(({ id, subjects }) => [id, new Set(subjects.flatMap((subject) => [...(actors.get(subject) ?? [])]))]))
}

/** The audit subjects under which parts of a listing were written. */
function writtenIn(listing: Pick<Listing, 'id' | 'importId'>): string[] {
  return [subjectOf(listing), exclusionsSubjectOf(listing), ...(listing.importId === undefined ? [] : [`import:${listing.importId}`])]
}

/** Writes the audit rows, listings and journal events of one command. Returns the list's version after it. */
export async function saveListings(
  context: CommandContext,
  changes: readonly Changed[],
  bulletinId: string | null,
): Promise<{ outcomes: Outcome[]; listVersion: number }> {
  const { tx, app, now } = context
  const heads = await context.auditAll(
    changes.map(({ listing, before, note }) => ({
      subject: subjectOf(listing),
      detail: { ...detailOf(app.secrets, listing, before.listing), ...note },
    })),
    'known',
  )
  await updateListings(
    tx,
    changes.map(({ listing, before }, position) => ({
      row: toRow(app.secrets, listing, { created: before.row.createdAt, updated: now }, heads[position]?.hash ?? ''),
      before: before.row,
    })),
  )
  // Only listings with a new wording: content is never changed in place, so the objects differ exactly then.
  const reworded = changes.filter(({ listing, before }) => listing.content !== before.listing.content)
  await replaceOfficers(
    tx,
    app.secrets,
    reworded.map(({ listing }) => listing),
  )
  // Not by a suspension: the wording and the state that a proposal is about stay.
  const altered = changes.filter(
    ({ listing: { state, content }, before: { listing: old } }) =>
      old.state === 'listed' && (state !== old.state || content !== old.content),
  )
  await expireProposals(
    tx,
    altered.map(({ listing }) => listing.id),
  )
  const listVersion = await appendJournal(
    tx,
    changes.map(({ listing, event }) => journalOf(listing, event, bulletinId, now)),
  )
  return { outcomes: changes.map(({ listing }) => ({ id: listing.id, version: listing.version, state: listing.state })), listVersion }
}

/** The outcome of a command on a single listing. */
export function singleOutcome(saved: { outcomes: Outcome[] }): Outcome {
  return saved.outcomes[0] as Outcome
}

/** Subject of a listing in audit rows and deadlines. */
export function subjectOf(listing: Pick<Listing, 'id'>): string {
  return `listing:${listing.id}`
}

/** Subject of the answers to art. 3 in audit rows: one of its own, because the listing's row is signed over the end of its own chain. */
export function exclusionsSubjectOf(listing: Pick<Listing, 'id'>): string {
  return `exclusions:${listing.id}`
}

/** Detail of a listing's audit row: versions, states, the digest of the wording. The permission and the actor are columns of the row. */
export function detailOf(secrets: Pick<Secrets, 'digest'>, listing: Listing, before?: Listing): Record<string, string | number> {
  return {
    version: listing.version,
    contentVersion: listing.contentVersion,
    content: secrets.digest('content', contentDigest(listing.content)),
    from: before?.state ?? '',
    to: listing.state,
    ...daysOf(listing),
    ...(listing.reason === undefined || listing.reason === before?.reason ? {} : { reason: listing.reason }),
    ...(listing.exitGround === undefined ? {} : { exitGround: listing.exitGround }),
    ...(listing.decisionNo === undefined || before?.decisionNo !== undefined ? {} : { decisionNo: listing.decisionNo }),
  }
}

/** The days that the listing's signature leaves out, for whoever verifies it. */
function daysOf({ termEndsOn, decidedOn, servedOn }: Listing): Record<string, string> {
  return {
    termEndsOn: termEndsOn ?? '',
    ...(decidedOn === undefined ? {} : { decidedOn }),
    ...(servedOn === undefined ? {} : { servedOn }),
  }
}

/** The journal entry of one change of a listing. */
export function journalOf(
  listing: Listing,
  event: JournalEvent,
  bulletinId: string | null,
  at: Date,
): Parameters<typeof appendJournal>[1][number] {
  return { at, event, listingId: listing.id, listingVersion: listing.version, contentVersion: listing.contentVersion, bulletinId }
}

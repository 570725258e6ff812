// What somebody whose identity is confirmed may know of their own listings: why, since when, until when, how out, what limits.
// Confirming it is identity.ts; how it is worded is the bot's.

import type { Day } from '../../core/calendar.ts'
import { applies, type Measure } from '../units/measures.rules.ts'
import { EXIT_GROUNDS, inForce, OUR_COURT, type ExitGround, type Ground, type Listing, type ListingState } from '../listings/rules.ts'
import type { Db } from '../../platform/database/database.ts'
import { measuresInOrder } from '../units/store.ts'
import { query } from '../../platform/commands/command.ts'
import { confirmedIdentifier, listingsOf } from './commands.ts'
import { suspendedAmong } from '../listings/suspensions.store.ts'
import { lastDayOf } from '../deadlines/commands.ts'
import { subjectOf } from '../listings/changes.commands.ts'

export interface OwnCase {
  listingId: string
  name: string
  caseNo: string
  court: string
  /** Published by a court above ours, which alone can change it. */
  ofHigherCourt: string | null
  state: ListingState
  grounds: readonly Ground[]
  termMonths: number | null
  decisionNo: string | null
  decidedOn: Day | null
  publishedOn: Day | null
  termEndsOn: Day | null
  exitedOn: Day | null
  exitGround: ExitGround | null
  performance: string
  disclosed: boolean
  /** Measures rest while an objection is verified. */
  suspended: boolean
  /** The last day on which an objection is in time; null: no such period, or not certain yet. */
  objectionUntil: Day | null
  /** Measures of the catalogue that fall on this kind of debtor, by category, while the listing is in force. */
  limits: { measures: number; categories: readonly string[] }
}

/** Grounds by which our court takes an entry off the list; a source's own removal is not one that a debtor can bring about. */
export const EXITS = EXIT_GROUNDS.filter((ground) => ground !== 'source_removed')

/** The confirmed person's own listings, those in force first, newer before older; null when nobody is confirmed. */
export const showOwnCases = query('case.read_own', async ({ db, app, now }, conversationId: string): Promise<OwnCase[] | null> => {
  const identifier = await confirmedIdentifier(app, db, conversationId, now)
  if (identifier === null) return null
  const own = await listingsOf(app, db, identifier)
  const resting = await suspendedAmong(
    db,
    own.map(({ id }) => id),
  )
  const measures = own.length === 0 ? [] : (await measuresInOrder(db)).map((row) => JSON.parse(row.detail) as Measure)
  const ordered = [...own].sort((a, b) => Number(inForce(b.state)) - Number(inForce(a.state)))
  return Promise.all(ordered.map((listing) => caseOf(db, listing, measures, resting.has(listing.id))))
})

async function caseOf(db: Db, listing: Listing, measures: readonly Measure[], suspended: boolean): Promise<OwnCase> {
  const { content, source } = listing
  const falling = listing.state === 'listed' ? measures.filter((measure) => applies(measure, { kind: content.debtor.kind })) : []
  return {
    listingId: listing.id,
    name: content.debtor.name,
    caseNo: content.caseNo,
    court: content.court,
    ofHigherCourt: source === OUR_COURT ? null : source,
    state: listing.state,
    grounds: content.grounds,
    termMonths: content.termMonths,
    decisionNo: listing.decisionNo ?? null,
    decidedOn: listing.decidedOn ?? null,
    publishedOn: listing.publishedOn ?? null,
    termEndsOn: listing.termEndsOn ?? null,
    exitedOn: listing.exitedOn ?? null,
    exitGround: listing.exitGround ?? null,
    performance: content.performance,
    disclosed: content.disclosure === 'public',
    suspended,
    objectionUntil: source === OUR_COURT ? await lastDayOf(db, 'objection.file', subjectOf(listing)) : null,
    limits: { measures: falling.length, categories: [...new Set(falling.map((measure) => measure.categoryTitle))] },
  }
}

// Query for a confirmed person’s own listings: grounds, dates, exit, deadline to object, and the measures that apply.
// Confirming the identity is features/own-case/commands.ts; the wording is the bot’s.

import type { Day } from '../../core/calendar.ts'
import type { DebtorKind } from '../debtors/rules.ts'
import { reaches } from '../units/clauses.rules.ts'
import type { Measure } from '../units/measures.rules.ts'
import { inForce, type ExitGround, type Ground, type Listing, type ListingState } from '../listings/rules.ts'
import type { Db } from '../../platform/database/database.ts'
import { measuresInOrder } from '../units/store.ts'
import { query, type AppContext } from '../../platform/commands/command.ts'
import { confirmedIdentifier, listingsOf } from './commands.ts'
import { performanceTold } from './rules.ts'
import { suspendedAmong } from '../listings/suspensions.store.ts'
import { lastDayOf } from '../deadlines/commands.ts'
import { subjectOf } from '../listings/changes.commands.ts'
import { OUR_COURT } from '../units/conflicts.rules.ts'

/** One listing as its debtor may see it. */
export interface OwnCase {
  listingId: string
  name: string
  caseNo: string
  court: string
  /** Unit id of the higher court that published it and alone can change it; null: our court. */
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
  /** Whether measures are suspended while an objection is verified. */
  suspended: boolean
  /** The last day on which an objection is in time; null: there is no such deadline, or its day is not certain yet. */
  objectionUntil: Day | null
  /** Number and categories of the measures that apply to this kind of debtor while the listing is on the list. */
  limits: { measures: number; categories: readonly string[] }
}

/** The confirmed person's own listings: those in force first, newer before older; null when nobody is confirmed in the conversation. */
export const showOwnCases = query('case.read_own', async ({ db, app, now }, conversationId: string): Promise<OwnCase[] | null> => {
  const identifier = await confirmedIdentifier(app, db, conversationId, now)
  if (identifier === null) return null
  const listings = await listingsOf(app, db, identifier)
  const suspended = await suspendedAmong(
    db,
    listings.map(({ id }) => id),
  )
  const measures = listings.length === 0 ? [] : (await measuresInOrder(db)).map((row) => JSON.parse(row.detail) as Measure)
  const ordered = [...listings].sort((a, b) => Number(inForce(b.state)) - Number(inForce(a.state)))
  return Promise.all(ordered.map((listing) => caseOf(db, listing, measures, suspended.has(listing.id))))
})

async function caseOf(db: Db, listing: Listing, measures: readonly Measure[], suspended: boolean): Promise<OwnCase> {
  const { content, source } = listing
  const applying = listing.state === 'listed' ? measures.filter((measure) => bears(measure, content.debtor.kind)) : []
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
    limits: { measures: applying.length, categories: [...new Set(applying.map((measure) => measure.categoryTitle))] },
  }
}

/** How the obligation is performed, in words: after the exit what the list said is marked as such. */
export function performanceOf({ catalog }: AppContext, each: OwnCase): string {
  const { performance } = each
  const told = performanceTold(each)
  if (told === 'as_listed') return performance
  return catalog.words('own', told === 'performed' ? 'performed' : 'performance_then', { performance })
}

/** Whether a clause of a measure reaches the debtor itself and does more than help the court. */
function bears({ clauses }: Measure, kind: DebtorKind): boolean {
  return clauses.some((clause) => !['assist', 'none'].includes(clause.advice) && reaches(clause, kind, { kind: 'self' }))
}

// Reads what decides which acts a person may do with listings: authors, answers, proposals, once for many listings.
// The decision itself is possible.rules.ts.

import type { Db } from '../../platform/database/database.ts'
import { isAllowed, type Actor } from '../../platform/commands/permissions.ts'
import { authorsOfRows } from './changes.commands.ts'
import { exclusionsOf } from './exclusions.store.ts'
import type { ActFacts } from './possible.rules.ts'
import { waitingProposals } from './selection.store.ts'
import type { ListingRow } from './store.ts'

/** The columns of a listing that are asked for. */
export type RowWithFacts = Pick<ListingRow, 'id' | 'state' | 'source' | 'grounds' | 'termEndsOn' | 'draftedBy' | 'importId'>

/** What is stored beside listings and decides what is possible with them. */
export interface Besides {
  facts(row: RowWithFacts): ActFacts
  proposals: Awaited<ReturnType<typeof waitingProposals>>
}

/** Reads for many listings at once what decides which acts are possible. */
export async function besidesOf({ db, actor }: { db: Db; actor: Actor }, rows: readonly RowWithFacts[]): Promise<Besides> {
  const idsIn = (...states: ListingRow['state'][]): string[] => rows.filter(({ state }) => states.includes(state)).map(({ id }) => id)
  // Who wrote a pending listing matters only to those who could decide it.
  const decides = isAllowed(actor, 'listing.approve') || isAllowed(actor, 'listing.reject')
  const [answers, proposals, authors] = await Promise.all([
    exclusionsOf(db, idsIn('draft')),
    waitingProposals(db, idsIn('listed')),
    authorsOfRows(db, decides ? rows.filter(({ state }) => state === 'pending') : []),
  ])
  return {
    proposals,
    facts: (row) => ({
      state: row.state,
      source: row.source,
      grounds: row.grounds.split(',').map(Number),
      termEndsOn: row.termEndsOn,
      authors: new Set([row.draftedBy, ...(authors.get(row.id) ?? [])]),
      exclusions: answers.get(row.id),
      proposedBy: proposals.get(row.id)?.authors ?? null,
    }),
  }
}

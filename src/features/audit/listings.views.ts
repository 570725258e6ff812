// What the verification looks for in one listing: its signature, the columns in which it is looked up, and its last audit row.
// Reading the listings portion by portion is views.ts; what rests of them is suspensions.views.ts.

import { isAppError } from '../../core/errors.ts'
import { nameKey } from '../../core/person-names.ts'
import type { Secrets } from '../../core/secrets.ts'
import type { AuditRow } from '../../platform/commands/audit.store.ts'
import { officersFit, type ListingOfficerRow } from '../listings/officers.store.ts'
import { inForce, termEndOf, type Listing } from '../listings/rules.ts'
import { contentDigest, signatureFits, toListing, type ListingRow } from '../listings/store.ts'

/** What is wrong with a listing. */
export type ListingFault = 'seal' | 'unreadable' | 'lookup' | 'record'

/** What is stored beside a listing. */
export interface Beside {
  last: AuditRow | undefined
  officers: readonly ListingOfficerRow[]
}

/** The faults of one listing; of one that was changed as a whole nothing more is said. */
export function faultsOfListing(secrets: Secrets, row: ListingRow, { last, officers }: Beside): ListingFault[] {
  try {
    const listing = toListing(secrets, row)
    if (last === undefined || !signatureFits(secrets, listing, row, last.hash)) return ['seal']
    return [
      ...(lookupsFit(secrets, listing, row) && officersFit(secrets, listing, officers) ? [] : (['lookup'] as const)),
      ...(recordFits(secrets, listing, JSON.parse(last.detail) as Record<string, unknown>) ? [] : (['record'] as const)),
    ]
  } catch (error) {
    if (isAppError(error) || error instanceof SyntaxError) return ['unreadable']
    throw error
  }
}

/** Whether the columns in which a listing is looked up are those of what it holds: otherwise nobody finds it, and nothing else shows. */
function lookupsFit(secrets: Secrets, { state, content }: Listing, row: ListingRow): boolean {
  const { name, identifier } = content.debtor
  const keys: readonly (string | null)[] = inForce(state) ? secrets.indexes('case', `${identifier}|${content.caseNo}`) : [null]
  return (
    secrets.indexes('identifier', identifier).includes(row.identifierIndex) &&
    row.nameKey === nameKey(name) &&
    keys.includes(row.inForceKey)
  )
}

/**
 * Whether a listing is what its last audit row says. A signature alone does not show a change by somebody who has the key, and it leaves
 * columns out. A digest under a key that is not held any more says nothing.
 */
function recordFits(secrets: Secrets, listing: Listing, detail: Readonly<Record<string, unknown>>): boolean {
  const { content, version, contentVersion, to } = detail
  const says = (value: unknown, own: unknown): boolean => value === undefined || value === own
  const isContent = typeof content !== 'string' || secrets.digestFits('content', contentDigest(listing.content), content) !== false
  return (
    isContent &&
    says(version, listing.version) &&
    says(contentVersion, listing.contentVersion) &&
    says(to, listing.state) &&
    daysFit(listing, detail)
  )
}

/** Rows of earlier versions do not name the days: of those the end of the term follows from the publication, unless it was corrected. */
function daysFit(listing: Listing, { termEndsOn, decidedOn, servedOn }: Readonly<Record<string, unknown>>): boolean {
  if (termEndsOn === undefined) return listing.contentVersion > 1 || listing.termEndsOn === termEndOf(listing)
  return (listing.termEndsOn ?? '') === termEndsOn && listing.decidedOn === decidedOn && listing.servedOn === servedOn
}

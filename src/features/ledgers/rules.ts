// A unit's ledger: which questions it answers, and who sees what of it. Pure.
// The answers lie in the tables of many subjects: features/ledgers/store.

import type { Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { isConflicted } from '../complaints/rules.ts'
import { ownUnitOf, type Actor } from '../../platform/commands/permissions.ts'

/** In the order they are shown. */
export const LEDGER_SECTIONS = [
  'told',
  'checked',
  'refused',
  'approved',
  'lifted',
  'retained',
  'returned',
  'assistance',
  'reminded',
  'missed',
  'complaints',
  'circulars',
  'interviews',
  'consequences',
] as const
export type LedgerSection = (typeof LEDGER_SECTIONS)[number]

export interface LedgerSpan {
  unitId: string
  /** Both days included. */
  from: Day
  to: Day
}

/** Longest span of one ledger, days: five years and a leap day. */
const LONGEST = 1827

/** @throws `request_invalid` for a span that ends before it begins, or is longer than five years. @param days from the first to the last. */
export function mustBeSpan(days: number): void {
  if (days < 0 || days > LONGEST) throw new AppError('request_invalid')
}

/**
 * `whole`: everything. `own`: what the unit may know of itself: complaints only once they were answered, and without a number by which anybody could be
 * found; no consequence that is for discipline bodies or judicial organs to tell.
 */
export type LedgerView = 'whole' | 'own'

/** Whoever belongs to the unit sees it as the unit does, the court's own people of the court included. */
export function viewOf(actor: Actor, unitId: string): LedgerView {
  return ownUnitOf(actor) !== null || isConflicted({ unitId }, actor) ? 'own' : 'whole'
}

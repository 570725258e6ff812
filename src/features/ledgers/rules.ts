// Rules of a unit’s ledger: its sections, its longest span, and which view of it an actor gets. Pure.
// The queries behind the sections are features/ledgers/store.ts.

import type { Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { ownUnitOf, type Actor } from '../../platform/commands/permissions.ts'
import { conflictsOf, isConflicted } from '../units/conflicts.rules.ts'

/** The sections of a ledger, in the order in which they are shown. */
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

/** The unit and the days that a ledger covers. */
export interface LedgerSpan {
  unitId: string
  /** First day, YYYY-MM-DD. */
  from: Day
  /** Last day, included. */
  to: Day
}

/** Longest span of one ledger in days: five years and one leap day. */
const MAX_SPAN_DAYS = 1827

/**
 * Checks the length of a span.
 * @param days number of days from the first day to the last.
 * @throws `request_invalid` for a span that ends before it begins, or is longer than five years.
 */
export function mustBeSpan(days: number): void {
  if (days < 0 || days > MAX_SPAN_DAYS) throw new AppError('request_invalid')
}

/**
 * `whole`: everything. `own`: what the unit may know about itself. A complaint appears only after it was answered, without its id and
 * number, so that the complainant cannot be found; consequences that discipline bodies or judicial organs announce are left out.
 */
export type LedgerView = 'whole' | 'own'

/**
 * The view for an actor: whoever belongs to the unit gets the unit's own view. This includes the court's staff for the court's own
 * ledger.
 */
export function ledgerViewFor(actor: Actor, unitId: string): LedgerView {
  return ownUnitOf(actor) !== null || isConflicted({ unitId, unresolved: false }, actor) ? 'own' : 'whole'
}

/** Units about whose complaints the ledger says nothing to an actor. A unit's own is told of its answered ones: `own` says what. */
export function hiddenFrom(actor: Actor): string[] {
  return ownUnitOf(actor) === null ? conflictsOf(actor) : []
}

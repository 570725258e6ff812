// Rules of credit repair (实施意见 四(二)6): a debtor who left the list applies, units are asked, and the court grants or refuses. Pure.
// Storing is features/repairs/store.ts; what the new national rules on credit repair add is not implemented.

import type { Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { requireText } from '../../core/written-text.ts'
import { createMachine } from '../../core/state-machine.ts'
import { hasExited, type Listing } from '../listings/rules.ts'

/** States of an application. */
export const REPAIR_STATES = ['received', 'consulting', 'approved', 'refused', 'withdrawn'] as const
export type RepairState = (typeof REPAIR_STATES)[number]
/** The acts on an application. */
export type RepairAct = 'consult' | 'answer' | 'approve' | 'refuse' | 'withdraw'

/** State machine of an application. */
export const REPAIR_LIFE = createMachine<RepairState, RepairAct>({
  name: 'repair',
  initial: ['received'],
  terminal: ['approved', 'refused', 'withdrawn'],
  refusal: 'repair_act_impossible',
  moves: [
    // Also while consulting: another unit may turn out to be concerned.
    { from: ['received', 'consulting'], act: 'consult', to: 'consulting' },
    { from: ['consulting'], act: 'answer', to: 'consulting' },
    { from: ['consulting'], act: 'approve', to: 'approved' },
    { from: ['received', 'consulting'], act: 'refuse', to: 'refused' },
    { from: ['received', 'consulting'], act: 'withdraw', to: 'withdrawn' },
  ],
})

/** What a unit may answer. */
export const OPINIONS = ['agree', 'object'] as const
export type Opinion = (typeof OPINIONS)[number]

/** A unit that was asked, and its opinion; null until it answers. */
export interface RepairOpinion {
  unitId: string
  opinion: Opinion | null
  reason: string | null
}

/** The texts written while an application was handled; sealed in the database. */
export interface RepairRecord {
  /** What the applicant states to have performed. */
  statement: string
  decision?: string
  withdrawal?: string
}

/** An application for credit repair. */
export interface Repair {
  id: string
  /** Such as `XF20261122-0007`, counted per day. */
  number: string
  listingId: string
  state: RepairState
  /** Grows by one with every act. */
  version: number
  receivedOn: Day
  registeredBy: string
  decidedBy: string | null
  decidedOn: Day | null
  decisionNo: string | null
  record: RepairRecord
}

/** Number of an application: `XF`, the day, and its count on that day with four digits. */
export function repairNumber(day: Day, counted: number): string {
  return `XF${day.replaceAll('-', '')}-${String(counted).padStart(4, '0')}`
}

/** Most characters of the reason of an opinion. */
const REASON_LIMIT = 500

/** Requires that the listing has left the list. @throws `repair_not_delisted`. */
export function mustBeDelisted({ state }: Listing): void {
  if (!hasExited(state)) throw new AppError('repair_not_delisted', { state })
}

/** A new application. @throws `repair_not_delisted`, `request_invalid` for a day in the future or before the exit, `reason_needed`. */
export function apply(
  listing: Listing,
  input: { id: string; number: string; receivedOn: Day; statement: string; by: string; today: Day },
): Repair {
  const { receivedOn, today } = input
  mustBeDelisted(listing)
  const field = 'receivedOn'
  if (receivedOn > today) throw new AppError('request_invalid', {}, [{ code: 'date_future', field, values: { today } }])
  if (receivedOn < (listing.exitedOn ?? receivedOn)) throw new AppError('request_invalid', {}, [{ code: 'date_too_early', field }])
  return {
    id: input.id,
    number: input.number,
    listingId: listing.id,
    state: 'received',
    version: 1,
    receivedOn,
    registeredBy: input.by,
    ...{ decidedBy: null, decidedOn: null, decisionNo: null },
    record: { statement: requireText(input.statement) },
  }
}

function step(repair: Repair, act: RepairAct): Repair {
  return { ...repair, state: REPAIR_LIFE.next(repair.state, act), version: repair.version + 1 }
}

/** Asks units. @throws `repair_unit_asked` for a unit that was asked before, `repair_act_impossible`. */
export function consult(repair: Repair, opinions: readonly RepairOpinion[], unitIds: readonly string[]): Repair {
  const moved = step(repair, 'consult')
  if (unitIds.some((unitId) => opinions.some((each) => each.unitId === unitId))) throw new AppError('repair_unit_asked')
  return moved
}

/** Records a unit's opinion. @throws `repair_unit_unasked` for a unit that was not asked, `reason_needed` for `object` without a reason. */
export function answer(
  repair: Repair,
  opinions: readonly RepairOpinion[],
  input: { unitId: string; opinion: Opinion; reason: string },
): { repair: Repair; given: RepairOpinion } {
  const moved = step(repair, 'answer')
  if (!opinions.some((each) => each.unitId === input.unitId)) throw new AppError('repair_unit_unasked')
  const reason = input.opinion === 'agree' && input.reason.trim() === '' ? null : requireText(input.reason, REASON_LIMIT)
  return { repair: moved, given: { unitId: input.unitId, opinion: input.opinion, reason } }
}

/** Whether every unit that was asked has answered. */
export function isAnswered(opinions: readonly RepairOpinion[]): boolean {
  return opinions.length > 0 && opinions.every((each) => each.opinion !== null)
}

interface Decision {
  by: string
  today: Day
  decisionNo: string
  reason: string
}

/**
 * Grants an application. Every unit that was asked must have agreed.
 * @throws `repair_opinions_missing`, `repair_opposed`, `repair_own_registration` for whoever registered the application.
 */
export function approve(repair: Repair, opinions: readonly RepairOpinion[], input: Decision): Repair {
  const moved = decide(repair, 'approve', input)
  if (!isAnswered(opinions)) throw new AppError('repair_opinions_missing')
  if (opinions.some((each) => each.opinion === 'object')) throw new AppError('repair_opposed')
  return moved
}

/** Refuses an application. @throws `repair_own_registration`, `reason_needed`, `repair_act_impossible`. */
export function refuse(repair: Repair, input: Decision): Repair {
  return decide(repair, 'refuse', input)
}

function decide(repair: Repair, act: 'approve' | 'refuse', { by, today, decisionNo, reason }: Decision): Repair {
  const moved = step(repair, act)
  if (repair.registeredBy === by) throw new AppError('repair_own_registration')
  const record = { ...repair.record, decision: requireText(reason) }
  return { ...moved, decidedBy: by, decidedOn: today, decisionNo, record }
}

/** Records the withdrawal by the applicant. @throws `reason_needed`, `repair_act_impossible`. */
export function withdraw(repair: Repair, reason: string): Repair {
  return { ...step(repair, 'withdraw'), record: { ...repair.record, withdrawal: requireText(reason) } }
}

/** Whether an application excludes another one for the same listing: it is pending or was granted. */
export function excludesOthers(state: RepairState): boolean {
  return state !== 'refused' && state !== 'withdrawn'
}

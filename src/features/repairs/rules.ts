// Credit repair (实施意见 四(二)6): a delisted person applies, units are asked and the court agrees or not, and what is agreed is offered to the public
// credit system. Pure. Saving is features/repairs/store; what the new national rules for credit repair add is not here.

import type { Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { machine } from '../../core/state-machine.ts'
import { hasExited, type Listing } from '../listings/rules.ts'

export const REPAIR_STATES = ['received', 'consulting', 'approved', 'refused', 'withdrawn'] as const
export type RepairState = (typeof REPAIR_STATES)[number]
export type RepairAct = 'consult' | 'answer' | 'approve' | 'refuse' | 'withdraw'

export const REPAIR_LIFE = machine<RepairState, RepairAct>({
  name: 'repair',
  initial: ['received'],
  terminal: ['approved', 'refused', 'withdrawn'],
  refusal: 'repair_act_impossible',
  moves: [
    // Again while consulting: another unit turns out to be concerned.
    { from: ['received', 'consulting'], act: 'consult', to: 'consulting' },
    { from: ['consulting'], act: 'answer', to: 'consulting' },
    { from: ['consulting'], act: 'approve', to: 'approved' },
    { from: ['received', 'consulting'], act: 'refuse', to: 'refused' },
    { from: ['received', 'consulting'], act: 'withdraw', to: 'withdrawn' },
  ],
})

export const OPINIONS = ['agree', 'object'] as const
export type Opinion = (typeof OPINIONS)[number]

/** A unit that was asked, and what it said. */
export interface RepairOpinion {
  unitId: string
  opinion: Opinion | null
  reason: string | null
}

export interface RepairRecord {
  /** What was made good, as the applicant says. */
  statement: string
  decision?: string
  withdrawal?: string
}

export interface Repair {
  id: string
  /** `XF20261122-0007`, counted per day. */
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

export function repairNumber(day: Day, counted: number): string {
  return `XF${day.replaceAll('-', '')}-${String(counted).padStart(4, '0')}`
}

const TEXT_LIMIT = 2000
const REASON_LIMIT = 500

function mustSay(text: string, limit = TEXT_LIMIT): string {
  const said = text.trim()
  if (said.length < 2) throw new AppError('reason_needed')
  if (said.length > limit) throw new AppError('request_invalid', {}, [{ code: 'field_too_long', field: 'text', values: { limit } }])
  return said
}

/** @throws `repair_not_delisted` while the listing is in force. */
export function mustBeDelisted({ state }: Listing): void {
  if (!hasExited(state)) throw new AppError('repair_not_delisted', { state })
}

/** @throws `repair_not_delisted` while the listing is in force, `request_invalid` for a day that lies ahead or before the exit. */
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
    record: { statement: mustSay(input.statement) },
  }
}

function step(repair: Repair, act: RepairAct): Repair {
  return { ...repair, state: REPAIR_LIFE.next(repair.state, act), version: repair.version + 1 }
}

/** @throws `repair_unit_asked` for a unit that was asked before. */
export function consult(repair: Repair, opinions: readonly RepairOpinion[], unitIds: readonly string[]): Repair {
  const moved = step(repair, 'consult')
  if (unitIds.some((unitId) => opinions.some((each) => each.unitId === unitId))) throw new AppError('repair_unit_asked')
  return moved
}

/** A unit's answer; an objection states its reason. @throws `repair_unit_unasked` for a unit nobody asked, `reason_needed`. */
export function answer(
  repair: Repair,
  opinions: readonly RepairOpinion[],
  input: { unitId: string; opinion: Opinion; reason: string },
): { repair: Repair; given: RepairOpinion } {
  const moved = step(repair, 'answer')
  if (!opinions.some((each) => each.unitId === input.unitId)) throw new AppError('repair_unit_unasked')
  const reason = input.opinion === 'agree' && input.reason.trim() === '' ? null : mustSay(input.reason, REASON_LIMIT)
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
 * Units that hold the person fit, and the court, decide together: all that were asked must agree.
 * @throws `repair_opinions_missing`, `repair_opposed`, `repair_own_registration` for whoever took the application in.
 */
export function approve(repair: Repair, opinions: readonly RepairOpinion[], input: Decision): Repair {
  const moved = decided(repair, 'approve', input)
  if (!isAnswered(opinions)) throw new AppError('repair_opinions_missing')
  if (opinions.some((each) => each.opinion === 'object')) throw new AppError('repair_opposed')
  return moved
}

/** @throws `repair_own_registration`, `reason_needed`. */
export function refuse(repair: Repair, input: Decision): Repair {
  return decided(repair, 'refuse', input)
}

function decided(repair: Repair, act: 'approve' | 'refuse', { by, today, decisionNo, reason }: Decision): Repair {
  const moved = step(repair, act)
  if (repair.registeredBy === by) throw new AppError('repair_own_registration')
  const record = { ...repair.record, decision: mustSay(reason) }
  return { ...moved, decidedBy: by, decidedOn: today, decisionNo, record }
}

export function withdraw(repair: Repair, reason: string): Repair {
  return { ...step(repair, 'withdraw'), record: { ...repair.record, withdrawal: mustSay(reason) } }
}

/** One application at a time for a listing, and none after it was granted. */
export function holdsPlace(state: RepairState): boolean {
  return state !== 'refused' && state !== 'withdrawn'
}

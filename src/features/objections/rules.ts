// Rules of objections to a listing, to its content, or to a unit’s measure (实施意见 四(二)3, 法释〔2017〕7号 art. 11–12). Pure.
// Reconsideration is reconsideration.rules.ts; storing is store.ts; deadlines and notices are commands.ts.

import type { Day } from '../../core/calendar.ts'
import { AppError, invalidRequest } from '../../core/errors.ts'
import { requireText } from '../../core/written-text.ts'
import { createMachine } from '../../core/state-machine.ts'
import { requireAnother } from '../../platform/commands/permissions.ts'
import { DECIDED_STATES, EXITED_STATES, type HIGHER_COURTS, type Listing, type ListingState } from '../listings/rules.ts'
import { OUR_COURT } from '../units/conflicts.rules.ts'

/** What an objection is about: being listed at all, the content of the listing, or a measure of a unit. */
export const OBJECTION_SUBJECTS = ['listing', 'content', 'measure'] as const
export type ObjectionSubject = (typeof OBJECTION_SUBJECTS)[number]

/** How an objection reached the court. In every case a clerk registers it. */
export const OBJECTION_WAYS = ['counter', 'post', 'bot', 'web'] as const
export type ObjectionWay = (typeof OBJECTION_WAYS)[number]

/** What follows from an upheld objection: four acts on the listing, and one by the unit. */
export const REMEDIES = ['withdraw', 'correct', 'shield', 'revoke', 'lift_measure'] as const
export type Remedy = (typeof REMEDIES)[number]

/** Courts that can be asked for reconsideration. */
export type HigherCourt = (typeof HIGHER_COURTS)[number]

/** States of an objection. `confirmed`: the next court confirmed the rejection. */
export const OBJECTION_STATES = [
  'registered',
  'reviewing',
  'upheld',
  'carried_out',
  'rejected',
  'reconsidering',
  'confirmed',
  'withdrawn',
] as const
export type ObjectionState = (typeof OBJECTION_STATES)[number]
/** The acts on an objection. */
export type ObjectionAct =
  'review' | 'suspend' | 'withdraw' | 'uphold' | 'reject' | 'carry_out' | 'record_service' | 'ask_reconsideration' | 'overturn' | 'confirm'

/** State machine of an objection. */
export const OBJECTION_LIFE = createMachine<ObjectionState, ObjectionAct>({
  name: 'objection',
  initial: ['registered'],
  terminal: ['carried_out', 'confirmed', 'withdrawn'],
  refusal: 'objection_act_impossible',
  moves: [
    { from: ['registered'], act: 'review', to: 'reviewing' },
    { from: ['reviewing'], act: 'suspend', to: 'reviewing' },
    { from: ['registered', 'reviewing'], act: 'withdraw', to: 'withdrawn' },
    { from: ['reviewing'], act: 'uphold', to: 'upheld' },
    { from: ['reviewing'], act: 'reject', to: 'rejected' },
    { from: ['upheld'], act: 'carry_out', to: 'carried_out' },
    { from: ['rejected'], act: 'record_service', to: 'rejected' },
    { from: ['rejected'], act: 'ask_reconsideration', to: 'reconsidering' },
    { from: ['reconsidering'], act: 'overturn', to: 'upheld' },
    { from: ['reconsidering'], act: 'confirm', to: 'confirmed' },
  ],
})

/** The texts written while an objection was handled; sealed in the database. */
export interface ObjectionRecord {
  /** What the debtor asks for and why. */
  claim: string
  withdrawal?: string
  decision?: string
  reconsideration?: string
  carriedOut?: string
}

/** An objection and what the acts on it recorded. */
export interface Objection {
  id: string
  /** Such as `JZ20261122-0007`, counted per day. */
  number: string
  listingId: string
  state: ObjectionState
  /** Grows by one with every act. */
  version: number
  about: ObjectionSubject
  /** The unit whose measure it is about. */
  unitId: string | null
  /** The measures of that unit it is about; empty: all of them. */
  measureIds: readonly string[]
  way: ObjectionWay
  receivedOn: Day
  /** The day that decides whether it was in time: of the postmark, or else of receipt (民诉法 85). */
  handedInOn: Day
  /** It came after its last day; it is accepted all the same. */
  late: boolean
  /** Number of the wording that is objected to. */
  contentVersion: number
  /** Whether measures are, or were, suspended while it is verified. */
  suspends: boolean
  registeredBy: string
  reviewedBy: string | null
  decidedBy: string | null
  decidedOn: Day | null
  decisionNo: string | null
  remedy: Remedy | null
  /** Day on which the rejection was served; the debtor's deadline to ask for reconsideration runs from it. */
  servedOn: Day | null
  askedOn: Day | null
  askedLate: boolean
  higherCourt: HigherCourt | null
  reconsideredOn: Day | null
  reconsiderationNo: string | null
  carriedOutOn: Day | null
  record: ObjectionRecord
}

/** Number of an objection: `JZ`, the day, and its count on that day with four digits. */
export function objectionNumber(day: Day, counted: number): string {
  return `JZ${day.replaceAll('-', '')}-${String(counted).padStart(4, '0')}`
}

/** Requires that a day is not after `today`. @throws `request_invalid` naming the field. */
export function notAfter(field: string, day: Day, today: Day): void {
  if (day > today) throw invalidRequest({ code: 'date_future', field, values: { today } })
}

/** Requires that a day is not before `start`. @throws `request_invalid` naming the field. */
export function notBefore(field: string, day: Day, start: Day): void {
  if (day < start) throw invalidRequest({ code: 'date_too_early', field })
}

/**
 * States of the listing in which each kind of objection is possible. A measure can be objected to after the exit too, because units may
 * retain it.
 */
const OPEN_TO: Readonly<Record<ObjectionSubject, readonly ListingState[]>> = {
  listing: DECIDED_STATES,
  content: DECIDED_STATES,
  measure: ['listed', ...EXITED_STATES],
}

/**
 * Requires that a listing can be objected to.
 * @throws `objection_impossible` for a listing in the wrong state, `listing_of_higher_court` for what only another court can change.
 */
export function mustBeOpen(listing: Listing, about: ObjectionSubject): void {
  if (!OPEN_TO[about].includes(listing.state)) throw new AppError('objection_impossible', { state: listing.state })
  if (about !== 'measure' && listing.source !== OUR_COURT) throw new AppError('listing_of_higher_court', { source: listing.source })
}

/** An objection to be registered. */
export interface Registration {
  id: string
  number: string
  about: ObjectionSubject
  unitId: string | null
  measureIds: readonly string[]
  way: ObjectionWay
  receivedOn: Day
  /** Day of the postmark, when it came by post. */
  postedOn?: Day | undefined
  claim: string
}

/**
 * A new objection; the measures it is about rest from now on. A late one is accepted and marked (实施意见 四(二)3 read with 法释〔2017〕7号 art. 11).
 * @param input.lastDay last day of the debtor's deadline, YYYY-MM-DD; null without a deadline.
 * @throws `objection_impossible` for a listing in the wrong state, `listing_of_higher_court`, `objection_unit_needed`, `request_invalid`
 *   for days.
 */
export function register(listing: Listing, input: Registration & { by: string; today: Day; lastDay: Day | null }): Objection {
  const { about, unitId, measureIds, receivedOn, way, today, lastDay } = input
  mustBeOpen(listing, about)
  if ((about === 'measure') !== (unitId !== null)) throw new AppError('objection_unit_needed')
  notAfter('receivedOn', receivedOn, today)
  if (listing.decidedOn !== undefined) notBefore('receivedOn', receivedOn, listing.decidedOn)
  const handedInOn = (way === 'post' ? input.postedOn : undefined) ?? receivedOn
  notAfter('postedOn', handedInOn, receivedOn)
  return {
    id: input.id,
    number: input.number,
    listingId: listing.id,
    state: 'registered',
    version: 1,
    about,
    unitId,
    measureIds,
    way,
    receivedOn,
    handedInOn,
    late: about !== 'measure' && lastDay !== null && handedInOn > lastDay,
    contentVersion: listing.contentVersion,
    suspends: about === 'measure',
    registeredBy: input.by,
    ...{ reviewedBy: null, decidedBy: null, decidedOn: null, decisionNo: null, remedy: null, servedOn: null },
    ...{ askedOn: null, askedLate: false, higherCourt: null, reconsideredOn: null, reconsiderationNo: null, carriedOutOn: null },
    record: { claim: requireText(input.claim) },
  }
}

/** The objection after an act, with one version more. @throws `objection_act_impossible` naming what is possible. */
export function step(objection: Objection, act: ObjectionAct, changes: Partial<Objection>): Objection {
  return { ...objection, state: OBJECTION_LIFE.next(objection.state, act), version: objection.version + 1, ...changes }
}

/** Begins the review. An objection about a measure suspends it from the registration (实施意见 四(二)3). */
export function review(objection: Objection, by: string): Objection {
  return step(objection, 'review', { reviewedBy: by, suspends: objection.about === 'measure' })
}

/**
 * Suspends measures for an objection of another kind, at the order of an approver who neither registered nor reviewed it.
 * @throws `own_draft`, `objection_suspends`, `objection_impossible` for a listing not in force.
 */
export function suspend(objection: Objection, listing: Listing, by: string): Objection {
  const moved = step(objection, 'suspend', { suspends: true })
  if (objection.suspends) throw new AppError('objection_suspends')
  requireAnother(by, [objection.registeredBy, objection.reviewedBy ?? undefined])
  if (listing.state !== 'listed') throw new AppError('objection_impossible', { state: listing.state })
  return moved
}

/** Records the withdrawal by the debtor. @throws `reason_needed`, `objection_act_impossible`. */
export function withdraw(objection: Objection, reason: string): Objection {
  const moved = step(objection, 'withdraw', {})
  return { ...moved, record: { ...objection.record, withdrawal: requireText(reason) } }
}

/** The remedies that fit each kind of objection. */
const REMEDIES_OF: Readonly<Record<ObjectionSubject, readonly Remedy[]>> = {
  listing: ['withdraw', 'revoke', 'shield'],
  content: ['withdraw', 'correct', 'revoke'],
  measure: ['lift_measure', 'shield', 'revoke'],
}

/** A decision on an objection, by somebody who wrote no part of the listing. */
export interface Decision {
  by: string
  /** Who wrote parts of the listing. */
  authors: ReadonlySet<string>
  today: Day
  decisionNo: string
  reason: string
}

/** Requires that whoever decides is neither the reviewer nor an author of the listing. @throws `objection_own_review`, `own_draft`. */
function requireImpartial(objection: Objection, listing: Listing, { by, authors }: Decision): void {
  if (objection.reviewedBy === by) throw new AppError('objection_own_review')
  requireAnother(by, [listing.draftedBy, ...authors])
}

/** Upholds an objection with a remedy. @throws `objection_remedy_unfit`, `objection_own_review`, `own_draft`, `reason_needed`. */
export function uphold(objection: Objection, listing: Listing, input: Decision & { remedy: Remedy }): Objection {
  const moved = step(objection, 'uphold', decisionFields(input))
  requireImpartial(objection, listing, input)
  mustFit(objection, input.remedy)
  return { ...moved, remedy: input.remedy, record: { ...objection.record, decision: requireText(input.reason) } }
}

/** Rejects an objection. @throws `objection_own_review`, `own_draft`, `reason_needed`, `objection_act_impossible`. */
export function reject(objection: Objection, listing: Listing, input: Decision): Objection {
  const moved = step(objection, 'reject', decisionFields(input))
  requireImpartial(objection, listing, input)
  return { ...moved, record: { ...objection.record, decision: requireText(input.reason) } }
}

function decisionFields({ by, today, decisionNo }: Decision): Partial<Objection> {
  return { decidedBy: by, decidedOn: today, decisionNo }
}

/** Requires that a remedy fits what the objection is about. @throws `objection_remedy_unfit`. */
export function mustFit(objection: Objection, remedy: Remedy): void {
  if (!REMEDIES_OF[objection.about].includes(remedy))
    throw new AppError('objection_remedy_unfit', { remedy, possible: REMEDIES_OF[objection.about].join(' ') })
}

/**
 * Records the service of a rejection.
 * @throws `request_invalid` for a day in the future or before the decision, `objection_act_impossible`.
 */
export function recordService(objection: Objection, input: { servedOn: Day; today: Day }): Objection {
  const moved = step(objection, 'record_service', { servedOn: input.servedOn })
  notAfter('servedOn', input.servedOn, input.today)
  notBefore('servedOn', input.servedOn, objection.decidedOn ?? input.servedOn)
  return moved
}

/** State of the listing after each remedy that ends it. */
const STATE_AFTER: Readonly<Partial<Record<Remedy, ListingState>>> = { withdraw: 'withdrawn', shield: 'shielded', revoke: 'revoked' }

/** Whether the listing is as the remedy requires. Lifting a unit's measure cannot be checked here: the clerk states what the unit did. */
function isCarriedOut(objection: Pick<Objection, 'remedy' | 'contentVersion'>, listing: Listing): boolean {
  const { remedy } = objection
  if (remedy === null) return false
  if (remedy === 'lift_measure') return true
  return remedy === 'correct' ? listing.contentVersion > objection.contentVersion : listing.state === STATE_AFTER[remedy]
}

/**
 * Records that the remedy was carried out.
 * @throws `objection_not_carried_out` while the listing is not as the remedy requires, `reason_needed`.
 */
export function carryOut(objection: Objection, listing: Listing, input: { today: Day; note: string }): Objection {
  const moved = step(objection, 'carry_out', { carriedOutOn: input.today })
  if (!isCarriedOut(objection, listing)) throw new AppError('objection_not_carried_out', { remedy: objection.remedy ?? '' })
  return { ...moved, record: { ...objection.record, carriedOut: requireText(input.note) } }
}

/**
 * Whether somebody still has to act; only one such objection of a kind is allowed at a time. After a rejection the debtor may object
 * anew.
 */
export function isPending(state: ObjectionState): boolean {
  return state !== 'rejected' && OBJECTION_LIFE.possible(state).length > 0
}

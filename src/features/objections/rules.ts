// An objection to a listing, to what it says, or to a unit's measure (实施意见 四(二)3, 法释〔2017〕7号 art. 11–12). Pure.
// The next court's part is reconsideration.ts; saving is features/objections/store, the clocks and the telling features/objections/commands.

import type { Day } from '../../core/calendar.ts'
import { AppError, type Problem } from '../../core/errors.ts'
import { machine } from '../../core/state-machine.ts'
import { DECIDED_STATES, EXITED_STATES, OUR_COURT, type HIGHER_COURTS, type Listing, type ListingState } from '../listings/rules.ts'

/** That somebody is listed at all, what the listing says, or what a unit did because of it. */
export const OBJECTION_SUBJECTS = ['listing', 'content', 'measure'] as const
export type ObjectionSubject = (typeof OBJECTION_SUBJECTS)[number]

/** How it reached the court. Whatever the way, a clerk registers it. */
export const OBJECTION_WAYS = ['counter', 'post', 'bot', 'web'] as const
export type ObjectionWay = (typeof OBJECTION_WAYS)[number]

/** What an upheld objection leads to: four acts on the listing, and one of the unit. */
export const REMEDIES = ['withdraw', 'correct', 'shield', 'revoke', 'lift_measure'] as const
export type Remedy = (typeof REMEDIES)[number]

/** Courts that can be asked to reconsider. */
export type HigherCourt = (typeof HIGHER_COURTS)[number]

/** `confirmed`: the next court left the rejection standing. */
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
export type ObjectionAct =
  'review' | 'suspend' | 'withdraw' | 'uphold' | 'reject' | 'carry_out' | 'record_service' | 'ask_reconsideration' | 'overturn' | 'confirm'

export const OBJECTION_LIFE = machine<ObjectionState, ObjectionAct>({
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

/** What its handling wrote down. */
export interface ObjectionRecord {
  /** What the debtor asks for and why. */
  claim: string
  withdrawal?: string
  decision?: string
  reconsideration?: string
  carriedOut?: string
}

export interface Objection {
  id: string
  /** `JZ20261122-0007`, counted per day. */
  number: string
  listingId: string
  state: ObjectionState
  /** Grows by one with every act. */
  version: number
  about: ObjectionSubject
  /** The unit whose measure it is about. */
  unitId: string | null
  way: ObjectionWay
  receivedOn: Day
  /** The day that tells whether it was in time: that of the postmark, or of receipt (民诉法 85). */
  handedInOn: Day
  /** After its last day: taken up all the same, and marked. */
  late: boolean
  /** The wording objected to. */
  contentVersion: number
  /** Measures rest, or rested, while it was verified. */
  suspends: boolean
  registeredBy: string
  reviewedBy: string | null
  decidedBy: string | null
  decidedOn: Day | null
  decisionNo: string | null
  remedy: Remedy | null
  /** The rejection's service: the debtor's days to ask the next court run from it. */
  servedOn: Day | null
  askedOn: Day | null
  askedLate: boolean
  higherCourt: HigherCourt | null
  reconsideredOn: Day | null
  reconsiderationNo: string | null
  carriedOutOn: Day | null
  record: ObjectionRecord
}

export function objectionNumber(day: Day, counted: number): string {
  return `JZ${day.replaceAll('-', '')}-${String(counted).padStart(4, '0')}`
}

const TEXT_LIMIT = 2000

/** @throws `reason_needed`, `request_invalid` for more than 2,000 characters. */
export function mustSay(text: string): string {
  const said = text.trim()
  if (said.length < 2) throw new AppError('reason_needed')
  if (said.length > TEXT_LIMIT) throw invalid({ code: 'field_too_long', values: { limit: TEXT_LIMIT } })
  return said
}

function invalid(problem: Problem): AppError {
  return new AppError('request_invalid', {}, [problem])
}

/** @throws `request_invalid` naming the field. */
export function notAfter(field: string, day: Day, today: Day): void {
  if (day > today) throw invalid({ code: 'date_future', field, values: { today } })
}

/** @throws `request_invalid` naming the field. */
export function notBefore(field: string, day: Day, start: Day): void {
  if (day < start) throw invalid({ code: 'date_too_early', field })
}

/** A decision that was made can be objected to; a measure also after the listing is gone, because units may retain theirs. */
const OPEN_TO: Readonly<Record<ObjectionSubject, readonly ListingState[]>> = {
  listing: DECIDED_STATES,
  content: DECIDED_STATES,
  measure: ['listed', ...EXITED_STATES],
}

/** @throws `objection_impossible` for a listing in the wrong state, `listing_of_higher_court` for what another court alone can change. */
export function mustBeOpen(listing: Listing, about: ObjectionSubject): void {
  if (!OPEN_TO[about].includes(listing.state)) throw new AppError('objection_impossible', { state: listing.state })
  if (about !== 'measure' && listing.source !== OUR_COURT) throw new AppError('listing_of_higher_court', { source: listing.source })
}

export interface Registration {
  id: string
  number: string
  about: ObjectionSubject
  unitId: string | null
  way: ObjectionWay
  receivedOn: Day
  /** The postmark, when it came by post. */
  postedOn?: Day | undefined
  claim: string
}

/**
 * Takes an objection in; being late keeps none out (实施意见 四(二)3 read with 法释〔2017〕7号 art. 11).
 * @param lastDay of the debtor's clock; null where there is none.
 * @throws `objection_impossible` for a listing in the wrong state, `listing_of_higher_court`, `objection_unit_needed`, `request_invalid` for days.
 */
export function register(listing: Listing, input: Registration & { by: string; today: Day; lastDay: Day | null }): Objection {
  const { about, unitId, receivedOn, way, today, lastDay } = input
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
    way,
    receivedOn,
    handedInOn,
    late: about !== 'measure' && lastDay !== null && handedInOn > lastDay,
    contentVersion: listing.contentVersion,
    suspends: false,
    registeredBy: input.by,
    ...{ reviewedBy: null, decidedBy: null, decidedOn: null, decisionNo: null, remedy: null, servedOn: null },
    ...{ askedOn: null, askedLate: false, higherCourt: null, reconsideredOn: null, reconsiderationNo: null, carriedOutOn: null },
    record: { claim: mustSay(input.claim) },
  }
}

/** The objection after an act. @throws `objection_act_impossible` naming what is possible. */
export function step(objection: Objection, act: ObjectionAct, changes: Partial<Objection>): Objection {
  return { ...objection, state: OBJECTION_LIFE.next(objection.state, act), version: objection.version + 1, ...changes }
}

/** Verifying begins. What it says of a measure makes measures rest meanwhile (实施意见 四(二)3), as long as the listing is in force. */
export function review(objection: Objection, listing: Listing, by: string): Objection {
  return step(objection, 'review', { reviewedBy: by, suspends: objection.about === 'measure' && listing.state === 'listed' })
}

/** An approver lets measures rest for an objection of another kind. @throws `objection_suspends`, `objection_impossible` for a listing not in force. */
export function suspend(objection: Objection, listing: Listing): Objection {
  const moved = step(objection, 'suspend', { suspends: true })
  if (objection.suspends) throw new AppError('objection_suspends')
  if (listing.state !== 'listed') throw new AppError('objection_impossible', { state: listing.state })
  return moved
}

export function withdraw(objection: Objection, reason: string): Objection {
  const moved = step(objection, 'withdraw', {})
  return { ...moved, record: { ...objection.record, withdrawal: mustSay(reason) } }
}

/** What may follow from an objection about what. */
const REMEDIES_OF: Readonly<Record<ObjectionSubject, readonly Remedy[]>> = {
  listing: ['withdraw', 'revoke', 'shield'],
  content: ['withdraw', 'correct', 'revoke'],
  measure: ['lift_measure', 'shield', 'revoke'],
}

export interface Decision {
  by: string
  today: Day
  decisionNo: string
  reason: string
}

/** Another person than the reviewer decides, and never the drafter of the listing. */
function mustBeFree(objection: Objection, listing: Listing, by: string): void {
  if (objection.reviewedBy === by) throw new AppError('objection_own_review')
  if (listing.draftedBy === by) throw new AppError('own_draft')
}

/** @throws `objection_remedy_unfit` for a remedy that does not fit what the objection is about. */
export function uphold(objection: Objection, listing: Listing, input: Decision & { remedy: Remedy }): Objection {
  const moved = step(objection, 'uphold', decided(input))
  mustBeFree(objection, listing, input.by)
  mustFit(objection, input.remedy)
  return { ...moved, remedy: input.remedy, record: { ...objection.record, decision: mustSay(input.reason) } }
}

export function reject(objection: Objection, listing: Listing, input: Decision): Objection {
  const moved = step(objection, 'reject', decided(input))
  mustBeFree(objection, listing, input.by)
  return { ...moved, record: { ...objection.record, decision: mustSay(input.reason) } }
}

function decided({ by, today, decisionNo }: Decision): Partial<Objection> {
  return { decidedBy: by, decidedOn: today, decisionNo }
}

/** @throws `objection_remedy_unfit` for a remedy that does not fit what the objection is about. */
export function mustFit(objection: Objection, remedy: Remedy): void {
  if (!REMEDIES_OF[objection.about].includes(remedy))
    throw new AppError('objection_remedy_unfit', { remedy, possible: REMEDIES_OF[objection.about].join(' ') })
}

/** The rejection was served: the debtor's days to ask the next court begin. */
export function recordService(objection: Objection, input: { servedOn: Day; today: Day }): Objection {
  const moved = step(objection, 'record_service', { servedOn: input.servedOn })
  notAfter('servedOn', input.servedOn, input.today)
  notBefore('servedOn', input.servedOn, objection.decidedOn ?? input.servedOn)
  return moved
}

const REACHED: Readonly<Partial<Record<Remedy, ListingState>>> = { withdraw: 'withdrawn', shield: 'shielded', revoke: 'revoked' }

/** Whether the listing is as the remedy wants it. A unit's own measure is not seen from here: the clerk says what the unit did. */
export function isCarriedOut(objection: Pick<Objection, 'remedy' | 'contentVersion'>, listing: Listing): boolean {
  const { remedy } = objection
  if (remedy === null) return false
  if (remedy === 'lift_measure') return true
  return remedy === 'correct' ? listing.contentVersion > objection.contentVersion : listing.state === REACHED[remedy]
}

/** @throws `objection_not_carried_out` while the listing has not been corrected, shielded, revoked or withdrawn as it was decided. */
export function carryOut(objection: Objection, listing: Listing, input: { today: Day; note: string }): Objection {
  const moved = step(objection, 'carry_out', { carriedOutOn: input.today })
  if (!isCarriedOut(objection, listing)) throw new AppError('objection_not_carried_out', { remedy: objection.remedy ?? '' })
  return { ...moved, record: { ...objection.record, carriedOut: mustSay(input.note) } }
}

/** Somebody still has to act: one such objection of a kind at a time. A rejected one keeps nobody from coming back with new facts. */
export function isPending(state: ObjectionState): boolean {
  return state !== 'rejected' && OBJECTION_LIFE.possible(state).length > 0
}

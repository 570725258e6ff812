// Rules of assistance notices and judicial suggestions (联动意见 第十九条至第二十一条、第二十四条): states and every act from draft to withdrawal. Pure.
// Commands that save, run deadlines and notify are commands.ts; the table is store.ts.

import type { Day } from '../../core/calendar.ts'
import { AppError, invalidRequest } from '../../core/errors.ts'
import { requireText } from '../../core/written-text.ts'
import { createMachine } from '../../core/state-machine.ts'
import { requireAnother } from '../../platform/commands/permissions.ts'

/** Largest number of reviews and lift requests of one notice together; beyond it, unit and court should talk in person. */
const MAX_EXCHANGES = 10

function mustHaveRoom({ record }: Assistance): void {
  if (record.reviews.length + record.lifting.length >= MAX_EXCHANGES) throw new AppError('assistance_dealings_full', { max: MAX_EXCHANGES })
}

/** Who acts for the unit, in which way, and on which day. */
export interface UnitAction {
  by: string
  way: AcknowledgedWay
  today: Day
}

/** The unit acknowledges that it has the notice. @throws `assistance_act_impossible`. */
export function acknowledge(assistance: Assistance, doing: UnitAction): Assistance {
  return transition(assistance, 'acknowledge', acknowledged(assistance, doing))
}

/** The acknowledgement also proves service where no other service was recorded. A first acknowledgement is kept. */
function acknowledged(assistance: Assistance, { by, way, today }: UnitAction): Partial<Assistance> {
  if (assistance.acknowledgedOn !== null) return {}
  return { acknowledgedOn: today, acknowledgedBy: by, acknowledgedWay: way, servedOn: assistance.servedOn ?? today }
}

/**
 * Records the unit's answer, which also acknowledges the notice where that is missing.
 * @throws `assistance_act_impossible` also once it was carried out, `reason_needed`.
 */
export function answer(assistance: Assistance, doing: UnitAction & { outcome: Outcome; text: string }): Assistance {
  const { outcome, by, today } = doing
  if (assistance.outcome === 'carried_out')
    throw new AppError('assistance_act_impossible', {
      state: assistance.state,
      act: 'answer',
      possible: ASSISTANCE_LIFE.possible(assistance.state)
        .filter((act) => act !== 'answer')
        .join(' '),
    })
  const moved = transition(assistance, 'answer', {
    ...acknowledged(assistance, doing),
    outcome,
    answeredOn: today,
    answeredBy: by,
  })
  return withRecord(moved, { answer: requireDealing(doing.text) })
}

/**
 * Records that the unit suggests a review in writing; it goes on carrying out the notice meanwhile (第二十条).
 * @throws `assistance_act_impossible`, `assistance_review_pending`, `assistance_dealings_full`, `reason_needed`.
 */
export function suggestReview(assistance: Assistance, input: { text: string; by: string; today: Day }): Assistance {
  const moved = transition(assistance, 'suggest_review', { reviewPending: true })
  if (assistance.reviewPending) throw new AppError('assistance_review_pending')
  mustHaveRoom(assistance)
  const review: Review = { text: requireDealing(input.text), on: input.today, by: input.by }
  return withRecord(moved, { reviews: [...assistance.record.reviews, review] })
}

/**
 * Records the court's reply to the pending review suggestion.
 * @throws `assistance_act_impossible`, `assistance_no_review`, `reason_needed`.
 */
export function replyReview(assistance: Assistance, input: { reply: string; by: string; today: Day }): Assistance {
  const moved = transition(assistance, 'reply_review', { reviewPending: false })
  const pending = assistance.record.reviews.at(-1)
  if (!assistance.reviewPending || pending === undefined) throw new AppError('assistance_no_review')
  const replied: Review = { ...pending, reply: requireDealing(input.reply), repliedOn: input.today, repliedBy: input.by }
  return withRecord(moved, { reviews: [...assistance.record.reviews.slice(0, -1), replied] })
}

/**
 * Requests that the measure be lifted, because the obligation was performed, the creditor agrees, or security is offered (第二十一条).
 * @throws `assistance_act_impossible`, `assistance_lift_pending`, `assistance_dealings_full`, `reason_needed`.
 */
export function requestLift(assistance: Assistance, input: { ground: LiftGround; note: string; by: string; today: Day }): Assistance {
  const moved = transition(assistance, 'request_lift', { liftPending: true })
  if (assistance.liftPending) throw new AppError('assistance_lift_pending')
  mustHaveRoom(assistance)
  const request: LiftRequest = { ground: input.ground, note: requireDealing(input.note), on: input.today, by: input.by }
  return withRecord(moved, { lifting: [...assistance.record.lifting, request] })
}

/**
 * Grants or refuses the pending lift request; the decider is another person than the requester. Security offered gives no right to a lift.
 * @throws `assistance_act_impossible`, `assistance_no_lift`, `assistance_own_request`, `reason_needed`.
 */
export function decideLift(assistance: Assistance, input: { granted: boolean; reason: string; by: string; today: Day }): Assistance {
  const { granted, by, today } = input
  const moved = transition(assistance, granted ? 'lift' : 'decide_lift', { liftPending: false, ...(granted ? { endedOn: today } : {}) })
  const pending = assistance.record.lifting.at(-1)
  if (!assistance.liftPending || pending === undefined) throw new AppError('assistance_no_lift')
  if (pending.by === by) throw new AppError('assistance_own_request')
  const decided: LiftRequest = { ...pending, granted, decision: requireDealing(input.reason), decidedOn: today, decidedBy: by }
  return withRecord(moved, { lifting: [...assistance.record.lifting.slice(0, -1), decided] })
}

/** Withdraws a notice that was wrongly issued. @throws `assistance_act_impossible`, `reason_needed`. */
export function withdraw(assistance: Assistance, input: { reason: string; today: Day }): Assistance {
  const moved = transition(assistance, 'withdraw', { endedOn: input.today, reviewPending: false, liftPending: false })
  return withRecord(moved, { withdrawal: requireDealing(input.reason) })
}

/**
 * `assistance`: asks a unit to carry out what the law allows the court to ask. `suggestion`: points out what a unit should do or correct.
 */
export const ASSISTANCE_KINDS = ['assistance', 'suggestion'] as const
export type AssistanceKind = (typeof ASSISTANCE_KINDS)[number]

/** `discarded`: a draft that was never issued. `withdrawn`: issued, and withdrawn because it was wrong. */
export const ASSISTANCE_STATES = ['draft', 'issued', 'served', 'acknowledged', 'answered', 'lifted', 'withdrawn', 'discarded'] as const
export type AssistanceState = (typeof ASSISTANCE_STATES)[number]

export const ASSISTANCE_ACTS = [
  'edit',
  'issue',
  'discard',
  'record_service',
  'acknowledge',
  'answer',
  'suggest_review',
  'reply_review',
  'request_lift',
  'decide_lift',
  'lift',
  'withdraw',
] as const
export type AssistanceAct = (typeof ASSISTANCE_ACTS)[number]

/** What the unit answers: carried out, or could not. A unit may not refuse (第二十条), so there is no third outcome. */
export const OUTCOMES = ['carried_out', 'could_not'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** How the unit acknowledged: by its liaison's link, by its own system, or to a clerk who recorded it. */
export const ACKNOWLEDGED_WAYS = ['link', 'unit', 'clerk'] as const
export type AcknowledgedWay = (typeof ACKNOWLEDGED_WAYS)[number]

/** Grounds on which a measure may be lifted early (第二十一条). */
export const LIFT_GROUNDS = ['performed', 'creditor_consent', 'security'] as const
export type LiftGround = (typeof LIFT_GROUNDS)[number]

const IN_FORCE = ['issued', 'served', 'acknowledged', 'answered'] as const satisfies readonly AssistanceState[]

/** Moves of an act that keeps the state, for every state in force: the unit goes on carrying out the notice meanwhile (第二十条). */
const keepsState = (act: AssistanceAct): { from: readonly AssistanceState[]; act: AssistanceAct; to: AssistanceState }[] =>
  IN_FORCE.map((state) => ({ from: [state], act, to: state }))

/** State machine of assistance notices and judicial suggestions. */
export const ASSISTANCE_LIFE = createMachine<AssistanceState, AssistanceAct>({
  name: 'assistance',
  initial: ['draft'],
  terminal: ['lifted', 'withdrawn', 'discarded'],
  refusal: 'assistance_act_impossible',
  moves: [
    { from: ['draft'], act: 'edit', to: 'draft' },
    { from: ['draft'], act: 'issue', to: 'issued' },
    { from: ['draft'], act: 'discard', to: 'discarded' },
    { from: ['issued'], act: 'record_service', to: 'served' },
    { from: ['issued', 'served'], act: 'acknowledge', to: 'acknowledged' },
    // An answer implies acknowledgement, and a unit that could not carry it out may do so later.
    { from: IN_FORCE, act: 'answer', to: 'answered' },
    ...keepsState('suggest_review'),
    ...keepsState('reply_review'),
    ...keepsState('request_lift'),
    ...keepsState('decide_lift'),
    { from: IN_FORCE, act: 'lift', to: 'lifted' },
    { from: IN_FORCE, act: 'withdraw', to: 'withdrawn' },
  ],
})

/** What somebody may do with a notice beside the moves of its life: send its link once more. */
export type AssistanceChoice = AssistanceAct | 'send_link'

/**
 * What is possible with a notice now, by its state and by what is pending; roles are left to the caller.
 * @param by who asks, because two people issue and lift. @param authors who drafted or edited it.
 */
export function possibleWith(assistance: Assistance, by: string, authors: ReadonlySet<string>): AssistanceChoice[] {
  const { state, outcome, reviewPending, liftPending, number, endedOn, record } = assistance
  const hasRoom = record.reviews.length + record.lifting.length < MAX_EXCHANGES
  const mayDecide = liftPending && record.lifting.at(-1)?.by !== by
  const open: Readonly<Partial<Record<AssistanceAct, boolean>>> = {
    issue: !authors.has(by),
    answer: outcome !== 'carried_out',
    suggest_review: !reviewPending && hasRoom,
    reply_review: reviewPending,
    request_lift: !liftPending && hasRoom,
    decide_lift: mayDecide,
    lift: mayDecide,
  }
  const sendable = number !== null && endedOn === null
  return [...ASSISTANCE_LIFE.possible(state).filter((act) => open[act] !== false), ...(sendable ? (['send_link'] as const) : [])]
}

/** The parts of the document that the clerk writes; the rest comes from the template. */
export interface Particulars {
  /** What happened, in which case. */
  facts: string
  /** What the unit is asked to do. */
  request: string
  basis: string
}

/** The debtor as named in the document, with the full identifier, because a name alone identifies nobody (ADR 0019). */
export interface NamedDebtor {
  name: string
  identifier: string
  caseNo: string
}

/** A unit's written review suggestion (第二十条), and the court's reply. */
export interface Review {
  text: string
  on: Day
  by: string
  reply?: string
  repliedOn?: Day
  repliedBy?: string
}

/** A request to lift the measure early, and the decision on it. */
export interface LiftRequest {
  ground: LiftGround
  note: string
  on: Day
  by: string
  decision?: string
  granted?: boolean
  decidedOn?: Day
  decidedBy?: string
}

/** All free text of one notice; stored sealed. */
export interface AssistanceRecord extends Particulars {
  debtor?: NamedDebtor
  /** The document as issued, one entry a paragraph. */
  document?: string[]
  answer?: string
  withdrawal?: string
  reviews: Review[]
  lifting: LiftRequest[]
}

export interface Assistance {
  id: string
  kind: AssistanceKind
  /** Assigned on issue, counted per year and kind. */
  number: string | null
  unitId: string
  listingId: string | null
  state: AssistanceState
  /** Grows by one with every act. */
  version: number
  draftedBy: string
  issuedBy: string | null
  issuedOn: Day | null
  /** The last day for the unit's answer, as the document states it. */
  answerBy: Day
  servedOn: Day | null
  serviceManner: string | null
  acknowledgedOn: Day | null
  acknowledgedBy: string | null
  acknowledgedWay: AcknowledgedWay | null
  outcome: Outcome | null
  answeredOn: Day | null
  answeredBy: string | null
  reviewPending: boolean
  liftPending: boolean
  /** The day on which it was lifted, withdrawn or discarded. */
  endedOn: Day | null
  record: AssistanceRecord
}

/** Longest texts in characters: each of the particulars, and each text that unit and court exchange. */
const LIMITS = { particulars: 1000, dealing: 500 } as const

/** Trims a text that unit and court exchange. @throws as `requireText`. */
function requireDealing(text: string): string {
  return requireText(text, LIMITS.dealing)
}

function mustLieAhead(answerBy: Day, today: Day): void {
  if (answerBy <= today) throw invalidRequest({ code: 'date_not_ahead', field: 'answerBy', values: { today } })
}

export interface DraftInput extends Particulars {
  answerBy: Day
}

function trimmedParticulars({ facts, request, basis }: Particulars): Particulars {
  const { particulars } = LIMITS
  return { facts: requireText(facts, particulars), request: requireText(request, particulars), basis: requireText(basis, particulars) }
}

/** A new draft. @throws `reason_needed`, `request_invalid`, `assistance_debtor_needed` for an assistance notice without a listing. */
export function draft(
  input: DraftInput & { id: string; kind: AssistanceKind; unitId: string; listingId: string | null; by: string; today: Day },
): Assistance {
  const { id, kind, unitId, listingId, by, today, answerBy } = input
  if (kind === 'assistance' && listingId === null) throw new AppError('assistance_debtor_needed')
  mustLieAhead(answerBy, today)
  return {
    ...{ id, kind, unitId, listingId, answerBy, number: null, state: 'draft', version: 1, draftedBy: by },
    ...{ issuedBy: null, issuedOn: null, servedOn: null, serviceManner: null },
    ...{ acknowledgedOn: null, acknowledgedBy: null, acknowledgedWay: null, outcome: null, answeredOn: null, answeredBy: null },
    ...{ reviewPending: false, liftPending: false, endedOn: null },
    record: { ...trimmedParticulars(input), reviews: [], lifting: [] },
  }
}

/**
 * The notice after an act: next state, next version, and the changed fields.
 * @throws `assistance_act_impossible` with the possible acts.
 */
function transition(assistance: Assistance, act: AssistanceAct, changes: Partial<Assistance> = {}): Assistance {
  return { ...assistance, state: ASSISTANCE_LIFE.next(assistance.state, act), version: assistance.version + 1, ...changes }
}

/** The notice with these texts added to its record. */
function withRecord(assistance: Assistance, record: Partial<AssistanceRecord>): Assistance {
  return { ...assistance, record: { ...assistance.record, ...record } }
}

/**
 * Replaces the particulars and the day for the answer of a draft.
 * @throws `assistance_act_impossible`, `reason_needed`, `request_invalid`.
 */
export function edit(assistance: Assistance, input: DraftInput & { today: Day }): Assistance {
  const moved = transition(assistance, 'edit', { answerBy: input.answerBy })
  mustLieAhead(input.answerBy, input.today)
  return withRecord(moved, trimmedParticulars(input))
}

/** What issuing adds to a draft. */
export interface IssueInput {
  by: string
  today: Day
  number: string
  debtor: NamedDebtor | undefined
  document: string[]
}

/**
 * Issues a draft; the issuer is another person than the drafter.
 * @throws `assistance_act_impossible`, `own_draft`, `request_invalid` when the day for the answer is no longer in the future.
 */
export function issue(assistance: Assistance, { by, today, number, debtor, document }: IssueInput): Assistance {
  const moved = transition(assistance, 'issue', { issuedBy: by, issuedOn: today, number })
  requireAnother(by, [assistance.draftedBy])
  mustLieAhead(assistance.answerBy, today)
  return withRecord(moved, { document, ...(debtor === undefined ? {} : { debtor }) })
}

/** Discards a draft. @throws `assistance_act_impossible`. */
export function discard(assistance: Assistance, today: Day): Assistance {
  return transition(assistance, 'discard', { endedOn: today })
}

/**
 * Records that a clerk served the notice by hand; the deadline to acknowledge runs from that day.
 * @throws `assistance_act_impossible`, `reason_needed`, `request_invalid` for a future day or a day before it was issued.
 */
export function recordService(assistance: Assistance, input: { servedOn: Day; manner: string; today: Day }): Assistance {
  const { servedOn, today } = input
  const moved = transition(assistance, 'record_service', { servedOn, serviceManner: requireDealing(input.manner).slice(0, 200) })
  if (servedOn > today) throw invalidRequest({ code: 'date_future', field: 'servedOn', values: { today } })
  if (assistance.issuedOn !== null && servedOn < assistance.issuedOn) throw invalidRequest({ code: 'date_too_early', field: 'servedOn' })
  return moved
}

// Assistance notices and judicial suggestions (联动意见 第十九条至第二十一条、第二十四条): drafted, issued, served, acknowledged, answered, lifted. Pure.
// What a unit and the court say to one that was served is assistance-replies.ts; saving is features/assistance/store, clocks and telling features/assistance/commands*.

import type { Day } from '../../core/calendar.ts'
import { AppError, type Problem } from '../../core/errors.ts'
import { machine } from '../../core/state-machine.ts'

/** Reviews and lift requests of one notice: beyond them people should meet. */
const DEALINGS = 10

function mustHaveRoom({ record }: Assistance): void {
  if (record.reviews.length + record.lifting.length >= DEALINGS) throw new AppError('assistance_dealings_full', { max: DEALINGS })
}

export interface Doing {
  by: string
  way: AcknowledgedWay
  today: Day
}

export function acknowledge(assistance: Assistance, doing: Doing): Assistance {
  return step(assistance, 'acknowledge', acknowledged(assistance, doing))
}

/** Only having it in hand is proof of service where nothing else was recorded. */
function acknowledged(assistance: Assistance, { by, way, today }: Doing): Partial<Assistance> {
  if (assistance.acknowledgedOn !== null) return {}
  return { acknowledgedOn: today, acknowledgedBy: by, acknowledgedWay: way, servedOn: assistance.servedOn ?? today }
}

/** The unit's answer; one that has it not acknowledged yet does so by it. @throws `assistance_act_impossible` once it was carried out, `reason_needed`. */
export function answer(assistance: Assistance, doing: Doing & { outcome: Outcome; text: string }): Assistance {
  const { outcome, by, today } = doing
  if (assistance.outcome === 'carried_out')
    throw new AppError('assistance_act_impossible', {
      state: assistance.state,
      act: 'answer',
      possible: ASSISTANCE_LIFE.possible(assistance.state)
        .filter((act) => act !== 'answer')
        .join(' '),
    })
  const moved = step(assistance, 'answer', {
    ...acknowledged(assistance, doing),
    outcome,
    answeredOn: today,
    answeredBy: by,
  })
  return noted(moved, { answer: mustWrite(doing.text) })
}

/** The unit doubts what it is asked, in writing; it carries it out meanwhile (第二十条). @throws `assistance_review_pending`. */
export function suggestReview(assistance: Assistance, input: { text: string; by: string; today: Day }): Assistance {
  const moved = step(assistance, 'suggest_review', { reviewPending: true })
  if (assistance.reviewPending) throw new AppError('assistance_review_pending')
  mustHaveRoom(assistance)
  const review: Review = { text: mustWrite(input.text), on: input.today, by: input.by }
  return noted(moved, { reviews: [...assistance.record.reviews, review] })
}

/** @throws `assistance_no_review`. */
export function replyReview(assistance: Assistance, input: { reply: string; by: string; today: Day }): Assistance {
  const moved = step(assistance, 'reply_review', { reviewPending: false })
  const pending = assistance.record.reviews.at(-1)
  if (!assistance.reviewPending || pending === undefined) throw new AppError('assistance_no_review')
  const replied: Review = { ...pending, reply: mustWrite(input.reply), repliedOn: input.today, repliedBy: input.by }
  return noted(moved, { reviews: [...assistance.record.reviews.slice(0, -1), replied] })
}

/** A clerk finds that the obligation was performed, the creditor agrees, or security is offered (第二十一条). @throws `assistance_lift_pending`. */
export function requestLift(assistance: Assistance, input: { ground: LiftGround; note: string; by: string; today: Day }): Assistance {
  const moved = step(assistance, 'request_lift', { liftPending: true })
  if (assistance.liftPending) throw new AppError('assistance_lift_pending')
  mustHaveRoom(assistance)
  const request: LiftRequest = { ground: input.ground, note: mustWrite(input.note), on: input.today, by: input.by }
  return noted(moved, { lifting: [...assistance.record.lifting, request] })
}

/** Another person examines and decides; security gives no claim to it. @throws `assistance_no_lift`, `assistance_own_request`. */
export function decideLift(assistance: Assistance, input: { granted: boolean; reason: string; by: string; today: Day }): Assistance {
  const { granted, by, today } = input
  const moved = step(assistance, granted ? 'lift' : 'decide_lift', { liftPending: false, ...(granted ? { endedOn: today } : {}) })
  const pending = assistance.record.lifting.at(-1)
  if (!assistance.liftPending || pending === undefined) throw new AppError('assistance_no_lift')
  if (pending.by === by) throw new AppError('assistance_own_request')
  const decided: LiftRequest = { ...pending, granted, decision: mustWrite(input.reason), decidedOn: today, decidedBy: by }
  return noted(moved, { lifting: [...assistance.record.lifting.slice(0, -1), decided] })
}

export function withdraw(assistance: Assistance, input: { reason: string; today: Day }): Assistance {
  const moved = step(assistance, 'withdraw', { endedOn: input.today, reviewPending: false, liftPending: false })
  return noted(moved, { withdrawal: mustWrite(input.reason) })
}

/** `assistance` asks a unit to carry out what the law lets the court ask for; `suggestion` points out what a unit should do or mend. */
export const ASSISTANCE_KINDS = ['assistance', 'suggestion'] as const
export type AssistanceKind = (typeof ASSISTANCE_KINDS)[number]

/** `discarded`: a draft that was never issued. `withdrawn`: issued, and taken back because it was wrong. */
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

/** What the unit did: carried it out, or could not. It may not refuse (第二十条), so there is no third. */
export const OUTCOMES = ['carried_out', 'could_not'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** How the court knows that the unit has it: its liaison's link, its own system, or a person whom a clerk spoke to. */
export const ACKNOWLEDGED_WAYS = ['link', 'unit', 'clerk'] as const
export type AcknowledgedWay = (typeof ACKNOWLEDGED_WAYS)[number]

/** Why a measure may be lifted before its time (第二十一条). */
export const LIFT_GROUNDS = ['performed', 'creditor_consent', 'security'] as const
export type LiftGround = (typeof LIFT_GROUNDS)[number]

const IN_FORCE = ['issued', 'served', 'acknowledged', 'answered'] as const satisfies readonly AssistanceState[]

/** Acts that leave a notice where it is: the unit goes on carrying it out meanwhile (第二十条). */
const staying = (act: AssistanceAct): { from: readonly AssistanceState[]; act: AssistanceAct; to: AssistanceState }[] =>
  IN_FORCE.map((state) => ({ from: [state], act, to: state }))

export const ASSISTANCE_LIFE = machine<AssistanceState, AssistanceAct>({
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
    // Who answers has it; and who could not may carry it out later.
    { from: IN_FORCE, act: 'answer', to: 'answered' },
    ...staying('suggest_review'),
    ...staying('reply_review'),
    ...staying('request_lift'),
    ...staying('decide_lift'),
    { from: IN_FORCE, act: 'lift', to: 'lifted' },
    { from: IN_FORCE, act: 'withdraw', to: 'withdrawn' },
  ],
})

/** What the clerk writes; the rest of the document is the template's. */
export interface Particulars {
  /** What happened, and whose case it is. */
  facts: string
  /** What the unit is asked to do. */
  request: string
  basis: string
}

/** The debtor as the document names them: whole, because a name alone is nobody (domain.md §3). */
export interface NamedDebtor {
  name: string
  identifier: string
  caseNo: string
}

/** A unit's written doubt about what it is asked (第二十条), and what the court says to it. */
export interface Review {
  text: string
  on: Day
  by: string
  reply?: string
  repliedOn?: Day
  repliedBy?: string
}

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

/** Everything that was written, kept sealed. */
export interface AssistanceRecord extends Particulars {
  debtor?: NamedDebtor
  /** The document as issued, a paragraph an entry. */
  document?: string[]
  answer?: string
  withdrawal?: string
  reviews: Review[]
  lifting: LiftRequest[]
}

export interface Assistance {
  id: string
  kind: AssistanceKind
  /** Given when it is issued, counted per year and kind. */
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

/** Characters of each of the particulars, and of what unit and court write to one another. */
const LIMITS = { particulars: 1000, dealing: 500 } as const

/** @throws `reason_needed`, `request_invalid` for a text that is too long. */
export function mustWrite(text: string, limit: number = LIMITS.dealing): string {
  const said = text.trim()
  if (said.length < 2) throw new AppError('reason_needed')
  if (said.length > limit) throw invalid({ code: 'field_too_long', values: { limit } })
  return said
}

function invalid(problem: Problem): AppError {
  return new AppError('request_invalid', {}, [problem])
}

function mustLieAhead(answerBy: Day, today: Day): void {
  if (answerBy <= today) throw invalid({ code: 'date_not_ahead', field: 'answerBy', values: { today } })
}

export interface DraftInput extends Particulars {
  answerBy: Day
}

function written({ facts, request, basis }: Particulars): Particulars {
  const { particulars } = LIMITS
  return { facts: mustWrite(facts, particulars), request: mustWrite(request, particulars), basis: mustWrite(basis, particulars) }
}

/** @throws `reason_needed`, `request_invalid`, `assistance_debtor_needed` for a notice that is about nobody. */
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
    record: { ...written(input), reviews: [], lifting: [] },
  }
}

/** The notice after an act. @throws `assistance_act_impossible` naming what is possible. */
export function step(assistance: Assistance, act: AssistanceAct, changes: Partial<Assistance> = {}): Assistance {
  return { ...assistance, state: ASSISTANCE_LIFE.next(assistance.state, act), version: assistance.version + 1, ...changes }
}

/** With more written down. */
export function noted(assistance: Assistance, record: Partial<AssistanceRecord>): Assistance {
  return { ...assistance, record: { ...assistance.record, ...record } }
}

export function edit(assistance: Assistance, input: DraftInput & { today: Day }): Assistance {
  const moved = step(assistance, 'edit', { answerBy: input.answerBy })
  mustLieAhead(input.answerBy, input.today)
  return noted(moved, written(input))
}

export interface Issuing {
  by: string
  today: Day
  number: string
  debtor: NamedDebtor | undefined
  document: string[]
}

/** Another person than the drafter issues it. @throws `own_draft`, `request_invalid` when the day for the answer has come meanwhile. */
export function issue(assistance: Assistance, { by, today, number, debtor, document }: Issuing): Assistance {
  const moved = step(assistance, 'issue', { issuedBy: by, issuedOn: today, number })
  if (assistance.draftedBy === by) throw new AppError('own_draft')
  mustLieAhead(assistance.answerBy, today)
  return noted(moved, { document, ...(debtor === undefined ? {} : { debtor }) })
}

export function discard(assistance: Assistance, today: Day): Assistance {
  return step(assistance, 'discard', { endedOn: today })
}

/** A clerk handed it over otherwise: the unit's days to acknowledge run from that day. @throws `request_invalid` for a day ahead or before it was issued. */
export function recordService(assistance: Assistance, input: { servedOn: Day; manner: string; today: Day }): Assistance {
  const { servedOn, today } = input
  const moved = step(assistance, 'record_service', { servedOn, serviceManner: mustWrite(input.manner).slice(0, 200) })
  if (servedOn > today) throw invalid({ code: 'date_future', field: 'servedOn', values: { today } })
  if (assistance.issuedOn !== null && servedOn < assistance.issuedOn) throw invalid({ code: 'date_too_early', field: 'servedOn' })
  return moved
}

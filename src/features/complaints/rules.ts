// A complaint's states and acts (实施意见 四(二)8), who handles it, whom it may be assigned to, and when two are likely one. Pure.
// Reading what people hand in is complaint-form.ts, who sees what of it complaint-views.ts; saving is features/complaints/store.

import type { Day } from '../../core/calendar.ts'
import { AppError, type Problem } from '../../core/errors.ts'
import { machine } from '../../core/state-machine.ts'
import { squeeze } from '../../core/text.ts'
import { OUR_COURT } from '../listings/rules.ts'
import type { Actor, Role } from '../../platform/commands/permissions.ts'

/** A debtor who escaped a measure, or a unit that does not act. */
export const COMPLAINT_SUBJECTS = ['debtor', 'unit'] as const
export type ComplaintSubject = (typeof COMPLAINT_SUBJECTS)[number]

/** `phone` and `clerk` (at the counter, by letter) are entered by the court's people on behalf of the complainant. */
export const COMPLAINT_WAYS = ['bot', 'web', 'phone', 'clerk'] as const
export type ComplaintWay = (typeof COMPLAINT_WAYS)[number]

/** Why a complaint is not taken up: a closed list, so that no message needs words of its own about third persons. */
export const DECLINE_REASONS = ['no_facts', 'not_our_matter', 'other_procedure', 'already_answered', 'withdrawn'] as const
export type DeclineReason = (typeof DECLINE_REASONS)[number]

export type ComplaintState = 'received' | 'accepted' | 'declined' | 'assigned' | 'investigated' | 'upheld' | 'not_upheld' | 'answered'
export type ComplaintAct = 'add_evidence' | 'accept' | 'decline' | 'assign' | 'investigate' | 'uphold' | 'dismiss' | 'answer'

export const COMPLAINT_LIFE = machine<ComplaintState, ComplaintAct>({
  name: 'complaint',
  initial: ['received'],
  terminal: ['declined', 'answered'],
  refusal: 'complaint_act_impossible',
  moves: [
    { from: ['received'], act: 'accept', to: 'accepted' },
    { from: ['received'], act: 'decline', to: 'declined' },
    // Again from `assigned`: to another unit; from `investigated`: the findings do not suffice.
    { from: ['accepted', 'assigned', 'investigated'], act: 'assign', to: 'assigned' },
    { from: ['assigned'], act: 'investigate', to: 'investigated' },
    { from: ['investigated'], act: 'uphold', to: 'upheld' },
    { from: ['investigated'], act: 'dismiss', to: 'not_upheld' },
    { from: ['upheld', 'not_upheld'], act: 'answer', to: 'answered' },
    { from: ['received'], act: 'add_evidence', to: 'received' },
    { from: ['accepted'], act: 'add_evidence', to: 'accepted' },
    { from: ['assigned'], act: 'add_evidence', to: 'assigned' },
    { from: ['investigated'], act: 'add_evidence', to: 'investigated' },
  ],
})

/** What was said. The words of the complainant themselves are for the handler alone: they can give away who wrote them. */
export interface ComplaintContent {
  text: string
  happenedOn?: Day
  place?: string
  /** Whom it is about, when it is about a debtor; the identifier normalised. */
  debtor?: { name?: string; identifier?: string }
  /** The unit as the complainant called it, when nobody has found it in the catalogue yet. */
  unitWords?: string
}

/** Nothing at all: anonymous and not to be told. Without a name, yet with an address: anonymous, and told. */
export interface Complainant {
  name?: string
  /** E.164. */
  phone?: string
  /** openid. */
  wechat?: string
}

/** What the handling of a complaint wrote down, beside its steps. */
export interface ComplaintRecord {
  declineNote?: string
  /** What the assigned unit is asked to look into, in the handler's own words. */
  brief?: string
  findings?: string
  /** Upheld: the measure taken. Not upheld: why. */
  outcome?: string
  /** What the complainant was answered. */
  answer?: string
}

export interface Complaint {
  id: string
  /** `TS20261122-0007`, counted per day. */
  number: string
  state: ComplaintState
  /** Grows by one with every act. */
  version: number
  about: ComplaintSubject
  way: ComplaintWay
  content: ComplaintContent
  complainant: Complainant
  /** The unit complained of, once it is known. */
  unitId: string | null
  assignedTo: string | null
  /** The first of likely the same complaints. Seen by the handler alone. */
  duplicateOf: string | null
  declineReason: DeclineReason | null
  record: ComplaintRecord
  receivedAt: Date
}

/** Characters of one thing that its handling writes down. */
const RECORD_LIMIT = 2000

export const LEADING_GROUP = 'leading_group'
export const LEADING_GROUP_OFFICE = 'leading_group_office'

export function complaintNumber(day: Day, counted: number): string {
  return `TS${day.replaceAll('-', '')}-${String(counted).padStart(4, '0')}`
}

function step(complaint: Complaint, act: ComplaintAct): Complaint {
  return { ...complaint, state: COMPLAINT_LIFE.next(complaint.state, act), version: complaint.version + 1 }
}

/** The units an actor speaks for: a liaison's own; the court's staff speak for the court, the group office for itself. */
export function speaksFor(actor: Actor): string[] {
  const holds = (...roles: readonly Role[]): boolean => roles.some((role) => actor.roles.includes(role))
  return [
    ...(holds('liaison', 'unit_system') ? [actor.unitId ?? ''] : []),
    ...(holds('clerk', 'approver') ? [OUR_COURT] : []),
    ...(holds('group_office') ? [LEADING_GROUP_OFFICE] : []),
  ]
}

/** Whether an actor belongs to the unit complained of: such a one never learns who complained, and decides nothing about it. */
export function isConflicted(complaint: Pick<Complaint, 'unitId'>, actor: Actor): boolean {
  return complaint.unitId !== null && speaksFor(actor).includes(complaint.unitId)
}

/** Clerks handle complaints; those about the court itself are the group office's. */
export function isHandler(complaint: Pick<Complaint, 'unitId'>, actor: Actor): boolean {
  if (isConflicted(complaint, actor)) return false
  return actor.roles.includes(complaint.unitId === OUR_COURT ? 'group_office' : 'clerk')
}

/** @throws `complaint_not_yours`. */
export function mustHandle(complaint: Complaint, actor: Actor): void {
  if (!isHandler(complaint, actor)) throw new AppError('complaint_not_yours', { number: complaint.number })
}

/**
 * The assigned unit itself, the group office for its own, or a clerk for a unit that answered on paper.
 * @throws `complaint_not_yours`.
 */
export function mustInvestigate(complaint: Complaint, actor: Actor): void {
  const assigned = complaint.assignedTo !== null && speaksFor(actor).includes(complaint.assignedTo)
  if (isConflicted(complaint, actor) || !(assigned || isHandler(complaint, actor)))
    throw new AppError('complaint_not_yours', { number: complaint.number })
}

/** Evidence may come as long as the matter is open. @throws `complaint_act_impossible`. */
export function takeEvidence(complaint: Complaint): Complaint {
  return step(complaint, 'add_evidence')
}

/** @param unitId the unit complained of, when the handler has recognised it. */
export function accept(complaint: Complaint, unitId: string | null): Complaint {
  return { ...step(complaint, 'accept'), unitId: unitId ?? complaint.unitId }
}

export function decline(complaint: Complaint, input: { reason: DeclineReason; note?: string | undefined }): Complaint {
  const declineNote = input.note?.trim() ?? ''
  if (declineNote.length > RECORD_LIMIT) throw new AppError('complaint_incomplete', {}, [tooLong('note', RECORD_LIMIT)])
  const record = declineNote === '' ? complaint.record : { ...complaint.record, declineNote }
  return { ...step(complaint, 'decline'), declineReason: input.reason, record }
}

/** Who looks into a complaint when nobody else is named: about a unit, the leading group's office; about that office, the leading group. */
export function defaultAssignee(complaint: Pick<Complaint, 'unitId'>): string | null {
  if (complaint.unitId === null) return null
  return complaint.unitId === LEADING_GROUP_OFFICE ? LEADING_GROUP : LEADING_GROUP_OFFICE
}

/**
 * Hands the matter to a unit with a brief in the handler's words.
 * @throws `complaint_own_unit` for the unit complained of, `reason_needed` without a brief, `complaint_names_complainant` for one that says who complained.
 */
export function assign(complaint: Complaint, input: { unitId: string; brief: string }): Complaint {
  const moved = step(complaint, 'assign')
  if (input.unitId === complaint.unitId) throw new AppError('complaint_own_unit')
  const brief = mustSay(input.brief)
  mustNotName(complaint, brief)
  return { ...moved, assignedTo: input.unitId, record: { ...complaint.record, brief } }
}

/** @throws `reason_needed`, `complaint_names_complainant`: units and overseers read findings and outcome. */
export function investigate(complaint: Complaint, findings: string): Complaint {
  const moved = step(complaint, 'investigate')
  const said = mustSay(findings)
  mustNotName(complaint, said)
  return { ...moved, record: { ...complaint.record, findings: said } }
}

/** @param outcome the measure taken when upheld, else why not: 应当惩戒而未实施的，应当及时进行惩戒 (实施意见 四(二)8). */
export function decide(complaint: Complaint, finding: 'upheld' | 'not_upheld', outcome: string): Complaint {
  const moved = step(complaint, finding === 'upheld' ? 'uphold' : 'dismiss')
  const said = mustSay(outcome)
  mustNotName(complaint, said)
  return { ...moved, record: { ...complaint.record, outcome: said } }
}

export function answer(complaint: Complaint, text: string): Complaint {
  return { ...step(complaint, 'answer'), record: { ...complaint.record, answer: mustSay(text) } }
}

/** Whether there is an address to tell the complainant at. */
export function isTellable(complainant: Complainant): boolean {
  return complainant.phone !== undefined || complainant.wechat !== undefined
}

function mustSay(text: string): string {
  const said = text.trim()
  if (said.length < 2) throw new AppError('reason_needed')
  if (said.length > RECORD_LIMIT) throw new AppError('complaint_incomplete', {}, [tooLong('text', RECORD_LIMIT)])
  return said
}

export function tooLong(field: string, limit: number): Problem {
  return { code: 'field_too_long', field, values: { limit } }
}

/** What leaves the handler's hands may not say who complained, however name or number are written. */
function mustNotName({ complainant }: Complaint, text: string): void {
  const { name, phone, wechat } = complainant
  const plain = lettersOf(text)
  const words = [name, phone?.replace(/^\+86/, ''), wechat].filter((word) => word !== undefined).map(lettersOf)
  if (words.some((word) => word.length > 1 && plain.includes(word))) throw new AppError('complaint_names_complainant')
}

/** Letters and digits alone, in one width and case. */
function lettersOf(text: string): string {
  return squeeze(text)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
}

/** Days within which a complaint like an earlier one is likely the same matter. ◇ */
export const DUPLICATE_DAYS = 90
/** ◇ Two texts that share two fifths of their runs of three characters say likely the same. */
const DUPLICATE_SHARE = 0.4

export function isLikelySame(text: string, other: string): boolean {
  return likeness(text, other) >= DUPLICATE_SHARE
}

/** Jaccard's index over runs of three characters, 0 to 1: punctuation, blanks and width do not count. */
export function likeness(text: string, other: string): number {
  const [left, right] = [runsOf(text), runsOf(other)]
  const shared = [...left].filter((run) => right.has(run)).length
  return shared === 0 ? 0 : shared / (left.size + right.size - shared)
}

function runsOf(text: string): Set<string> {
  const signs = Array.from(lettersOf(text))
  if (signs.length < 3) return new Set(signs.length === 0 ? [] : [signs.join('')])
  return new Set(signs.slice(2).map((_, at) => signs.slice(at, at + 3).join('')))
}

// Rules of complaints (实施意见 四(二)8): states and acts, who handles one, to whom it may be assigned, and when two are likely the same. Pure.
// Reading a form is form.rules.ts, who sees what is views.rules.ts; the tables are store.ts and evidence.store.ts.

import type { Day } from '../../core/calendar.ts'
import { AppError, type Problem } from '../../core/errors.ts'
import { createMachine } from '../../core/state-machine.ts'
import { squeeze } from '../../core/text.ts'
import { isConflicted, isForOfficeAlone, LEADING_GROUP, LEADING_GROUP_OFFICE, speaksFor, type Accused } from '../units/conflicts.rules.ts'
import { isAllowed, type Actor, type Permission } from '../../platform/commands/permissions.ts'

/** Subject of a complaint: a debtor who evades a measure, or a unit that does not act. */
export const COMPLAINT_SUBJECTS = ['debtor', 'unit'] as const
export type ComplaintSubject = (typeof COMPLAINT_SUBJECTS)[number]

/** How a complaint came in. `phone` and `clerk` (at the counter, by letter) are entered by staff on behalf of the complainant. */
export const COMPLAINT_WAYS = ['bot', 'web', 'phone', 'clerk'] as const
export type ComplaintWay = (typeof COMPLAINT_WAYS)[number]

/** Why a complaint is declined: a closed list, so that no notice needs free text about third persons. */
export const DECLINE_REASONS = ['no_facts', 'not_our_matter', 'other_procedure', 'already_answered', 'withdrawn'] as const
export type DeclineReason = (typeof DECLINE_REASONS)[number]

export type ComplaintState =
  'received' | 'accepted' | 'declined' | 'assigned' | 'investigated' | 'upheld' | 'not_upheld' | 'answered' | 'withdrawn'
/** The acts on a complaint. */
export const COMPLAINT_ACTS = [
  'add_evidence',
  'withdraw',
  'resolve',
  'accept',
  'decline',
  'assign',
  'investigate',
  'uphold',
  'dismiss',
  'answer',
] as const
export type ComplaintAct = (typeof COMPLAINT_ACTS)[number]

/** State machine of a complaint. */
export const COMPLAINT_LIFE = createMachine<ComplaintState, ComplaintAct>({
  name: 'complaint',
  initial: ['received'],
  terminal: ['declined', 'answered', 'withdrawn'],
  refusal: 'complaint_act_impossible',
  moves: [
    { from: ['received'], act: 'accept', to: 'accepted' },
    { from: ['received'], act: 'decline', to: 'declined' },
    // From `assigned`: to another unit. From `investigated`: the findings do not suffice.
    { from: ['accepted', 'assigned', 'investigated'], act: 'assign', to: 'assigned' },
    { from: ['assigned'], act: 'investigate', to: 'investigated' },
    { from: ['investigated'], act: 'uphold', to: 'upheld' },
    { from: ['investigated'], act: 'dismiss', to: 'not_upheld' },
    { from: ['upheld', 'not_upheld'], act: 'answer', to: 'answered' },
    { from: ['received'], act: 'add_evidence', to: 'received' },
    { from: ['accepted'], act: 'add_evidence', to: 'accepted' },
    { from: ['assigned'], act: 'add_evidence', to: 'assigned' },
    { from: ['investigated'], act: 'add_evidence', to: 'investigated' },
    // By the complainant, as long as nothing was found: a finding is answered, and the unit acts on it whoever asked.
    { from: ['received', 'accepted', 'assigned', 'investigated'], act: 'withdraw', to: 'withdrawn' },
    { from: ['received'], act: 'resolve', to: 'received' },
    { from: ['accepted'], act: 'resolve', to: 'accepted' },
  ],
})

/** What the complainant stated. Only the handler sees the text, because its wording can reveal who wrote it. */
export interface ComplaintContent {
  text: string
  happenedOn?: Day
  place?: string
  /** The debtor it is about, with the identifier normalised. */
  debtor?: { name?: string; identifier?: string }
  /** The unit in the complainant's words, until the handler has found it among the units. */
  unitWords?: string
  /** What the complainant added later. */
  additions?: { on: Day; text: string }[]
}

/** Who complained. Without a name: anonymous. Without phone and WeChat account: no notices are sent. */
export interface Complainant {
  name?: string
  /** E.164. */
  phone?: string
  /** openid of the WeChat account. */
  wechat?: string
}

/** Texts written while a complaint is handled. */
export interface ComplaintRecord {
  declineNote?: string
  /** What the assigned unit is asked to look into, in the handler's own words. */
  brief?: string
  findings?: string
  /** Upheld: the measure taken. Not upheld: why. */
  outcome?: string
  /** The answer to the complainant. */
  answer?: string
}

export interface Complaint extends Accused {
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
  assignedTo: string | null
  /** Id of the first of the likely same complaints. Only the handler sees it. */
  duplicateOf: string | null
  declineReason: DeclineReason | null
  record: ComplaintRecord
  receivedAt: Date
}

/** Longest text in characters of one field of the record. */
const RECORD_LIMIT = 2000

/** `TS20261122-0007`. @param serial counted per day from 1. */
export function complaintNumber(day: Day, serial: number): string {
  return `TS${day.replaceAll('-', '')}-${String(serial).padStart(4, '0')}`
}

function transition(complaint: Complaint, act: ComplaintAct): Complaint {
  return { ...complaint, state: COMPLAINT_LIFE.next(complaint.state, act), version: complaint.version + 1 }
}

/** Whether an actor handles a complaint: clerks do, and for complaints about the court itself the group office. */
export function isHandler(complaint: Accused, actor: Actor): boolean {
  if (isConflicted(complaint, actor)) return false
  return actor.roles.includes(isForOfficeAlone(complaint) ? 'group_office' : 'clerk')
}

/** The permission that each act needs. */
const PERMISSION_OF: Readonly<Record<ComplaintAct, Permission>> = {
  add_evidence: 'complaint.add_evidence',
  withdraw: 'complaint.withdraw',
  resolve: 'complaint.resolve',
  accept: 'complaint.accept',
  decline: 'complaint.decline',
  assign: 'complaint.assign',
  investigate: 'complaint.investigate',
  uphold: 'complaint.decide',
  dismiss: 'complaint.decide',
  answer: 'complaint.answer',
}

/** The acts that an actor may do now: all for the handler, the findings for the unit it is assigned to. */
export function possibleFor(complaint: Complaint, actor: Actor): ComplaintAct[] {
  const handles = isHandler(complaint, actor)
  return COMPLAINT_LIFE.possible(complaint.state).filter((act) => {
    if (!isAllowed(actor, PERMISSION_OF[act])) return false
    if (act === 'investigate') return mayInvestigate(complaint, actor)
    if (act === 'resolve') return handles && isForOfficeAlone(complaint)
    if (act === 'assign') return handles && !complaint.unresolved
    return handles
  })
}

/** Checks that the actor handles the complaint. @throws `complaint_not_yours`. */
export function mustHandle(complaint: Complaint, actor: Actor): void {
  if (!isHandler(complaint, actor)) throw new AppError('complaint_not_yours', { number: complaint.number })
}

/**
 * Checks that the actor may record findings: the assigned unit, the group office for itself, or the handler for a unit that answered on
 * paper.
 * @throws `complaint_not_yours`.
 */
export function mustInvestigate(complaint: Complaint, actor: Actor): void {
  if (!mayInvestigate(complaint, actor)) throw new AppError('complaint_not_yours', { number: complaint.number })
}

function mayInvestigate(complaint: Complaint, actor: Actor): boolean {
  const isAssigned = complaint.assignedTo !== null && speaksFor(actor).includes(complaint.assignedTo)
  return !isConflicted(complaint, actor) && (isAssigned || isHandler(complaint, actor))
}

/** The complaint after evidence was added, which is possible before a decision. @throws `complaint_act_impossible`. */
export function addEvidenceTo(complaint: Complaint): Complaint {
  return transition(complaint, 'add_evidence')
}

/** How often text may be added to a complaint. ◇ */
const ADDITIONS = 20

/**
 * The complaint with a text that the complainant added. Words against the court are refused where others than the group office read the
 * complaint, so that nobody of the court learns of them.
 * @throws `complaint_act_impossible`, `reason_needed`, `complaint_incomplete`, `complaint_accuses_court`, `complaint_additions_full`.
 */
export function addTextTo(complaint: Complaint, { on, text, accusesCourt }: { on: Day; text: string; accusesCourt: boolean }): Complaint {
  const moved = transition(complaint, 'add_evidence')
  const { additions = [] } = complaint.content
  if (additions.length >= ADDITIONS) throw new AppError('complaint_additions_full', { max: ADDITIONS })
  if (accusesCourt && !isForOfficeAlone(complaint)) throw new AppError('complaint_accuses_court')
  return { ...moved, content: { ...complaint.content, additions: [...additions, { on, text: mustSay(text) }] } }
}

/** The complaint after its complainant withdrew it. @throws `complaint_act_impossible` once there is a finding. */
export function withdraw(complaint: Complaint): Complaint {
  return transition(complaint, 'withdraw')
}

/** Accepts a complaint. @param unitId the unit complained of, where the handler has identified it. @throws `complaint_act_impossible`. */
export function accept(complaint: Complaint, unitId: string | null): Complaint {
  const moved = transition(complaint, 'accept')
  return unitId === null ? moved : { ...moved, unitId, unresolved: false }
}

/**
 * Says whom a complaint is about that was kept from the court. @param unitId null: not the court, and no unit of the catalogue.
 * @throws `complaint_act_impossible`.
 */
export function resolve(complaint: Complaint, unitId: string | null): Complaint {
  return { ...transition(complaint, 'resolve'), unitId, unresolved: false }
}

/** Declines a complaint. @throws `complaint_act_impossible`, `complaint_incomplete` for a note that is too long. */
export function decline(complaint: Complaint, input: { reason: DeclineReason; note?: string | undefined }): Complaint {
  const declineNote = input.note?.trim() ?? ''
  if (declineNote.length > RECORD_LIMIT) throw new AppError('complaint_incomplete', {}, [tooLong('note', RECORD_LIMIT)])
  const record = declineNote === '' ? complaint.record : { ...complaint.record, declineNote }
  return { ...transition(complaint, 'decline'), declineReason: input.reason, record }
}

/** Default assignee: the leading group's office for a complaint about a unit, the leading group for one about that office, else null. */
export function defaultAssignee(complaint: Pick<Complaint, 'unitId'>): string | null {
  if (complaint.unitId === null) return null
  return complaint.unitId === LEADING_GROUP_OFFICE ? LEADING_GROUP : LEADING_GROUP_OFFICE
}

/**
 * Assigns the complaint to a unit with a brief in the handler's words.
 * @throws `complaint_act_impossible`, `complaint_own_unit` for the unit complained of, `reason_needed` without a brief,
 * `complaint_names_complainant` for a brief that names the complainant.
 */
export function assign(complaint: Complaint, input: { unitId: string; brief: string }): Complaint {
  const moved = transition(complaint, 'assign')
  if (complaint.unresolved) throw new AppError('complaint_unresolved')
  if (input.unitId === complaint.unitId) throw new AppError('complaint_own_unit')
  const brief = mustSay(input.brief)
  mustNotName(complaint, brief)
  return { ...moved, assignedTo: input.unitId, record: { ...complaint.record, brief } }
}

/**
 * Records the findings. Units and overseers read findings and outcome, so neither may name the complainant.
 * @throws `complaint_act_impossible`, `reason_needed`, `complaint_names_complainant`.
 */
export function investigate(complaint: Complaint, findings: string): Complaint {
  const moved = transition(complaint, 'investigate')
  const text = mustSay(findings)
  mustNotName(complaint, text)
  return { ...moved, record: { ...complaint.record, findings: text } }
}

/**
 * Decides on the findings: 应当惩戒而未实施的，应当及时进行惩戒 (实施意见 四(二)8).
 * @param outcome the measure taken when upheld, else the reason. @throws as `investigate`.
 */
export function decide(complaint: Complaint, finding: 'upheld' | 'not_upheld', outcome: string): Complaint {
  const moved = transition(complaint, finding === 'upheld' ? 'uphold' : 'dismiss')
  const text = mustSay(outcome)
  mustNotName(complaint, text)
  return { ...moved, record: { ...complaint.record, outcome: text } }
}

/** Records the answer to the complainant, which ends the matter. @throws `complaint_act_impossible`, `reason_needed`. */
export function answer(complaint: Complaint, text: string): Complaint {
  return { ...transition(complaint, 'answer'), record: { ...complaint.record, answer: mustSay(text) } }
}

/** Whether the complainant left an address for notices. */
export function hasAddress(complainant: Complainant): boolean {
  return complainant.phone !== undefined || complainant.wechat !== undefined
}

/** A text for the record, trimmed. @throws `reason_needed`, `complaint_incomplete` for one that is too long. */
export function mustSay(text: string): string {
  const trimmed = text.trim()
  if (trimmed.length < 2) throw new AppError('reason_needed')
  if (trimmed.length > RECORD_LIMIT) throw new AppError('complaint_incomplete', {}, [tooLong('text', RECORD_LIMIT)])
  return trimmed
}

/** Problem of a field with more than `limit` characters. */
export function tooLong(field: string, limit: number): Problem {
  return { code: 'field_too_long', field, values: { limit } }
}

/** Checks that a text for other readers does not name the complainant, in whatever spelling. @throws `complaint_names_complainant`. */
export function mustNotName(complaint: Complaint, text: string): void {
  if (namesComplainant(complaint, text)) throw new AppError('complaint_names_complainant')
}

/** Whether a text holds the complainant's name, phone or account, in whatever spelling. */
export function namesComplainant({ complainant }: Complaint, text: string): boolean {
  const { name, phone, wechat } = complainant
  const plain = lettersOf(text)
  const identities = [name, phone?.replace(/^\+86/, ''), wechat].filter((value) => value !== undefined).map(lettersOf)
  return identities.some((value) => value.length > 1 && plain.includes(value))
}

/** Only the letters and digits of a text, in one width and case. */
function lettersOf(text: string): string {
  return squeeze(text)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
}

/** Days within which a similar complaint is likely about the same matter. ◇ */
export const DUPLICATE_DAYS = 90
/** ◇ Likeness from which two texts are likely about the same matter. */
const DUPLICATE_SHARE = 0.4

/** Whether two texts are likely about the same matter. */
export function isLikelySame(text: string, other: string): boolean {
  return likeness(text, other) >= DUPLICATE_SHARE
}

/** Jaccard index over runs of three characters, 0 to 1; punctuation, blanks, case and width do not count. */
export function likeness(text: string, other: string): number {
  const [left, right] = [trigramsOf(text), trigramsOf(other)]
  const shared = [...left].filter((trigram) => right.has(trigram)).length
  return shared === 0 ? 0 : shared / (left.size + right.size - shared)
}

function trigramsOf(text: string): Set<string> {
  const characters = Array.from(lettersOf(text))
  if (characters.length < 3) return new Set(characters.length === 0 ? [] : [characters.join('')])
  return new Set(characters.slice(2).map((_, start) => characters.slice(start, start + 3).join('')))
}

const MEGABYTE = 1_048_576

/** The refusal, for staff, of a file beyond EVIDENCE_MAX_MB. @param bytes how many it has, or has had before it was refused. */
export function evidenceOverLimit(max: number, bytes: number): AppError {
  return new AppError('evidence_over_limit', { megabytes: Math.ceil((bytes / MEGABYTE) * 10) / 10, max: max / MEGABYTE })
}

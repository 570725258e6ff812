// Who sees what of a complaint: one whitelist of fields a reader. Only its handler sees anything that the complainant wrote or is. Pure.
// Reading from the database is views.ts.

import type { Day } from '../../core/calendar.ts'
import {
  COMPLAINT_LIFE,
  isHandler,
  possibleFor,
  type Complaint,
  type ComplaintAct,
  type ComplaintContent,
  type ComplaintState,
  type ComplaintSubject,
  type ComplaintWay,
  type DeclineReason,
} from './rules.ts'
import { orderViewFor, type ComplaintOrder, type OrderView } from './orders.rules.ts'
import { ownUnitOf, type Actor } from '../../platform/commands/permissions.ts'
import { isConflicted, isForOfficeAlone, speaksFor } from '../units/conflicts.rules.ts'

/** One act on a complaint. */
export interface ComplaintStep {
  n: number
  at: Date
  /** `staff:<id>`, `liaison:<id>`, `public`. */
  actor: string
  /** Where it is an account of the court. */
  actorName: string | null
  act: ComplaintAct | 'file'
  state: ComplaintState
  /** The unit it was assigned to by this step. */
  unitId: string | null
  /** Templates of the notices enqueued by this step; empty: nobody was to be notified, or there was no address. */
  told: string[]
}

export interface EvidenceFacts {
  id: string
  kind: string
  bytes: number
  sha256: string
  at: Date
  /** The assigned unit may see it. */
  released: boolean
}

/** Evidence in a list of it. `readable`: whoever looks may open the file. */
export interface EvidenceView extends EvidenceFacts {
  readable: boolean
}

/** A complaint with everything from which its views are made. */
export interface ComplaintFile {
  complaint: Complaint
  /** The unit complained of, as it is called. */
  unitName: string | null
  steps: readonly ComplaintStep[]
  evidence: readonly EvidenceFacts[]
  /** The last day of its deadline that runs or was missed. */
  dueOn: Day | null
  /** What a unit was ordered to do when it was upheld, and the last day to answer. */
  order: { order: ComplaintOrder; dueOn: Day | null } | null
  /** How much evidence one complaint may have. */
  limits: { files: number; bytes: number }
}

/** The view of the assigned unit: the brief, whom the complaint is about, and the evidence released to it. */
export interface UnitComplaintView {
  view: 'unit'
  id: string
  number: string
  state: ComplaintState
  version: number
  about: ComplaintSubject
  unitId: string | null
  /** The unit complained of, as it is called. */
  unitName: string | null
  debtor: { name?: string; identifier?: string } | null
  happenedOn: Day | null
  brief: string | null
  findings: string | null
  outcome: string | null
  assignedAt: Date | null
  dueOn: Day | null
  evidence: Omit<EvidenceFacts, 'released'>[]
  /** The acts that the reader may do now. */
  possible: ComplaintAct[]
}

/** The view of approvers, group office, auditors and operators: the whole procedure, and nothing of the complainant. */
export interface OverseerComplaintView {
  view: 'overseer'
  id: string
  number: string
  state: ComplaintState
  version: number
  about: ComplaintSubject
  way: ComplaintWay
  unitId: string | null
  /** Whom it is about is not settled; the group office alone sees it. */
  unresolved: boolean
  assignedTo: string | null
  declineReason: DeclineReason | null
  brief: string | null
  findings: string | null
  outcome: string | null
  receivedAt: Date
  dueOn: Day | null
  evidence: EvidenceView[]
  steps: ComplaintStep[]
  /** The acts that the reader may do now. */
  possible: ComplaintAct[]
}

/** The view of the handler: everything. */
export interface HandlerComplaintView extends Omit<OverseerComplaintView, 'view'> {
  view: 'handler'
  content: ComplaintContent
  complainant: { name: string | null; phone: string | null; wechat: boolean }
  declineNote: string | null
  answer: string | null
  duplicateOf: string | null
  order: OrderView | null
  limits: ComplaintFile['limits']
}

export type ComplaintView = UnitComplaintView | OverseerComplaintView | HandlerComplaintView

/** The view for number and code: the state and the answer. It holds nothing that was handed in, and no names. */
export interface PublicComplaintView {
  number: string
  state: ComplaintState
  receivedAt: Date
  steps: { at: Date; state: ComplaintState }[]
  declineReason: DeclineReason | null
  declineNote: string | null
  finding: 'upheld' | 'not_upheld' | null
  answer: string | null
  evidence: number
  /** Whether evidence may still be added. */
  open: boolean
  /** Whether the complainant may still withdraw it. */
  withdrawable: boolean
}

/** What the page shows beside that to whoever holds number and code: their own words, and until when the next step is due. */
export interface OwnComplaintView extends PublicComplaintView {
  text: string
  additions: readonly { on: Day; text: string }[]
  dueOn: Day | null
}

/** The view for the page of the complainant. */
export function ownView(file: ComplaintFile): OwnComplaintView {
  const { text, additions = [] } = file.complaint.content
  return { ...publicView(file), text, additions, dueOn: file.dueOn }
}

/**
 * The one view that an actor gets, or null when the complaint does not exist for them. A unit sees complaints assigned to it; nobody sees
 * a complaint about a unit for which they speak.
 */
export function viewFor(file: ComplaintFile, actor: Actor): ComplaintView | null {
  const { complaint } = file
  const ownUnit = ownUnitOf(actor)
  if (ownUnit !== null) {
    const isAssigned = complaint.assignedTo === ownUnit && !isConflicted(complaint, actor)
    return isAssigned ? unitView(file, actor) : null
  }
  if (isHandler(complaint, actor)) return handlerView(file, actor)
  return isConflicted(complaint, actor) ? null : overseerView(file, actor)
}

function unitView({ complaint, unitName, steps, evidence, dueOn }: ComplaintFile, actor: Actor): UnitComplaintView {
  const { id, number, state, version, about, unitId, content, record } = complaint
  return {
    view: 'unit',
    id,
    number,
    state,
    version,
    about,
    unitId,
    unitName,
    debtor: content.debtor ?? null,
    happenedOn: content.happenedOn ?? null,
    brief: record.brief ?? null,
    findings: record.findings ?? null,
    outcome: record.outcome ?? null,
    assignedAt: steps.findLast((step) => step.act === 'assign')?.at ?? null,
    dueOn,
    evidence: evidence.filter((each) => each.released).map(({ released: _, ...facts }) => facts),
    possible: possibleFor(complaint, actor),
  }
}

function overseerView({ complaint, steps, evidence, dueOn }: ComplaintFile, actor: Actor): OverseerComplaintView {
  const { id, number, state, version, about, way, unitId, unresolved, assignedTo, declineReason, record, receivedAt } = complaint
  return {
    view: 'overseer',
    id,
    number,
    state,
    version,
    about,
    way,
    unitId,
    unresolved,
    assignedTo,
    declineReason,
    brief: record.brief ?? null,
    findings: record.findings ?? null,
    outcome: record.outcome ?? null,
    receivedAt,
    dueOn,
    evidence: evidence.map((each) => ({ ...each, readable: mayOpenEvidence(complaint, each, actor) })),
    steps: [...steps],
    possible: possibleFor(complaint, actor),
  }
}

/** Whether an actor may open a file: any the handler, those released to it the unit that the complaint is assigned to. */
export function mayOpenEvidence(
  complaint: Pick<Complaint, 'unitId' | 'unresolved' | 'assignedTo'>,
  { released }: Pick<EvidenceFacts, 'released'>,
  actor: Actor,
): boolean {
  if (isHandler(complaint, actor)) return true
  const isAssigned = complaint.assignedTo !== null && speaksFor(actor).includes(complaint.assignedTo)
  return isAssigned && released && !isConflicted(complaint, actor)
}

function handlerView(file: ComplaintFile, actor: Actor): HandlerComplaintView {
  const { content, complainant, record, duplicateOf } = file.complaint
  return {
    ...overseerView(file, actor),
    view: 'handler',
    content,
    complainant: { name: complainant.name ?? null, phone: complainant.phone ?? null, wechat: complainant.wechat !== undefined },
    declineNote: record.declineNote ?? null,
    answer: record.answer ?? null,
    duplicateOf,
    limits: file.limits,
    order: file.order === null ? null : orderViewFor(file.order.order, actor, file.order.dueOn),
  }
}

/** Acts that the public view lists. */
const PUBLIC_ACTS: readonly string[] = ['file', 'accept', 'decline', 'assign', 'answer', 'withdraw']

/** The state as the public sees it: a finding is not disclosed before the answer. */
function publicState(state: ComplaintState): ComplaintState {
  return state === 'upheld' || state === 'not_upheld' ? 'investigated' : state
}

/** The view for number and code. */
export function publicView({ complaint, steps, evidence }: ComplaintFile): PublicComplaintView {
  const { number, state, receivedAt, declineReason, record } = complaint
  // Staff of the court who entered a complaint about it know the code: its answer is told by the group office.
  const isTold = complaint.way === 'bot' || complaint.way === 'web' || !isForOfficeAlone(complaint)
  const decision = steps.find((step) => step.state === 'upheld' || step.state === 'not_upheld')?.state
  return {
    number,
    state: publicState(state),
    receivedAt,
    steps: steps.filter((step) => PUBLIC_ACTS.includes(step.act)).map(({ at, state: reached }) => ({ at, state: reached })),
    declineReason,
    declineNote: isTold ? (record.declineNote ?? null) : null,
    finding: state === 'answered' && (decision === 'upheld' || decision === 'not_upheld') ? decision : null,
    answer: isTold ? (record.answer ?? null) : null,
    evidence: evidence.length,
    open: COMPLAINT_LIFE.possible(state).includes('add_evidence'),
    withdrawable: COMPLAINT_LIFE.possible(state).includes('withdraw'),
  }
}

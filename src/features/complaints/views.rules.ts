// Who sees what of a complaint: one whitelist a reader. Whoever is not its handler gets nothing that the complainant wrote or is.
// Asking the database is features/complaints/commands.

import type { Day } from '../../core/calendar.ts'
import {
  COMPLAINT_LIFE,
  isConflicted,
  isHandler,
  type Complaint,
  type ComplaintAct,
  type ComplaintContent,
  type ComplaintState,
  type ComplaintSubject,
  type ComplaintWay,
  type DeclineReason,
} from './rules.ts'
import { ownUnitOf, type Actor } from '../../platform/commands/permissions.ts'

/** One thing done, oldest first. */
export interface ComplaintStep {
  n: number
  at: Date
  /** `staff:<id>`, `liaison:<id>`, `public`. */
  actor: string
  act: ComplaintAct | 'file'
  state: ComplaintState
  /** The unit it was assigned to by this step. */
  unitId: string | null
  /** Templates of the messages promised by this step; empty: nobody had to be told, or there was no address. */
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

/** What belongs to a complaint, as its views draw on it. */
export interface ComplaintFile {
  complaint: Complaint
  steps: readonly ComplaintStep[]
  evidence: readonly EvidenceFacts[]
  /** The last days of its clocks, where they run. */
  dueOn: Day | null
}

/** What the assigned unit gets: what it is asked, about whom, and the evidence released to it. */
export interface UnitComplaintView {
  view: 'unit'
  id: string
  number: string
  state: ComplaintState
  version: number
  about: ComplaintSubject
  unitId: string | null
  debtor: { name?: string; identifier?: string } | null
  happenedOn: Day | null
  brief: string | null
  findings: string | null
  outcome: string | null
  assignedAt: Date | null
  dueOn: Day | null
  evidence: Omit<EvidenceFacts, 'released'>[]
}

/** What the court's approvers, the group office, auditors and operators get: the whole course, nothing of the complainant. */
export interface OverseerComplaintView {
  view: 'overseer'
  id: string
  number: string
  state: ComplaintState
  version: number
  about: ComplaintSubject
  way: ComplaintWay
  unitId: string | null
  assignedTo: string | null
  declineReason: DeclineReason | null
  brief: string | null
  findings: string | null
  outcome: string | null
  receivedAt: Date
  dueOn: Day | null
  evidence: EvidenceFacts[]
  steps: ComplaintStep[]
}

/** Everything: for whoever handles it. */
export interface HandlerComplaintView extends Omit<OverseerComplaintView, 'view'> {
  view: 'handler'
  content: ComplaintContent
  complainant: { name: string | null; phone: string | null; wechat: boolean }
  declineNote: string | null
  answer: string | null
  duplicateOf: string | null
  possible: ComplaintAct[]
}

export type ComplaintView = UnitComplaintView | OverseerComplaintView | HandlerComplaintView

/** What number and code open: how far it is and what was answered. Nothing that was handed in, nobody's name. */
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
}

/**
 * The one view an actor gets, or null when for them there is no such complaint: a unit sees what is assigned to it, nobody sees what is
 * about their own unit except those who oversee the course without the complainant.
 */
export function viewFor(file: ComplaintFile, actor: Actor): ComplaintView | null {
  const { complaint } = file
  const ownUnit = ownUnitOf(actor)
  if (ownUnit !== null) {
    const theirs = complaint.assignedTo === ownUnit && !isConflicted(complaint, actor)
    return theirs ? unitView(file) : null
  }
  if (isHandler(complaint, actor)) return handlerView(file)
  return isConflicted(complaint, actor) ? null : overseerView(file)
}

function unitView({ complaint, steps, evidence, dueOn }: ComplaintFile): UnitComplaintView {
  const { id, number, state, version, about, unitId, content, record } = complaint
  return {
    view: 'unit',
    id,
    number,
    state,
    version,
    about,
    unitId,
    debtor: content.debtor ?? null,
    happenedOn: content.happenedOn ?? null,
    brief: record.brief ?? null,
    findings: record.findings ?? null,
    outcome: record.outcome ?? null,
    assignedAt: steps.findLast((step) => step.act === 'assign')?.at ?? null,
    dueOn,
    evidence: evidence.filter((each) => each.released).map(({ released: _, ...facts }) => facts),
  }
}

function overseerView({ complaint, steps, evidence, dueOn }: ComplaintFile): OverseerComplaintView {
  const { id, number, state, version, about, way, unitId, assignedTo, declineReason, record, receivedAt } = complaint
  return {
    view: 'overseer',
    id,
    number,
    state,
    version,
    about,
    way,
    unitId,
    assignedTo,
    declineReason,
    brief: record.brief ?? null,
    findings: record.findings ?? null,
    outcome: record.outcome ?? null,
    receivedAt,
    dueOn,
    evidence: [...evidence],
    steps: [...steps],
  }
}

function handlerView(file: ComplaintFile): HandlerComplaintView {
  const { content, complainant, record, duplicateOf, state } = file.complaint
  return {
    ...overseerView(file),
    view: 'handler',
    content,
    complainant: { name: complainant.name ?? null, phone: complainant.phone ?? null, wechat: complainant.wechat !== undefined },
    declineNote: record.declineNote ?? null,
    answer: record.answer ?? null,
    duplicateOf,
    possible: COMPLAINT_LIFE.possible(state),
  }
}

/** Steps a complainant is told. */
const TOLD_ACTS: readonly string[] = ['file', 'accept', 'decline', 'assign', 'answer']

/** Before it is answered, a finding is the court's own. */
function shownState(state: ComplaintState): ComplaintState {
  return state === 'upheld' || state === 'not_upheld' ? 'investigated' : state
}

export function publicView({ complaint, steps, evidence }: ComplaintFile): PublicComplaintView {
  const { number, state, receivedAt, declineReason, record } = complaint
  const ended = steps.find((step) => step.state === 'upheld' || step.state === 'not_upheld')?.state
  return {
    number,
    state: shownState(state),
    receivedAt,
    steps: steps.filter((step) => TOLD_ACTS.includes(step.act)).map(({ at, state: reached }) => ({ at, state: reached })),
    declineReason,
    declineNote: record.declineNote ?? null,
    finding: state === 'answered' && (ended === 'upheld' || ended === 'not_upheld') ? ended : null,
    answer: record.answer ?? null,
    evidence: evidence.length,
    open: COMPLAINT_LIFE.possible(state).includes('add_evidence'),
  }
}

// Rules for calling units to account (实施意见 四(四)、五2; 联动意见 第二十四条): proposals with their sources, circulars, interviews. Pure.
// Consequences for a unit are consequences.rules.ts, joint circulars and meetings joint.rules.ts; tables are store.ts and steps.store.ts.

import type { Day } from '../../core/calendar.ts'
import { AppError, invalidRequest } from '../../core/errors.ts'
import { requireText } from '../../core/written-text.ts'
import { createMachine } from '../../core/state-machine.ts'
import { requireAnother } from '../../platform/commands/permissions.ts'
import { LEADING_GROUP, LEADING_GROUP_OFFICE } from '../units/conflicts.rules.ts'

export const CIRCULAR_STATES = ['draft', 'issued', 'withdrawn', 'discarded'] as const

export type CircularState = (typeof CIRCULAR_STATES)[number]

export type CircularAct = 'issue' | 'discard' | 'withdraw'

/** State machine of a circular: one person drafts it, another issues it, and it can be withdrawn afterwards. */
export const CIRCULAR_LIFE = createMachine<CircularState, CircularAct>({
  name: 'circular',
  initial: ['draft'],
  terminal: ['withdrawn', 'discarded'],
  refusal: 'circular_act_impossible',
  moves: [
    { from: ['draft'], act: 'issue', to: 'issued' },
    { from: ['draft'], act: 'discard', to: 'discarded' },
    { from: ['issued'], act: 'withdraw', to: 'withdrawn' },
  ],
})

/** Whose honours a circular touches besides the unit's (实施意见 四(四)1): 单位负责人、责任部门负责人、机构负责人、直接责任人员. */
export const PERSON_POSTS = ['unit_head', 'department_head', 'institution_head', 'directly_responsible'] as const

/** A person whom a circular names. */
export interface NamedPerson {
  name: string
  post: (typeof PERSON_POSTS)[number]
}

/** A circular of the leading group about one unit. Circulars that stand count towards 2次以上 (实施意见 四(四)1、2). */
export interface Circular {
  id: string
  /** `TB20261122-0007` while it is a draft; the circular's own number, counted per year, once it is issued. */
  number: string
  /** The calendar year in which it was issued; of a draft, in which it was drafted. */
  year: number
  unitId: string
  proposalId: string
  state: CircularState
  version: number
  /** Null for circulars from before two people were required. */
  draftedOn: Day | null
  draftedBy: string | null
  /** Null until it is issued. */
  issuedOn: Day | null
  issuedBy: string | null
  record: {
    reason: string
    /** Last day by which the unit puts things right, included. */
    rectifyBy?: Day
    persons?: NamedPerson[]
    withdrawal?: string
    discard?: string
  }
}

/** The persons that a circular names, trimmed, each once. @throws `reason_needed`, `request_invalid` for an unusable name. */
export function namedPersons(persons: readonly NamedPerson[]): NamedPerson[] {
  const byKey = new Map<string, NamedPerson>()
  for (const { name, post } of persons) {
    const trimmed = requireText(name, NAME_LIMIT)
    byKey.set(`${post} ${trimmed}`, { name: trimmed, post })
  }
  return [...byKey.values()]
}

/** Longest name of a person, in characters. */
const NAME_LIMIT = 50

/**
 * Issues a drafted circular under its number.
 * @throws `circular_act_impossible`, `own_draft` for whoever drafted it, `request_invalid` when the day to put things right has passed.
 */
export function issueCircular(circular: Circular, input: { by: string; today: Day; number: string }): Circular {
  const { by, today, number } = input
  const state = CIRCULAR_LIFE.next(circular.state, 'issue')
  requireAnother(by, [circular.draftedBy ?? undefined])
  if (circular.record.rectifyBy !== undefined) requireNotPast(circular.record.rectifyBy, today, 'rectifyBy')
  return { ...circular, state, number, year: Number(today.slice(0, 4)), version: circular.version + 1, issuedOn: today, issuedBy: by }
}

/** Discards a draft with a reason. @throws `circular_act_impossible`, `reason_needed`, `request_invalid`. */
export function discardCircular(circular: Circular, reason: string): Circular {
  const state = CIRCULAR_LIFE.next(circular.state, 'discard')
  return { ...circular, state, version: circular.version + 1, record: { ...circular.record, discard: requireText(reason) } }
}

/**
 * Withdraws a circular with a reason; it no longer counts.
 * @throws `circular_act_impossible`, `reason_needed`, `request_invalid`.
 */
export function withdrawCircular(circular: Circular, reason: string): Circular {
  const state = CIRCULAR_LIFE.next(circular.state, 'withdraw')
  return { ...circular, state, version: circular.version + 1, record: { ...circular.record, withdrawal: requireText(reason) } }
}

export const INTERVIEW_STATES = ['called', 'held', 'changed', 'unchanged', 'cancelled'] as const

export type InterviewState = (typeof INTERVIEW_STATES)[number]

export type InterviewAct = 'hold' | 'cancel' | 'find_changed' | 'find_unchanged'

/** State machine of an interview (约谈). */
export const INTERVIEW_LIFE = createMachine<InterviewState, InterviewAct>({
  name: 'interview',
  initial: ['called'],
  terminal: ['changed', 'unchanged', 'cancelled'],
  refusal: 'interview_act_impossible',
  moves: [
    { from: ['called'], act: 'hold', to: 'held' },
    { from: ['called'], act: 'cancel', to: 'cancelled' },
    // Whether the unit changed its conduct can only be found some time after the interview.
    { from: ['held'], act: 'find_changed', to: 'changed' },
    { from: ['held'], act: 'find_unchanged', to: 'unchanged' },
  ],
})

export interface Interview {
  id: string
  /** `YT20261122-0007`. */
  number: string
  unitId: string
  proposalId: string
  state: InterviewState
  version: number
  /** The day for which the unit is called. */
  calledFor: Day
  calledBy: string
  heldOn: Day | null
  concludedOn: Day | null
  record: { reason: string; minutes?: string; finding?: string; cancellation?: string }
}

export type InterviewResult = 'changed' | 'unchanged'

/** Checks a planned or last day; today is allowed. @throws `request_invalid` naming the field for a day that has passed. */
export function requireNotPast(day: Day, today: Day, field: 'calledFor' | 'rectifyBy' = 'calledFor'): Day {
  if (day < today) throw invalidRequest({ code: 'date_past', field, values: { today } })
  return day
}

/**
 * Records that an interview was held, with its minutes.
 * @throws `interview_act_impossible`, `reason_needed`, `request_invalid` for a future day.
 */
export function holdInterview(interview: Interview, input: { heldOn: Day; minutes: string; today: Day }): Interview {
  const moved = transition(interview, 'hold')
  if (input.heldOn > input.today) throw invalidRequest({ code: 'date_future', field: 'heldOn', values: { today: input.today } })
  return { ...moved, heldOn: input.heldOn, record: { ...interview.record, minutes: requireText(input.minutes) } }
}

/** Cancels an interview that was not held yet. @throws `interview_act_impossible`, `reason_needed`. */
export function cancelInterview(interview: Interview, reason: string): Interview {
  return { ...transition(interview, 'cancel'), record: { ...interview.record, cancellation: requireText(reason) } }
}

/**
 * Records the result of an interview: the unit now carries out its duty, or still does not (实施意见 四(四)3).
 * @throws `interview_act_impossible`, `reason_needed`.
 */
export function concludeInterview(interview: Interview, input: { result: InterviewResult; finding: string; today: Day }): Interview {
  const moved = transition(interview, input.result === 'changed' ? 'find_changed' : 'find_unchanged')
  return { ...moved, concludedOn: input.today, record: { ...interview.record, finding: requireText(input.finding) } }
}

function transition(interview: Interview, act: InterviewAct): Interview {
  return { ...interview, state: INTERVIEW_LIFE.next(interview.state, act), version: interview.version + 1 }
}

/** Sources that the nightly task finds. `outcome_missing`: a screening with a hit whose outcome the unit did not report. */
const DETECTED_KINDS = ['missed_clock', 'complaint_upheld', 'outcome_missing'] as const
/** Sources that a person registers. `approval_doubted`: the reason given for an approval despite a hit is not convincing (实施意见 五2). */
const REGISTERED_KINDS = ['approval_doubted', 'procedure_skipped', 'not_implemented'] as const
export const SOURCE_KINDS = [...DETECTED_KINDS, ...REGISTERED_KINDS] as const
export type SourceKind = (typeof SOURCE_KINDS)[number]

/** One reason to call a unit to account. Each source belongs to exactly one proposal. */
export interface Source {
  unitId: string
  kind: SourceKind
  /** `deadline:<id>`, `complaint:<id>`, `screening:<id>`, `registered:<id>`. */
  key: string
  happenedOn: Day
  /** The deadline's code, the complaint's number or the measure's id; nothing that names a person. */
  detail: string
}

export const PROPOSAL_STATES = ['open', 'dismissed', 'decided'] as const
export type ProposalState = (typeof PROPOSAL_STATES)[number]
export type ProposalAct = 'add' | 'dismiss' | 'decide' | 'reopen'

/** State machine of a proposal. */
export const PROPOSAL_LIFE = createMachine<ProposalState, ProposalAct>({
  name: 'proposal',
  initial: ['open'],
  terminal: ['dismissed'],
  refusal: 'proposal_act_impossible',
  moves: [
    // New sources join the open proposal, so that a unit is judged once on everything.
    { from: ['open'], act: 'add', to: 'open' },
    { from: ['open'], act: 'dismiss', to: 'dismissed' },
    { from: ['open'], act: 'decide', to: 'decided' },
    // The circular that was decided on was not issued.
    { from: ['decided'], act: 'reopen', to: 'open' },
  ],
})

/**
 * Decisions on a proposal. `refer`: refer the unit to the departments that hold to account (实施意见 五2). The court itself carries out
 * `judicial_suggestion` and `civil_procedure`, so an approver must confirm them after the group office has decided (联动意见 第二十四条).
 */
export const DECISIONS = ['circular', 'interview', 'refer', 'judicial_suggestion', 'civil_procedure'] as const
export type Decision = (typeof DECISIONS)[number]

export interface Proposal {
  id: string
  /** `WZ20261122-0007`, counted per day. */
  number: string
  unitId: string
  state: ProposalState
  /** Grows with every act and every source added, so that nobody decides on a state that they have not seen. */
  version: number
  sources: number
  openedOn: Day
  decision: Decision | null
  decidedBy: string | null
  decidedOn: Day | null
  record: { reason?: string }
}

/** Checks that a day is not in the future. @throws `request_invalid`. */
export function requireNotFuture(happenedOn: Day, today: Day): void {
  if (happenedOn > today) throw invalidRequest({ code: 'date_future', field: 'happenedOn', values: { today } })
}

/**
 * Formats a number counted per day: `WZ20261122-0007`.
 * @param letters WZ: proposal, TB: drafted circular, LT: drafted joint circular, YT: interview, ZC: consequence, HY: meeting.
 */
export function formatDayNumber(letters: 'WZ' | 'TB' | 'LT' | 'YT' | 'ZC' | 'HY', day: Day, counted: number): string {
  return `${letters}${day.replaceAll('-', '')}-${String(counted).padStart(4, '0')}`
}

/** Units against which no proposal is opened: they hold others to account, and answer to bodies outside this application. */
export const NOT_ANSWERABLE: readonly string[] = [LEADING_GROUP, LEADING_GROUP_OFFICE]

/** Opens a proposal with its first sources. @throws `proposal_unit_above` for the leading group and its office. */
export function openProposal(input: { id: string; number: string; unitId: string; sources: number; today: Day }): Proposal {
  if (NOT_ANSWERABLE.includes(input.unitId)) throw new AppError('proposal_unit_above')
  const { id, number, unitId, sources, today } = input
  const blank = { decision: null, decidedBy: null, decidedOn: null, record: {} }
  return { id, number, unitId, state: 'open', version: 1, sources, openedOn: today, ...blank }
}

/** Adds `count` sources to an open proposal. @throws `proposal_act_impossible`. */
export function addSources(proposal: Proposal, count: number): Proposal {
  return { ...proposal, state: PROPOSAL_LIFE.next(proposal.state, 'add'), version: proposal.version + 1, sources: proposal.sources + count }
}

interface DecisionInput {
  by: string
  today: Day
  reason: string
}

/** Closes a proposal without consequences, with the reason. @throws `proposal_act_impossible`, `reason_needed`. */
export function dismiss(proposal: Proposal, input: DecisionInput): Proposal {
  return close(proposal, 'dismiss', null, input)
}

/** Decides a proposal. @throws `proposal_act_impossible`, `reason_needed`. */
export function decide(proposal: Proposal, decision: Decision, input: DecisionInput): Proposal {
  return close(proposal, 'decide', decision, input)
}

/** Opens a decided proposal again, because its circular was not issued. @throws `proposal_act_impossible`. */
export function reopen(proposal: Proposal): Proposal {
  const state = PROPOSAL_LIFE.next(proposal.state, 'reopen')
  return { ...proposal, state, version: proposal.version + 1, decision: null, decidedBy: null, decidedOn: null, record: {} }
}

function close(proposal: Proposal, act: 'dismiss' | 'decide', decision: Decision | null, { by, today, reason }: DecisionInput): Proposal {
  const state = PROPOSAL_LIFE.next(proposal.state, act)
  return {
    ...proposal,
    state,
    version: proposal.version + 1,
    decision,
    decidedBy: by,
    decidedOn: today,
    record: { reason: requireText(reason) },
  }
}

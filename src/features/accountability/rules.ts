// Calling units to account (实施意见 四(四)、五2; 联动意见 第二十四条): what a proposal is drawn from, and what a person may make of it. Pure.
// Circulars and interviews are accountability-steps.ts, what follows from them accountability-consequences.ts; saving is features/accountability/store.

import type { Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { machine } from '../../core/state-machine.ts'
import { LEADING_GROUP, LEADING_GROUP_OFFICE } from '../complaints/rules.ts'

export const CIRCULAR_STATES = ['issued', 'withdrawn'] as const

export type CircularState = (typeof CIRCULAR_STATES)[number]

export type CircularAct = 'withdraw'

export const CIRCULAR_LIFE = machine<CircularState, CircularAct>({
  name: 'circular',
  initial: ['issued'],
  terminal: ['withdrawn'],
  refusal: 'circular_act_impossible',
  moves: [{ from: ['issued'], act: 'withdraw', to: 'withdrawn' }],
})

/** Of the leading group against one unit: the ones that count towards 2次以上 (实施意见 四(四)1、2). */
export interface Circular {
  id: string
  number: string
  /** The calendar year it counts in. ◇ */
  year: number
  unitId: string
  proposalId: string
  state: CircularState
  version: number
  issuedOn: Day
  issuedBy: string
  record: { reason: string; withdrawal?: string }
}

/** Taken back, with the reason: it counts no more. */
export function withdrawCircular(circular: Circular, reason: string): Circular {
  const state = CIRCULAR_LIFE.next(circular.state, 'withdraw')
  return { ...circular, state, version: circular.version + 1, record: { ...circular.record, withdrawal: mustSay(reason) } }
}

export const INTERVIEW_STATES = ['called', 'held', 'changed', 'unchanged', 'cancelled'] as const

export type InterviewState = (typeof INTERVIEW_STATES)[number]

export type InterviewAct = 'hold' | 'cancel' | 'find_changed' | 'find_unchanged'

export const INTERVIEW_LIFE = machine<InterviewState, InterviewAct>({
  name: 'interview',
  initial: ['called'],
  terminal: ['changed', 'unchanged', 'cancelled'],
  refusal: 'interview_act_impossible',
  moves: [
    { from: ['called'], act: 'hold', to: 'held' },
    { from: ['called'], act: 'cancel', to: 'cancelled' },
    // Whether anything changed shows after it, not in it.
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
  /** The day it is called for. */
  calledFor: Day
  calledBy: string
  heldOn: Day | null
  concludedOn: Day | null
  record: { reason: string; minutes?: string; finding?: string; cancellation?: string }
}

export type InterviewResult = 'changed' | 'unchanged'

/** @throws `request_invalid` for a day that has passed. */
export function callFor(day: Day, today: Day): Day {
  if (day < today) throw new AppError('request_invalid', {}, [{ code: 'date_past', field: 'calledFor', values: { today } }])
  return day
}

/** @throws `request_invalid` for a day that lies ahead. */
export function holdInterview(interview: Interview, input: { heldOn: Day; minutes: string; today: Day }): Interview {
  const moved = step(interview, 'hold')
  if (input.heldOn > input.today)
    throw new AppError('request_invalid', {}, [{ code: 'date_future', field: 'heldOn', values: { today: input.today } }])
  return { ...moved, heldOn: input.heldOn, record: { ...interview.record, minutes: mustSay(input.minutes) } }
}

export function cancelInterview(interview: Interview, reason: string): Interview {
  return { ...step(interview, 'cancel'), record: { ...interview.record, cancellation: mustSay(reason) } }
}

/** What became of it: the unit carries out its duty now, or still does not (实施意见 四(四)3). */
export function concludeInterview(interview: Interview, input: { result: InterviewResult; finding: string; today: Day }): Interview {
  const moved = step(interview, input.result === 'changed' ? 'find_changed' : 'find_unchanged')
  return { ...moved, concludedOn: input.today, record: { ...interview.record, finding: mustSay(input.finding) } }
}

function step(interview: Interview, act: InterviewAct): Interview {
  return { ...interview, state: INTERVIEW_LIFE.next(interview.state, act), version: interview.version + 1 }
}

/** What the software finds by itself. `outcome_missing`: a hit in a pre-check of which nothing was reported. */
export const DRAWN_KINDS = ['missed_clock', 'complaint_upheld', 'outcome_missing'] as const
/** What a person adds. `approval_doubted`: the reason given for an approval despite a hit does not convince (实施意见 五2). */
export const REGISTERED_KINDS = ['approval_doubted', 'procedure_skipped', 'not_implemented'] as const
export const SOURCE_KINDS = [...DRAWN_KINDS, ...REGISTERED_KINDS] as const
export type SourceKind = (typeof SOURCE_KINDS)[number]

/** One reason to call a unit to account. It counts once, in one proposal. */
export interface Source {
  unitId: string
  kind: SourceKind
  /** `deadline:<id>`, `complaint:<id>`, `screening:<id>`, `registered:<id>`. */
  key: string
  happenedOn: Day
  /** The clock's code, the complaint's number, the measure: nothing that names a person. */
  detail: string
}

export const PROPOSAL_STATES = ['open', 'dismissed', 'decided'] as const
export type ProposalState = (typeof PROPOSAL_STATES)[number]
export type ProposalAct = 'add' | 'dismiss' | 'decide'

export const PROPOSAL_LIFE = machine<ProposalState, ProposalAct>({
  name: 'proposal',
  initial: ['open'],
  terminal: ['dismissed', 'decided'],
  refusal: 'proposal_act_impossible',
  moves: [
    // What comes while nobody has decided joins the same proposal: a unit is judged once, on everything.
    { from: ['open'], act: 'add', to: 'open' },
    { from: ['open'], act: 'dismiss', to: 'dismissed' },
    { from: ['open'], act: 'decide', to: 'decided' },
  ],
})

/**
 * What a proposal can end in. `refer`: to the departments that hold to account (实施意见 五2). `judicial_suggestion` and `civil_procedure` are the court's own
 * to do, so the group office puts them before an approver (联动意见 第二十四条).
 */
export const DECISIONS = ['circular', 'interview', 'refer', 'judicial_suggestion', 'civil_procedure'] as const
export type Decision = (typeof DECISIONS)[number]

export interface Proposal {
  id: string
  /** `WZ20261122-0007`, counted per day. */
  number: string
  unitId: string
  state: ProposalState
  /** Grows with every act and with every source that joins: a decision is taken on what was seen. */
  version: number
  sources: number
  openedOn: Day
  decision: Decision | null
  decidedBy: string | null
  decidedOn: Day | null
  record: { reason?: string }
}

/** Characters of one thing that is written down. */
export const TEXT_LIMIT = 2000

/** @throws `reason_needed`, `request_invalid` for more than `limit` characters. */
export function mustSay(text: string, limit = TEXT_LIMIT): string {
  const said = text.trim()
  if (said.length < 2) throw new AppError('reason_needed')
  if (said.length > limit) throw new AppError('request_invalid', {}, [{ code: 'field_too_long', field: 'reason', values: { limit } }])
  return said
}

/** @throws `request_invalid` for a day that lies ahead. */
export function mustHaveBeen(happenedOn: Day, today: Day): void {
  if (happenedOn > today) throw new AppError('request_invalid', {}, [{ code: 'date_future', field: 'happenedOn', values: { today } }])
}

/** `WZ20261122-0007`. @param letters WZ a proposal, YT an interview, ZC a consequence, HY a meeting. */
export function dayNumber(letters: 'WZ' | 'YT' | 'ZC' | 'HY', day: Day, counted: number): string {
  return `${letters}${day.replaceAll('-', '')}-${String(counted).padStart(4, '0')}`
}

/** The group and its office hold others to account; who holds them is above this desk. */
export const NOT_ANSWERABLE: readonly string[] = [LEADING_GROUP, LEADING_GROUP_OFFICE]

/** @throws `proposal_unit_above` for the leading group and its office. */
export function openProposal(input: { id: string; number: string; unitId: string; sources: number; today: Day }): Proposal {
  if (NOT_ANSWERABLE.includes(input.unitId)) throw new AppError('proposal_unit_above')
  const { id, number, unitId, sources, today } = input
  const blank = { decision: null, decidedBy: null, decidedOn: null, record: {} }
  return { id, number, unitId, state: 'open', version: 1, sources, openedOn: today, ...blank }
}

/** More reasons join an open proposal. */
export function addSources(proposal: Proposal, count: number): Proposal {
  return { ...proposal, state: PROPOSAL_LIFE.next(proposal.state, 'add'), version: proposal.version + 1, sources: proposal.sources + count }
}

interface Deciding {
  by: string
  today: Day
  reason: string
}

/** Nothing comes of it, and the reason says why. */
export function dismiss(proposal: Proposal, input: Deciding): Proposal {
  return ended(proposal, 'dismiss', null, input)
}

export function decide(proposal: Proposal, decision: Decision, input: Deciding): Proposal {
  return ended(proposal, 'decide', decision, input)
}

function ended(proposal: Proposal, act: 'dismiss' | 'decide', decision: Decision | null, { by, today, reason }: Deciding): Proposal {
  const state = PROPOSAL_LIFE.next(proposal.state, act)
  return {
    ...proposal,
    state,
    version: proposal.version + 1,
    decision,
    decidedBy: by,
    decidedOn: today,
    record: { reason: mustSay(reason) },
  }
}

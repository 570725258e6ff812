// Rules of joint circulars about units that fall short in assisting (实施意见 四(三)1) and of leading group meetings (联动意见 第二十三条). Pure.
// Circulars about one unit are rules.ts; only those count towards the consequences of consequences.rules.ts.

import type { Day } from '../../core/calendar.ts'
import { AppError, invalidRequest } from '../../core/errors.ts'
import { requireText } from '../../core/written-text.ts'
import { createMachine } from '../../core/state-machine.ts'
import { requireAnother } from '../../platform/commands/permissions.ts'

/** Unit ids of the bodies that issue a joint circular. */
export const JOINT_BODIES = [
  'discipline_commission',
  'supervision_bureau',
  'organization_dept',
  'human_resources',
  'political_legal',
  'public_order_office',
  'inspection_office',
  'publicity_dept',
] as const

export const JOINT_STATES = ['draft', 'issued', 'withdrawn', 'discarded'] as const
export type JointState = (typeof JOINT_STATES)[number]
export type JointAct = 'issue' | 'discard' | 'withdraw'

/** State machine of a joint circular: one person drafts it, another issues it. */
export const JOINT_LIFE = createMachine<JointState, JointAct>({
  name: 'joint',
  initial: ['draft'],
  terminal: ['withdrawn', 'discarded'],
  refusal: 'joint_act_impossible',
  moves: [
    { from: ['draft'], act: 'issue', to: 'issued' },
    { from: ['draft'], act: 'discard', to: 'discarded' },
    { from: ['issued'], act: 'withdraw', to: 'withdrawn' },
  ],
})

/** A unit's counts in a joint circular over its period: missed deadlines, upheld complaints, circulars, interviews. */
export interface JointLine {
  unitId: string
  missed: number
  complaints: number
  circulars: number
  interviews: number
}

export interface JointCircular {
  id: string
  /** `LT20261122-0007` while it is a draft; the circular's own number, counted per year, once it is issued. */
  number: string
  fromDay: Day
  toDay: Day
  state: JointState
  version: number
  /** Null for joint circulars from before two people were required. */
  draftedOn: Day | null
  draftedBy: string | null
  /** Null until it is issued. */
  issuedOn: Day | null
  issuedBy: string | null
  lines: readonly JointLine[]
  record: { foreword: string; withdrawal?: string; discard?: string }
}

/** A period between two days, both included. */
export interface Span {
  from: Day
  to: Day
}

/** Checks that a period is ordered and has ended; today may be its last day. @throws `request_invalid`. */
export function requireEndedPeriod({ from, to }: Span, today: Day): void {
  if (to < from) throw new AppError('request_invalid')
  if (to > today) throw invalidRequest({ code: 'date_future', field: 'to', values: { today } })
}

/**
 * The lines of the units that a person chose.
 * @param shortfalls lines of all units that fell short in the period. @param unitIds the chosen units.
 * @throws `joint_units_needed` without a unit, `joint_unit_blameless` for a unit that did not fall short in the period.
 */
export function linesOf(shortfalls: readonly JointLine[], unitIds: readonly string[]): JointLine[] {
  if (unitIds.length === 0) throw new AppError('joint_units_needed')
  return [...new Set(unitIds)].map((unitId) => {
    const line = shortfalls.find((each) => each.unitId === unitId)
    if (line === undefined) throw new AppError('joint_unit_blameless', { unit: unitId })
    return line
  })
}

/** Issues a drafted joint circular under its number. @throws `joint_act_impossible`, `own_draft` for whoever drafted it. */
export function issueJoint(circular: JointCircular, input: { by: string; today: Day; number: string }): JointCircular {
  const state = JOINT_LIFE.next(circular.state, 'issue')
  requireAnother(input.by, [circular.draftedBy ?? undefined])
  return { ...circular, state, number: input.number, version: circular.version + 1, issuedOn: input.today, issuedBy: input.by }
}

/** Discards a drafted joint circular with a reason. @throws `joint_act_impossible`, `reason_needed`. */
export function discardJoint(circular: JointCircular, reason: string): JointCircular {
  const state = JOINT_LIFE.next(circular.state, 'discard')
  return { ...circular, state, version: circular.version + 1, record: { ...circular.record, discard: requireText(reason) } }
}

/** Withdraws a joint circular with a reason. @throws `joint_act_impossible`, `reason_needed`. */
export function withdrawJoint(circular: JointCircular, reason: string): JointCircular {
  const state = JOINT_LIFE.next(circular.state, 'withdraw')
  return { ...circular, state, version: circular.version + 1, record: { ...circular.record, withdrawal: requireText(reason) } }
}

export const MEETING_STATES = ['called', 'held', 'cancelled'] as const
export type MeetingState = (typeof MEETING_STATES)[number]
export type MeetingAct = 'hold' | 'cancel'

/** State machine of a meeting. */
export const MEETING_LIFE = createMachine<MeetingState, MeetingAct>({
  name: 'meeting',
  initial: ['called'],
  terminal: ['held', 'cancelled'],
  refusal: 'meeting_act_impossible',
  moves: [
    { from: ['called'], act: 'hold', to: 'held' },
    { from: ['called'], act: 'cancel', to: 'cancelled' },
  ],
})

export interface Meeting {
  id: string
  /** `HY20261122-0007`. */
  number: string
  state: MeetingState
  version: number
  plannedFor: Day
  calledBy: string
  heldOn: Day | null
  record: { agenda: string; place: string; minutes?: string; cancellation?: string }
}

/**
 * Records that a meeting was held, with its minutes.
 * @throws `meeting_act_impossible`, `reason_needed`, `request_invalid` for a future day.
 */
export function holdMeeting(meeting: Meeting, input: { heldOn: Day; minutes: string; today: Day }): Meeting {
  const state = MEETING_LIFE.next(meeting.state, 'hold')
  const { heldOn, today } = input
  if (heldOn > today) throw invalidRequest({ code: 'date_future', field: 'heldOn', values: { today } })
  return { ...meeting, state, version: meeting.version + 1, heldOn, record: { ...meeting.record, minutes: requireText(input.minutes) } }
}

/** Cancels a meeting that was called. @throws `meeting_act_impossible`, `reason_needed`. */
export function cancelMeeting(meeting: Meeting, reason: string): Meeting {
  const state = MEETING_LIFE.next(meeting.state, 'cancel')
  return { ...meeting, state, version: meeting.version + 1, record: { ...meeting.record, cancellation: requireText(reason) } }
}

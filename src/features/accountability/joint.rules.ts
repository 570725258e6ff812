// Joint circulars about units that fall short in assisting (实施意见 四(三)1) and meetings of the leading group (联动意见 第二十三条). Pure.
// Circulars against one unit, which count towards what it loses, are accountability-steps.ts: these do not.

import type { Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { machine } from '../../core/state-machine.ts'
import { mustSay } from './rules.ts'

/** The bodies whose circular it is. */
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

export const JOINT_STATES = ['issued', 'withdrawn'] as const
export type JointState = (typeof JOINT_STATES)[number]
export type JointAct = 'withdraw'

export const JOINT_LIFE = machine<JointState, JointAct>({
  name: 'joint',
  initial: ['issued'],
  terminal: ['withdrawn'],
  refusal: 'joint_act_impossible',
  moves: [{ from: ['issued'], act: 'withdraw', to: 'withdrawn' }],
})

/** What a unit stands in a joint circular for, counted over its period. */
export interface JointLine {
  unitId: string
  missed: number
  complaints: number
  circulars: number
  interviews: number
}

export interface JointCircular {
  id: string
  number: string
  fromDay: Day
  toDay: Day
  state: JointState
  version: number
  issuedOn: Day
  issuedBy: string
  lines: readonly JointLine[]
  record: { foreword: string; withdrawal?: string }
}

export interface Span {
  from: Day
  to: Day
}

/** @throws `request_invalid` for a period that ends before it begins, or has not ended. */
export function mustBePast({ from, to }: Span, today: Day): void {
  if (to < from) throw new AppError('request_invalid')
  if (to > today) throw new AppError('request_invalid', {}, [{ code: 'date_future', field: 'to', values: { today } }])
}

/**
 * @param found what the period says of each unit that fell short. @param unitIds whom a person chose of them.
 * @throws `joint_units_needed` without a unit, `joint_unit_blameless` for one of which the period says nothing.
 */
export function linesOf(found: readonly JointLine[], unitIds: readonly string[]): JointLine[] {
  if (unitIds.length === 0) throw new AppError('joint_units_needed')
  return [...new Set(unitIds)].map((unitId) => {
    const line = found.find((each) => each.unitId === unitId)
    if (line === undefined) throw new AppError('joint_unit_blameless', { unit: unitId })
    return line
  })
}

export function withdrawJoint(circular: JointCircular, reason: string): JointCircular {
  const state = JOINT_LIFE.next(circular.state, 'withdraw')
  return { ...circular, state, version: circular.version + 1, record: { ...circular.record, withdrawal: mustSay(reason) } }
}

export const MEETING_STATES = ['called', 'held', 'cancelled'] as const
export type MeetingState = (typeof MEETING_STATES)[number]
export type MeetingAct = 'hold' | 'cancel'

export const MEETING_LIFE = machine<MeetingState, MeetingAct>({
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

/** What it came to, in short. @throws `request_invalid` for a day that lies ahead. */
export function holdMeeting(meeting: Meeting, input: { heldOn: Day; minutes: string; today: Day }): Meeting {
  const state = MEETING_LIFE.next(meeting.state, 'hold')
  const { heldOn, today } = input
  if (heldOn > today) throw new AppError('request_invalid', {}, [{ code: 'date_future', field: 'heldOn', values: { today } }])
  return { ...meeting, state, version: meeting.version + 1, heldOn, record: { ...meeting.record, minutes: mustSay(input.minutes) } }
}

export function cancelMeeting(meeting: Meeting, reason: string): Meeting {
  const state = MEETING_LIFE.next(meeting.state, 'cancel')
  return { ...meeting, state, version: meeting.version + 1, record: { ...meeting.record, cancellation: mustSay(reason) } }
}

// Circulars against a unit (通报), interviews with it (约谈), and the leading group's meetings: their states and acts. Pure.
// What follows for the unit is accountability-consequences.ts.

import type { Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { machine } from '../../core/state-machine.ts'
import { mustSay } from './rules.ts'

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

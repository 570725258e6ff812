// What a debtor hands in by conversation: an objection or an application for credit repair, until a clerk registers it as one. Pure.
// What it becomes is objection.ts and repair.ts; saving is features/intakes/store.

import type { Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { machine } from '../../core/state-machine.ts'
import type { ObjectionSubject } from '../objections/rules.ts'

export const INTAKE_KINDS = ['objection', 'repair'] as const
export type IntakeKind = (typeof INTAKE_KINDS)[number]

/** `bot` is a messenger's account, `web` the court's own pages. */
export const INTAKE_WAYS = ['bot', 'web'] as const
export type IntakeWay = (typeof INTAKE_WAYS)[number]

export const INTAKE_STATES = ['waiting', 'registered', 'declined'] as const
export type IntakeState = (typeof INTAKE_STATES)[number]
export type IntakeAct = 'register' | 'decline'

export const INTAKE_LIFE = machine<IntakeState, IntakeAct>({
  name: 'intake',
  initial: ['waiting'],
  terminal: ['registered', 'declined'],
  refusal: 'intake_act_impossible',
  moves: [
    { from: ['waiting'], act: 'register', to: 'registered' },
    { from: ['waiting'], act: 'decline', to: 'declined' },
  ],
})

export interface IntakeRecord {
  /** What is asked for and why, in the debtor's words. */
  text: string
  /** The unit whose measure it is about, in the debtor's words. */
  unitWords?: string
  /** Why it was not registered. */
  reason?: string
}

export interface Intake {
  id: string
  /** `SQ20261122-0007`, counted per day. */
  number: string
  kind: IntakeKind
  listingId: string
  /** Of an objection. */
  about: ObjectionSubject | null
  way: IntakeWay
  state: IntakeState
  /** The day that counts as that of receipt, whenever a clerk comes to it (实施意见 四(二)3). */
  receivedOn: Day
  receivedAt: Date
  /** The objection or application it became. */
  registeredAs: string | null
  handledBy: string | null
  handledAt: Date | null
  record: IntakeRecord
}

export function intakeNumber(day: Day, counted: number): string {
  return `SQ${day.replaceAll('-', '')}-${String(counted).padStart(4, '0')}`
}

const TEXT_LIMIT = 2000

/** @throws `reason_needed` for nothing said, `request_invalid` for more than 2,000 characters. */
export function mustSay(text: string): string {
  const said = text.trim()
  if (said.length < 2) throw new AppError('reason_needed')
  if (said.length > TEXT_LIMIT) throw new AppError('request_invalid', {}, [{ code: 'field_too_long', values: { limit: TEXT_LIMIT } }])
  return said
}

export interface Handling {
  by: string
  at: Date
}

/** @throws `intake_act_impossible` naming the state. */
export function registered(intake: Intake, registeredAs: string, { by, at }: Handling): Intake {
  return { ...intake, state: INTAKE_LIFE.next(intake.state, 'register'), registeredAs, handledBy: by, handledAt: at }
}

/** Not an objection or application that the court can take up; the debtor is told why. @throws as `registered`, and `reason_needed`. */
export function declined(intake: Intake, reason: string, { by, at }: Handling): Intake {
  const state = INTAKE_LIFE.next(intake.state, 'decline')
  return { ...intake, state, handledBy: by, handledAt: at, record: { ...intake.record, reason: mustSay(reason) } }
}

// Rules of intakes: an objection, an application for credit repair or word of a payment, until a clerk registers or declines it. Pure.
// What it becomes is features/objections/rules.ts and features/repairs/rules.ts; saving is store.ts.

import type { Day } from '../../core/calendar.ts'
import { requireText } from '../../core/written-text.ts'
import { AppError } from '../../core/errors.ts'
import { createMachine } from '../../core/state-machine.ts'
import { hasExited, type Listing } from '../listings/rules.ts'
import type { ObjectionSubject } from '../objections/rules.ts'
import { OUR_COURT } from '../units/conflicts.rules.ts'

/** `payment`: the debtor says to have performed the obligation, with receipts. */
export const INTAKE_KINDS = ['objection', 'repair', 'payment'] as const
export type IntakeKind = (typeof INTAKE_KINDS)[number]

/** `bot`: a messenger's account. `web`: the court's own pages. */
export const INTAKE_WAYS = ['bot', 'web'] as const
export type IntakeWay = (typeof INTAKE_WAYS)[number]

export const INTAKE_STATES = ['waiting', 'registered', 'declined'] as const
export type IntakeState = (typeof INTAKE_STATES)[number]
export type IntakeAct = 'register' | 'decline'

/** The transitions of an intake. */
const INTAKE_LIFE = createMachine<IntakeState, IntakeAct>({
  name: 'intake',
  initial: ['waiting'],
  terminal: ['registered', 'declined'],
  refusal: 'intake_act_impossible',
  moves: [
    { from: ['waiting'], act: 'register', to: 'registered' },
    { from: ['waiting'], act: 'decline', to: 'declined' },
  ],
})

/** The texts of an intake; stored sealed. */
export interface IntakeRecord {
  /** The request and its reasons, in the debtor's words. */
  text: string
  /** The unit whose measure the objection is about, in the debtor's words. */
  unitWords?: string
  /** The reason for declining it. */
  reason?: string
}

/** An intake with its texts. */
export interface Intake {
  id: string
  /** `SQ20261122-0007`, counted per day. */
  number: string
  kind: IntakeKind
  listingId: string
  /** What an objection is about; null for a repair and a payment. */
  about: ObjectionSubject | null
  way: IntakeWay
  state: IntakeState
  /** The day of receipt (YYYY-MM-DD), whenever a clerk registers it (实施意见 四(二)3). */
  receivedOn: Day
  receivedAt: Date
  /** The objection or application it became. */
  registeredAs: string | null
  handledBy: string | null
  handledAt: Date | null
  record: IntakeRecord
}

/** The number of an intake: `SQ20261122-0007`. @param counted the count of the day, from 1. */
export function intakeNumber(day: Day, counted: number): string {
  return `SQ${day.replaceAll('-', '')}-${String(counted).padStart(4, '0')}`
}

/** Checks that word of a payment is of use: the listing is ours and has not left the list. @throws `listing_of_higher_court`, `payment_impossible`. */
export function mustBeUnpaid({ state, source }: Pick<Listing, 'state' | 'source'>): void {
  if (source !== OUR_COURT) throw new AppError('listing_of_higher_court', { source })
  if (hasExited(state)) throw new AppError('payment_impossible')
}

/** Who handled an intake, and when. */
export interface Handling {
  by: string
  at: Date
}

/** The intake after a clerk registered it. @throws `intake_act_impossible` naming the state. */
export function registered(intake: Intake, registeredAs: string, { by, at }: Handling): Intake {
  return { ...intake, state: INTAKE_LIFE.next(intake.state, 'register'), registeredAs, handledBy: by, handledAt: at }
}

/** The intake after a clerk declined it. @throws as `registered`, and `reason_needed`. */
export function declined(intake: Intake, reason: string, { by, at }: Handling): Intake {
  const state = INTAKE_LIFE.next(intake.state, 'decline')
  return { ...intake, state, handledBy: by, handledAt: at, record: { ...intake.record, reason: requireText(reason) } }
}

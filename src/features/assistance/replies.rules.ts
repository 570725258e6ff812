// What follows once a notice was served (联动意见 第二十条、第二十一条): acknowledged, answered, doubted, lifted or withdrawn. Pure.
// Drafting, issuing and the states themselves are assistance.ts.

import type { Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import {
  ASSISTANCE_LIFE,
  mustWrite,
  noted,
  step,
  type AcknowledgedWay,
  type Assistance,
  type LiftGround,
  type LiftRequest,
  type Outcome,
  type Review,
} from './rules.ts'

/** Reviews and lift requests of one notice: beyond them people should meet. */
const DEALINGS = 10

function mustHaveRoom({ record }: Assistance): void {
  if (record.reviews.length + record.lifting.length >= DEALINGS) throw new AppError('assistance_dealings_full', { max: DEALINGS })
}

export interface Doing {
  by: string
  way: AcknowledgedWay
  today: Day
}

export function acknowledge(assistance: Assistance, doing: Doing): Assistance {
  return step(assistance, 'acknowledge', acknowledged(assistance, doing))
}

/** Only having it in hand is proof of service where nothing else was recorded. */
function acknowledged(assistance: Assistance, { by, way, today }: Doing): Partial<Assistance> {
  if (assistance.acknowledgedOn !== null) return {}
  return { acknowledgedOn: today, acknowledgedBy: by, acknowledgedWay: way, servedOn: assistance.servedOn ?? today }
}

/** The unit's answer; one that has it not acknowledged yet does so by it. @throws `assistance_act_impossible` once it was carried out, `reason_needed`. */
export function answer(assistance: Assistance, doing: Doing & { outcome: Outcome; text: string }): Assistance {
  const { outcome, by, today } = doing
  if (assistance.outcome === 'carried_out')
    throw new AppError('assistance_act_impossible', {
      state: assistance.state,
      act: 'answer',
      possible: ASSISTANCE_LIFE.possible(assistance.state)
        .filter((act) => act !== 'answer')
        .join(' '),
    })
  const moved = step(assistance, 'answer', {
    ...acknowledged(assistance, doing),
    outcome,
    answeredOn: today,
    answeredBy: by,
  })
  return noted(moved, { answer: mustWrite(doing.text) })
}

/** The unit doubts what it is asked, in writing; it carries it out meanwhile (第二十条). @throws `assistance_review_pending`. */
export function suggestReview(assistance: Assistance, input: { text: string; by: string; today: Day }): Assistance {
  const moved = step(assistance, 'suggest_review', { reviewPending: true })
  if (assistance.reviewPending) throw new AppError('assistance_review_pending')
  mustHaveRoom(assistance)
  const review: Review = { text: mustWrite(input.text), on: input.today, by: input.by }
  return noted(moved, { reviews: [...assistance.record.reviews, review] })
}

/** @throws `assistance_no_review`. */
export function replyReview(assistance: Assistance, input: { reply: string; by: string; today: Day }): Assistance {
  const moved = step(assistance, 'reply_review', { reviewPending: false })
  const pending = assistance.record.reviews.at(-1)
  if (!assistance.reviewPending || pending === undefined) throw new AppError('assistance_no_review')
  const replied: Review = { ...pending, reply: mustWrite(input.reply), repliedOn: input.today, repliedBy: input.by }
  return noted(moved, { reviews: [...assistance.record.reviews.slice(0, -1), replied] })
}

/** A clerk finds that the obligation was performed, the creditor agrees, or security is offered (第二十一条). @throws `assistance_lift_pending`. */
export function requestLift(assistance: Assistance, input: { ground: LiftGround; note: string; by: string; today: Day }): Assistance {
  const moved = step(assistance, 'request_lift', { liftPending: true })
  if (assistance.liftPending) throw new AppError('assistance_lift_pending')
  mustHaveRoom(assistance)
  const request: LiftRequest = { ground: input.ground, note: mustWrite(input.note), on: input.today, by: input.by }
  return noted(moved, { lifting: [...assistance.record.lifting, request] })
}

/** Another person examines and decides; security gives no claim to it. @throws `assistance_no_lift`, `assistance_own_request`. */
export function decideLift(assistance: Assistance, input: { granted: boolean; reason: string; by: string; today: Day }): Assistance {
  const { granted, by, today } = input
  const moved = step(assistance, granted ? 'lift' : 'decide_lift', { liftPending: false, ...(granted ? { endedOn: today } : {}) })
  const pending = assistance.record.lifting.at(-1)
  if (!assistance.liftPending || pending === undefined) throw new AppError('assistance_no_lift')
  if (pending.by === by) throw new AppError('assistance_own_request')
  const decided: LiftRequest = { ...pending, granted, decision: mustWrite(input.reason), decidedOn: today, decidedBy: by }
  return noted(moved, { lifting: [...assistance.record.lifting.slice(0, -1), decided] })
}

export function withdraw(assistance: Assistance, input: { reason: string; today: Day }): Assistance {
  const moved = step(assistance, 'withdraw', { endedOn: input.today, reviewPending: false, liftPending: false })
  return noted(moved, { withdrawal: mustWrite(input.reason) })
}

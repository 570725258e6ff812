// Reconsideration (复议) of a rejected objection (实施意见 四(二)3, 法释〔2017〕7号 art. 12): asked for, confirmed or overturned. Pure.
// The objection before our own court is rules.ts; how the next court decides is outside this application.

import type { Day } from '../../core/calendar.ts'
import { requireText } from '../../core/written-text.ts'
import { mustFit, notAfter, notBefore, step, type HigherCourt, type Objection, type Remedy } from './rules.ts'

/** The court directly above ours. */
export const NEXT_COURT: HigherCourt = 'prefecture_court'

/**
 * Records the request for reconsideration. A late one is marked, because the next court decides whether to accept it. It suspends nothing
 * (art. 12).
 * @param input.lastDay last day of the debtor's deadline, YYYY-MM-DD; null without one.
 * @throws `objection_act_impossible`, `request_invalid` for a day in the future or before the decision.
 */
export function askReconsideration(
  objection: Objection,
  input: { askedOn: Day; higherCourt: HigherCourt; today: Day; lastDay: Day | null },
): Objection {
  const { askedOn, higherCourt, today, lastDay } = input
  const moved = step(objection, 'ask_reconsideration', { askedOn, higherCourt, askedLate: lastDay !== null && askedOn > lastDay })
  notAfter('askedOn', askedOn, today)
  notBefore('askedOn', askedOn, objection.decidedOn ?? askedOn)
  return moved
}

/**
 * Records the next court's decision as its document states it. An overturned rejection makes the objection `upheld`.
 * @throws `objection_act_impossible`, `request_invalid`, `objection_remedy_unfit`, `reason_needed`.
 */
export function reconsidered(
  objection: Objection,
  input: { decidedOn: Day; decisionNo: string; reason: string; today: Day; remedy: Remedy | null },
): Objection {
  const { remedy } = input
  const moved = step(objection, remedy === null ? 'confirm' : 'overturn', {
    reconsideredOn: input.decidedOn,
    reconsiderationNo: input.decisionNo,
  })
  notAfter('decidedOn', input.decidedOn, input.today)
  notBefore('decidedOn', input.decidedOn, objection.askedOn ?? input.decidedOn)
  if (remedy !== null) mustFit(objection, remedy)
  return { ...moved, remedy, record: { ...objection.record, reconsideration: requireText(input.reason) } }
}

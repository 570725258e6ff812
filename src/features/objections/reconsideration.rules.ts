// A rejected objection before the next court (实施意见 四(二)3, 法释〔2017〕7号 art. 12): asked for, confirmed or overturned. Pure.
// Our own part of an objection is objection.ts; what the next court weighs is not known here.

import type { Day } from '../../core/calendar.ts'
import { mustFit, mustSay, notAfter, notBefore, step, type HigherCourt, type Objection, type Remedy } from './rules.ts'

/** The court right above ours. */
export const NEXT_COURT: HigherCourt = 'prefecture_court'

/** The debtor asked the next court, in time or late: whether a late one is heard is that court's to say. It does not suspend (art. 12). */
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

/** What the next court decided, as its document says. An overturned rejection is an upheld objection. */
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
  return { ...moved, remedy, record: { ...objection.record, reconsideration: mustSay(input.reason) } }
}

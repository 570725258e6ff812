// Lifting what an assistance notice asked for (联动意见 第二十一条): by performance, the creditor's consent or security. A clerk states it, another decides.
// A listing's own exit is actions/listings; withdrawing a notice that was wrong is actions/assistance.

import type { LiftGround } from './rules.ts'
import { decideLift, requestLift } from './replies.rules.ts'
import {
  assistanceFacts,
  cancelClocks,
  loadAssistance,
  saveAssistance,
  tellDebtor,
  tellUnit,
  todayOf,
  type AssistanceItem,
  type AssistanceOutcome,
} from './changes.commands.ts'
import { act } from '../../platform/commands/command.ts'

/** @throws `assistance_missing`, `assistance_version_stale`, `assistance_act_impossible`, `assistance_lift_pending`, `reason_needed`. */
export const requestAssistanceLift = act(
  'assistance.request_lift',
  async (context, input: AssistanceItem & { ground: LiftGround; note: string }): Promise<AssistanceOutcome> => {
    const before = await loadAssistance(context, input)
    const assistance = requestLift(before.assistance, { ...input, by: context.actor.id, today: todayOf(context) })
    return saveAssistance(context, before, assistance, { ground: input.ground })
  },
  assistanceFacts,
)

/** Lifts, and unit and debtor are told; or does not, and the debtor is told why. @throws as `requestAssistanceLift`, and `assistance_no_lift`, `assistance_own_request`. */
export const decideAssistanceLift = act(
  'assistance.decide_lift',
  async (context, input: AssistanceItem & { granted: boolean; reason: string }): Promise<AssistanceOutcome> => {
    const { house, actor } = context
    const before = await loadAssistance(context, input)
    const assistance = decideLift(before.assistance, { ...input, by: actor.id, today: todayOf(context) })
    const outcome = await saveAssistance(context, before, assistance, { granted: input.granted ? 1 : 0 })
    const ground = house.catalog.words('assistances', `ground.${assistance.record.lifting.at(-1)?.ground ?? ''}`)
    if (!input.granted) {
      await tellDebtor(context, 'assistance.lift_refused', assistance, { ground, reason: input.reason.trim() })
      return outcome
    }
    await cancelClocks(context, assistance)
    await tellUnit(context, 'assistance.lifted', assistance)
    await tellDebtor(context, 'assistance.lifted', assistance, { ground })
    return outcome
  },
  assistanceFacts,
)

// Commands that end a measure ordered by an assistance notice: a clerk asks for it to be lifted, an approver decides.
// All other commands on assistance notices are commands.ts.

import { command } from '../../platform/commands/command.ts'
import {
  type AssistanceItem,
  type AssistanceOutcome,
  loadAssistance,
  todayOf,
  saveAssistance,
  assistanceFacts,
  notifyDebtor,
  cancelAssistanceDeadlines,
  notifyUnit,
} from './changes.commands.ts'
import { type LiftGround, requestLift, decideLift } from './rules.ts'

/**
 * Requests an early lift; another person decides it.
 * @throws `assistance_missing`, `assistance_version_stale`, `assistance_act_impossible`, `assistance_lift_pending`, `reason_needed`.
 */
export const requestAssistanceLift = command(
  'assistance.request_lift',
  async (context, input: AssistanceItem & { ground: LiftGround; note: string }): Promise<AssistanceOutcome> => {
    const before = await loadAssistance(context, input)
    const assistance = requestLift(before.assistance, { ...input, by: context.actor.id, today: todayOf(context) })
    return saveAssistance(context, before, assistance, { ground: input.ground })
  },
  assistanceFacts,
)

/**
 * Grants a lift and notifies unit and debtor, or refuses it and notifies the debtor of the reason.
 * @throws as `requestAssistanceLift`, and `assistance_no_lift`, `assistance_own_request`.
 */
export const decideAssistanceLift = command(
  'assistance.decide_lift',
  async (context, input: AssistanceItem & { granted: boolean; reason: string }): Promise<AssistanceOutcome> => {
    const { app, actor } = context
    const before = await loadAssistance(context, input)
    const assistance = decideLift(before.assistance, { ...input, by: actor.id, today: todayOf(context) })
    const outcome = await saveAssistance(context, before, assistance, { granted: input.granted ? 1 : 0 })
    const ground = app.catalog.words('assistances', `ground.${assistance.record.lifting.at(-1)?.ground ?? ''}`)
    if (!input.granted) {
      await notifyDebtor(context, 'assistance.lift_refused', assistance, { ground, reason: input.reason.trim() })
      return outcome
    }
    await cancelAssistanceDeadlines(context, assistance)
    await notifyUnit(context, 'assistance.lifted', assistance)
    await notifyDebtor(context, 'assistance.lifted', assistance, { ground })
    return outcome
  },
  assistanceFacts,
)

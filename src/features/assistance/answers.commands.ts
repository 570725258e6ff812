// What a unit says to an assistance notice (联动意见 第二十条): it has it, it carried it out or could not, it doubts it in writing; and the court's reply.
// A liaison without an account does the first three on the page of a link: assistance-pages.

import { mustBeOwnUnit, ownUnitOf, type Actor } from '../../platform/commands/permissions.ts'
import type { AcknowledgedWay, Assistance, Outcome } from './rules.ts'
import { acknowledge, answer, replyReview, suggestReview, type Doing } from './replies.rules.ts'
import { AppError } from '../../core/errors.ts'
import {
  assistanceFacts,
  assistanceSubject,
  loadAssistance,
  saveAssistance,
  tellCourt,
  tellUnitByLink,
  todayOf,
  type AssistanceItem,
  type AssistanceOutcome,
  type LoadedAssistance,
} from './changes.commands.ts'
import { closeDeadlines } from '../deadlines/commands.ts'
import { act, type ActContext } from '../../platform/commands/command.ts'

/** One that the actor may act on: a unit its own, and no draft. @throws `unit_other`, `assistance_missing`, `assistance_version_stale`. */
async function loadForUnit(context: ActContext, item: AssistanceItem): Promise<LoadedAssistance> {
  const before = await loadAssistance(context, item)
  mustBeOwnUnit(context.actor, before.assistance.unitId)
  if (ownUnitOf(context.actor) !== null && before.assistance.number === null) throw new AppError('assistance_missing')
  return before
}

function wayOf(actor: Actor): AcknowledgedWay {
  return ownUnitOf(actor) === null ? 'clerk' : 'unit'
}

function doingOf(context: ActContext): Doing {
  return { by: context.actor.id, way: wayOf(context.actor), today: todayOf(context) }
}

/** @throws `assistance_missing`, `assistance_version_stale`, `assistance_act_impossible`, `unit_other`. */
export const acknowledgeAssistance = act(
  'assistance.acknowledge',
  async (context, input: AssistanceItem): Promise<AssistanceOutcome> =>
    keepAcknowledged(context, await loadForUnit(context, input), doingOf(context)),
  assistanceFacts,
)

export async function keepAcknowledged(context: ActContext, before: LoadedAssistance, doing: Doing): Promise<AssistanceOutcome> {
  const assistance = acknowledge(before.assistance, doing)
  const outcome = await saveAssistance(context, before, assistance, { way: doing.way, by: doing.by })
  await closeDeadlines(context, 'assistance.acknowledge', [assistanceSubject(assistance.id)])
  return outcome
}

export interface AssistanceAnswer {
  outcome: Outcome
  /** What was done, or why it could not be. */
  text: string
}

/** @throws as `acknowledgeAssistance`, and `reason_needed`. */
export const answerAssistance = act(
  'assistance.answer',
  async (context, input: AssistanceItem & AssistanceAnswer): Promise<AssistanceOutcome> =>
    keepAnswer(context, await loadForUnit(context, input), { ...doingOf(context), outcome: input.outcome, text: input.text }),
  assistanceFacts,
)

export async function keepAnswer(
  context: ActContext,
  before: LoadedAssistance,
  given: Doing & AssistanceAnswer,
): Promise<AssistanceOutcome> {
  const assistance = answer(before.assistance, given)
  const outcome = await saveAssistance(context, before, assistance, { outcome: given.outcome, way: given.way, by: given.by })
  const subjects = [assistanceSubject(assistance.id)]
  await closeDeadlines(context, 'assistance.acknowledge', subjects)
  await closeDeadlines(context, 'assistance.answer', subjects)
  const said = context.house.catalog.words('assistances', `outcome.${given.outcome}`)
  await tellCourt(context, 'assistance.answered', assistance, 'clerk', { outcome: said })
  return outcome
}

/** Doubts what is asked, in writing; clocks run on, because the unit carries it out meanwhile. @throws as `acknowledgeAssistance`, and `assistance_review_pending`. */
export const suggestAssistanceReview = act(
  'assistance.suggest_review',
  async (context, input: AssistanceItem & { text: string }): Promise<AssistanceOutcome> =>
    keepReview(context, await loadForUnit(context, input), { text: input.text, by: context.actor.id }),
  assistanceFacts,
)

export async function keepReview(
  context: ActContext,
  before: LoadedAssistance,
  { text, by }: { text: string; by: string },
): Promise<AssistanceOutcome> {
  const assistance: Assistance = suggestReview(before.assistance, { text, by, today: todayOf(context) })
  const outcome = await saveAssistance(context, before, assistance, { reviews: assistance.record.reviews.length, by })
  await tellCourt(context, 'assistance.review_suggested', assistance, 'approver')
  return outcome
}

/** The court replies; should the unit be right, the notice is withdrawn by its own act. @throws `assistance_no_review`, and as `acknowledgeAssistance`. */
export const replyAssistanceReview = act(
  'assistance.reply_review',
  async (context, input: AssistanceItem & { reply: string }): Promise<AssistanceOutcome> => {
    const before = await loadAssistance(context, input)
    const assistance = replyReview(before.assistance, { reply: input.reply, by: context.actor.id, today: todayOf(context) })
    const outcome = await saveAssistance(context, before, assistance)
    await tellUnitByLink(context, 'assistance.review_answered', assistance)
    return outcome
  },
  assistanceFacts,
)

// Commands on interviews: hold, cancel, conclude (实施意见 四(四)3). The unit is notified of each except holding.
// Interviews are called by decideProposal in commands.ts.

import { outcomeOf } from '../../platform/commands/outcome.ts'
import { dayOf, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { findInterview, toInterview, toInterviewRow, updateInterview } from './steps.store.ts'
import { command, type CommandContext } from '../../platform/commands/command.ts'
import { withFieldNames } from '../../platform/commands/field-names.ts'
import { auditDetail, outcomeFacts, proposeAndNotify, type VersionedId, type Outcome } from './commands.ts'
import { enqueuePlanned, planInterview } from './notices.ts'
import {
  cancelInterview as applyCancellation,
  concludeInterview as applyConclusion,
  holdInterview as applyHolding,
  type Interview,
  type InterviewResult,
} from './rules.ts'

/**
 * Records that an interview was held, with its minutes.
 * @throws `interview_missing`, `interview_version_stale`, `interview_act_impossible`, `reason_needed`, `request_invalid`.
 */
export const holdInterview = command(
  'accountability.interview',
  async (context, input: VersionedId & { heldOn: Day; minutes: string }): Promise<Outcome> => {
    const before = await loadInterview(context, input)
    const interview = withFieldNames(context.app, 'proposals', () => applyHolding(before, { ...input, today: dayOf(context.now) }))
    await saveInterview(context, before, interview)
    return outcomeOf(interview)
  },
  outcomeFacts,
)

/** Cancels an interview and notifies the unit. @throws as `holdInterview`. */
export const cancelInterview = command(
  'accountability.interview',
  async (context, input: VersionedId & { reason: string }): Promise<Outcome> => {
    const before = await loadInterview(context, input)
    const interview = applyCancellation(before, input.reason)
    await saveInterview(context, before, interview)
    await enqueuePlanned(context, [await planInterview(context, 'interview.cancelled', interview)])
    return outcomeOf(interview)
  },
  outcomeFacts,
)

/**
 * Records whether the unit carries out its duty after the interview; if not, a referral to the discipline bodies is proposed (实施意见 四(四)3).
 * @throws as `holdInterview`.
 */
export const concludeInterview = command(
  'accountability.interview',
  async (context, input: VersionedId & { result: InterviewResult; finding: string }): Promise<Outcome> => {
    const before = await loadInterview(context, input)
    const interview = applyConclusion(before, { ...input, today: dayOf(context.now) })
    await saveInterview(context, before, interview)
    await enqueuePlanned(context, [await planInterview(context, 'interview.concluded', interview)])
    const year = Number(dayOf(context.now).slice(0, 4))
    const cause = `interview:${interview.id}`
    if (input.result === 'unchanged') await proposeAndNotify(context, { unitId: interview.unitId, year, kind: 'discipline', cause })
    return outcomeOf(interview)
  },
  outcomeFacts,
)

async function loadInterview({ tx, app }: CommandContext, item: VersionedId): Promise<Interview> {
  const row = await findInterview(tx, item.id)
  if (row === null) throw new AppError('interview_missing')
  if (item.version !== undefined && item.version !== row.version)
    throw new AppError('interview_version_stale', { number: row.number, state: row.state })
  return toInterview(app.secrets, row)
}

async function saveInterview(context: CommandContext, before: Interview, interview: Interview): Promise<void> {
  await context.audit({ subject: `interview:${interview.id}`, detail: auditDetail(interview, before) })
  await updateInterview(context.tx, toInterviewRow(context.app.secrets, interview), before.version)
}

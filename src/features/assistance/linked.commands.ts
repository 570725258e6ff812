// The page that a liaison's link opens: looking changes nothing (a chat's preview looks too), confirming uses the link once, and the browser that
// confirmed reads the document, prints it and answers. What the acts do is assistance-answers.

import { AppError } from '../../core/errors.ts'
import { ASSISTANCE_LIFE, type Assistance, type AssistanceAct } from './rules.ts'
import { findAssistance, toAssistance } from './store.ts'
import { findUnit } from '../units/store.ts'
import { assistanceFacts, assistanceSubject, loadAssistance, todayOf, type AssistanceOutcome } from './changes.commands.ts'
import { command, query } from '../../platform/commands/command.ts'
import { followLink, mustHold, takeLink, type FoundLink, type Shown } from '../links/commands.ts'
import { keepAcknowledged, keepAnswer, keepReview, type AssistanceAnswer } from './commands.ts'

/** Before anybody confirmed, a page says which document waits and for whom: nothing of what it says. */
export interface LinkedAssistance {
  state: FoundLink['state']
  usedAt: Date | null
  /** The last instant at which the link opens. */
  expiresAt: Date
  unit: string
  assistance: Assistance
  /** What the unit may do now. */
  possible: AssistanceAct[]
}

/** @throws `link_wrong`. */
export const followAssistance = query('assistance.follow', async ({ db, app, now }, shown: Shown): Promise<LinkedAssistance> => {
  const found = await followLink(db, 'assistance', shown, now)
  const row = await findAssistance(db, found.row.subjectId)
  if (row === null) throw new AppError('link_wrong')
  const unit = await findUnit(db, row.unitId)
  const { usedAt, expiresAt } = found.row
  return {
    state: found.state,
    usedAt,
    expiresAt,
    unit: unit?.name ?? '',
    assistance: toAssistance(app.secrets, row),
    possible: ASSISTANCE_LIFE.possible(row.state),
  }
})

/**
 * Uses the link: the unit has it from now on, unless somebody of it said so before. Answers what this browser has to show from then on.
 * @throws `link_wrong`, `link_used`, `link_ended`.
 */
export const confirmAssistance = command('assistance.confirm', async (context, shown: Shown): Promise<{ id: string; holder: string }> => {
  const { tx, now } = context
  const found = await followLink(tx, 'assistance', shown, now)
  const holder = await takeLink(tx, found, now)
  const before = await loadAssistance(context, { id: found.row.subjectId })
  const { id, state } = before.assistance
  if (state === 'issued' || state === 'served')
    await keepAcknowledged(context, before, { by: found.row.recipient, way: 'link', today: todayOf(context) })
  else await context.audit({ subject: assistanceSubject(id), detail: { by: found.row.recipient, state } })
  return { id, holder }
})

/** Either an answer or a review suggestion, from the browser that confirmed. */
export type LinkedReply = AssistanceAnswer | { review: string }

/** @throws `link_wrong`, `link_used`, `link_ended`, `assistance_act_impossible`, `assistance_review_pending`, `reason_needed`. */
export const replyByLink = command(
  'assistance.reply',
  async (context, { reply, ...shown }: Shown & { reply: LinkedReply }): Promise<AssistanceOutcome> => {
    const found = await followLink(context.tx, 'assistance', shown, context.now)
    mustHold(found)
    const before = await loadAssistance(context, { id: found.row.subjectId })
    const by = found.row.recipient
    if ('review' in reply) return keepReview(context, before, { text: reply.review, by })
    return keepAnswer(context, before, { ...reply, by, way: 'link', today: todayOf(context) })
  },
  assistanceFacts,
)

// Commands behind a liaison’s link: looking changes nothing, confirming uses the link once, replying needs the browser that confirmed.
// The pages are pages.ts; saving acknowledgements, answers and reviews is commands.ts.

import { AppError } from '../../core/errors.ts'
import { ASSISTANCE_LIFE, type Assistance, type AssistanceAct } from './rules.ts'
import { findAssistance, toAssistance } from './store.ts'
import { findUnit } from '../units/store.ts'
import { assistanceFacts, assistanceSubject, loadAssistance, todayOf, type AssistanceOutcome } from './changes.commands.ts'
import { command, query } from '../../platform/commands/command.ts'
import { requireHolder, confirmLink, type FoundLink, type PresentedLink } from '../links/commands.ts'
import { lookUpUnitLink } from '../units/access.commands.ts'
import { saveAcknowledgement, saveAnswer, saveReview, type AssistanceAnswer } from './commands.ts'

/** What a link leads to. Until somebody confirms, the page shows kind, number and unit only, and nothing of the document's text. */
export interface LinkedAssistance {
  state: FoundLink['state']
  usedAt: Date | null
  /** The instant at which the link expires. */
  expiresAt: Date
  unit: string
  assistance: Assistance
  /** What the unit may do now. */
  possible: AssistanceAct[]
}

/** What a link leads to; changes nothing, because chat programs fetch previews of links. @throws `link_wrong`. */
export const followAssistance = query('assistance.follow', async ({ db, app, now }, shown: PresentedLink): Promise<LinkedAssistance> => {
  const link = await lookUpUnitLink({ db, secrets: app.secrets, now }, 'assistance', shown)
  const row = await findAssistance(db, link.row.subjectId)
  if (row === null) throw new AppError('link_wrong')
  const unit = await findUnit(db, row.unitId)
  const { usedAt, expiresAt } = link.row
  return {
    state: link.state,
    usedAt,
    expiresAt,
    unit: unit?.name ?? '',
    assistance: toAssistance(app.secrets, row),
    possible: ASSISTANCE_LIFE.possible(row.state),
  }
})

/**
 * Uses the link and acknowledges the notice, unless the unit did so before. Returns the holder secret that this browser presents from now
 * on.
 * @throws `link_wrong`, `link_used`, `link_ended`.
 */
export const confirmAssistance = command(
  'assistance.confirm',
  async (context, shown: PresentedLink): Promise<{ id: string; holder: string }> => {
    const { app, tx, now } = context
    const link = await lookUpUnitLink({ db: tx, secrets: app.secrets, now }, 'assistance', shown)
    const holder = await confirmLink(context, link)
    const before = await loadAssistance(context, { id: link.row.subjectId })
    const { id, state } = before.assistance
    if (state === 'issued' || state === 'served')
      await saveAcknowledgement(context, before, { by: link.row.recipient, way: 'link', today: todayOf(context) })
    else await context.audit({ subject: assistanceSubject(id), detail: { by: link.row.recipient, state } })
    return { id, holder }
  },
)

/** Either an answer or a review suggestion. */
export type LinkedReply = AssistanceAnswer | { review: string }

/**
 * Takes a reply from the browser that confirmed the link.
 * @throws `link_wrong`, `link_used`, `link_ended`, `assistance_act_impossible`, `assistance_review_pending`, `reason_needed`.
 */
export const replyByLink = command(
  'assistance.reply',
  async (context, { reply, ...shown }: PresentedLink & { reply: LinkedReply }): Promise<AssistanceOutcome> => {
    const { app, tx, now } = context
    const link = await lookUpUnitLink({ db: tx, secrets: app.secrets, now }, 'assistance', shown)
    requireHolder(link)
    const before = await loadAssistance(context, { id: link.row.subjectId })
    const by = link.row.recipient
    if ('review' in reply) return saveReview(context, before, { text: reply.review, by })
    return saveAnswer(context, before, { ...reply, by, way: 'link', today: todayOf(context) })
  },
  assistanceFacts,
)

// The court's review of retentions (实施意见 四(二)5): a clerk or approver accepts one; to refuse one takes a clerk who proposes and an approver.
// Retentions are answers of units: commands.ts. What they must state, and the states of the review, is rules.ts.

import { dayOf } from '../../core/calendar.ts'
import { closeTasks } from '../../messaging/overtaking.ts'
import { AppError } from '../../core/errors.ts'
import { enqueueNotice } from '../../messaging/outbox.ts'
import { command, type CommandContext } from '../../platform/commands/command.ts'
import { requireAnother } from '../../platform/commands/permissions.ts'
import { listVersion } from '../../platform/database/counters.ts'
import { sealPart } from '../../platform/database/sealing.ts'
import { cancelDeadlines, closeDeadlines, restartDeadlines, writtenDueDay } from '../deadlines/commands.ts'
import type { DeadlineRow } from '../deadlines/store.ts'
import { findBulletin } from '../journal/store.ts'
import { staffRecipients } from '../staff/recipients.ts'
import { ceasedAmong } from '../staff/standing.views.ts'
import { unitRecipients } from '../units/recipients.ts'
import { findUnit } from '../units/store.ts'
import { endRetained, findLiftAnswer, liftAnswerTable, updateLiftAnswer, type LiftAnswerRow } from './answers.store.ts'
import { answerSubject, carryOutDeadline, orderSubject } from './reach.commands.ts'
import { RETENTION_REVIEW, type ReviewState } from './rules.ts'
import { findLiftOrder, lockLift, updateLiftOrder, type LiftOrderRow, type LiftRow } from './store.ts'

/** A retention after an act of its review. */
export interface RetentionOutcome {
  id: string
  review: ReviewState
}

/** Starts the review of retentions that a unit just answered: their periods run, and the clerks are told once for all of them. */
export async function openReviews(
  context: CommandContext,
  order: LiftOrderRow,
  { bulletinId, changes }: LiftRow,
  rows: readonly LiftAnswerRow[],
): Promise<void> {
  const { tx, now } = context
  const [first] = rows
  if (first === undefined) return
  await restartDeadlines(
    context,
    rows.flatMap(({ id, until }) => [
      { code: 'retention.end' as const, subject: answerSubject(id), start: until ?? dayOf(now), unitId: order.unitId },
      { code: 'retention.review' as const, subject: answerSubject(id), start: dayOf(now) },
    ]),
  )
  const values = {
    unit: (await findUnit(tx, order.unitId))?.name ?? order.unitId,
    number: await bulletinNumber(context, bulletinId),
    count: rows.length,
    dueOn: await writtenDueDay(tx, 'retention.review', answerSubject(first.id)),
  }
  const notice = {
    event: 'lift.retained',
    key: `lift.retained:${order.id}:${changes}`,
    values,
    listVersion: await listVersion(tx),
  } as const
  await enqueueNotice(context, 'court', notice, await staffRecipients(context, 'clerk'))
}

async function bulletinNumber({ tx }: Pick<CommandContext, 'tx'>, bulletinId: string): Promise<string> {
  return (await findBulletin(tx, bulletinId))?.number ?? ''
}

/** A retention under review, with the lift locked until the commit. */
interface Reviewed {
  answer: LiftAnswerRow
  order: LiftOrderRow
  lift: LiftRow
}

/** @throws `lift_retention_missing`, `lift_retention_over` for one that was lifted since or whose last day has passed. */
async function lockRetention({ tx }: CommandContext, id: string): Promise<Reviewed> {
  const found = await findLiftAnswer(tx, id)
  if (found === null || found.until === null) throw new AppError('lift_retention_missing', { id })
  const { bulletinId } = (await findLiftOrder(tx, found.orderId)) as LiftOrderRow
  const lift = await lockLift(tx, bulletinId)
  const order = (await findLiftOrder(tx, found.orderId)) as LiftOrderRow
  const answer = (await findLiftAnswer(tx, id)) as LiftAnswerRow
  if (answer.outcome === 'lifted' || answer.outcome === 'ended') throw new AppError('lift_retention_over', { id })
  return { answer, order, lift }
}

/** Retentions of the time before the review count as accepted. */
function reviewOf(answer: LiftAnswerRow): ReviewState {
  return answer.review ?? 'accepted'
}

async function auditReview({ audit }: CommandContext, { answer, order }: Reviewed, review: ReviewState): Promise<RetentionOutcome> {
  await audit({ subject: orderSubject(order.id), detail: { listing: answer.listingId, until: answer.until, review } })
  return { id: answer.id, review }
}

/**
 * Accepts a retention: the unit keeps the measure until its last day.
 * @throws `lift_retention_missing`, `lift_retention_over`, `lift_review_impossible` for one that is decided or that somebody proposes to
 *   refuse, `own_draft` for whoever recorded it for the unit.
 */
export const acceptRetention = command('lift.accept_retention', async (context, input: { id: string }): Promise<RetentionOutcome> => {
  const reviewed = await lockRetention(context, input.id)
  const review = RETENTION_REVIEW.next(reviewOf(reviewed.answer), 'accept')
  requireAnother(context.actor.id, [reviewed.answer.answeredBy])
  return decide(context, reviewed, review)
})

/** Whether whoever proposed to refuse it may do so no more: then one person alone would stand behind the refusal. */
async function isProposerCeased({ tx }: CommandContext, { answer: { review, proposedBy } }: Reviewed): Promise<boolean> {
  if (review !== 'proposed' || proposedBy === null) return false
  return (await ceasedAmong(tx, [proposedBy], 'lift.propose_refusal')).has(proposedBy)
}

/**
 * Proposes to refuse a retention. An approver decides.
 * @throws `lift_retention_missing`, `lift_retention_over`, `lift_review_impossible`, `reason_needed`.
 */
export const proposeRefusal = command(
  'lift.propose_refusal',
  async (context, input: { id: string; reason: string }): Promise<RetentionOutcome> => {
    const { app, tx, actor } = context
    const reason = input.reason.trim()
    if (reason.length < 2) throw new AppError('reason_needed')
    const reviewed = await lockRetention(context, input.id)
    // In the place of a proposal whose proposer may propose no more, as if nobody had proposed.
    const before = (await isProposerCeased(context, reviewed)) ? 'pending' : reviewOf(reviewed.answer)
    const review = RETENTION_REVIEW.next(before, 'propose')
    const sealedReason = sealPart(liftAnswerTable, app.secrets, { id: reviewed.answer.id }, { refusalReason: reason })
    await updateLiftAnswer(tx, reviewed.answer.id, { review, proposedBy: actor.id, ...sealedReason })
    const values = {
      unit: (await findUnit(tx, reviewed.order.unitId))?.name ?? '',
      number: await bulletinNumber(context, reviewed.lift.bulletinId),
    }
    await tellAboutReview(context, 'lift.refusal_proposed', reviewed, values)
    return auditReview(context, reviewed, review)
  },
)

/**
 * Decides about a proposal to refuse. `refuse`: the order is open again and its period starts anew, and the unit
 * is told; it reads the reason in its order, because messages to units name no person. Otherwise the
 * retention is accepted.
 * @throws `lift_retention_missing`, `lift_retention_over`, `lift_review_impossible`, `own_draft` for whoever proposed it or recorded the
 *   answer for the unit, `proposer_ceased`.
 */
export const decideRefusal = command(
  'lift.decide_refusal',
  async (context, input: { id: string; refuse: boolean }): Promise<RetentionOutcome> => {
    const reviewed = await lockRetention(context, input.id)
    const { answer, order, lift } = reviewed
    const review = RETENTION_REVIEW.next(reviewOf(answer), input.refuse ? 'refuse' : 'turn_down')
    requireAnother(context.actor.id, [answer.proposedBy ?? undefined, answer.answeredBy])
    if (review === 'refused') {
      if (await isProposerCeased(context, reviewed)) throw new AppError('proposer_ceased')
      await endRetained(context.tx, [answer.id], { outcome: 'refused', endedOn: dayOf(context.now) })
      await cancelDeadlines(context, 'retention.end', [answerSubject(answer.id)])
      await reopen(context, order)
      const values = {
        number: await bulletinNumber(context, lift.bulletinId),
        dueOn: await writtenDueDay(context.tx, 'lift.carry_out', orderSubject(order.id)),
      }
      await tellAboutReview(context, 'lift.retention_refused', reviewed, values)
    }
    return decide(context, reviewed, review)
  },
)

async function decide(context: CommandContext, reviewed: Reviewed, review: ReviewState): Promise<RetentionOutcome> {
  const { tx, actor, now } = context
  const { id } = reviewed.answer
  await updateLiftAnswer(tx, id, { review, reviewedBy: actor.id, reviewedAt: now })
  await closeDeadlines(context, 'retention.review', [answerSubject(id)])
  await closeTasks(context, 'retention', [id])
  return auditReview(context, reviewed, review)
}

/** Opens an answered order again, with a new period from today. While other entries are open, the period that runs stays. */
async function reopen(context: CommandContext, order: LiftOrderRow): Promise<void> {
  if (order.state === 'open') return
  await updateLiftOrder(context.tx, order.id, { state: 'open' })
  await restartDeadlines(context, [carryOutDeadline(order, dayOf(context.now))])
}

/** Tells approvers of a proposal, or the unit of a refusal. */
async function tellAboutReview(
  context: CommandContext,
  event: 'lift.refusal_proposed' | 'lift.retention_refused',
  { answer, order, lift }: Reviewed,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  const notice = { event, key: `${event}:${answer.id}:${lift.changes}`, values, listVersion: await listVersion(context.tx) }
  if (event === 'lift.retention_refused') await enqueueNotice(context, 'unit', notice, await unitRecipients(context, order.unitId))
  else await enqueueNotice(context, 'court', notice, await staffRecipients(context, 'approver'))
}

/**
 * Ends retained measures whose last day has passed (deadline `retention.end`), and with them a review that is not decided. Called by the
 * daily deadline task.
 */
export async function endRetentions(context: CommandContext, ended: readonly DeadlineRow[]): Promise<void> {
  const { tx } = context
  for (const { subject, due } of ended) {
    const answer = await findLiftAnswer(tx, subject.slice(subject.indexOf(':') + 1))
    if (answer?.outcome !== 'retained') continue
    await endRetained(tx, [answer.id], { outcome: 'ended', endedOn: due })
    if (answer.review !== 'pending' && answer.review !== 'proposed') continue
    await cancelDeadlines(context, 'retention.review', [subject])
    // Counted as a change, because the debtor may have waited for this review alone.
    await lockLift(tx, ((await findLiftOrder(tx, answer.orderId)) as LiftOrderRow).bulletinId)
  }
}

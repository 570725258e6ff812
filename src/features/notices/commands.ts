// Command that settles a notice which needs a person: told by hand, impossible, arrived after all, or to be sent again.
// The list of what waits for a person is features/notices/views.ts.

import { dayOf, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { cancelOtherSteps, lockDelivery, moveDelivery, type DeliveryRow } from '../../messaging/deliveries.store.ts'
import { findNotice, moveNotices } from '../../messaging/notices.store.ts'
import { verdictsFor, type DutyVerdict } from './rules.ts'
import { command, type CommandContext } from '../../platform/commands/command.ts'

/** How a clerk settles one delivery. */
export interface DutySettlement {
  deliveryId: string
  verdict: DutyVerdict
  /** How it was served, or why it cannot be; at most 400 characters. Only `again` needs none. */
  note?: string | undefined
  /** The day on which it was served, YYYY-MM-DD. */
  on?: Day | undefined
}

/**
 * Settles a delivery that waits for a person, with an audit row.
 * @throws `duty_missing`, `duty_done` if there is nothing to settle or not in this way, `reason_needed`, `request_invalid` for a day in
 *   the future.
 */
export const settleDuty = command('duty.settle', async (context, input: DutySettlement): Promise<{ noticeId: string; state: string }> => {
  const delivery = await lockDelivery(context.tx, input.deliveryId)
  const notice = delivery === null ? null : await findNotice(context.tx, delivery.noticeId)
  if (delivery === null || notice === null) throw new AppError('duty_missing', { id: input.deliveryId })
  if (!verdictsFor(delivery, notice).includes(input.verdict)) throw new AppError('duty_done')
  const reason = reasonOf(input, dayOf(context.now))
  await SETTLE[input.verdict](context, delivery, reason)
  await context.audit({
    subject: `notice:${notice.id}`,
    detail: { delivery: delivery.id, verdict: input.verdict, ...(reason === '' ? {} : { reason }) },
  })
  return { noticeId: notice.id, state: input.verdict }
})

function reasonOf({ verdict, note = '', on }: DutySettlement, today: Day): string {
  const text = note.trim()
  if (text === '' && verdict !== 'again') throw new AppError('reason_needed')
  if (on !== undefined && on > today) throw new AppError('request_invalid', {}, [{ code: 'date_future', field: 'on', value: on }])
  return (on === undefined ? text : `${on} ${text}`).slice(0, 500)
}

/** States of a notice that may still be settled. */
const SETTLEABLE = ['open', 'accepted', 'undeliverable'] as const

type Settle = (context: CommandContext, delivery: DeliveryRow, reason: string) => Promise<void>

const SETTLE: Readonly<Record<DutyVerdict, Settle>> = {
  async done({ tx, now, actor }, delivery, reason) {
    // If every delivery of the notice failed, the failed ones stay as they are, because they are the evidence.
    await moveDelivery(tx, delivery.id, ['waiting_person'], { state: 'done', endedAt: now })
    await moveNotices(tx, [delivery.noticeId], SETTLEABLE, { state: 'settled', reason, settledBy: actor.id, closedAt: now })
    await cancelOtherSteps(tx, delivery.noticeId, delivery.id, now)
  },
  async impossible({ tx, now, actor }, delivery, reason) {
    await moveDelivery(tx, delivery.id, ['waiting_person'], {
      state: 'closed',
      lastCode: 'person',
      lastReason: reason.slice(0, 200),
      endedAt: now,
    })
    await moveNotices(tx, [delivery.noticeId], SETTLEABLE, { state: 'undeliverable', reason, settledBy: actor.id, closedAt: now })
  },
  async arrived({ tx, now, actor }, delivery, reason) {
    await moveDelivery(tx, delivery.id, ['in_doubt'], { state: 'delivered', endedAt: now })
    await moveNotices(tx, [delivery.noticeId], SETTLEABLE, { state: 'settled', reason, settledBy: actor.id, closedAt: now })
    await cancelOtherSteps(tx, delivery.noticeId, delivery.id, now)
  },
  async again({ tx, now }, delivery) {
    await moveDelivery(tx, delivery.id, ['in_doubt'], { state: 'queued', dueAt: now, repeated: true })
  },
}

// What a clerk says of a message that no machine could finish: served by hand, impossible, arrived after all, or to be sent again.
// The duty list itself is features/notices/views.

import { dayOf, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { cancelRest, lockDelivery, moveDelivery, type DeliveryRow } from '../../messaging/deliveries.store.ts'
import { findNotice, moveNotices, type NoticeRow } from '../../messaging/notices.store.ts'
import { command, type CommandContext } from '../../platform/commands/command.ts'

/**
 * `done`: the person was told otherwise. `impossible`: nobody could. `arrived` and `again` answer a doubt: the message came after all,
 * or shall go out once more, marked as repeated.
 */
export type DutyVerdict = 'done' | 'impossible' | 'arrived' | 'again'

export interface DutyWord {
  deliveryId: string
  verdict: DutyVerdict
  /** How it was served, or why it cannot be; at most 400 characters. Only `again` needs none. */
  note?: string | undefined
  /** The day on which it was served. */
  on?: Day | undefined
}

/** @throws `duty_missing`, `duty_done` (nothing to settle, or not in this way), `reason_needed`, `request_invalid` (a day to come). */
export const settleDuty = command('duty.settle', async (context, word: DutyWord): Promise<{ noticeId: string; state: string }> => {
  const delivery = await lockDelivery(context.tx, word.deliveryId)
  const notice = delivery === null ? null : await findNotice(context.tx, delivery.noticeId)
  if (delivery === null || notice === null) throw new AppError('duty_missing', { id: word.deliveryId })
  if (!verdictsFor(delivery, notice).includes(word.verdict)) throw new AppError('duty_done')
  const reason = reasonOf(word, dayOf(context.now))
  await SETTLE[word.verdict](context, delivery, reason)
  await context.audit({
    subject: `notice:${notice.id}`,
    detail: { delivery: delivery.id, verdict: word.verdict, ...(reason === '' ? {} : { reason }) },
  })
  return { noticeId: notice.id, state: word.verdict }
})

function reasonOf({ verdict, note = '', on }: DutyWord, today: Day): string {
  const text = note.trim()
  if (text === '' && verdict !== 'again') throw new AppError('reason_needed')
  if (on !== undefined && on > today) throw new AppError('request_invalid', {}, [{ code: 'date_future', field: 'on', value: on }])
  return (on === undefined ? text : `${on} ${text}`).slice(0, 500)
}

/** The words that fit what waits: a task, a doubt, or a notice that every way has failed and nobody has looked at. */
function verdictsFor(delivery: DeliveryRow, notice: NoticeRow): readonly DutyVerdict[] {
  if (delivery.state === 'waiting_person') return ['done', 'impossible']
  if (delivery.state === 'in_doubt') return ['arrived', 'again']
  return notice.state === 'undeliverable' && notice.settledBy === null ? ['done', 'impossible'] : []
}

const OPEN = ['open', 'accepted', 'undeliverable'] as const

type Settle = (context: CommandContext, delivery: DeliveryRow, reason: string) => Promise<void>

const SETTLE: Readonly<Record<DutyVerdict, Settle>> = {
  async done({ tx, now, actor }, delivery, reason) {
    // Of a notice that every way has failed, the failed rungs stay as they are: they are the evidence.
    await moveDelivery(tx, delivery.id, ['waiting_person'], { state: 'done', endedAt: now })
    await moveNotices(tx, [delivery.noticeId], OPEN, { state: 'settled', reason, settledBy: actor.id, closedAt: now })
    await cancelRest(tx, delivery.noticeId, delivery.id, now)
  },
  async impossible({ tx, now, actor }, delivery, reason) {
    await moveDelivery(tx, delivery.id, ['waiting_person'], {
      state: 'closed',
      lastCode: 'person',
      lastReason: reason.slice(0, 200),
      endedAt: now,
    })
    await moveNotices(tx, [delivery.noticeId], OPEN, { state: 'undeliverable', reason, settledBy: actor.id, closedAt: now })
  },
  async arrived({ tx, now, actor }, delivery, reason) {
    await moveDelivery(tx, delivery.id, ['in_doubt'], { state: 'delivered', endedAt: now })
    await moveNotices(tx, [delivery.noticeId], OPEN, { state: 'settled', reason, settledBy: actor.id, closedAt: now })
    await cancelRest(tx, delivery.noticeId, delivery.id, now)
  },
  async again({ tx, now }, delivery) {
    await moveDelivery(tx, delivery.id, ['in_doubt'], { state: 'queued', dueAt: now, repeated: true })
  },
}

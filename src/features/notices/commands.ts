// Command that settles a notice which needs a person: told by hand, impossible, arrived after all, or to be sent again.
// The list of what waits for a person is features/notices/views.ts.

import { dayOf, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { cancelOtherSteps, lockDelivery, moveDelivery, type DeliveryRow } from '../../messaging/deliveries.store.ts'
import { findNotice, moveNotices, type NoticeRow } from '../../messaging/notices.store.ts'
import { isSeen, mustHandle } from './access.ts'
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
 * @throws `duty_missing`, `not_allowed` for what is not the actor's to settle, `duty_done` if there is nothing to settle or not in this
 *   way, `reason_needed`, `request_invalid` for a day in the future.
 */
export const settleDuty = command('duty.settle', async (context, input: DutySettlement): Promise<{ noticeId: string; state: string }> => {
  const { delivery, notice } = await lockOwnDuty(context, input.deliveryId)
  if (!verdictsFor(delivery, notice).includes(input.verdict)) throw new AppError('duty_done')
  const reason = reasonOf(input, dayOf(context.now))
  await SETTLE[input.verdict](context, delivery, reason)
  await context.audit({
    subject: `notice:${notice.id}`,
    detail: { delivery: delivery.id, verdict: input.verdict, ...(reason === '' ? {} : { reason }) },
  })
  return { noticeId: notice.id, state: input.verdict }
})

/** A delivery with its notice, locked. @throws `duty_missing`, also for one that the actor may not see. */
export async function lockDuty({ tx, actor }: CommandContext, id: string): Promise<{ delivery: DeliveryRow; notice: NoticeRow }> {
  const delivery = await lockDelivery(tx, id)
  const notice = delivery === null ? null : await findNotice(tx, delivery.noticeId)
  if (delivery === null || notice === null || !(await isSeen(tx, actor, notice))) throw new AppError('duty_missing', { id })
  return { delivery, notice }
}

/** As `lockDuty`. @throws `not_allowed` for one that is another's to settle. */
async function lockOwnDuty(context: CommandContext, id: string): ReturnType<typeof lockDuty> {
  const duty = await lockDuty(context, id)
  await mustHandle(context.tx, context.actor, duty.notice, 'duty.settle')
  return duty
}

/** How a clerk settles many of the same kind, told in the same way on the same day. */
export interface DutySettlements extends Omit<DutySettlement, 'deliveryId' | 'verdict'> {
  ids: readonly string[]
  verdict: 'done' | 'impossible'
}

/**
 * Settles many clerks' tasks together, with an audit row for each. Those that somebody settled meanwhile stay as that person settled them,
 * and are counted in `left`.
 * @throws as `settleDuty`; `duty_done` when nothing of it waits any more.
 */
export const settleDuties = command(
  'duty.settle',
  async (context, input: DutySettlements): Promise<{ settled: number; left: number }> => {
    const reason = reasonOf(input, dayOf(context.now))
    const ids = [...new Set(input.ids)].toSorted()
    const open: Awaited<ReturnType<typeof lockDuty>>[] = []
    for (const id of ids) {
      const duty = await lockOwnDuty(context, id)
      if (verdictsFor(duty.delivery, duty.notice).includes(input.verdict)) open.push(duty)
    }
    if (open.length === 0) throw new AppError('duty_done')
    for (const { delivery } of open) await SETTLE[input.verdict](context, delivery, reason)
    await context.auditAll(
      open.map(({ delivery, notice }) => {
        return { subject: `notice:${notice.id}`, detail: { delivery: delivery.id, verdict: input.verdict, reason, together: open.length } }
      }),
      'known',
    )
    return { settled: open.length, left: ids.length - open.length }
  },
  ({ settled, left }) => ({ settled, left }),
)

function reasonOf({ verdict, note = '', on }: Omit<DutySettlement, 'deliveryId'>, today: Day): string {
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

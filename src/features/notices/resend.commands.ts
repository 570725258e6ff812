// Command that sends a notice again, with a reason: for who was not reached, or of whom no receipt ever came. What was served is never sent twice.
// How the steps begin anew is messaging/repetition.ts.

import { dayOf, writtenDay } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { deliveriesOf } from '../../messaging/deliveries.store.ts'
import { lockNotice, moveNotices } from '../../messaging/notices.store.ts'
import { repeatNotice } from '../../messaging/repetition.ts'
import { command } from '../../platform/commands/command.ts'
import { isSeen, mustHandle } from './access.ts'
import { addressesToday } from './recipients.ts'
import { isResendable } from './rules.ts'
import { insertResend, resendsOf } from './store.ts'

/** How a clerk sends a notice again. */
export interface ResendInput {
  noticeId: string
  reason: string
  /** The number of steps that the person saw: a second click, or another person meanwhile, finds more and sends nothing. */
  steps: number
}

/**
 * Sends a notice again, marked as a repetition, after the quiet hours unless it is urgent.
 * @throws `notice_missing`, `not_allowed` for what is not the actor's to handle, `reason_needed`, `notice_changed` when it is not as the
 *   person saw it, `notice_not_resendable`, `notice_no_way`.
 */
export const resendNotice = command('notice.resend', async (context, input: ResendInput): Promise<{ noticeId: string; n: number }> => {
  const { tx, app, actor, now } = context
  const reason = input.reason.trim()
  if (reason.length < 2) throw new AppError('reason_needed')
  const notice = await lockNotice(tx, input.noticeId)
  if (notice === null || !(await isSeen(tx, actor, notice))) throw new AppError('notice_missing', { id: input.noticeId })
  await mustHandle(tx, actor, notice, 'notice.resend')
  const before = await deliveriesOf(tx, [notice.id])
  if (before.length !== input.steps) throw new AppError('notice_changed')
  if (!isResendable(notice, before)) throw new AppError('notice_not_resendable')
  const n = (await resendsOf(tx, notice.id)).length + 1
  const words = { times: n + 1, day: writtenDay(dayOf(notice.createdAt)) }
  const rung = await repeatNotice(context, {
    notice,
    before,
    addresses: await addressesToday(context, notice),
    marks: { text: app.catalog.words('letters', 'resend.text', words), field: app.catalog.words('letters', 'resend.field') },
  })
  if (rung === null) throw new AppError('notice_no_way')
  await moveNotices(tx, [notice.id], ['open', 'accepted', 'undeliverable'], { state: 'open', closedAt: null })
  await insertResend(tx, { noticeId: notice.id, n, rung, at: now, resentBy: actor.id, reason: reason.slice(0, 400) })
  await context.audit({ subject: `notice:${notice.id}`, detail: { resend: n, rung, reason } })
  return { noticeId: notice.id, n }
})

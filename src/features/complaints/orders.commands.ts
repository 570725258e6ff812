// Orders of upheld complaints (实施意见 四(二)8): opening one within the decision, and the unit's answer, of which the complainant is told.
// The rules are orders.rules.ts; reading them is orders.views.ts.

import { dayOf } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { enqueueNotice } from '../../messaging/outbox.ts'
import type { NoticeEvent } from '../../messaging/notices.rules.ts'
import { command, type CommandContext } from '../../platform/commands/command.ts'
import { listVersion, takeNumbers } from '../../platform/database/counters.ts'
import { closeDeadlines, openDeadlines, writtenDueDay } from '../deadlines/commands.ts'
import { isPublicEntry } from '../listings/rules.ts'
import { findListing } from '../listings/search.store.ts'
import { toListing } from '../listings/store.ts'
import { staffRecipients } from '../staff/recipients.ts'
import { unitRecipients } from '../units/recipients.ts'
import { findUnit } from '../units/store.ts'
import { loadComplaint, notifyComplainant } from './changes.commands.ts'
import {
  answerOrder,
  isForActor,
  orderNumber,
  orderWords,
  unitToOrder,
  type ComplaintOrder,
  type OrderedDebtor,
  type OrderResult,
  type OrderWish,
} from './orders.rules.ts'
import { findOrder, insertOrder, updateOrder } from './orders.store.ts'
import type { Complaint } from './rules.ts'

/** Subject of the audit rows and the deadline of an order. It does not hold the complaint, because the unit sees its own deadlines. */
export const orderSubject = (orderId: string): string => `complaint_order:${orderId}`

/**
 * Orders a unit to act, where the decision of a complaint does so; its clock starts today, and its liaisons are told.
 * @throws as `unitToOrder` and `orderWords`, `unit_missing`, `complaint_order_unit_needed` for a class of units.
 */
export async function openOrder(context: CommandContext, complaint: Complaint, wish: OrderWish): Promise<void> {
  const { tx, app, now } = context
  const unitId = unitToOrder(complaint, wish)
  if (unitId === null) return
  const unit = await findUnit(tx, unitId)
  if (unit === null || !unit.active) throw new AppError('unit_missing', { id: unitId })
  if (unit.isClass) throw new AppError('complaint_order_unit_needed')
  const words = orderWords(complaint, wish, await chosenEntry(context, wish))
  const today = dayOf(now)
  const number = orderNumber(today, await takeNumbers(tx, `complaint_order:${today}`, 1))
  const order: ComplaintOrder = {
    ...{ id: newId(), number, complaintId: complaint.id, unitId, state: 'open', version: 1 },
    ...{ words, orderedOn: today, answeredOn: null },
  }
  await insertOrder(tx, app.secrets, order)
  const subject = orderSubject(order.id)
  await openDeadlines(context, [{ code: 'complaint.carry_out', subject, start: today, unitId }])
  await context.audit({ subject, detail: { number, unitId, state: order.state } })
  const dueOn = await writtenDueDay(tx, 'complaint.carry_out', subject)
  await enqueueNotice(
    context,
    'unit',
    await noticeOf(context, 'complaint.ordered', order, { dueOn }),
    await unitRecipients(context, unitId),
  )
}

/** The debtor of the entry that the decision names. @throws `listing_missing` for one that units do not see. */
async function chosenEntry({ tx, app }: CommandContext, { orderListingId: id }: OrderWish): Promise<OrderedDebtor | null> {
  if (id === undefined) return null
  const row = await findListing(tx, id)
  if (row === null || !isPublicEntry(row)) throw new AppError('listing_missing', { id })
  const { debtor, caseNo } = toListing(app.secrets, row).content
  return { name: debtor.name, identifier: debtor.identifier, caseNo }
}

/** An order as it was left by an answer. */
export interface OrderOutcome {
  id: string
  number: string
  state: ComplaintOrder['state']
  version: number
}

/**
 * Records what the unit did, or why it could not; a clerk records the answer of a unit that answers on paper. The complainant is told that
 * it was done, the group office that it could not be done.
 * @throws `complaint_order_missing`, also for the order of another unit, `complaint_order_closed`, `reason_needed`, `complaint_incomplete`.
 */
export const answerComplaintOrder = command(
  'complaint.answer_order',
  async (context, input: { id: string; result: OrderResult; text: string }): Promise<OrderOutcome> => {
    const { tx, app, now, actor } = context
    const before = await findOrder(tx, app.secrets, input.id)
    if (before === null || !isForActor(before, actor)) throw new AppError('complaint_order_missing')
    const order = answerOrder(before, input, dayOf(now))
    await updateOrder(tx, app.secrets, order)
    await closeDeadlines(context, 'complaint.carry_out', [orderSubject(order.id)])
    const { id, number, unitId, state, version } = order
    await context.audit({ subject: orderSubject(id), detail: { number, unitId, from: before.state, to: state } })
    if (state === 'carried_out') {
      const { complaint } = await loadComplaint(context, { id: order.complaintId })
      await notifyComplainant(context, 'complaint.carried_out', complaint)
    } else {
      const notice = await noticeOf(context, 'complaint.order_failed', order, {})
      await enqueueNotice(context, 'court', notice, await staffRecipients(context, 'group_office'))
    }
    return { id, number, state, version }
  },
  ({ number, state }) => ({ order: number, state }),
)

async function noticeOf(
  { tx }: CommandContext,
  event: NoticeEvent,
  order: ComplaintOrder,
  values: Readonly<Record<string, string>>,
): Promise<Parameters<typeof enqueueNotice>[2]> {
  return {
    event,
    key: `${event}:${order.id}`,
    values: { number: order.number, ...values },
    listVersion: await listVersion(tx),
  }
}

// Who reads orders of upheld complaints: a unit its own, without the complaint; clerks everything; other staff without the debtor's data.
// The table is orders.store.ts; a unit does not see the complaint, because its wording or number can reveal who complained.

import { AppError } from '../../core/errors.ts'
import { query } from '../../platform/commands/command.ts'
import { ownUnitOf } from '../../platform/commands/permissions.ts'
import { deadlinesByKey } from '../deadlines/store.ts'
import { orderSubject } from './orders.commands.ts'
import { isForActor, orderViewFor, type OrderState, type OrderView } from './orders.rules.ts'
import { findOrder, searchOrders } from './orders.store.ts'

/** A page of orders, newest first. A unit sees its own. */
export const listComplaintOrders = query(
  'complaint.read',
  async (
    { db, app, actor },
    input: { filter: { state?: OrderState | undefined; unitId?: string | undefined }; page: { limit: number; offset: number } },
  ): Promise<{ items: OrderView[]; total: number }> => {
    const own = ownUnitOf(actor)
    const filter = own === null ? input.filter : { ...input.filter, unitId: own }
    const { items, total } = await searchOrders(db, app.secrets, filter, input.page)
    const keys = items.filter((order) => order.state === 'open').map((order) => `complaint.carry_out:${orderSubject(order.id)}`)
    const due = new Map((await deadlinesByKey(db, keys)).map((row) => [row.subject, row.due]))
    return { items: items.map((order) => orderViewFor(order, actor, due.get(orderSubject(order.id)) ?? null)), total }
  },
)

/** One order. @throws `complaint_order_missing`, also for the order of another unit. */
export const showComplaintOrder = query('complaint.read', async ({ db, app, actor }, orderId: string): Promise<OrderView> => {
  const order = await findOrder(db, app.secrets, orderId)
  if (order === null || !isForActor(order, actor)) throw new AppError('complaint_order_missing')
  const [row] = order.state === 'open' ? await deadlinesByKey(db, [`complaint.carry_out:${orderSubject(order.id)}`]) : []
  return orderViewFor(order, actor, row?.due ?? null)
})

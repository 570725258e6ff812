// Who reads orders of upheld complaints: a unit its own, without the complaint; clerks everything; other staff without the debtor's data.
// The table is orders.store.ts; a unit does not see the complaint, because its wording or number can reveal who complained.

import { AppError } from '../../core/errors.ts'
import { maskIdentifier, publicIdentifier } from '../../core/identifiers.ts'
import { nameKey } from '../../core/person-names.ts'
import { query } from '../../platform/commands/command.ts'
import { ownUnitOf } from '../../platform/commands/permissions.ts'
import { openRow } from '../../platform/database/sealing.ts'
import { deadlinesByKey } from '../deadlines/store.ts'
import { enquireByName } from '../listings/search.store.ts'
import { listingTable } from '../listings/store.ts'
import { orderSubject } from './orders.commands.ts'
import { isForActor, orderViewFor, type OrderState, type OrderView } from './orders.rules.ts'
import { findOrder, searchOrders } from './orders.store.ts'
import { mustHandle } from './rules.ts'
import { findComplaint, toComplaint } from './store.ts'

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

/** An entry of the list under the name of a complaint's debtor. */
export interface Namesake {
  listingId: string
  name: string
  /** Masked as on the desk, to tell namesakes apart; a USCC whole. */
  identifier: string
  caseNo: string
  court: string
}

/**
 * The public entries under the name of a complaint's debtor, for the person who decides it: which of them is meant, they must say. Empty
 * where the complaint gives a number or no name. @throws `complaint_missing`, `complaint_not_yours`.
 */
export const listNamesakes = query('complaint.read', async ({ db, app, actor }, complaintId: string): Promise<Namesake[]> => {
  const row = await findComplaint(db, complaintId)
  if (row === null) throw new AppError('complaint_missing', {})
  const complaint = toComplaint(app.secrets, row)
  mustHandle(complaint, actor)
  const { name, identifier } = complaint.content.debtor ?? {}
  if (name === undefined || identifier !== undefined) return []
  const { rows } = await enquireByName(db, nameKey(name), null)
  return rows.map(({ id, name: listed, debtorKind, caseNo, court, private: sealed }) => {
    const { identifier: number } = openRow(listingTable, app.secrets, { id, private: sealed }).private
    return { listingId: id, name: listed, identifier: masked(debtorKind, number), caseNo, court }
  })
})

function masked(kind: 'person' | 'organisation', number: string): string {
  return kind === 'organisation' ? publicIdentifier(kind, number) : maskIdentifier(number)
}

/** One order. @throws `complaint_order_missing`, also for the order of another unit. */
export const showComplaintOrder = query('complaint.read', async ({ db, app, actor }, orderId: string): Promise<OrderView> => {
  const order = await findOrder(db, app.secrets, orderId)
  if (order === null || !isForActor(order, actor)) throw new AppError('complaint_order_missing')
  const [row] = order.state === 'open' ? await deadlinesByKey(db, [`complaint.carry_out:${orderSubject(order.id)}`]) : []
  return orderViewFor(order, actor, row?.due ?? null)
})

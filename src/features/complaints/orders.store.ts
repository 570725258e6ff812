// Table of orders to units that left a debtor unpunished. All texts and the debtor are sealed.
// The rules are orders.rules.ts.

import { AppError } from '../../core/errors.ts'
import type { Secrets } from '../../core/secrets.ts'
import type { ComplaintOrder, OrderState, OrderWords } from './orders.rules.ts'
import { day, id, int, long, optional, primary, references, sealedJson, table, text } from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { openRow, sealRow } from '../../platform/database/sealing.ts'

interface OrderRow extends Omit<ComplaintOrder, 'words'> {
  /** Sealed JSON of the texts. */
  words: string
}

export const complaintOrderTable = table<OrderRow, { words: OrderWords }>(
  'complaint_order',
  {
    id: primary(id()),
    number: text(20),
    complaintId: references('complaint', id()),
    unitId: references('unit', text(40)),
    state: text(12),
    version: int(),
    words: sealedJson(long()),
    orderedOn: day(),
    answeredOn: optional(day()),
  },
  [
    { name: 'ux_complaint_order_number', columns: ['number'], unique: true },
    { name: 'ux_complaint_order_complaint', columns: ['complaintId'], unique: true },
    { name: 'ix_complaint_order_unit', columns: ['unitId', 'state'] },
  ],
)

export async function insertOrder(tx: Tx, secrets: Secrets, order: ComplaintOrder): Promise<void> {
  await tx.insert(complaintOrderTable, [sealRow(complaintOrderTable, secrets, order)])
}

/** Updates an order if nobody else answered it meanwhile. @throws `complaint_order_closed`. */
export async function updateOrder(tx: Tx, secrets: Secrets, order: ComplaintOrder): Promise<void> {
  const row = sealRow(complaintOrderTable, secrets, order)
  const { affected } = await tx.manager.getRepository(complaintOrderTable.schema).update({ id: order.id, version: order.version - 1 }, row)
  if (affected !== 1) throw new AppError('complaint_order_closed', { number: order.number })
}

export async function findOrder(db: Db, secrets: Secrets, orderId: string): Promise<ComplaintOrder | null> {
  const row = await db.manager.getRepository(complaintOrderTable.schema).findOneBy({ id: orderId })
  return row === null ? null : openRow(complaintOrderTable, secrets, row)
}

/** A page of orders, newest first. */
export async function searchOrders(
  db: Db,
  secrets: Secrets,
  filter: { state?: OrderState | undefined; unitId?: string | undefined },
  page: { limit: number; offset: number },
): Promise<{ items: ComplaintOrder[]; total: number }> {
  const { state, unitId } = filter
  const [rows, total] = await db.manager.getRepository(complaintOrderTable.schema).findAndCount({
    where: { ...(state === undefined ? {} : { state }), ...(unitId === undefined ? {} : { unitId }) },
    order: { id: 'DESC' },
    take: page.limit,
    skip: page.offset,
  })
  return { items: rows.map((row) => openRow(complaintOrderTable, secrets, row)), total }
}

/** The orders that came of these complaints. */
export async function ordersOf(db: Db, secrets: Secrets, complaintIds: readonly string[]): Promise<ComplaintOrder[]> {
  if (complaintIds.length === 0) return []
  const rows = await db.manager
    .getRepository(complaintOrderTable.schema)
    .createQueryBuilder('o')
    .where('o.complaintId in (:...complaintIds)', { complaintIds })
    .getMany()
  return rows.map((row) => openRow(complaintOrderTable, secrets, row))
}

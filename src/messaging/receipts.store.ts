// Receipts: what a provider said of a message after it had taken it, and those that came before the house knew the message.
// What a receipt changes is messaging/receipts.

import { id, instant, long, optional, primary, references, table, text } from '../platform/database/columns.ts'
import { toInstant, type Db, type Tx } from '../platform/database/database.ts'
import { deliveryTable, type DeliveryRow } from './deliveries.store.ts'

export interface ReceiptRow {
  id: string
  deliveryId: string
  at: Date
  provider: string
  /** Which of the provider's messages it speaks of: a rung that was sent again has had several. */
  ref: string
  status: string
  stage: string
  code: string | null
}

export const receiptTable = table<ReceiptRow>(
  'receipt',
  {
    id: primary(id()),
    deliveryId: references('delivery', id()),
    at: instant(),
    provider: text(30),
    ref: text(80),
    status: text(40),
    stage: text(10),
    code: optional(text(40)),
  },
  [{ name: 'ux_receipt_status', columns: ['deliveryId', 'ref', 'status'], unique: true }],
)

/**
 * A receipt that came before the reference it speaks of was written: providers call back within milliseconds, and a dispatcher may die in
 * between. Neither provider asks again reliably, so it is kept until its delivery is known.
 */
export interface EarlyReceiptRow {
  id: string
  at: Date
  provider: string
  ref: string
  /** JSON of the whole receipt. */
  receipt: string
}

export const earlyReceiptTable = table<EarlyReceiptRow>(
  'early_receipt',
  { id: primary(id()), at: instant(), provider: text(30), ref: text(80), receipt: long() },
  [{ name: 'ix_early_receipt_ref', columns: ['ref'] }],
)

export async function receiptsOf(db: Db, deliveryIds: readonly string[]): Promise<ReceiptRow[]> {
  if (deliveryIds.length === 0) return []
  return db.manager
    .getRepository(receiptTable.schema)
    .createQueryBuilder('r')
    .where('r.deliveryId in (:...deliveryIds)', { deliveryIds })
    .orderBy('r.at')
    .addOrderBy('r.id')
    .getMany()
}

/** Keeps a receipt once a reference and status; false when the same had come before. */
export async function insertReceipt(tx: Tx, row: ReceiptRow): Promise<boolean> {
  const known = await tx.query<{ id: string }>('select id from receipt where delivery_id = ? and ref = ? and status = ?', [
    row.deliveryId,
    row.ref,
    row.status,
  ])
  if (known.length > 0) return false
  await tx.insert(receiptTable, [row])
  return true
}

export async function insertReceipts(tx: Tx, rows: readonly ReceiptRow[]): Promise<void> {
  await tx.insert(receiptTable, rows)
}

/** Receipts that came early and whose delivery is known by now, oldest first. */
export async function matchedEarlyReceipts(db: Db, limit: number): Promise<Pick<EarlyReceiptRow, 'id' | 'at' | 'receipt'>[]> {
  const rows = await db.query<{ id: string; at: Date | string; receipt: string }>(
    'select e.id, e.at, e.receipt from early_receipt e join delivery d on d.provider_ref = e.ref and d.provider = e.provider order by e.id limit ?',
    [limit],
  )
  return rows.map((row) => ({ ...row, at: toInstant(row.at) }))
}

export async function insertEarlyReceipt(tx: Tx, row: EarlyReceiptRow): Promise<void> {
  await tx.insert(earlyReceiptTable, [row])
}

export async function deleteEarlyReceipt(tx: Tx, earlyId: string): Promise<boolean> {
  return (await tx.run('delete from early_receipt where id = ?', [earlyId])) === 1
}

/** Early receipts that nothing explained until now: of messages this house never sent. Answers how many there were. */
export async function dropEarlyReceipts(tx: Tx, before: Date): Promise<number> {
  return tx.run('delete from early_receipt where at < ?', [before])
}

/** The delivery a receipt speaks of, locked until the transaction ends, so that two receipts of one message come one after the other. */
export async function lockByProviderRef(tx: Tx, provider: string, ref: string): Promise<DeliveryRow | null> {
  const found = await tx.query<{ id: string }>(
    `select id from delivery where provider_ref = ? and provider = ?${tx.sqlite ? '' : ' for update'}`,
    [ref, provider],
  )
  return found[0] === undefined ? null : tx.manager.getRepository(deliveryTable.schema).findOneBy({ id: found[0].id })
}

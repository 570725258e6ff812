// Tables of receipts: what a provider reported about an accepted message, and reports that came before their message was known.
// What a receipt changes is in messaging/receipts.

import { id, instant, long, optional, primary, references, table, text } from '../platform/database/columns.ts'
import { toInstant, type Db, type Tx } from '../platform/database/database.ts'
import type { Medium } from '../core/mediums.ts'
import { placeholders } from '../platform/database/placeholders.ts'
import { deliveryTable, RANKS, type DeliveryRow } from './deliveries.store.ts'

export interface ReceiptRow {
  id: string
  deliveryId: string
  at: Date
  provider: string
  /** The provider's reference of the message: a step that was sent again has had several. */
  ref: string
  /** The provider's own word. */
  status: string
  /** `queued`, `sent`, `delivered` or `failed`. */
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
 * A receipt that came before its reference was written: providers call back within milliseconds, and a dispatcher may die in between.
 * Neither provider repeats its callbacks reliably, so the receipt is kept until its delivery is known.
 */
export interface EarlyReceiptRow {
  id: string
  at: Date
  provider: string
  ref: string
  /** The delivery that the receipt names; null where the provider hands nothing back. */
  deliveryId: string | null
  /** JSON of the whole receipt. */
  receipt: string
}

export const earlyReceiptTable = table<EarlyReceiptRow>(
  'early_receipt',
  { id: primary(id()), at: instant(), provider: text(30), ref: text(80), deliveryId: optional(id()), receipt: long() },
  [
    { name: 'ix_early_receipt_ref', columns: ['ref'] },
    { name: 'ix_early_receipt_delivery', columns: ['deliveryId'] },
  ],
)

/** All receipts of deliveries, oldest first. */
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

/** Stores one receipt for each reference and status; false when the same had come before. */
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

/** Whether a receipt of this message, by the provider's reference, has come before. */
export async function hasReceipt(db: Db, deliveryId: string, ref: string): Promise<boolean> {
  const rows = await db.query<{ id: string }>('select id from receipt where delivery_id = ? and ref = ? limit 1', [deliveryId, ref])
  return rows.length > 0
}

export async function insertReceipts(tx: Tx, rows: readonly ReceiptRow[]): Promise<void> {
  await tx.insert(receiptTable, rows)
}

/** Receipts that came early and whose delivery is known by now, by the provider's reference or by its id once its sending is over; oldest first. */
export async function matchedEarlyReceipts(db: Db, now: Date, limit: number): Promise<Pick<EarlyReceiptRow, 'id' | 'at' | 'receipt'>[]> {
  const rows = await db.query<{ id: string; at: Date | string; receipt: string }>(
    `select e.id, e.at, e.receipt from early_receipt e join delivery d on d.provider_ref = e.ref and d.provider = e.provider
      union select e.id, e.at, e.receipt from early_receipt e join delivery d on d.id = e.delivery_id where d.state <> 'sending' or d.lease_until < ?
      order by 1 limit ?`,
    [now, limit],
  )
  return rows.map((row) => ({ ...row, at: toInstant(row.at) }))
}

export async function insertEarlyReceipt(tx: Tx, row: EarlyReceiptRow): Promise<void> {
  await tx.insert(earlyReceiptTable, [row])
}

/** False when another process has deleted it meanwhile. */
export async function deleteEarlyReceipt(tx: Tx, earlyId: string): Promise<boolean> {
  return (await tx.run('delete from early_receipt where id = ?', [earlyId])) === 1
}

/** Deletes early receipts that came before an instant: this installation never sent their messages. Returns how many. */
export async function dropEarlyReceipts(tx: Tx, before: Date): Promise<number> {
  return tx.run('delete from early_receipt where at < ?', [before])
}

/** The delivery of a receipt, locked until the transaction ends, so that two receipts of one message are applied one after the other. */
export async function lockByProviderRef(tx: Tx, provider: string, ref: string): Promise<DeliveryRow | null> {
  const found = await tx.query<{ id: string }>(
    `select id from delivery where provider_ref = ? and provider = ?${tx.sqlite ? '' : ' for update'}`,
    [ref, provider],
  )
  return found[0] === undefined ? null : tx.manager.getRepository(deliveryTable.schema).findOneBy({ id: found[0].id })
}

/** An accepted message whose receipt has not come. */
export interface Awaited {
  id: string
  medium: Medium
  provider: string | null
  ref: string | null
}

/** Takes up to `limit` messages whose receipt is to be asked for, or no longer waited for; nobody else takes them until `until`. */
export async function takeAwaited(
  tx: Tx,
  { mediums, now, until, limit }: { mediums: readonly Medium[]; now: Date; until: Date; limit: number },
): Promise<Awaited[]> {
  const taken: Awaited[] = []
  for (const medium of mediums)
    for (const rank of RANKS) {
      if (taken.length >= limit) break
      taken.push(
        ...(await tx.query<Awaited>(
          `select id, medium, provider, provider_ref as ref from delivery where state = 'accepted' and medium = ? and \`rank\` = ? and due_at <= ?
            order by due_at limit ?${tx.sqlite ? '' : ' for update skip locked'}`,
          [medium, rank, now, limit - taken.length],
        )),
      )
    }
  if (taken.length > 0)
    await tx.run(`update delivery${tx.sqlite ? '' : ' force index (primary)'} set due_at = ? where id in (${placeholders(taken)})`, [
      until,
      ...taken.map((row) => row.id),
    ])
  return taken
}

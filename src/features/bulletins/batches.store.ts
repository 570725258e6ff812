// Tables of bulk acts on listings: what was ordered, how far it is, and which listings stood in the way.
// What an order may be is batches.rules.ts; it is carried out by batches.commands.ts.

import { id, instant, int, long, optional, primary, references, sealedJson, table, text } from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import type { BatchAct, BatchOrder } from './batches.rules.ts'

/** `stopped`: the account that ordered it may no longer do so. */
export type BatchState = 'running' | 'done' | 'stopped'

/** A bulk act as stored. */
export interface ListingBatchRow {
  /** Chosen by whoever orders it, so that a second click is the same order. */
  id: string
  actor: string
  act: BatchAct
  /** Sealed JSON of the order: reasons and corrections may name people. */
  record: string
  state: BatchState
  total: number
  /** Listings gone through so far, whether changed or in the way. */
  done: number
  /** JSON of the bulletins that it issued. */
  bulletins: string
  startedAt: Date
  /** When it last got on; a bulk act that stands still is taken up again. */
  movedAt: Date
  finishedAt: Date | null
}

export const listingBatchTable = table<ListingBatchRow, { record: BatchOrder }>(
  'listing_batch',
  {
    id: primary(id()),
    actor: text(60),
    act: text(20),
    record: sealedJson(long()),
    state: text(10),
    total: int(),
    done: int(),
    bulletins: long(),
    startedAt: instant(),
    movedAt: instant(),
    finishedAt: optional(instant()),
  },
  [{ name: 'ix_listing_batch_state', columns: ['state', 'movedAt'] }],
)

/** One listing of a bulk act. */
export interface ListingBatchItemRow {
  batchId: string
  position: number
  listingId: string
  /** The version that the person saw; null when all that match were chosen. */
  version: number | null
  /** Why nothing was done with it; null when it was done or waits. */
  code: string | null
}

export const listingBatchItemTable = table<ListingBatchItemRow>('listing_batch_item', {
  batchId: primary(references('listing_batch', id())),
  position: primary(int()),
  listingId: id(),
  version: optional(int()),
  code: optional(text(40)),
})

export async function insertBatch(tx: Tx, batch: ListingBatchRow, items: readonly ListingBatchItemRow[]): Promise<void> {
  await tx.insert(listingBatchTable, [batch])
  await tx.insert(listingBatchItemTable, items)
}

export async function findBatch(db: Db, batchId: string): Promise<ListingBatchRow | null> {
  return db.manager.getRepository(listingBatchTable.schema).findOneBy({ id: batchId })
}

/** Up to `limit` listings after the first `done` of a bulk act, in their order. */
export async function itemsAfter(db: Db, batchId: string, done: number, limit: number): Promise<ListingBatchItemRow[]> {
  return db.query(
    `select batch_id as batchId, position, listing_id as listingId, version, code from listing_batch_item
      where batch_id = ? and position > ? order by position limit ?`,
    [batchId, done, limit],
  )
}

/** The listings of a bulk act that stood in the way, in their order. */
export async function blockedItems(db: Db, batchId: string): Promise<ListingBatchItemRow[]> {
  return db.query(
    `select batch_id as batchId, position, listing_id as listingId, version, code from listing_batch_item
      where batch_id = ? and code is not null order by position`,
    [batchId],
  )
}

export async function blockItem(tx: Tx, { batchId, position, code }: ListingBatchItemRow): Promise<void> {
  await tx.run('update listing_batch_item set code = ? where batch_id = ? and position = ?', [code, batchId, position])
}

/** Moves a bulk act on from the place where it was read. False when another process moved it meanwhile. */
export async function moveBatch(tx: Tx, before: ListingBatchRow, changes: Partial<ListingBatchRow>): Promise<boolean> {
  const result = await tx.manager
    .getRepository(listingBatchTable.schema)
    .update({ id: before.id, state: 'running', done: before.done }, changes)
  return result.affected === 1
}

/** Bulk acts that have stood still since an instant, oldest first. */
export async function abandonedBatches(db: Db, since: Date): Promise<ListingBatchRow[]> {
  return db.manager
    .getRepository(listingBatchTable.schema)
    .createQueryBuilder('b')
    .where("b.state = 'running' and b.movedAt < :since", { since })
    .orderBy('b.id')
    .getMany()
}

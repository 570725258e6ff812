// Bulk acts on listings, with the outcome for every listing.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import {
  createTable,
  id,
  instant,
  int,
  long,
  optional,
  primary,
  references,
  text,
  type TableSpec,
} from '../src/platform/database/columns.ts'

const BATCH: TableSpec = {
  name: 'listing_batch',
  columns: {
    id: primary(id()),
    actor: text(60),
    act: text(20),
    record: long(),
    state: text(10),
    total: int(),
    done: int(),
    bulletins: long(),
    startedAt: instant(),
    movedAt: instant(),
    finishedAt: optional(instant()),
  },
  indexes: [{ name: 'ix_listing_batch_state', columns: ['state', 'movedAt'] }],
}

const ITEM: TableSpec = {
  name: 'listing_batch_item',
  columns: {
    batchId: primary(references('listing_batch', id())),
    position: primary(int()),
    listingId: id(),
    version: optional(int()),
    code: optional(text(40)),
  },
}

export class ListingBatches1795910600152 implements MigrationInterface {
  name = 'ListingBatches1795910600152'

  async up(runner: QueryRunner): Promise<void> {
    for (const table of [BATCH, ITEM]) await createTable(runner, table)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [ITEM, BATCH]) await runner.dropTable(table.name, true)
  }
}

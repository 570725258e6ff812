// The key by which names of debtors are compared whatever their spelling, beside the name as it is written.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { addColumn, addIndex, optional, text, type IndexSpec } from '../src/platform/database/columns.ts'

const KEY: IndexSpec = { name: 'ix_listing_name_key', columns: ['nameKey'] }

export class NameKeys1795910700068 implements MigrationInterface {
  name = 'NameKeys1795910700068'

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'listing', 'nameKey', optional(text(100)))
    // Most names are their own key; the start writes those of the others (indexNames).
    await runner.query('update listing set name_key = name where name_key is null')
    await addIndex(runner, 'listing', KEY)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex('listing', KEY.name)
    await runner.dropColumn('listing', 'name_key')
  }
}

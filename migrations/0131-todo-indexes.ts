// Indexes by which the home page counts what somebody began, and the imports that wait.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { addIndex } from '../src/platform/database/columns.ts'

export class TodoIndexes1795910600131 implements MigrationInterface {
  name = 'TodoIndexes1795910600131'

  async up(runner: QueryRunner): Promise<void> {
    await addIndex(runner, 'listing', { name: 'ix_listing_drafted', columns: ['draftedBy', 'state'] })
    await addIndex(runner, 'import', { name: 'ix_import_state', columns: ['state', 'mode'] })
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex('listing', 'ix_listing_drafted')
    await runner.dropIndex('import', 'ix_import_state')
  }
}

// When an account ceased to be an administrator's: for two weeks it still counts among those who must stand behind a guarded act.
// Those removed before the update count no more. Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { addColumn, instant, optional } from '../src/platform/database/columns.ts'

export class RemovedAdministrators1795910700215 implements MigrationInterface {
  name = 'RemovedAdministrators1795910700215'

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'staff', 'adminUntil', optional(instant()))
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('staff', 'admin_until')
  }
}

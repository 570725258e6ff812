// Complaints that may be about the court, which the group office alone sees.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { addColumn, flag, optional } from '../src/platform/database/columns.ts'

export class ComplaintsKept1795910500044 implements MigrationInterface {
  name = 'ComplaintsKept1795910500044'

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'complaint', 'unresolved', optional(flag()))
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table complaint drop column unresolved')
  }
}

// An objection about a measure says which measures of its unit it is about, and a suspension which measures of which unit rest.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { addColumn, optional, text } from '../src/platform/database/columns.ts'

export class MeasuresRest1795910500031 implements MigrationInterface {
  name = 'MeasuresRest1795910500031'

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'objection', 'measureIds', optional(text(200)))
    await addColumn(runner, 'suspension', 'unitId', optional(text(40)))
    await addColumn(runner, 'suspension', 'measureIds', optional(text(200)))
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table suspension drop column measure_ids')
    await runner.query('alter table suspension drop column unit_id')
    await runner.query('alter table objection drop column measure_ids')
  }
}

// Reports of units that a clerk recorded for many lift orders at once, and which answers rest on which report.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import {
  addColumn,
  createTable,
  day,
  id,
  instant,
  long,
  optional,
  primary,
  references,
  text,
  type TableSpec,
} from '../src/platform/database/columns.ts'

const REPORT: TableSpec = {
  name: 'lift_report',
  columns: {
    id: primary(id()),
    bulletinId: references('bulletin', id()),
    doneOn: day(),
    toldBy: long(),
    remark: optional(long()),
    recordedBy: text(60),
    recordedAt: instant(),
  },
  indexes: [{ name: 'ix_lift_report_bulletin', columns: ['bulletinId'] }],
}

export class LiftReports1795910700075 implements MigrationInterface {
  name = 'LiftReports1795910700075'

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, REPORT)
    await addColumn(runner, 'lift_answer', 'reportId', optional(id()))
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('lift_answer', 'report_id')
    await runner.dropTable(REPORT.name, true)
  }
}

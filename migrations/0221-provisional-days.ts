// The latest day to be expected of a period that touches a year without a holiday arrangement, and what moved when the calendar changed.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import {
  addColumn,
  addIndex,
  createTable,
  day,
  id,
  instant,
  int,
  optional,
  primary,
  references,
  text,
  type TableSpec,
} from '../src/platform/database/columns.ts'

const MOVE: TableSpec = {
  name: 'deadline_move',
  columns: {
    id: primary(id()),
    version: int(),
    deadlineId: references('deadline', id()),
    fromDue: day(),
    fromLatest: optional(day()),
    fromState: text(12),
    toDue: day(),
    toLatest: optional(day()),
    toState: text(12),
    at: instant(),
  },
  indexes: [
    { name: 'ix_deadline_move_version', columns: ['version', 'id'] },
    { name: 'ix_deadline_move_deadline', columns: ['deadlineId'] },
  ],
}

const BY_MISSING_YEAR = 'ix_deadline_missing'

export class ProvisionalDays1795910700121 implements MigrationInterface {
  name = 'ProvisionalDays1795910700121'

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'deadline', 'latest', optional(day()))
    await addIndex(runner, 'deadline', { name: BY_MISSING_YEAR, columns: ['missingYear', 'calendarVersion'] })
    await createTable(runner, MOVE)
    // Open periods that touch an unknown year are counted again by the next run of the daily task, which fills `latest`.
    await runner.query(`update deadline set calendar_version = -1 where state = 'open' and missing_year is not null`)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(MOVE.name, true)
    await runner.dropIndex('deadline', BY_MISSING_YEAR)
    await runner.dropColumn('deadline', 'latest')
  }
}

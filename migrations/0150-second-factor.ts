// The second factor of staff accounts: the app's secret or the address that codes go to, and when each session was given it.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import {
  addColumn,
  createTable,
  id,
  instant,
  int,
  optional,
  primary,
  references,
  text,
  type TableSpec,
} from '../src/platform/database/columns.ts'

const FACTOR: TableSpec = {
  name: 'staff_factor',
  columns: {
    staffId: primary(references('staff', id())),
    way: text(10),
    secret: text(300),
    lastStep: int(),
    codeHash: optional(text(22)),
    codeTries: int(),
    codeExpiresAt: optional(instant()),
    createdAt: instant(),
    confirmedAt: optional(instant()),
  },
}

export class SecondFactor1795910600150 implements MigrationInterface {
  name = 'SecondFactor1795910600150'

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, FACTOR)
    await addColumn(runner, 'staff', 'factorWay', optional(text(10)))
    await addColumn(runner, 'session', 'factorAt', optional(instant()))
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('session', 'factor_at')
    await runner.dropColumn('staff', 'factor_way')
    await runner.dropTable(FACTOR.name, true)
  }
}

// Files that units hand in for screening.
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

const FILE: TableSpec = {
  name: 'screening_file',
  columns: {
    id: primary(id()),
    unitId: references('unit', text(40)),
    actor: text(60),
    state: text(12),
    fileName: optional(text(1200)),
    measureId: optional(text(10)),
    business: optional(text(1200)),
    bytes: int(),
    sameKey: optional(text(22)),
    rows: int(),
    good: int(),
    bad: int(),
    warnings: int(),
    answered: int(),
    batchId: optional(references('screening_batch', id())),
    problems: optional(long()),
    failure: optional(text(40)),
    createdAt: instant(),
    finishedAt: optional(instant()),
    removedAt: optional(instant()),
  },
  indexes: [
    { name: 'ux_screening_file_same', columns: ['sameKey'], unique: true },
    { name: 'ix_screening_file_unit', columns: ['unitId', 'id'] },
    { name: 'ix_screening_file_state', columns: ['state', 'createdAt'] },
  ],
}

export class ScreeningFiles1795910600145 implements MigrationInterface {
  name = 'ScreeningFiles1795910600145'

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, FILE)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(FILE.name, true)
  }
}

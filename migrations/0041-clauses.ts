// A measure has no direction any more: its clauses say whom each reaches. They stand in the catalogue, which is loaded again at start.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { addColumn, optional, text } from '../src/platform/database/columns.ts'

export class Clauses1795910400021 implements MigrationInterface {
  name = 'Clauses1795910400021'

  async up(runner: QueryRunner): Promise<void> {
    if (await runner.hasColumn('measure', 'direction')) await runner.query('alter table measure drop column direction')
  }

  async down(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'measure', 'direction', optional(text(20)))
  }
}

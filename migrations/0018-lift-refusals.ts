// Which units recorded a refusal against what a lift order takes off the list: they come first.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { addColumn, int, optional } from '../src/platform/database/columns.ts'

export class LiftRefusals1763769600018 implements MigrationInterface {
  name = 'LiftRefusals1763769600018'

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'lift_order', 'refused', optional(int()))
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table lift_order drop column refused')
  }
}

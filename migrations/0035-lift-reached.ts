// When each unit was reached with its lift order. Orders of the time before count as reached on the day on which they counted as told.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { addColumn, addIndex, day, optional } from '../src/platform/database/columns.ts'

export class LiftReached1795910500005 implements MigrationInterface {
  name = 'LiftReached1795910500005'

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'lift_order', 'reachedOn', optional(day()))
    await runner.query('update lift_order set reached_on = told_on where reached_on is null')
    await addIndex(runner, 'lift_order', { name: 'ix_lift_order_reached', columns: ['reachedOn', 'bulletinId'] })
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex('lift_order', 'ix_lift_order_reached')
    await runner.query('alter table lift_order drop column reached_on')
  }
}

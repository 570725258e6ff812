// Which later event made a notice pointless, so that no further step of it is sent.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { addColumn, optional, text } from '../src/platform/database/columns.ts'

export class OvertakenNotices1795910700064 implements MigrationInterface {
  name = 'OvertakenNotices1795910700064'

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'notice', 'overtakenBy', optional(text(40)))
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('notice', 'overtaken_by')
  }
}

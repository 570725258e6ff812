// Signed events of a provider that were carried out, for the minutes in which their signature would be taken again.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { createTable, instant, primary, text, type TableSpec } from '../src/platform/database/columns.ts'

const SEEN_EVENT: TableSpec = {
  name: 'seen_event',
  columns: { id: primary(text(22)), at: instant() },
  indexes: [{ name: 'ix_seen_event_at', columns: ['at'] }],
}

export class SeenEvents1795910700096 implements MigrationInterface {
  name = 'SeenEvents1795910700096'

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, SEEN_EVENT)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(SEEN_EVENT.name, true)
  }
}

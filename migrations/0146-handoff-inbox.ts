// Who has a handoff, when something last happened in it, and internal notes about it.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import {
  addColumn,
  addIndex,
  createTable,
  id,
  instant,
  long,
  optional,
  primary,
  references,
  text,
  type TableSpec,
} from '../src/platform/database/columns.ts'

const NOTE: TableSpec = {
  name: 'handoff_note',
  columns: { id: primary(id()), handoffId: references('handoff', id()), at: instant(), author: text(60), text: optional(long()) },
  indexes: [{ name: 'ix_handoff_note_handoff', columns: ['handoffId'] }],
}

export class HandoffInbox1795910600146 implements MigrationInterface {
  name = 'HandoffInbox1795910600146'

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'handoff', 'claimedBy', optional(text(60)))
    await addColumn(runner, 'handoff', 'claimedAt', optional(instant()))
    await addColumn(runner, 'handoff', 'changedAt', optional(instant()))
    await addIndex(runner, 'handoff', { name: 'ix_handoff_changed', columns: ['changedAt'] })
    await createTable(runner, NOTE)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(NOTE.name, true)
    await runner.dropIndex('handoff', 'ix_handoff_changed')
    for (const column of ['claimed_by', 'claimed_at', 'changed_at']) await runner.query(`alter table handoff drop column ${column}`)
  }
}

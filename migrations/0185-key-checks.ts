// Which data keys the data is encrypted with, by fingerprint, so that a wrong key is refused before anything is asked or written.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { createTable, instant, primary, text, type TableSpec } from '../src/platform/database/columns.ts'

const KEY_CHECK: TableSpec = {
  name: 'key_check',
  columns: { keyId: primary(text(8)), fingerprint: text(19), at: instant() },
  indexes: [],
}

export class KeyChecks1795910700085 implements MigrationInterface {
  name = 'KeyChecks1795910700085'

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, KEY_CHECK)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(KEY_CHECK.name, true)
  }
}

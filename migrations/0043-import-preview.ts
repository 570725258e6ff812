// What a list of a higher court or a takeover would change, kept from its check for the person who puts it in force.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { addColumn, big, long, optional } from '../src/platform/database/columns.ts'

export class ImportPreview1795910400023 implements MigrationInterface {
  name = 'ImportPreview1795910400023'

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'import', 'listVersion', optional(big()))
    await addColumn(runner, 'import', 'sample', optional(long()))
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const column of ['list_version', 'sample']) await runner.query(`alter table \`import\` drop column ${column}`)
  }
}

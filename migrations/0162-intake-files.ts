// Files that are handed in with an intake, such as receipts of a payment.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { big, createTable, id, instant, primary, references, text, type TableSpec } from '../src/platform/database/columns.ts'

const FILE: TableSpec = {
  name: 'intake_file',
  columns: {
    id: primary(id()),
    intakeId: references('intake', id()),
    fileId: text(64),
    kind: text(10),
    bytes: big(),
    sha256: text(64),
    originalSha256: text(64),
    at: instant(),
  },
  indexes: [{ name: 'ix_intake_file_intake', columns: ['intakeId'] }],
}

export class IntakeFiles1795910700052 implements MigrationInterface {
  name = 'IntakeFiles1795910700052'

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, FILE)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(FILE.name, true)
  }
}

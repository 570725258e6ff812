// Files that wait for the rest of a form of the public pages, and receipts that one browser may see again for a while.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { big, createTable, id, instant, long, primary, text, type TableSpec } from '../src/platform/database/columns.ts'

const FILE: TableSpec = {
  name: 'form_file',
  columns: {
    id: primary(id()),
    form: text(64),
    fileId: text(64),
    kind: text(10),
    bytes: big(),
    sha256: text(64),
    originalSha256: text(64),
    expiresAt: instant(),
  },
  indexes: [
    { name: 'ix_form_file_form', columns: ['form'] },
    { name: 'ix_form_file_expires', columns: ['expiresAt'] },
  ],
}

const RECEIPT: TableSpec = {
  name: 'form_receipt',
  columns: { id: primary(text(64)), purpose: text(20), record: long(), expiresAt: instant() },
  indexes: [{ name: 'ix_form_receipt_expires', columns: ['expiresAt'] }],
}

export class Forms1795910700041 implements MigrationInterface {
  name = 'Forms1795910700041'

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, FILE)
    await createTable(runner, RECEIPT)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(RECEIPT.name, true)
    await runner.dropTable(FILE.name, true)
  }
}

// A code of a liaison belongs to the request of one browser, and liaisons are known in browsers, so that nobody's guesses keep them out.
// Codes that were sent before the update are asked for again. Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { createTable, id, instant, int, optional, primary, references, text, type TableSpec } from '../src/platform/database/columns.ts'

const REQUEST: TableSpec = {
  name: 'unit_code_request',
  columns: { id: primary(text(64)), phoneHash: text(22), codeHash: optional(text(22)), tries: int(), expiresAt: instant() },
  indexes: [{ name: 'ix_unit_code_request_expires', columns: ['expiresAt'] }],
}

const BROWSER: TableSpec = {
  name: 'unit_browser',
  columns: { id: primary(text(64)), liaisonId: references('liaison', id()), seenAt: instant() },
  indexes: [
    { name: 'ix_unit_browser_liaison', columns: ['liaisonId'] },
    { name: 'ix_unit_browser_seen', columns: ['seenAt'] },
  ],
}

const CODE: TableSpec = {
  name: 'unit_login_code',
  columns: {
    phoneHash: primary(text(22)),
    codeHash: optional(text(22)),
    tries: int(),
    expiresAt: instant(),
    failures: int(),
    lockedUntil: optional(instant()),
  },
  indexes: [{ name: 'ix_unit_login_code_expires', columns: ['expiresAt'] }],
}

export class UnitCodeRequests1795910700205 implements MigrationInterface {
  name = 'UnitCodeRequests1795910700205'

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, REQUEST)
    await createTable(runner, BROWSER)
    await runner.dropTable(CODE.name, true)
  }

  async down(runner: QueryRunner): Promise<void> {
    await createTable(runner, CODE)
    await runner.dropTable(BROWSER.name, true)
    await runner.dropTable(REQUEST.name, true)
  }
}

// Log-ins of liaisons: their sessions, and the codes that were sent to phones that asked for one.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { createTable, id, instant, int, optional, primary, references, text, type TableSpec } from '../src/platform/database/columns.ts'

const SESSION: TableSpec = {
  name: 'unit_session',
  columns: {
    id: primary(text(64)),
    liaisonId: references('liaison', id()),
    via: text(10),
    csrfHash: text(64),
    createdAt: instant(),
    seenAt: instant(),
    expiresAt: instant(),
  },
  indexes: [
    { name: 'ix_unit_session_liaison', columns: ['liaisonId'] },
    { name: 'ix_unit_session_expires', columns: ['expiresAt'] },
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

export class UnitSessions1795910600160 implements MigrationInterface {
  name = 'UnitSessions1795910600160'

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, SESSION)
    await createTable(runner, CODE)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(CODE.name, true)
    await runner.dropTable(SESSION.name, true)
  }
}

// Failed log-ins by place and the browsers that accounts know, so that guesses from elsewhere lock nobody out.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import {
  createTable,
  flag,
  id,
  instant,
  int,
  optional,
  primary,
  references,
  text,
  type TableSpec,
} from '../src/platform/database/columns.ts'

const LOGIN_TRY: TableSpec = {
  name: 'login_try',
  columns: {
    place: primary(text(22)),
    login: text(22),
    known: flag(),
    failures: int(),
    lockedUntil: optional(instant()),
    at: instant(),
  },
  indexes: [
    { name: 'ix_login_try_login', columns: ['login'] },
    { name: 'ix_login_try_at', columns: ['at'] },
  ],
}

const STAFF_BROWSER: TableSpec = {
  name: 'staff_browser',
  columns: { id: primary(text(64)), staffId: references('staff', id()), seenAt: instant() },
  indexes: [{ name: 'ix_staff_browser_staff', columns: ['staffId'] }],
}

export class LoginPlaces1795910700090 implements MigrationInterface {
  name = 'LoginPlaces1795910700090'

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, LOGIN_TRY)
    await createTable(runner, STAFF_BROWSER)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(STAFF_BROWSER.name, true)
    await runner.dropTable(LOGIN_TRY.name, true)
  }
}

// Staff and sessions, the house's own runs and providers' tokens.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import {
  createTable,
  flag,
  id,
  instant,
  int,
  long,
  optional,
  primary,
  references,
  text,
  type TableSpec,
} from '../src/platform/database/columns.ts'

const TABLES: readonly TableSpec[] = [
  {
    name: 'staff',
    columns: {
      id: primary(id()),
      login: text(40),
      name: text(60),
      roles: text(100),
      passwordHash: text(200),
      mustChange: flag(),
      failures: int(),
      lockedUntil: optional(instant()),
      disabledAt: optional(instant()),
      createdAt: instant(),
      lastLoginAt: optional(instant()),
    },
    indexes: [{ name: 'ux_staff_login', columns: ['login'], unique: true }],
  },
  {
    name: 'session',
    columns: {
      id: primary(text(64)),
      staffId: references('staff', id()),
      csrfHash: text(64),
      createdAt: instant(),
      seenAt: instant(),
      expiresAt: instant(),
    },
    indexes: [
      { name: 'ix_session_staff', columns: ['staffId'] },
      { name: 'ix_session_expires', columns: ['expiresAt'] },
    ],
  },
  {
    name: 'run',
    columns: {
      name: primary(text(40)),
      bucket: primary(text(20)),
      startedAt: instant(),
      finishedAt: optional(instant()),
      attempts: int(),
      leaseToken: optional(text(22)),
      leaseUntil: optional(instant()),
    },
  },
  {
    name: 'provider_token',
    columns: {
      name: primary(text(80)),
      token: optional(long()),
      expiresAt: optional(instant()),
      refreshedAt: optional(instant()),
      leaseToken: optional(text(22)),
      leaseUntil: optional(instant()),
    },
  },
]

export class House1763769600004 implements MigrationInterface {
  name = 'House1763769600004'

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await createTable(runner, table)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES.toReversed()) await runner.dropTable(table.name, true)
  }
}

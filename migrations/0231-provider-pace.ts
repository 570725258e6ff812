// The pace of providers that limit us: one bucket of tokens for all processes.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { createTable, instant, int, primary, text, type TableSpec } from '../src/platform/database/columns.ts'

const PROVIDER_PACE: TableSpec = {
  name: 'provider_pace',
  columns: {
    provider: primary(text(30)),
    rate: int(),
    tokens: int(),
    at: instant(),
    limitedAt: instant(),
    pausedUntil: instant(),
  },
  indexes: [],
}

export class ProviderPace1795910700131 implements MigrationInterface {
  name = 'ProviderPace1795910700131'

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, PROVIDER_PACE)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(PROVIDER_PACE.name, true)
  }
}

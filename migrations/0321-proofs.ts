// Room for the proofs of rows that open a door; the first start proves those that are there (platform/commands/proofs.ts), because a
// migration has no key. The counter says that this is still to be done. Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { addColumn, optional, text } from '../src/platform/database/columns.ts'

const TABLES = ['staff', 'session', 'staff_factor', 'unit_key', 'unit_session', 'identity_check']

export class Proofs1795910700222 implements MigrationInterface {
  name = 'Proofs1795910700222'

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await addColumn(runner, table, 'proof', optional(text(60)))
    await runner.query("delete from counter where name = 'proofs.missing'")
    await runner.query("insert into counter (name, value) values ('proofs.missing', 1)")
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.dropColumn(table, 'proof')
    await runner.query("delete from counter where name = 'proofs.missing'")
  }
}

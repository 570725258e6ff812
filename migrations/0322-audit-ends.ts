// The ends of audit chains, with their proofs; the first start writes those of the chains that are there (platform/commands/proofs.ts), because
// a migration has no key. The counter says that this is still to be done. Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { createTable, int, optional, primary, text } from '../src/platform/database/columns.ts'

export class AuditEnds1795910700223 implements MigrationInterface {
  name = 'AuditEnds1795910700223'

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, {
      name: 'audit_end',
      columns: { subject: primary(text(60)), n: int(), hash: text(64), proof: optional(text(60)) },
    })
    await runner.query("delete from counter where name = 'proofs.missing'")
    await runner.query("insert into counter (name, value) values ('proofs.missing', 1)")
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('audit_end')
    await runner.query("delete from counter where name = 'proofs.missing'")
  }
}

// Indexes by which the audit is read by time and by who did something.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { addIndex } from '../src/platform/database/columns.ts'

export class AuditSearch1795910600147 implements MigrationInterface {
  name = 'AuditSearch1795910600147'

  async up(runner: QueryRunner): Promise<void> {
    await addIndex(runner, 'audit', { name: 'ix_audit_at', columns: ['at'] })
    await addIndex(runner, 'audit', { name: 'ix_audit_actor', columns: ['actor', 'at'] })
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex('audit', 'ix_audit_at')
    await runner.dropIndex('audit', 'ix_audit_actor')
  }
}

// The quarter's list comes in two forms: how many entries each kind of change touched within the quarter.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { addColumn, int, optional } from '../src/platform/database/columns.ts'

const CHANGES = ['added', 'corrected', 'shielded', 'revoked']

export class PushForms1795910400016 implements MigrationInterface {
  name = 'PushForms1795910400016'

  async up(runner: QueryRunner): Promise<void> {
    for (const property of CHANGES) await addColumn(runner, 'push', property, optional(int()))
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const column of CHANGES) await runner.query(`alter table push drop column ${column}`)
  }
}

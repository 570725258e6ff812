// Acts on accounts that wait for a second administrator.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { createTable, id, instant, optional, primary, references, text, type TableSpec } from '../src/platform/database/columns.ts'

const PROPOSAL: TableSpec = {
  name: 'staff_proposal',
  columns: {
    id: primary(id()),
    staffId: references('staff', id()),
    act: text(10),
    roles: optional(text(100)),
    proposedBy: text(60),
    confirmedBy: optional(text(60)),
    at: instant(),
  },
  indexes: [{ name: 'ux_staff_proposal_staff', columns: ['staffId'], unique: true }],
}

export class StaffProposals1795910500034 implements MigrationInterface {
  name = 'StaffProposals1795910500034'

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, PROPOSAL)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(PROPOSAL.name, true)
  }
}

// What creditors hand in: applications for a listing, asset clues, objections to an exit.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import {
  createTable,
  day,
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

const TABLE: TableSpec = {
  name: 'creditor_matter',
  columns: {
    id: primary(id()),
    number: text(20),
    kind: text(16),
    way: text(10),
    state: text(12),
    version: int(),
    receivedOn: day(),
    receivedAt: instant(),
    registeredBy: text(60),
    confirmedBy: optional(text(60)),
    reviewedBy: optional(text(60)),
    decidedBy: optional(text(60)),
    finding: optional(text(10)),
    listingId: optional(references('listing', id())),
    record: long(),
    caseIndex: text(22),
    wechatIndex: optional(text(22)),
    codeHash: text(64),
    updatedAt: instant(),
  },
  indexes: [
    { name: 'ux_creditor_matter_number', columns: ['number'], unique: true },
    { name: 'ix_creditor_matter_state', columns: ['state', 'receivedAt'] },
    { name: 'ix_creditor_matter_listing', columns: ['listingId'] },
    { name: 'ix_creditor_matter_case', columns: ['caseIndex'] },
    { name: 'ix_creditor_matter_wechat', columns: ['wechatIndex'] },
  ],
}

export class Creditors1795910400007 implements MigrationInterface {
  name = 'Creditors1795910400007'

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, TABLE)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(TABLE.name, true)
  }
}

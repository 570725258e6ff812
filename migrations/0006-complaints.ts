// Complaints, their steps and their evidence.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import {
  big,
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
    name: 'complaint',
    columns: {
      id: primary(id()),
      number: text(20),
      state: text(12),
      version: int(),
      about: text(10),
      way: text(10),
      unitId: optional(references('unit', text(40))),
      assignedTo: optional(references('unit', text(40))),
      duplicateOf: optional(id()),
      declineReason: optional(text(20)),
      complainant: long(),
      phoneIndex: optional(text(22)),
      wechatIndex: optional(text(22)),
      content: long(),
      debtorIndex: optional(text(22)),
      debtorNameIndex: optional(text(22)),
      record: long(),
      codeHash: text(64),
      receivedAt: instant(),
      updatedAt: instant(),
    },
    indexes: [
      { name: 'ux_complaint_number', columns: ['number'], unique: true },
      { name: 'ix_complaint_state', columns: ['state', 'receivedAt'] },
      { name: 'ix_complaint_unit', columns: ['unitId', 'receivedAt'] },
      { name: 'ix_complaint_assigned', columns: ['assignedTo', 'state'] },
      { name: 'ix_complaint_debtor', columns: ['debtorIndex', 'receivedAt'] },
      { name: 'ix_complaint_debtor_name', columns: ['debtorNameIndex', 'receivedAt'] },
      { name: 'ix_complaint_phone', columns: ['phoneIndex'] },
      { name: 'ix_complaint_wechat', columns: ['wechatIndex'] },
    ],
  },
  {
    name: 'complaint_step',
    columns: {
      complaintId: primary(references('complaint', id())),
      n: primary(int()),
      at: instant(),
      actor: text(60),
      act: text(12),
      state: text(12),
      unitId: optional(text(40)),
      told: text(120),
    },
  },
  {
    name: 'complaint_evidence',
    columns: {
      id: primary(id()),
      complaintId: references('complaint', id()),
      fileId: text(64),
      kind: text(10),
      bytes: big(),
      sha256: text(64),
      originalSha256: text(64),
      at: instant(),
      actor: text(60),
      released: flag(),
    },
    indexes: [
      { name: 'ix_complaint_evidence_complaint', columns: ['complaintId'] },
      { name: 'ux_complaint_evidence_file', columns: ['fileId'], unique: true },
    ],
  },
]

export class Complaints1763769600006 implements MigrationInterface {
  name = 'Complaints1763769600006'

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await createTable(runner, table)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES.toReversed()) await runner.dropTable(table.name, true)
  }
}

// Feedback: a round a quarter, a return a unit, each handing-in, and the report of a closed round.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import {
  createTable,
  day,
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
    name: 'feedback_round',
    columns: {
      id: primary(id()),
      quarter: text(6),
      firstDay: day(),
      lastDay: day(),
      dueOn: day(),
      state: text(10),
      units: int(),
      openedAt: instant(),
      openedBy: text(60),
      tellingAfter: optional(text(40)),
      closedAt: optional(instant()),
      closedBy: optional(text(60)),
      figures: optional(long()),
    },
    indexes: [{ name: 'ux_feedback_round_quarter', columns: ['quarter'], unique: true }],
  },
  {
    name: 'feedback_return',
    columns: {
      id: primary(id()),
      roundId: references('feedback_round', id()),
      unitId: references('unit', text(40)),
      state: text(10),
      version: int(),
      known: long(),
      checked: int(),
      restricted: int(),
      approved: int(),
      lines: long(),
      note: optional(long()),
      late: flag(),
      afterClose: flag(),
      submittedAt: optional(instant()),
      submittedBy: optional(text(60)),
      updatedAt: instant(),
    },
    indexes: [
      { name: 'ux_feedback_return_unit', columns: ['roundId', 'unitId'], unique: true },
      { name: 'ix_feedback_return_state', columns: ['roundId', 'state'] },
      { name: 'ix_feedback_return_own', columns: ['unitId', 'state'] },
    ],
  },
  {
    name: 'feedback_entry',
    columns: {
      id: primary(id()),
      returnId: references('feedback_return', id()),
      version: int(),
      handedAt: instant(),
      handedBy: text(60),
      way: text(10),
      late: flag(),
      checked: int(),
      restricted: int(),
      approved: int(),
      lines: long(),
      note: optional(long()),
    },
    indexes: [{ name: 'ux_feedback_entry_version', columns: ['returnId', 'version'], unique: true }],
  },
  {
    name: 'feedback_report',
    columns: {
      id: primary(id()),
      roundId: references('feedback_round', id()),
      part: int(),
      content: long(),
    },
    indexes: [{ name: 'ux_feedback_report_part', columns: ['roundId', 'part'], unique: true }],
  },
]

export class Feedback1763769600012 implements MigrationInterface {
  name = 'Feedback1763769600012'

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await createTable(runner, table)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES.toReversed()) await runner.dropTable(table.name, true)
  }
}

// Lift orders: one a unit and bulletin, with a row of its own only for an entry that was answered by itself.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import {
  createTable,
  day,
  flag,
  id,
  instant,
  int,
  optional,
  primary,
  references,
  text,
  type TableSpec,
} from '../src/platform/database/columns.ts'

const TABLES: readonly TableSpec[] = [
  {
    name: 'lift',
    columns: {
      bulletinId: primary(references('bulletin', id())),
      listings: int(),
      issuedOn: day(),
      changes: int(),
      seen: int(),
      completedAt: optional(instant()),
    },
  },
  {
    name: 'lift_order',
    columns: {
      id: primary(id()),
      bulletinId: references('bulletin', id()),
      unitId: references('unit', text(40)),
      state: text(10),
      toldOn: optional(day()),
      restLifted: flag(),
      late: flag(),
      answeredAt: optional(instant()),
      answeredBy: optional(text(60)),
    },
    indexes: [
      { name: 'ux_lift_order_unit', columns: ['bulletinId', 'unitId'], unique: true },
      { name: 'ix_lift_order_state', columns: ['unitId', 'state'] },
    ],
  },
  {
    name: 'lift_answer',
    columns: {
      id: primary(id()),
      orderId: references('lift_order', id()),
      listingId: references('listing', id()),
      outcome: text(10),
      basis: optional(text(500)),
      until: optional(day()),
      measureIds: optional(text(500)),
      answeredAt: instant(),
      answeredBy: text(60),
      endedOn: optional(day()),
    },
    indexes: [
      { name: 'ux_lift_answer_listing', columns: ['orderId', 'listingId'], unique: true },
      { name: 'ix_lift_answer_listing', columns: ['listingId'] },
    ],
  },
]

export class Lifts1763769600007 implements MigrationInterface {
  name = 'Lifts1763769600007'

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await createTable(runner, table)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES.toReversed()) await runner.dropTable(table.name, true)
  }
}

// Orders to units that left a debtor unpunished, made by upheld complaints.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { createTable, day, id, int, long, optional, primary, references, text, type TableSpec } from '../src/platform/database/columns.ts'

const ORDER: TableSpec = {
  name: 'complaint_order',
  columns: {
    id: primary(id()),
    number: text(20),
    complaintId: references('complaint', id()),
    unitId: references('unit', text(40)),
    state: text(12),
    version: int(),
    words: long(),
    orderedOn: day(),
    answeredOn: optional(day()),
  },
  indexes: [
    { name: 'ux_complaint_order_number', columns: ['number'], unique: true },
    { name: 'ux_complaint_order_complaint', columns: ['complaintId'], unique: true },
    { name: 'ix_complaint_order_unit', columns: ['unitId', 'state'] },
  ],
}

export class ComplaintOrders1795910500064 implements MigrationInterface {
  name = 'ComplaintOrders1795910500064'

  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, ORDER)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(ORDER.name, true)
  }
}

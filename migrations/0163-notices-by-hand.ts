// Letters that were printed for clerks' tasks, and notices that were sent again with a reason.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { createTable, id, instant, int, primary, references, text, type TableSpec } from '../src/platform/database/columns.ts'

const PRINT: TableSpec = {
  name: 'duty_print',
  columns: {
    deliveryId: primary(references('delivery', id())),
    at: instant(),
    printedBy: text(60),
  },
}

const RESEND: TableSpec = {
  name: 'notice_resend',
  columns: {
    noticeId: primary(references('notice', id())),
    n: primary(int()),
    rung: int(),
    at: instant(),
    resentBy: text(60),
    reason: text(500),
  },
}

export class NoticesByHand1795910700063 implements MigrationInterface {
  name = 'NoticesByHand1795910700063'

  async up(runner: QueryRunner): Promise<void> {
    for (const table of [PRINT, RESEND]) await createTable(runner, table)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [RESEND, PRINT]) await runner.dropTable(table.name, true)
  }
}

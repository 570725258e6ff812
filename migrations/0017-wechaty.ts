// Wechaty: a liaison's contact of the house's own WeChat account, and who holds that account's one session.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { addColumn, addIndex, createTable, instant, optional, primary, text, type TableSpec } from '../src/platform/database/columns.ts'

const SESSION: TableSpec = {
  name: 'wechaty_session',
  columns: {
    id: primary(text(10)),
    holder: text(32),
    state: text(14),
    since: instant(),
    seenAt: instant(),
  },
}

export class Wechaty1763769600017 implements MigrationInterface {
  name = 'Wechaty1763769600017'

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'liaison', 'wechaty', optional(text(300)))
    await addColumn(runner, 'liaison', 'wechatyIndex', optional(text(22)))
    await addIndex(runner, 'liaison', { name: 'ix_liaison_wechaty', columns: ['wechatyIndex'] })
    await createTable(runner, SESSION)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(SESSION.name, true)
    await runner.dropIndex('liaison', 'ix_liaison_wechaty')
    for (const column of ['wechaty_index', 'wechaty']) await runner.query(`alter table liaison drop column ${column}`)
  }
}

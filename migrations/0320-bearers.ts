// Room for sealed hashes of credentials; the first start keys those that stand bare (platform/commands/bearers.ts), because a migration
// has no key. The counter says that this is still to be done. Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { addColumn, lengthen, optional, text } from '../src/platform/database/columns.ts'

export class Bearers1795910700221 implements MigrationInterface {
  name = 'Bearers1795910700221'

  async up(runner: QueryRunner): Promise<void> {
    await lengthen(runner, 'unit_key', 'hash', 200)
    await lengthen(runner, 'link', 'holderHash', 200)
    await addColumn(runner, 'link', 'token', optional(text(200)))
    await runner.query("delete from counter where name = 'bearers.bare'")
    await runner.query("insert into counter (name, value) values ('bearers.bare', 1)")
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('link', 'token')
    await runner.query("delete from counter where name = 'bearers.bare'")
  }
}

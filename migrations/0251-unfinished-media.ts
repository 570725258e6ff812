// How often fetching a picture of a conversation began and did not come to an end: one that stops the process is not tried for ever.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { addColumn, int, optional } from '../src/platform/database/columns.ts'

export class UnfinishedMedia1795910700151 implements MigrationInterface {
  name = 'UnfinishedMedia1795910700151'

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'chat_media', 'unfinished', optional(int()))
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('chat_media', 'unfinished')
  }
}

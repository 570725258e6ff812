// How many questions of a counter are being asked at this moment: what may still be found in vain is taken before the answer is known, so
// that processes that ask at once find no more together than one does. Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { addColumn, int, optional } from '../src/platform/database/columns.ts'

export class QuestionsBeingAsked1795910700216 implements MigrationInterface {
  name = 'QuestionsBeingAsked1795910700216'

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'chat_limit', 'asking', optional(int()))
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('chat_limit', 'asking')
  }
}

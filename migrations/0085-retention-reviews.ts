// The court reviews the measures that units keep. Answers of the time before have no review and count as accepted.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { addColumn, addIndex, instant, long, optional, text } from '../src/platform/database/columns.ts'

export class RetentionReviews1795910500055 implements MigrationInterface {
  name = 'RetentionReviews1795910500055'

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'lift_answer', 'review', optional(text(10)))
    await addColumn(runner, 'lift_answer', 'proposedBy', optional(text(60)))
    await addColumn(runner, 'lift_answer', 'refusalReason', optional(long()))
    await addColumn(runner, 'lift_answer', 'reviewedBy', optional(text(60)))
    await addColumn(runner, 'lift_answer', 'reviewedAt', optional(instant()))
    await addIndex(runner, 'lift_answer', { name: 'ix_lift_answer_review', columns: ['review', 'answeredAt'] })
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex('lift_answer', 'ix_lift_answer_review')
    for (const column of ['review', 'proposed_by', 'refusal_reason', 'reviewed_by', 'reviewed_at'])
      await runner.query(`alter table lift_answer drop column ${column}`)
  }
}

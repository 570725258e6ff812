// The delivery that an early receipt names, so that it finds its message even where the provider's reference never became known.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { addColumn, addIndex, id, optional } from '../src/platform/database/columns.ts'

export class EarlyReceiptDelivery1795910700111 implements MigrationInterface {
  name = 'EarlyReceiptDelivery1795910700111'

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'early_receipt', 'deliveryId', optional(id()))
    await addIndex(runner, 'early_receipt', { name: 'ix_early_receipt_delivery', columns: ['deliveryId'] })
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex('early_receipt', 'ix_early_receipt_delivery')
    await runner.dropColumn('early_receipt', 'delivery_id')
  }
}

// Notices, broadcasts, deliveries with their attempts and receipts, and marks on addresses.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import {
  big,
  createTable,
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
    name: 'notice',
    columns: {
      id: primary(id()),
      event: text(80),
      recipient: text(60),
      audience: text(12),
      template: text(60),
      templateVersion: int(),
      templateHash: text(64),
      listVersion: big(),
      listingId: optional(id()),
      bulletinId: optional(id()),
      statutory: flag(),
      urgent: flag(),
      state: text(14),
      reason: optional(text(500)),
      settledBy: optional(text(60)),
      createdAt: instant(),
      closedAt: optional(instant()),
      archivedAt: optional(instant()),
    },
    indexes: [
      { name: 'ux_notice_promise', columns: ['event', 'recipient', 'template'], unique: true },
      { name: 'ix_notice_listing', columns: ['listingId'] },
      { name: 'ix_notice_bulletin', columns: ['bulletinId'] },
      { name: 'ix_notice_state', columns: ['state', 'closedAt'] },
    ],
  },
  {
    name: 'delivery',
    columns: {
      id: primary(id()),
      noticeId: references('notice', id()),
      rung: int(),
      medium: text(10),
      address: optional(text(300)),
      addressIndex: optional(text(22)),
      body: optional(long()),
      bodyHash: text(64),
      state: text(16),
      rank: int(),
      dueAt: instant(),
      attempts: int(),
      leaseToken: optional(text(22)),
      leaseUntil: optional(instant()),
      sendingAt: optional(instant()),
      provider: optional(text(30)),
      providerRef: optional(text(80)),
      lastCode: optional(text(40)),
      lastReason: optional(text(200)),
      repeated: flag(),
      overCap: flag(),
      acceptedAt: optional(instant()),
      endedAt: optional(instant()),
    },
    indexes: [
      { name: 'ix_delivery_notice', columns: ['noticeId', 'rung'] },
      { name: 'ix_delivery_due', columns: ['state', 'medium', 'rank', 'dueAt'] },
      { name: 'ix_delivery_ref', columns: ['providerRef'] },
      { name: 'ix_delivery_address', columns: ['addressIndex', 'acceptedAt'] },
    ],
  },
  {
    name: 'broadcast',
    columns: {
      id: primary(id()),
      bulletinId: references('bulletin', id()),
      event: text(40),
      audience: text(12),
      values: long(),
      cursor: text(60),
      told: int(),
      createdAt: instant(),
      doneAt: optional(instant()),
    },
    indexes: [{ name: 'ix_broadcast_done', columns: ['doneAt'] }],
  },
  {
    name: 'attempt',
    columns: {
      id: primary(id()),
      deliveryId: references('delivery', id()),
      n: int(),
      provider: text(30),
      startedAt: instant(),
      endedAt: instant(),
      outcome: text(12),
      code: optional(text(40)),
      reason: optional(text(200)),
    },
    indexes: [{ name: 'ix_attempt_delivery', columns: ['deliveryId'] }],
  },
  {
    name: 'receipt',
    columns: {
      id: primary(id()),
      deliveryId: references('delivery', id()),
      at: instant(),
      provider: text(30),
      ref: text(80),
      status: text(40),
      stage: text(10),
      code: optional(text(40)),
    },
    indexes: [{ name: 'ux_receipt_status', columns: ['deliveryId', 'ref', 'status'], unique: true }],
  },
  {
    name: 'early_receipt',
    columns: { id: primary(id()), at: instant(), provider: text(30), ref: text(80), receipt: long() },
    indexes: [{ name: 'ix_early_receipt_ref', columns: ['ref'] }],
  },
  {
    name: 'address_mark',
    columns: {
      medium: primary(text(10)),
      addressIndex: primary(text(22)),
      address: text(300),
      refusedAt: optional(instant()),
      reason: optional(text(200)),
      optedOutAt: optional(instant()),
    },
  },
]

export class Notices1763769600003 implements MigrationInterface {
  name = 'Notices1763769600003'

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await createTable(runner, table)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES.toReversed()) await runner.dropTable(table.name, true)
  }
}

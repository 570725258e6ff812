// Who a conversation was shown to be with, and what debtors hand in through it before a clerk registers it.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import {
  createTable,
  day,
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
    name: 'identity_check',
    columns: {
      conversationId: primary(references('conversation', id())),
      identifier: long(),
      codeHash: optional(text(22)),
      tries: int(),
      expiresAt: instant(),
      confirmedAt: optional(instant()),
    },
    indexes: [{ name: 'ix_identity_check_expires', columns: ['expiresAt'] }],
  },
  {
    name: 'intake',
    columns: {
      id: primary(id()),
      number: text(20),
      kind: text(10),
      listingId: references('listing', id()),
      about: optional(text(10)),
      way: text(10),
      state: text(12),
      receivedOn: day(),
      receivedAt: instant(),
      registeredAs: optional(id()),
      handledBy: optional(text(60)),
      handledAt: optional(instant()),
      record: long(),
      openKey: optional(text(80)),
    },
    indexes: [
      { name: 'ux_intake_number', columns: ['number'], unique: true },
      { name: 'ux_intake_open', columns: ['openKey'], unique: true },
      { name: 'ix_intake_state', columns: ['state', 'receivedAt'] },
      { name: 'ix_intake_listing', columns: ['listingId'] },
    ],
  },
]

export class OwnCase1763769600015 implements MigrationInterface {
  name = 'OwnCase1763769600015'

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await createTable(runner, table)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES.toReversed()) await runner.dropTable(table.name, true)
  }
}

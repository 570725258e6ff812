// Conversations with the bot: where each stands, what was said, whom a person took over, what is limited, and liaisons' binding codes.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import {
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
    name: 'conversation',
    columns: {
      id: primary(id()),
      channel: text(10),
      person: optional(text(300)),
      personIndex: text(22),
      position: optional(long()),
      expiresAt: optional(instant()),
      rev: int(),
      handoffId: optional(id()),
      createdAt: instant(),
      updatedAt: instant(),
    },
    indexes: [
      { name: 'ux_conversation_person', columns: ['personIndex'], unique: true },
      { name: 'ix_conversation_expires', columns: ['expiresAt'] },
    ],
  },
  {
    name: 'conversation_message',
    columns: {
      id: primary(id()),
      conversationId: references('conversation', id()),
      messageKey: text(64),
      receivedAt: instant(),
      said: optional(long()),
      replied: optional(long()),
      intent: text(20),
      blankedAt: optional(instant()),
    },
    indexes: [
      { name: 'ux_conversation_message', columns: ['conversationId', 'messageKey'], unique: true },
      { name: 'ix_conversation_message_blank', columns: ['blankedAt', 'receivedAt'] },
    ],
  },
  {
    name: 'handoff',
    columns: {
      id: primary(id()),
      number: text(20),
      conversationId: references('conversation', id()),
      reason: text(12),
      urgent: flag(),
      summary: optional(long()),
      openedAt: instant(),
      quietUntil: instant(),
      closedAt: optional(instant()),
      closedBy: optional(text(60)),
    },
    indexes: [
      { name: 'ux_handoff_number', columns: ['number'], unique: true },
      { name: 'ix_handoff_open', columns: ['closedAt', 'openedAt'] },
    ],
  },
  {
    name: 'chat_limit',
    columns: { subject: primary(text(64)), since: instant(), hits: int() },
  },
  {
    name: 'liaison_code',
    columns: { liaisonId: primary(references('liaison', id())), codeHash: text(64), expiresAt: instant() },
    indexes: [{ name: 'ix_liaison_code', columns: ['codeHash'] }],
  },
]

export class Bot1763769600009 implements MigrationInterface {
  name = 'Bot1763769600009'

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await createTable(runner, table)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES.toReversed()) await runner.dropTable(table.name, true)
  }
}

// What the channels' mouths keep: replies that nobody waited for any more, pictures on their way to a complaint, a clerk's words in a conversation.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import {
  addColumn,
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
    name: 'chat_debt',
    columns: { id: primary(text(64)), personIndex: text(22), message: long(), dueAt: instant(), createdAt: instant() },
    indexes: [
      { name: 'ix_chat_debt_due', columns: ['dueAt'] },
      { name: 'ix_chat_debt_person', columns: ['personIndex'] },
    ],
  },
  {
    name: 'chat_media',
    columns: {
      id: primary(id()),
      conversationId: references('conversation', id()),
      complaintId: optional(references('complaint', id())),
      source: optional(long()),
      state: text(10),
      tries: int(),
      dueAt: instant(),
      fileId: optional(text(64)),
      kind: optional(text(10)),
      bytes: optional(big()),
      sha256: optional(text(64)),
      originalSha256: optional(text(64)),
      at: instant(),
    },
    indexes: [
      { name: 'ix_chat_media_conversation', columns: ['conversationId', 'state'] },
      { name: 'ix_chat_media_due', columns: ['state', 'dueAt'] },
    ],
  },
]

export class Mouths1763769600016 implements MigrationInterface {
  name = 'Mouths1763769600016'

  async up(runner: QueryRunner): Promise<void> {
    await addColumn(runner, 'conversation', 'windowUntil', optional(instant()))
    await addColumn(runner, 'conversation_message', 'author', optional(text(60)))
    await addColumn(runner, 'conversation_message', 'late', optional(flag()))
    for (const table of TABLES) await createTable(runner, table)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES.toReversed()) await runner.dropTable(table.name, true)
    for (const column of ['late', 'author']) await runner.query(`alter table conversation_message drop column ${column}`)
    await runner.query('alter table conversation drop column window_until')
  }
}

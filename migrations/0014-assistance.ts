// Links sent to one person, assistance notices and judicial suggestions, and the quarter's pushes with what was handed over.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import {
  big,
  createTable,
  day,
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
    name: 'link',
    columns: {
      id: primary(id()),
      tokenHash: text(64),
      subject: text(12),
      subjectId: id(),
      unitId: text(40),
      recipient: text(60),
      createdAt: instant(),
      expiresAt: instant(),
      usedAt: optional(instant()),
      holderHash: optional(text(64)),
      replacedAt: optional(instant()),
    },
    indexes: [
      { name: 'ux_link_token', columns: ['tokenHash'], unique: true },
      { name: 'ix_link_subject', columns: ['subject', 'subjectId'] },
    ],
  },
  {
    name: 'assistance',
    columns: {
      id: primary(id()),
      kind: text(12),
      number: optional(text(60)),
      unitId: references('unit', text(40)),
      listingId: optional(references('listing', id())),
      state: text(14),
      version: int(),
      draftedBy: text(60),
      issuedBy: optional(text(60)),
      issuedOn: optional(day()),
      answerBy: day(),
      servedOn: optional(day()),
      serviceManner: optional(text(200)),
      acknowledgedOn: optional(day()),
      acknowledgedBy: optional(text(60)),
      acknowledgedWay: optional(text(8)),
      outcome: optional(text(14)),
      answeredOn: optional(day()),
      answeredBy: optional(text(60)),
      reviewPending: flag(),
      liftPending: flag(),
      endedOn: optional(day()),
      record: long(),
      document: optional(long()),
      dealings: long(),
      createdAt: instant(),
      updatedAt: instant(),
    },
    indexes: [
      { name: 'ux_assistance_number', columns: ['number'], unique: true },
      { name: 'ix_assistance_unit', columns: ['unitId', 'state'] },
      { name: 'ix_assistance_listing', columns: ['listingId'] },
      { name: 'ix_assistance_state', columns: ['state'] },
    ],
  },
  {
    name: 'push',
    columns: {
      id: primary(id()),
      quarter: text(6),
      edition: int(),
      state: text(12),
      entries: int(),
      listVersion: big(),
      preparedAt: instant(),
      preparedBy: text(60),
      releasedAt: optional(instant()),
      releasedBy: optional(text(60)),
      openKey: optional(text(6)),
    },
    indexes: [
      { name: 'ux_push_edition', columns: ['quarter', 'edition'], unique: true },
      { name: 'ux_push_open', columns: ['openKey'], unique: true },
    ],
  },
  {
    name: 'push_file',
    columns: { pushId: primary(references('push', id())), kind: primary(text(12)), fileId: text(64), bytes: big(), sha256: text(64) },
  },
  {
    name: 'push_entry',
    columns: {
      pushId: primary(references('push', id())),
      listingId: primary(references('listing', id())),
      contentVersion: int(),
      position: int(),
      fate: optional(text(10)),
      toldAt: optional(instant()),
    },
    indexes: [{ name: 'ix_push_entry_listing', columns: ['listingId'] }],
  },
  {
    name: 'push_receipt',
    columns: {
      id: primary(id()),
      pushId: references('push', id()),
      unitId: text(40),
      what: text(12),
      at: instant(),
      actor: text(60),
      byHand: flag(),
      onDay: optional(day()),
    },
    indexes: [{ name: 'ix_push_receipt_push', columns: ['pushId'] }],
  },
]

export class Assistance1763769600014 implements MigrationInterface {
  name = 'Assistance1763769600014'

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await createTable(runner, table)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES.toReversed()) await runner.dropTable(table.name, true)
  }
}

// Units' API keys, what units ask before they decide, and the officers of listed organisations by blind index.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import {
  big,
  createTable,
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
    name: 'unit_key',
    columns: {
      id: primary(id()),
      unitId: references('unit', text(40)),
      label: text(60),
      hash: text(64),
      scopes: text(200),
      createdBy: text(60),
      createdAt: instant(),
      expiresAt: instant(),
      revokedAt: optional(instant()),
      revokedBy: optional(text(60)),
      lastUsedAt: optional(instant()),
    },
    indexes: [{ name: 'ix_unit_key_unit', columns: ['unitId'] }],
  },
  {
    name: 'listing_officer',
    columns: {
      id: primary(id()),
      listingId: references('listing', id()),
      office: text(24),
      nameIndex: text(22),
      identifierIndex: optional(text(22)),
    },
    indexes: [
      { name: 'ix_listing_officer_listing', columns: ['listingId'] },
      { name: 'ix_listing_officer_name', columns: ['nameIndex'] },
      { name: 'ix_listing_officer_identifier', columns: ['identifierIndex'] },
    ],
  },
  {
    name: 'screening_batch',
    columns: {
      id: primary(id()),
      unitId: references('unit', text(40)),
      requestId: text(100),
      actor: text(60),
      items: int(),
      createdAt: instant(),
      touchedAt: instant(),
      finishedAt: optional(instant()),
    },
    indexes: [{ name: 'ux_screening_batch_request', columns: ['unitId', 'requestId'], unique: true }],
  },
  {
    name: 'screening',
    columns: {
      id: primary(id()),
      unitId: references('unit', text(40)),
      actor: text(60),
      measureId: optional(text(10)),
      subject: optional(long()),
      subjectIndex: optional(text(22)),
      answer: text(6),
      advice: text(14),
      hits: int(),
      result: optional(long()),
      listVersion: big(),
      askedAt: instant(),
      requestKey: optional(text(160)),
      batchId: optional(references('screening_batch', id())),
      outcome: optional(text(10)),
      outcomeReason: optional(long()),
      outcomeAt: optional(instant()),
      outcomeBy: optional(text(60)),
      version: int(),
      blankedAt: optional(instant()),
    },
    indexes: [
      { name: 'ux_screening_request', columns: ['unitId', 'requestKey'], unique: true },
      { name: 'ix_screening_unit', columns: ['unitId', 'askedAt'] },
      { name: 'ix_screening_asked', columns: ['askedAt'] },
      { name: 'ix_screening_batch', columns: ['batchId'] },
      { name: 'ix_screening_subject', columns: ['subjectIndex'] },
      { name: 'ix_screening_blanked', columns: ['blankedAt', 'askedAt'] },
    ],
  },
]

export class Screening1763769600011 implements MigrationInterface {
  name = 'Screening1763769600011'

  async up(runner: QueryRunner): Promise<void> {
    for (const spec of TABLES) await createTable(runner, spec)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const spec of TABLES.toReversed()) await runner.dropTable(spec.name, true)
  }
}

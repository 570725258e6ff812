// The list: listings and replaced wordings, journal and bulletins, the audit, imports.
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
    name: 'listing',
    columns: {
      id: primary(id()),
      source: text(40),
      state: text(10),
      version: int(),
      contentVersion: int(),
      debtorKind: text(12),
      name: text(100),
      sex: optional(text(6)),
      legalRepresentative: optional(text(100)),
      employer: optional(text(100)),
      caseNo: text(100),
      court: text(100),
      province: optional(text(40)),
      filedOn: day(),
      basisNo: text(200),
      basisMaker: text(100),
      obligation: text(4000),
      performance: text(500),
      grounds: text(20),
      termMonths: optional(int()),
      disclosure: text(12),
      applicantName: optional(text(100)),
      draftedBy: text(60),
      decidedBy: optional(text(60)),
      decidedOn: optional(day()),
      decisionNo: optional(text(60)),
      servedOn: optional(day()),
      serviceManner: optional(text(200)),
      publishedOn: optional(day()),
      termEndsOn: optional(day()),
      exitedOn: optional(day()),
      exitGround: optional(text(30)),
      reason: optional(text(500)),
      importId: optional(id()),
      private: long(),
      identifierIndex: text(22),
      inForceKey: optional(text(22)),
      createdAt: instant(),
      updatedAt: instant(),
      seal: text(60),
    },
    indexes: [
      { name: 'ux_listing_in_force', columns: ['inForceKey'], unique: true },
      { name: 'ix_listing_identifier', columns: ['identifierIndex'] },
      { name: 'ix_listing_name', columns: ['name'] },
      { name: 'ix_listing_state', columns: ['state', 'source'] },
    ],
  },
  {
    name: 'audit',
    columns: {
      subject: primary(text(60)),
      n: primary(int()),
      at: instant(),
      actor: text(60),
      act: text(40),
      detail: long(),
      previous: text(64),
      hash: text(64),
    },
  },
  {
    name: 'journal',
    columns: {
      seq: primary(big()),
      at: instant(),
      event: text(30),
      listingId: id(),
      listingVersion: int(),
      contentVersion: int(),
      bulletinId: optional(id()),
    },
    indexes: [
      { name: 'ix_journal_listing', columns: ['listingId'] },
      { name: 'ix_journal_bulletin', columns: ['bulletinId'] },
    ],
  },
  {
    name: 'counter',
    columns: {
      name: primary(text(40)),
      value: big(),
    },
  },
  {
    name: 'bulletin',
    columns: {
      id: primary(id()),
      number: text(20),
      kind: text(10),
      at: instant(),
      actor: text(60),
      source: text(40),
      listed: int(),
      shielded: int(),
      revoked: int(),
      corrected: int(),
      listVersion: big(),
    },
    indexes: [{ name: 'ux_bulletin_number', columns: ['number'], unique: true }],
  },
  {
    name: 'listing_wording',
    columns: {
      id: primary(id()),
      listingId: references('listing', id()),
      contentVersion: int(),
      sealed: long(),
      replacedAt: instant(),
    },
    indexes: [{ name: 'ix_listing_wording_listing', columns: ['listingId'] }],
  },
  {
    name: 'import',
    columns: {
      id: primary(id()),
      fileName: text(200),
      sha256: text(64),
      bytes: big(),
      mode: text(10),
      source: text(40),
      state: text(12),
      actor: text(60),
      createdAt: instant(),
      finishedAt: optional(instant()),
      encoding: optional(text(20)),
      rows: int(),
      good: int(),
      bad: int(),
      warnings: int(),
      known: int(),
      taken: int(),
      removed: int(),
      bulletinId: optional(id()),
      problems: long(),
      hasRejects: flag(),
      failure: optional(text(40)),
    },
    indexes: [{ name: 'ix_import_sha256', columns: ['sha256'] }],
  },
]

export class List1763769600001 implements MigrationInterface {
  name = 'List1763769600001'

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await createTable(runner, table)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES.toReversed()) await runner.dropTable(table.name, true)
  }
}

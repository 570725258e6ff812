// Proposals of a correction, an exit or a revocation, and the answers to the cases in which nobody is listed under ground 1.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import {
  createTable,
  flag,
  id,
  instant,
  long,
  optional,
  primary,
  references,
  text,
  type TableSpec,
} from '../src/platform/database/columns.ts'

const TABLES: readonly TableSpec[] = [
  {
    name: 'listing_proposal',
    columns: {
      id: primary(id()),
      listingId: references('listing', id()),
      act: text(10),
      state: text(10),
      record: long(),
      proposedBy: text(60),
      proposedAt: instant(),
      authors: long(),
      decidedBy: optional(text(60)),
      decidedAt: optional(instant()),
      openKey: optional(id()),
    },
    indexes: [
      { name: 'ux_listing_proposal_open', columns: ['openKey'], unique: true },
      { name: 'ix_listing_proposal_listing', columns: ['listingId'] },
      { name: 'ix_listing_proposal_state', columns: ['state'] },
    ],
  },
  {
    name: 'listing_exclusion',
    columns: {
      listingId: primary(references('listing', id())),
      securityGiven: flag(),
      assetsSuffice: flag(),
      laterInOrder: flag(),
      noRefusal: flag(),
      answeredBy: text(60),
      answeredAt: instant(),
    },
  },
]

export class TwoPeople1795910400002 implements MigrationInterface {
  name = 'TwoPeople1795910400002'

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await createTable(runner, table)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES.toReversed()) await runner.dropTable(table.name, true)
  }
}

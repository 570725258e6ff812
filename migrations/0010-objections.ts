// Objections, the suspensions they cause, and applications for credit repair with the units' opinions.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import {
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
    name: 'objection',
    columns: {
      id: primary(id()),
      number: text(20),
      listingId: references('listing', id()),
      state: text(14),
      version: int(),
      about: text(10),
      unitId: optional(references('unit', text(40))),
      way: text(10),
      receivedOn: day(),
      handedInOn: day(),
      late: flag(),
      contentVersion: int(),
      suspends: flag(),
      registeredBy: text(60),
      reviewedBy: optional(text(60)),
      decidedBy: optional(text(60)),
      decidedOn: optional(day()),
      decisionNo: optional(text(60)),
      remedy: optional(text(14)),
      servedOn: optional(day()),
      askedOn: optional(day()),
      askedLate: flag(),
      higherCourt: optional(text(40)),
      reconsideredOn: optional(day()),
      reconsiderationNo: optional(text(60)),
      carriedOutOn: optional(day()),
      record: long(),
      openKey: optional(text(80)),
      createdAt: instant(),
      updatedAt: instant(),
    },
    indexes: [
      { name: 'ux_objection_number', columns: ['number'], unique: true },
      { name: 'ux_objection_open', columns: ['openKey'], unique: true },
      { name: 'ix_objection_listing', columns: ['listingId'] },
      { name: 'ix_objection_state', columns: ['state'] },
    ],
  },
  {
    name: 'suspension',
    columns: {
      id: primary(id()),
      listingId: references('listing', id()),
      objectionId: references('objection', id()),
      startedAt: instant(),
      endedAt: optional(instant()),
    },
    indexes: [
      { name: 'ux_suspension_objection', columns: ['objectionId'], unique: true },
      { name: 'ix_suspension_listing', columns: ['listingId', 'endedAt'] },
    ],
  },
  {
    name: 'repair',
    columns: {
      id: primary(id()),
      number: text(20),
      listingId: references('listing', id()),
      state: text(14),
      version: int(),
      receivedOn: day(),
      registeredBy: text(60),
      decidedBy: optional(text(60)),
      decidedOn: optional(day()),
      decisionNo: optional(text(60)),
      record: long(),
      openKey: optional(text(80)),
      createdAt: instant(),
      updatedAt: instant(),
    },
    indexes: [
      { name: 'ux_repair_number', columns: ['number'], unique: true },
      { name: 'ux_repair_open', columns: ['openKey'], unique: true },
      { name: 'ix_repair_listing', columns: ['listingId'] },
      { name: 'ix_repair_state', columns: ['state', 'decidedOn'] },
    ],
  },
  {
    name: 'repair_opinion',
    columns: {
      repairId: primary(references('repair', id())),
      unitId: primary(references('unit', text(40))),
      askedAt: instant(),
      opinion: optional(text(10)),
      reason: optional(text(500)),
      answeredAt: optional(instant()),
      answeredBy: optional(text(60)),
    },
    indexes: [{ name: 'ix_repair_opinion_unit', columns: ['unitId', 'answeredAt'] }],
  },
]

export class Objections1763769600010 implements MigrationInterface {
  name = 'Objections1763769600010'

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await createTable(runner, table)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES.toReversed()) await runner.dropTable(table.name, true)
  }
}

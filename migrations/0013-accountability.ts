// Calling units to account: proposals with their sources, circulars, interviews, consequences, joint circulars, meetings.
// Frozen once landed: later changes are later migrations.

import { TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm'
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

const PROPOSALS: readonly TableSpec[] = [
  {
    name: 'accountability_proposal',
    columns: {
      id: primary(id()),
      number: text(20),
      unitId: references('unit', text(40)),
      state: text(10),
      version: int(),
      sources: int(),
      openedOn: day(),
      decision: optional(text(20)),
      decidedBy: optional(text(60)),
      decidedOn: optional(day()),
      record: long(),
      openKey: optional(text(40)),
    },
    indexes: [
      { name: 'ux_accountability_proposal_number', columns: ['number'], unique: true },
      { name: 'ux_accountability_proposal_open', columns: ['openKey'], unique: true },
      { name: 'ix_accountability_proposal_unit', columns: ['unitId', 'openedOn'] },
      { name: 'ix_accountability_proposal_state', columns: ['state'] },
    ],
  },
  {
    name: 'accountability_source',
    columns: {
      id: primary(id()),
      proposalId: references('accountability_proposal', id()),
      unitId: references('unit', text(40)),
      kind: text(20),
      sourceKey: text(60),
      happenedOn: day(),
      detail: text(60),
      note: optional(long()),
      addedBy: text(60),
      addedAt: instant(),
    },
    indexes: [
      { name: 'ux_accountability_source_key', columns: ['sourceKey'], unique: true },
      { name: 'ix_accountability_source_proposal', columns: ['proposalId', 'id'] },
      { name: 'ix_accountability_source_unit', columns: ['unitId', 'happenedOn'] },
    ],
  },
]

const STEPS: readonly TableSpec[] = [
  {
    name: 'circular',
    columns: {
      id: primary(id()),
      number: text(60),
      year: int(),
      unitId: references('unit', text(40)),
      proposalId: references('accountability_proposal', id()),
      state: text(10),
      version: int(),
      issuedOn: day(),
      issuedBy: text(60),
      record: long(),
    },
    indexes: [
      { name: 'ux_circular_number', columns: ['number'], unique: true },
      { name: 'ix_circular_unit', columns: ['unitId', 'year'] },
    ],
  },
  {
    name: 'interview',
    columns: {
      id: primary(id()),
      number: text(20),
      unitId: references('unit', text(40)),
      proposalId: references('accountability_proposal', id()),
      state: text(10),
      version: int(),
      calledFor: day(),
      calledBy: text(60),
      heldOn: optional(day()),
      concludedOn: optional(day()),
      record: long(),
    },
    indexes: [
      { name: 'ux_interview_number', columns: ['number'], unique: true },
      { name: 'ix_interview_unit', columns: ['unitId', 'calledFor'] },
    ],
  },
  {
    name: 'consequence',
    columns: {
      id: primary(id()),
      number: text(20),
      unitId: references('unit', text(40)),
      year: int(),
      kind: text(20),
      state: text(10),
      version: int(),
      cause: text(60),
      bodies: text(500),
      proposedOn: day(),
      decidedBy: optional(text(60)),
      decidedOn: optional(day()),
      reference: optional(text(60)),
      record: long(),
      openKey: optional(text(120)),
    },
    indexes: [
      { name: 'ux_consequence_number', columns: ['number'], unique: true },
      { name: 'ux_consequence_open', columns: ['openKey'], unique: true },
      { name: 'ix_consequence_unit', columns: ['unitId', 'year'] },
      { name: 'ix_consequence_state', columns: ['state'] },
    ],
  },
]

const JOINT: readonly TableSpec[] = [
  {
    name: 'joint_circular',
    columns: {
      id: primary(id()),
      number: text(60),
      fromDay: day(),
      toDay: day(),
      state: text(10),
      version: int(),
      issuedOn: day(),
      issuedBy: text(60),
      named: long(),
      record: long(),
    },
    indexes: [{ name: 'ux_joint_circular_number', columns: ['number'], unique: true }],
  },
  {
    name: 'meeting',
    columns: {
      id: primary(id()),
      number: text(20),
      state: text(10),
      version: int(),
      plannedFor: day(),
      calledBy: text(60),
      heldOn: optional(day()),
      record: long(),
    },
    indexes: [{ name: 'ux_meeting_number', columns: ['number'], unique: true }],
  },
]

const RECIPIENT = new TableIndex({ name: 'ix_notice_recipient', columnNames: ['recipient'] })

const TABLES = [...PROPOSALS, ...STEPS, ...JOINT]

export class Accountability1763769600013 implements MigrationInterface {
  name = 'Accountability1763769600013'

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await createTable(runner, table)
    // What a unit was told is asked by whom it was told to.
    const notice = await runner.getTable('notice')
    if (notice?.indices.some((index) => index.name === RECIPIENT.name) === false) await runner.createIndex('notice', RECIPIENT)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex('notice', RECIPIENT)
    for (const table of TABLES.toReversed()) await runner.dropTable(table.name, true)
  }
}

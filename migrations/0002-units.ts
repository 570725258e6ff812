// Units, measures, liaisons and subscribers.
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
    name: 'unit',
    columns: {
      id: primary(text(40)),
      name: text(100),
      kind: text(40),
      isClass: flag(),
      classId: optional(text(40)),
      leadingGroupMember: flag(),
      active: flag(),
      seeded: flag(),
    },
    indexes: [{ name: 'ix_unit_class', columns: ['classId'] }],
  },
  {
    name: 'measure',
    columns: {
      id: primary(text(10)),
      position: int(),
      title: text(100),
      direction: text(20),
      detail: long(),
    },
  },
  {
    name: 'measure_unit',
    columns: {
      measureId: primary(references('measure', text(10))),
      unitId: primary(references('unit', text(40))),
    },
  },
  {
    name: 'liaison',
    columns: {
      id: primary(id()),
      unitId: references('unit', text(40)),
      name: text(60),
      head: flag(),
      phone: optional(text(300)),
      phoneIndex: optional(text(22)),
      wechat: optional(text(300)),
      wechatIndex: optional(text(22)),
      active: flag(),
      createdAt: instant(),
    },
    indexes: [
      { name: 'ix_liaison_unit', columns: ['unitId'] },
      { name: 'ix_liaison_phone', columns: ['phoneIndex'] },
      { name: 'ix_liaison_wechat', columns: ['wechatIndex'] },
    ],
  },
  {
    name: 'subscriber',
    columns: {
      id: primary(id()),
      kind: text(10),
      name: text(60),
      phone: optional(text(300)),
      phoneIndex: optional(text(22)),
      wechat: optional(text(300)),
      wechatIndex: optional(text(22)),
      consentedAt: instant(),
      endedAt: optional(instant()),
    },
    indexes: [
      { name: 'ix_subscriber_kind', columns: ['kind', 'id'] },
      { name: 'ix_subscriber_phone', columns: ['phoneIndex'] },
      { name: 'ix_subscriber_wechat', columns: ['wechatIndex'] },
    ],
  },
]

export class Units1763769600002 implements MigrationInterface {
  name = 'Units1763769600002'

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await createTable(runner, table)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES.toReversed()) await runner.dropTable(table.name, true)
  }
}

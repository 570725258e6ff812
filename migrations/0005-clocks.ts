// Clocks that run, the admin's own calendar days, and where staff are reached.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import {
  createTable,
  day,
  flag,
  id,
  instant,
  int,
  optional,
  primary,
  references,
  text,
  type TableSpec,
} from '../src/platform/database/columns.ts'

const TABLES: readonly TableSpec[] = [
  {
    name: 'deadline',
    columns: {
      id: primary(id()),
      clockKey: text(100),
      code: text(30),
      profile: text(10),
      subject: text(60),
      owner: text(10),
      unitId: optional(references('unit', text(40))),
      openedOn: day(),
      start: day(),
      due: day(),
      missingYear: optional(int()),
      amount: int(),
      unit: text(15),
      rolls: flag(),
      citation: text(100),
      house: flag(),
      calendarVersion: int(),
      state: text(12),
      closedAt: optional(instant()),
      overOn: optional(day()),
      nextReminderOn: optional(day()),
      remindedOn: optional(day()),
      remindedLeft: optional(int()),
    },
    indexes: [
      { name: 'ux_deadline_key', columns: ['clockKey'], unique: true },
      { name: 'ix_deadline_due', columns: ['state', 'due'] },
      { name: 'ix_deadline_reminder', columns: ['state', 'nextReminderOn'] },
      { name: 'ix_deadline_calendar', columns: ['state', 'calendarVersion'] },
      { name: 'ix_deadline_reminded', columns: ['remindedOn', 'unitId'] },
      { name: 'ix_deadline_over', columns: ['overOn', 'unitId'] },
      { name: 'ix_deadline_subject', columns: ['subject'] },
      { name: 'ix_deadline_unit', columns: ['unitId', 'state'] },
    ],
  },
  {
    name: 'calendar_day',
    columns: { day: primary(day()), kind: text(4), actor: text(60), at: instant() },
  },
  {
    name: 'calendar_year',
    columns: { year: primary(int()), actor: text(60), at: instant() },
  },
  {
    name: 'staff_reach',
    columns: {
      staffId: primary(references('staff', id())),
      phone: optional(text(300)),
      phoneIndex: optional(text(22)),
      wechat: optional(text(300)),
      wechatIndex: optional(text(22)),
    },
    indexes: [
      { name: 'ix_staff_reach_phone', columns: ['phoneIndex'] },
      { name: 'ix_staff_reach_wechat', columns: ['wechatIndex'] },
    ],
  },
]

export class Clocks1763769600005 implements MigrationInterface {
  name = 'Clocks1763769600005'

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await createTable(runner, table)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES.toReversed()) await runner.dropTable(table.name, true)
  }
}

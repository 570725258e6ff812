// Circulars and joint circulars are drafted by one person and issued by another: who drafted them, and an issue that is still to come.
// Frozen once landed: later changes are later migrations.

import type { MigrationInterface, QueryRunner } from 'typeorm'
import { addColumn, day, makeOptional, optional, text } from '../src/platform/database/columns.ts'

const CIRCULARS = ['circular', 'joint_circular']

export class Circulars1795910400006 implements MigrationInterface {
  name = 'Circulars1795910400006'

  async up(runner: QueryRunner): Promise<void> {
    for (const table of CIRCULARS) {
      await addColumn(runner, table, 'draftedOn', optional(day()))
      await addColumn(runner, table, 'draftedBy', optional(text(60)))
      for (const property of ['issuedOn', 'issuedBy']) await makeOptional(runner, table, property)
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of CIRCULARS)
      for (const column of ['drafted_on', 'drafted_by']) await runner.query(`alter table ${table} drop column ${column}`)
  }
}

// The table of reports of units that a clerk recorded for many lift orders at once: done on which day, told by whom, with which remark.
// The answers that a report holds refer to it: answers.store.ts.

import { day, id, instant, long, optional, primary, references, sealed, table, text } from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'

/** What a clerk recorded in one act about entries of several orders of a bulletin. */
export interface LiftReportRow {
  id: string
  bulletinId: string
  /** The day on which the units lifted their measures, YYYY-MM-DD. */
  doneOn: string
  /** Who told the court, and how. */
  toldBy: string
  remark: string | null
  recordedBy: string
  recordedAt: Date
}

export const liftReportTable = table<LiftReportRow>(
  'lift_report',
  {
    id: primary(id()),
    bulletinId: references('bulletin', id()),
    doneOn: day(),
    toldBy: sealed(long()),
    remark: optional(sealed(long())),
    recordedBy: text(60),
    recordedAt: instant(),
  },
  [{ name: 'ix_lift_report_bulletin', columns: ['bulletinId'] }],
)

export async function findReport(db: Db, reportId: string): Promise<LiftReportRow | null> {
  return db.manager.getRepository(liftReportTable.schema).findOneBy({ id: reportId })
}

export async function reportsById(db: Db, ids: readonly string[]): Promise<LiftReportRow[]> {
  if (ids.length === 0) return []
  return db.manager.getRepository(liftReportTable.schema).createQueryBuilder('r').where('r.id in (:...ids)', { ids }).getMany()
}

export async function insertReport(tx: Tx, row: LiftReportRow): Promise<void> {
  await tx.insert(liftReportTable, [row])
}

// The history of a proposal, circular, interview, consequence, joint circular or meeting: its audit rows with the names of the people.
// What may be done next is possible.rules.ts.

import { auditOf, type AuditRow } from '../../platform/commands/audit.store.ts'
import type { Db } from '../../platform/database/database.ts'
import { staffNames } from '../staff/store.ts'

/** One step. `name` is null for the application itself, for the terminal and for whoever is not on the staff. */
export type HistoryStep = Pick<AuditRow, 'n' | 'at' | 'actor' | 'act' | 'detail'> & { name: string | null }

/** The steps of a subject, oldest first. */
export async function historyOf(db: Db, subject: string): Promise<HistoryStep[]> {
  const rows = await auditOf(db, subject)
  const names = await staffNames(
    db,
    rows.map((row) => row.actor),
  )
  return rows.map(({ n, at, actor, act, detail }) => ({ n, at, actor, act, detail, name: names.get(actor) ?? null }))
}

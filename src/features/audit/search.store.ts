// SQL that finds audit rows by who, when, which command and which subject, newest first. Rows of complaints that a reader may not see, and
// of their notices, are left out.
// The table is platform/commands/audit.store.ts.

import type { AuditRow } from '../../platform/commands/audit.store.ts'
import { toInstant, type Db, type Param } from '../../platform/database/database.ts'
import { ALWAYS, allOf, type Condition } from '../../platform/database/conditions.ts'
import { keptAbout, seenAbout } from '../units/conflicts.store.ts'

/** Conditions of a search; all that are given must hold. */
export interface AuditFilter {
  /** The account, as the audit stores it. */
  actor?: string | undefined
  act?: string | undefined
  /** One subject, such as `listing:<id>`. */
  subject?: string | undefined
  /** From this instant on, and before that one. */
  from: Date
  before: Date
}

/** A place in the order of the results: the row after which a page begins. */
export interface AuditPlace {
  at: Date
  subject: string
  n: number
}

const NOTICE = 'notice:'

/** What people did with a notice is hidden where the notice is. */
function seenNotices(hiddenAbout: readonly string[]): Condition {
  if (hiddenAbout.length === 0) return ALWAYS
  const { sql, params } = keptAbout('n.event', hiddenAbout)
  return {
    sql: `(a.subject not like '${NOTICE}%' or not exists (select 1 from notice n where n.id = substr(a.subject, ${NOTICE.length + 1}) and ${sql}))`,
    params,
  }
}

/** Rows that match, newest first, after a place. @param hiddenAbout units about which the reader may see no complaint. */
export async function searchAudit(
  db: Db,
  filter: AuditFilter,
  { after, limit, hiddenAbout }: { after: AuditPlace | null; limit: number; hiddenAbout: readonly string[] },
): Promise<AuditRow[]> {
  const conditions = ['a.at >= ?', 'a.at < ?']
  const params: Param[] = [filter.from, filter.before]
  for (const column of ['actor', 'act', 'subject'] as const) {
    const value = filter[column]
    if (value === undefined) continue
    conditions.push(`a.${column} = ?`)
    params.push(value)
  }
  if (after !== null) {
    conditions.push('(a.at < ? or (a.at = ? and (a.subject > ? or (a.subject = ? and a.n < ?))))')
    params.push(after.at, after.at, after.subject, after.subject, after.n)
  }
  const seen = allOf(seenAbout('a.subject', hiddenAbout), seenNotices(hiddenAbout))
  conditions.push(seen.sql)
  params.push(...seen.params)
  const rows = await db.query<Omit<AuditRow, 'at'> & { at: Date | string }>(
    `select a.* from audit a where ${conditions.join(' and ')} order by a.at desc, a.subject, a.n desc limit ?`,
    [...params, limit],
  )
  return rows.map((row) => ({ ...row, n: Number(row.n), at: toInstant(row.at) }))
}

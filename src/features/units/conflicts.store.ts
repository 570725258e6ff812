// The SQL of conflicts.rules.ts, stated once: every statement that lists or counts complaints, or what follows from them (notices, tasks,
// periods, audit rows), takes one of these conditions. Readers' own units come from `conflictsOf`.

import { ALWAYS, allOf, type Condition } from '../../platform/database/conditions.ts'
import type { Db } from '../../platform/database/database.ts'
import { placeholders } from '../../platform/database/placeholders.ts'
import type { Role } from '../../platform/commands/permissions.ts'
import { OUR_COURT } from './conflicts.rules.ts'

/** Complaints that a reader may see. @param alias of the table. @param hiddenAbout units about which the reader may see none. */
export function seenComplaints(alias: string, hiddenAbout: readonly string[]): Condition {
  if (hiddenAbout.length === 0) return ALWAYS
  const about = {
    sql: `(${alias}.unit_id is null or ${alias}.unit_id not in (${placeholders(hiddenAbout)}))`,
    params: [...hiddenAbout],
  }
  const resolved = { sql: `(${alias}.unresolved is null or ${alias}.unresolved = ?)`, params: [false] }
  return hiddenAbout.includes(OUR_COURT) ? allOf(about, resolved) : about
}

/** How a column names a complaint: as subject `complaint:<id>`, or as event `complaint.accepted:<id>:<version>`. */
const NAMED = /^complaint(?:\.\w+)?:(\w{26})/
const idIn = (column: string): string => `substr(${column}, instr(${column}, ':') + 1, 26)`

/** Rows that follow from a complaint that a reader may not see. @param column a subject, or the event of a notice. */
export function keptAbout(column: string, hiddenAbout: readonly string[]): Condition {
  const { sql, params } = seenComplaints('kept', hiddenAbout)
  return {
    sql: `(${column} like 'complaint%' and exists (select 1 from complaint kept where kept.id = ${idIn(column)} and not (${sql})))`,
    params,
  }
}

/** All other rows: those that a reader may see. */
export function seenAbout(column: string, hiddenAbout: readonly string[]): Condition {
  if (hiddenAbout.length === 0) return ALWAYS
  const { sql, params } = keptAbout(column, hiddenAbout)
  return { sql: `not ${sql}`, params }
}

/** Rows that a reader may not only see but handle: the group office what is for it alone, clerks everything else. */
export function handledAbout(
  column: string,
  { roles, hiddenAbout }: { roles: readonly Role[]; hiddenAbout: readonly string[] },
): Condition {
  const seen = seenAbout(column, hiddenAbout)
  return roles.includes('clerk') ? seen : allOf(keptAbout(column, [OUR_COURT]), seen)
}

/** Of some subjects or events those that follow from a complaint that a reader may not see. */
export async function keptAmong(db: Db, names: readonly string[], hiddenAbout: readonly string[]): Promise<Set<string>> {
  const ids = [...new Set(names.flatMap((name) => NAMED.exec(name)?.[1] ?? []))]
  if (ids.length === 0 || hiddenAbout.length === 0) return new Set()
  const { sql, params } = seenComplaints('c', hiddenAbout)
  const rows = await db.query<{ id: string }>(`select c.id from complaint c where c.id in (${placeholders(ids)}) and not (${sql})`, [
    ...ids,
    ...params,
  ])
  const kept = new Set(rows.map(({ id }) => id))
  return new Set(names.filter((name) => kept.has(NAMED.exec(name)?.[1] ?? '')))
}

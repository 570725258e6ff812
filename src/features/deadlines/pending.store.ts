// What lists of other subjects ask of deadlines: the last day that each row waits for, and which rows are overdue.
// The table itself is store.ts.

import type { Day } from '../../core/calendar.ts'
import type { Db } from '../../platform/database/database.ts'
import { placeholders, portions } from '../../platform/database/placeholders.ts'
import { overSql } from './store.ts'

/** The earliest last day that is open or was missed, by subject. A provisional day, which may still move, is left out. */
export async function pendingDueDays(db: Db, subjects: readonly string[]): Promise<Map<string, Day>> {
  const days = new Map<string, Day>()
  for (const part of portions(subjects)) {
    const rows = await db.query<{ subject: string; due: Day }>(
      `select subject, min(due) as due from deadline
        where subject in (${placeholders(part)}) and state in ('open', 'missed') and missing_year is null group by subject`,
      part,
    )
    for (const row of rows) days.set(row.subject, row.due)
  }
  return days
}

/**
 * Condition of a query builder: the row has a deadline that was missed or has passed. Bind `overdueOn` to today.
 * @param prefix of the subject, such as `objection`. @param column the row's id, such as `o.id`.
 */
export function overdueCondition({ sqlite }: Pick<Db, 'sqlite'>, prefix: string, column: string): string {
  const subject = sqlite ? `'${prefix}:' || ${column}` : `concat('${prefix}:', ${column})`
  return `exists (select 1 from deadline d where d.subject = ${subject}
    and (d.state = 'missed' or (d.state = 'open' and ${overSql('d', ':overdueOn')})))`
}

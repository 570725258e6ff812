// SQL that finds deadlines by filter, light and range of last days, and counts them for each day of a calendar.
// The table is store.ts; what a light means is lights.rules.ts.

import { deadlineTable, overSql, type DeadlineRow, type DeadlineState } from './store.ts'
import type { ClockCode, ClockOwner } from './clocks.rules.ts'
import type { Light, LightDays } from './lights.rules.ts'
import { allOf, type Condition } from '../../platform/database/conditions.ts'
import type { Db } from '../../platform/database/database.ts'
import { placeholders } from '../../platform/database/placeholders.ts'

export interface DeadlineFilter {
  state?: DeadlineState
  code?: ClockCode
  owner?: ClockOwner
  unitId?: string
  subject?: string
  /** First and last of the last days, YYYY-MM-DD, both included. */
  dueFrom?: string
  dueTo?: string
  light?: Light
  /** Open, or missed and not made up for. */
  unfinished?: boolean
  /** Those of any of these. */
  owners?: readonly ClockOwner[]
  /** On `d`: what the reader may see of them. */
  seen?: Condition
}

const COLUMNS = { state: 'state', code: 'code', owner: 'owner', unitId: 'unit_id', subject: 'subject' } as const

/** The condition that a deadline has a light. */
export function lightCondition(light: Light, { today, yellowUntil }: LightDays): Condition {
  switch (light) {
    case 'red':
      return { sql: `(d.state = 'missed' or (d.state = 'open' and ${overSql('d')}))`, params: [today, today] }
    case 'yellow':
      return {
        sql: "(d.state = 'open' and d.due <= ? and (d.due >= ? or (d.missing_year is not null and (d.latest is null or d.latest >= ?))))",
        params: [yellowUntil, today, today],
      }
    case 'green':
      return { sql: "(d.state = 'open' and d.due > ?)", params: [yellowUntil] }
  }
}

function conditionOf(filter: DeadlineFilter, days: LightDays): Condition {
  const parts: Condition[] = Object.entries(COLUMNS).flatMap(([key, column]) => {
    const value = filter[key as keyof typeof COLUMNS]
    return value === undefined ? [] : [{ sql: `d.${column} = ?`, params: [value] }]
  })
  if (filter.dueFrom !== undefined) parts.push({ sql: 'd.due >= ?', params: [filter.dueFrom] })
  if (filter.dueTo !== undefined) parts.push({ sql: 'd.due <= ?', params: [filter.dueTo] })
  if (filter.unfinished === true) parts.push({ sql: "d.state in ('open', 'missed')", params: [] })
  if (filter.owners !== undefined) parts.push({ sql: `d.owner in (${placeholders(filter.owners)})`, params: [...filter.owners] })
  if (filter.seen !== undefined) parts.push(filter.seen)
  if (filter.light !== undefined) parts.push(lightCondition(filter.light, days))
  return allOf(...parts)
}

/** Deadlines that match the filter, earliest last day first. @param days tell the lights; needed by `light` alone. */
export async function searchDeadlines(
  db: Db,
  filter: DeadlineFilter,
  page: { limit: number; offset: number },
  days: LightDays = { today: '', yellowUntil: '' },
): Promise<{ items: DeadlineRow[]; total: number }> {
  const { sql, params } = conditionOf(filter, days)
  const counted = await db.query<{ n: string | number }>(`select count(*) as n from deadline d where ${sql}`, params)
  const found = await db.query<{ id: string }>(`select d.id from deadline d where ${sql} order by d.due, d.id limit ? offset ?`, [
    ...params,
    page.limit,
    page.offset,
  ])
  const ids = found.map(({ id }) => id)
  const rows = ids.length === 0 ? [] : await rowsOf(db, ids)
  return { items: rows, total: Number(counted[0]?.n ?? 0) }
}

function rowsOf(db: Db, ids: readonly string[]): Promise<DeadlineRow[]> {
  return db.manager
    .getRepository(deadlineTable.schema)
    .createQueryBuilder('d')
    .where('d.id in (:...ids)', { ids })
    .orderBy({ 'd.due': 'ASC', 'd.id': 'ASC' })
    .getMany()
}

/** How many deadlines of one owner that ended on a day are not done. */
export interface LateCount {
  day: string
  owner: ClockOwner
  /** Null: the owner is no unit. */
  unitId: string | null
  count: number
}

/** Counts what is overdue by last day and owner, earliest day first. */
export async function countLate(db: Db, filter: DeadlineFilter, days: LightDays): Promise<LateCount[]> {
  const { sql, params } = conditionOf({ ...filter, light: 'red' }, days)
  const rows = await db.query<LateCount & { count: string | number }>(
    `select d.due as day, d.owner as owner, d.unit_id as unitId, count(*) as count from deadline d where ${sql}
      group by d.due, d.owner, d.unit_id order by d.due, d.owner, d.unit_id`,
    params,
  )
  return rows.map((row) => ({ ...row, count: Number(row.count) }))
}

/** How many deadlines that are not done end on a day, by light. */
export interface DayCount {
  day: string
  light: Light
  count: number
}

/** Counts by last day and light; days without deadlines are left out. */
export async function countByDay(db: Db, filter: DeadlineFilter, days: LightDays): Promise<DayCount[]> {
  const { sql, params } = conditionOf(filter, days)
  const red = lightCondition('red', days)
  const yellow = lightCondition('yellow', days)
  const rows = await db.query<{ day: string; light: Light; n: string | number }>(
    `select due as day, light, count(*) as n from (
        select d.due, case when ${red.sql} then 'red' when ${yellow.sql} then 'yellow' else 'green' end as light
          from deadline d where d.state in ('open', 'missed') and ${sql}) x
      group by due, light order by due`,
    [...red.params, ...yellow.params, ...params],
  )
  return rows.map(({ day, light, n }) => ({ day, light, count: Number(n) }))
}

// The admin's own days off and working days, and the years whose whole arrangement they loaded.
// What follows from them is domain/workdays; changing them is actions/calendar.

import type { HolidayOverrides } from './workdays.rules.ts'
import { day, instant, int, primary, table, text } from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'

export interface CalendarDayRow {
  day: string
  kind: 'rest' | 'work'
  actor: string
  at: Date
}

export const calendarDayTable = table<CalendarDayRow>('calendar_day', {
  day: primary(day()),
  kind: text(4),
  actor: text(60),
  at: instant(),
})

export interface CalendarYearRow {
  year: number
  actor: string
  at: Date
}

export const calendarYearTable = table<CalendarYearRow>('calendar_year', { year: primary(int()), actor: text(60), at: instant() })

/** Which change of the calendar is in force; 0 before the first. */
export async function calendarVersion(db: Db): Promise<number> {
  const rows = await db.query<{ value: string | number }>("select value from counter where name = 'calendar'")
  return Number(rows[0]?.value ?? 0)
}

export async function calendarOverrides(db: Db): Promise<HolidayOverrides> {
  const days = await db.query<Pick<CalendarDayRow, 'day' | 'kind'>>('select day, kind from calendar_day order by day')
  const years = await db.query<{ year: number }>('select year from calendar_year order by year')
  const of = (kind: CalendarDayRow['kind']): string[] => days.filter((row) => row.kind === kind).map((row) => row.day)
  return { rest: of('rest'), work: of('work'), years: years.map((row) => row.year) }
}

/** Replaces the whole: what the admin's calendar says from now on. */
export async function replaceCalendar(tx: Tx, next: HolidayOverrides, by: { actor: string; at: Date }): Promise<void> {
  const kept = await calendarOverrides(tx)
  const gone = (['rest', 'work'] as const).flatMap((kind) => kept[kind].filter((each) => !next[kind].includes(each)))
  for (const each of gone) await tx.run('delete from calendar_day where day = ?', [each])
  for (const kind of ['rest', 'work'] as const)
    await tx.insert(
      calendarDayTable,
      next[kind].filter((each) => !kept[kind].includes(each)).map((each) => ({ day: each, kind, ...by })),
    )
  const years = next.years.filter((year) => !kept.years.includes(year))
  await tx.insert(
    calendarYearTable,
    years.map((year) => ({ year, ...by })),
  )
}

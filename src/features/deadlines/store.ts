// Tables and SQL of deadlines (one row each, with the rule it was counted by) and of the admin's work calendar.
// The table of periods is clocks.rules.ts, the counting rules.ts; other features open and close deadlines through commands.ts.
import type { ClockCode, ClockOwner, PeriodUnit } from './clocks.rules.ts'
import { day, flag, id, instant, int, optional, primary, references, table, text } from '../../platform/database/columns.ts'
import type { Db, Param, Tx } from '../../platform/database/database.ts'
import { placeholders, portions } from '../../platform/database/placeholders.ts'
import type { Profile } from '../../core/profile.ts'
import type { HolidayOverrides } from './workdays.rules.ts'
import type { Condition } from '../../platform/database/conditions.ts'

/** A day off or a working day that the admin added. */
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

/** A year whose holiday arrangement the admin has loaded completely. */
export interface CalendarYearRow {
  year: number
  actor: string
  at: Date
}

export const calendarYearTable = table<CalendarYearRow>('calendar_year', { year: primary(int()), actor: text(60), at: instant() })

/** The version of the work calendar: the number of its last change, 0 before the first. */
export async function calendarVersion(db: Db): Promise<number> {
  const rows = await db.query<{ value: string | number }>("select value from counter where name = 'calendar'")
  return Number(rows[0]?.value ?? 0)
}

/** The admin's days and years, as the counting rules take them. */
export async function calendarOverrides(db: Db): Promise<HolidayOverrides> {
  const days = await db.query<Pick<CalendarDayRow, 'day' | 'kind'>>('select day, kind from calendar_day order by day')
  const years = await db.query<{ year: number }>('select year from calendar_year order by year')
  const of = (kind: CalendarDayRow['kind']): string[] => days.filter((row) => row.kind === kind).map((row) => row.day)
  return { rest: of('rest'), work: of('work'), years: years.map((row) => row.year) }
}

/** Replaces the admin's days by `next` and adds the years that are new. */
export async function replaceCalendar(tx: Tx, next: HolidayOverrides, by: { actor: string; at: Date }): Promise<void> {
  const current = await calendarOverrides(tx)
  const removed = (['rest', 'work'] as const).flatMap((kind) => current[kind].filter((each) => !next[kind].includes(each)))
  for (const each of removed) await tx.run('delete from calendar_day where day = ?', [each])
  for (const kind of ['rest', 'work'] as const)
    await tx.insert(
      calendarDayTable,
      next[kind].filter((each) => !current[kind].includes(each)).map((each) => ({ day: each, kind, ...by })),
    )
  const years = next.years.filter((year) => !current.years.includes(year))
  await tx.insert(
    calendarYearTable,
    years.map((year) => ({ year, ...by })),
  )
}

/**
 * `closed`: the act was done in time, or the period ended by itself. `missed`: the last day passed. `closed_late`: the act was done after
 * the last day. `cancelled`: nothing is left to do.
 */
export const DEADLINE_STATES = ['open', 'closed', 'missed', 'closed_late', 'cancelled'] as const
export type DeadlineState = (typeof DEADLINE_STATES)[number]

/** A deadline as stored. Days are Beijing days, YYYY-MM-DD. */
export interface DeadlineRow {
  id: string
  /** `<code>:<subject>`, unique: opening the same deadline twice leaves one row. */
  clockKey: string
  code: ClockCode
  profile: Profile
  /** What the deadline belongs to: `listing:<id>`, `bulletin:<id>` … */
  subject: string
  owner: ClockOwner
  /** The unit whose liaisons own it. */
  unitId: string | null
  openedOn: string
  /** The day the count starts from, itself not counted. */
  start: string
  due: string
  /** Set while `due` is provisional, the earliest day possible, until this year is loaded. A miss with this mark is provisional. */
  missingYear: number | null
  /** While `due` is provisional: the latest day to be expected; after it the deadline counts as missed. */
  latest: string | null
  amount: number
  unit: PeriodUnit
  rolls: boolean
  citation: string
  house: boolean
  /** The version of the work calendar by which it was counted. */
  calendarVersion: number
  state: DeadlineState
  closedAt: Date | null
  /** The day on which the task found that the last day had passed. The day's report of missed deadlines selects by it. */
  overOn: string | null
  nextReminderOn: string | null
  /** The last reminder: its day, and the working days that were left then. */
  remindedOn: string | null
  remindedLeft: number | null
}

export const deadlineTable = table<DeadlineRow>(
  'deadline',
  {
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
    latest: optional(day()),
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
  [
    { name: 'ux_deadline_key', columns: ['clockKey'], unique: true },
    { name: 'ix_deadline_due', columns: ['state', 'due'] },
    { name: 'ix_deadline_reminder', columns: ['state', 'nextReminderOn'] },
    { name: 'ix_deadline_calendar', columns: ['state', 'calendarVersion'] },
    { name: 'ix_deadline_reminded', columns: ['remindedOn', 'unitId'] },
    { name: 'ix_deadline_over', columns: ['overOn', 'unitId'] },
    { name: 'ix_deadline_subject', columns: ['subject'] },
    { name: 'ix_deadline_unit', columns: ['unitId', 'state'] },
    { name: 'ix_deadline_missing', columns: ['missingYear', 'calendarVersion'] },
  ],
)

export async function insertDeadlines(tx: Tx, rows: readonly DeadlineRow[]): Promise<void> {
  await tx.insert(deadlineTable, rows)
}

/** The deadlines with these keys (`<code>:<subject>`), in any state. */
export async function deadlinesByKey(db: Db, keys: readonly string[]): Promise<DeadlineRow[]> {
  const found: DeadlineRow[] = []
  for (const part of portions(keys)) {
    const rows = await db.manager
      .getRepository(deadlineTable.schema)
      .createQueryBuilder('d')
      .where('d.clockKey in (:...part)', { part })
      .getMany()
    found.push(...rows)
  }
  return found
}

export async function deadlinesById(db: Db, ids: readonly string[]): Promise<DeadlineRow[]> {
  if (ids.length === 0) return []
  return db.manager
    .getRepository(deadlineTable.schema)
    .createQueryBuilder('d')
    .where('d.id in (:...ids)', { ids })
    .orderBy('d.id')
    .getMany()
}

/** Moves deadlines that are still in one of the `from` states. Returns how many were moved. */
export async function moveDeadlines(
  tx: Tx,
  ids: readonly string[],
  from: readonly DeadlineState[],
  to: { state: DeadlineState; closedAt: Date | null; overOn?: string },
): Promise<number> {
  let moved = 0
  for (const part of portions(ids)) {
    const over = to.overOn === undefined ? '' : ', over_on = ?'
    const params: Param[] = [to.state, to.closedAt, ...(to.overOn === undefined ? [] : [to.overOn]), ...part, ...from]
    moved += await tx.run(
      `update deadline set state = ?, closed_at = ?${over} where id in (${placeholders(part)}) and state in (${placeholders(from)})`,
      params,
    )
  }
  return moved
}

export async function updateDeadline(tx: Tx, deadlineId: string, changes: Partial<DeadlineRow>): Promise<void> {
  await tx.manager.getRepository(deadlineTable.schema).update({ id: deadlineId }, changes)
}

/**
 * The condition that the last day of a deadline has passed, with today as its only parameter, twice. A provisional last day has passed once
 * the latest day to be expected has. `rules.ts`, isMissed, says the same of one deadline.
 */
export function overSql(alias: string, today = '?'): string {
  return `(${alias}.due < ${today} and (${alias}.missing_year is null or ${alias}.latest < ${today}))`
}

/** Open deadlines of these codes whose last day is before `day`, provisionally too. */
export async function overdueDeadlines(
  db: Db,
  day: string,
  codes: readonly ClockCode[],
  limit: number,
): Promise<Pick<DeadlineRow, 'id' | 'code'>[]> {
  if (codes.length === 0) return []
  return db.query(
    `select d.id, d.code from deadline d where d.state = 'open' and ${overSql('d')} and d.code in (${placeholders(codes)})
      order by d.due, d.id limit ?`,
    [day, day, ...codes, limit],
  )
}

/** Open deadlines whose next reminder day has come. `markReminded` removes them from this result, so that repeated calls need no cursor. */
export async function remindableDeadlines(
  db: Db,
  day: string,
  limit: number,
): Promise<Pick<DeadlineRow, 'id' | 'code' | 'due' | 'openedOn'>[]> {
  return db.query(
    "select id, code, due, opened_on as openedOn from deadline where state = 'open' and next_reminder_on <= ? order by next_reminder_on, id limit ?",
    [day, limit],
  )
}

/** Records a reminder and the day of the next one. `left` null: no reminder is due, only the next day is set. */
export async function markReminded(
  tx: Tx,
  ids: readonly string[],
  mark: { day: string; left: number | null; next: string | null },
): Promise<void> {
  if (mark.left === null)
    await tx.run(`update deadline set next_reminder_on = ? where id in (${placeholders(ids)}) and state = 'open'`, [mark.next, ...ids])
  else
    await tx.run(
      `update deadline set next_reminder_on = ?, reminded_on = ?, reminded_left = ? where id in (${placeholders(ids)}) and state = 'open'`,
      [mark.next, mark.day, mark.left, ...ids],
    )
}

/**
 * Deadlines that were counted by an older version of the calendar: the open ones, and those that were missed or closed while their last
 * day was provisional.
 */
export async function staleDeadlines(db: Db, version: number, limit: number): Promise<DeadlineRow[]> {
  const found: DeadlineRow[] = []
  for (const which of ["d.state = 'open'", "d.missingYear > 0 and d.state in ('missed', 'closed', 'closed_late')"]) {
    const rows = await db.manager
      .getRepository(deadlineTable.schema)
      .createQueryBuilder('d')
      .where(`${which} and d.calendarVersion < :version`, { version })
      .orderBy('d.id')
      .limit(limit - found.length)
      .getMany()
    found.push(...rows)
    if (found.length === limit) break
  }
  return found
}

/** The deadlines of one code and owner in one day's report. */
export interface DeadlineGroup {
  code: ClockCode
  owner: ClockOwner
  /** Null in a report over all units. */
  unitId: string | null
  units: number
  count: number
  /** The last day is provisional; what is missed is missed provisionally. */
  provisional: boolean
  /** The earliest last day among them; of a provisional miss, the latest day to be expected. */
  due: string
}

/**
 * `reminded`: deadlines that were reminded of on the day and are still open. `over`: deadlines found on the day to be past their last day.
 */
export type ReportKind = 'reminded' | 'over'

const REPORTS: Readonly<Record<ReportKind, string>> = { reminded: "reminded_on = ? and state = 'open'", over: 'over_on = ?' }

/** The next units, in order of id, whose liaisons own a deadline in a day's report. */
export async function unitsInReport(db: Db, kind: ReportKind, day: string, after: string, limit: number): Promise<string[]> {
  const rows = await db.query<{ unitId: string }>(
    `select distinct unit_id as unitId from deadline where ${REPORTS[kind]} and owner = 'liaison' and unit_id > ? order by unit_id limit ?`,
    [day, after, limit],
  )
  return rows.map((row) => row.unitId)
}

/** A day's report for these units: the deadlines of their liaisons by code, owner and unit. */
export async function groupsOfUnits(db: Db, kind: ReportKind, day: string, unitIds: readonly string[]): Promise<DeadlineGroup[]> {
  return groups(db, `${REPORTS[kind]} and owner = 'liaison' and unit_id in (${placeholders(unitIds)})`, [day, ...unitIds], 'unit_id')
}

/** A day's report over all units: deadlines by code and owner. @param which on deadlines `deadline`. */
export async function groupsOfDay(db: Db, kind: ReportKind, day: string, which: Condition): Promise<DeadlineGroup[]> {
  return groups(db, `${REPORTS[kind]} and ${which.sql}`, [day, ...which.params], 'null')
}

async function groups(db: Db, where: string, params: readonly Param[], unit: 'unit_id' | 'null'): Promise<DeadlineGroup[]> {
  const by = unit === 'null' ? 'code, owner' : 'code, owner, unit_id'
  const rows = await db.query<Omit<DeadlineGroup, 'count' | 'units' | 'provisional'> & Record<'n' | 'units' | 'unsure', string | number>>(
    `select code, owner, ${unit} as unitId, count(*) as n, min(${LAST_DAY}) as due, count(distinct unit_id) as units,
      missing_year is not null as unsure
      from deadline where ${where} group by ${by}, missing_year is not null order by min(due), code`,
    params,
  )
  return rows.map(({ code, owner, unitId, n, due, units, unsure }) => ({
    ...{ code, owner, unitId, due },
    count: Number(n),
    units: Number(units),
    provisional: Number(unsure) === 1,
  }))
}

/** The day by which a deadline is reported: the latest to be expected once it is missed provisionally. */
const LAST_DAY = "case when state = 'open' then due else coalesce(latest, due) end"

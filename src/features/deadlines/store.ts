// Clocks that run: one row each, with the rule it was counted by. Whoever opens or ends one is the act it belongs to.
// The periods are features/deadlines/clocks.rules, the counting features/deadlines/rules.
import type { ClockCode, ClockOwner, PeriodUnit } from './clocks.rules.ts'
import { day, flag, id, instant, int, optional, primary, references, table, text } from '../../platform/database/columns.ts'
import type { Db, Param, Tx } from '../../platform/database/database.ts'
import { placeholders } from '../../platform/database/placeholders.ts'
import type { Profile } from '../../core/profile.ts'
import type { HolidayOverrides } from './workdays.rules.ts'

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

/**
 * `closed`: the act was done in time, or the period ended by itself. `missed`: the last day passed. `closed_late`: done after it.
 * `cancelled`: there is nothing left to do in it.
 */
export const DEADLINE_STATES = ['open', 'closed', 'missed', 'closed_late', 'cancelled'] as const
export type DeadlineState = (typeof DEADLINE_STATES)[number]

export interface DeadlineRow {
  id: string
  /** Code and subject: opened twice, it is one clock. */
  clockKey: string
  code: ClockCode
  profile: Profile
  /** What it runs for: `listing:<id>`, `bulletin:<id>` … */
  subject: string
  owner: ClockOwner
  /** The unit whose liaisons own it. */
  unitId: string | null
  openedOn: string
  /** The day counted from, itself not counted. */
  start: string
  due: string
  /** Provisional: `due` is the earliest day it can be, until this year is loaded. Nobody is held to it. */
  missingYear: number | null
  amount: number
  unit: PeriodUnit
  rolls: boolean
  citation: string
  house: boolean
  /** The calendar it was counted by. */
  calendarVersion: number
  state: DeadlineState
  closedAt: Date | null
  /** The Beijing day on which its last day was found to have passed: what the day's report of missed clocks is made of. */
  overOn: string | null
  nextReminderOn: string | null
  /** The last reminder: its Beijing day and the working days that were left. */
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
  ],
)

const PORTION = 1000

export async function insertDeadlines(tx: Tx, rows: readonly DeadlineRow[]): Promise<void> {
  await tx.insert(deadlineTable, rows)
}

/** The clocks of these keys, whatever their state. */
export async function deadlinesByKey(db: Db, keys: readonly string[]): Promise<DeadlineRow[]> {
  const found: DeadlineRow[] = []
  for (let start = 0; start < keys.length; start += PORTION) {
    const part = keys.slice(start, start + PORTION)
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

/** Moves clocks that still stand in one of the states; answers how many did. */
export async function moveDeadlines(
  tx: Tx,
  ids: readonly string[],
  from: readonly DeadlineState[],
  to: { state: DeadlineState; closedAt: Date | null; overOn?: string },
): Promise<number> {
  let moved = 0
  for (let start = 0; start < ids.length; start += PORTION) {
    const part = ids.slice(start, start + PORTION)
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

/** Open clocks whose last day lies before a day and is certain: missed, or ended. Their codes tell which. */
export async function overdueDeadlines(
  db: Db,
  day: string,
  codes: readonly ClockCode[],
  limit: number,
): Promise<Pick<DeadlineRow, 'id' | 'code'>[]> {
  if (codes.length === 0) return []
  return db.query(
    `select id, code from deadline where state = 'open' and due < ? and missing_year is null and code in (${placeholders(codes)}) order by due, id limit ?`,
    [day, ...codes, limit],
  )
}

/** Open clocks whose next reminder has come. Marking them takes them out of the answer, so a walk needs no cursor. */
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

/** Marks a reminder as given (`left` null: the day for it has passed and none is given) and sets the next. */
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

/** Open clocks that were counted by an older calendar. */
export async function staleDeadlines(db: Db, version: number, limit: number): Promise<DeadlineRow[]> {
  return db.manager
    .getRepository(deadlineTable.schema)
    .createQueryBuilder('d')
    .where("d.state = 'open' and d.calendarVersion < :version", { version })
    .orderBy('d.id')
    .limit(limit)
    .getMany()
}

/** Clocks of one kind, for one owner, in one day's report. */
export interface DeadlineGroup {
  code: ClockCode
  owner: ClockOwner
  /** Null in a report over all units. */
  unitId: string | null
  units: number
  count: number
  /** The earliest last day among them. */
  due: string
}

/** Which day's report: of clocks reminded on it that are still open, or of clocks found over on it. */
export type ReportKind = 'reminded' | 'over'

const REPORTS: Readonly<Record<ReportKind, string>> = { reminded: "reminded_on = ? and state = 'open'", over: 'over_on = ?' }

/** The next units whose liaisons own something in a day's report, in order. */
export async function unitsInReport(db: Db, kind: ReportKind, day: string, after: string, limit: number): Promise<string[]> {
  const rows = await db.query<{ unitId: string }>(
    `select distinct unit_id as unitId from deadline where ${REPORTS[kind]} and owner = 'liaison' and unit_id > ? order by unit_id limit ?`,
    [day, after, limit],
  )
  return rows.map((row) => row.unitId)
}

/** What these units' liaisons own in a day's report. */
export async function groupsOfUnits(db: Db, kind: ReportKind, day: string, unitIds: readonly string[]): Promise<DeadlineGroup[]> {
  return groups(db, `${REPORTS[kind]} and owner = 'liaison' and unit_id in (${placeholders(unitIds)})`, [day, ...unitIds], 'unit_id')
}

/** A day's report over all subjects and units: by code and owner. */
export async function groupsOfDay(db: Db, kind: ReportKind, day: string): Promise<DeadlineGroup[]> {
  return groups(db, REPORTS[kind], [day], 'null')
}

async function groups(db: Db, where: string, params: readonly Param[], unit: 'unit_id' | 'null'): Promise<DeadlineGroup[]> {
  const by = unit === 'null' ? 'code, owner' : 'code, owner, unit_id'
  const rows = await db.query<Omit<DeadlineGroup, 'count' | 'units'> & { n: string | number; units: string | number }>(
    `select code, owner, ${unit} as unitId, count(*) as n, min(due) as due, count(distinct unit_id) as units
      from deadline where ${where} group by ${by} order by min(due), code`,
    params,
  )
  return rows.map(({ code, owner, unitId, n, due, units }) => ({ code, owner, unitId, count: Number(n), due, units: Number(units) }))
}

export interface DeadlineFilter {
  state?: DeadlineState
  code?: ClockCode
  owner?: ClockOwner
  unitId?: string
  subject?: string
}

/** Soonest last day first. */
export async function searchDeadlines(
  db: Db,
  filter: DeadlineFilter,
  page: { limit: number; offset: number },
): Promise<{ items: DeadlineRow[]; total: number }> {
  const [items, total] = await db.manager
    .getRepository(deadlineTable.schema)
    .findAndCount({ where: { ...filter }, order: { due: 'ASC', id: 'ASC' }, take: page.limit, skip: page.offset })
  return { items, total }
}

/** What a new count says of open clocks that were counted alike. */
export interface Recounted {
  due: string
  missingYear: number | null
  nextReminderOn: string | null
  calendarVersion: number
}

export async function recountDeadlines(tx: Tx, ids: readonly string[], counted: Recounted): Promise<void> {
  await tx.run(
    `update deadline set due = ?, missing_year = ?, next_reminder_on = ?, calendar_version = ? where id in (${placeholders(ids)}) and state = 'open'`,
    [counted.due, counted.missingYear, counted.nextReminderOn, counted.calendarVersion, ...ids],
  )
}

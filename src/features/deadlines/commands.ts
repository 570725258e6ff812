// Opens, closes, restarts and cancels deadlines in other commands' transactions, and changes the work calendar.
// How a period is counted is rules.ts; lists are views.ts; what happens each day is tasks.ts.

import { type Day, dayOf, instantAt, isDay, writtenDayOrNone } from '../../core/calendar.ts'
import { newId } from '../../core/ids.ts'
import { CLOCKS, type ClockCode } from './clocks.rules.ts'
import { dueDay, isMissed, provisionalOf, reminderState, type Due } from './rules.ts'
import { SYSTEM } from '../../platform/commands/permissions.ts'
import {
  deadlinesByKey,
  insertDeadlines,
  moveDeadlines,
  updateDeadline,
  type DeadlineRow,
  calendarOverrides,
  calendarVersion,
  replaceCalendar,
} from './store.ts'
import { query, type SystemCommandContext, type CommandContext, command, type AppContext } from '../../platform/commands/command.ts'
import type { Db } from '../../platform/database/database.ts'
import { AppError, type Problem } from '../../core/errors.ts'
import { readNotice, type NoticeDays } from './holidays.rules.ts'
import { checkOverrides, createWorkCalendar, missingYears, type HolidayOverrides, type WorkCalendar } from './workdays.rules.ts'
import { takeNumbers } from '../../platform/database/counters.ts'

/** The work calendar in force and its version. Each deadline stores the version by which it was counted. */
export async function workCalendar(db: Db): Promise<{ calendar: WorkCalendar; version: number }> {
  return { calendar: createWorkCalendar({ overrides: await calendarOverrides(db) }), version: await calendarVersion(db) }
}

export interface CalendarView {
  version: number
  /** Years whose holiday arrangement is known completely. */
  years: number[]
  /** Years whose arrangement should be known by now and is not: this year, and from November on the next. */
  missing: number[]
  /** Days off and working days that the admin added. */
  rest: readonly Day[]
  work: readonly Day[]
}

/** The work calendar with the admin's days and the years that are missing. */
export const getCalendar = query('calendar.read', async ({ db, now }, _input: undefined): Promise<CalendarView> => {
  const { rest, work } = await calendarOverrides(db)
  const { calendar, version } = await workCalendar(db)
  return { version, years: calendar.years(), missing: missingYears(calendar, dayOf(now)), rest, work }
})

/** For `/readyz`: years whose holiday arrangement is missing. Deadlines that touch such a year have a provisional last day. */
export async function missingCalendarYears(app: AppContext): Promise<number[]> {
  return (await getCalendar(app, SYSTEM, undefined)).missing
}

/**
 * The days that the text of a year's notice names, for the admin to check before they are loaded.
 * @throws `request_invalid` with `notice_unread` when it names none.
 */
export const daysOfNotice = query('calendar.manage', ({ app: _ }, { year, text }: { year: number; text: string }): Promise<NoticeDays> => {
  const days = readNotice(text, year)
  if (days.rest.length === 0) throw new AppError('request_invalid', {}, [{ code: 'notice_unread', field: 'notice' }])
  return Promise.resolve(days)
})

/** A change of the work calendar by the admin. Days are YYYY-MM-DD. */
export interface CalendarChange {
  /** Days off and working days to add. A day that was in the other list moves to this one. */
  rest?: readonly Day[] | undefined
  work?: readonly Day[] | undefined
  /** The admin's own days to remove. */
  remove?: readonly Day[] | undefined
  /** Years whose arrangement is complete in `rest` and `work`, in this change or in earlier ones. */
  years?: readonly number[] | undefined
}

/**
 * Changes the admin's days. Days before today cannot be changed, except when their whole year is loaded by this change.
 * The next run of the task counts open deadlines again; no deadline becomes missed by a change.
 * @throws `request_invalid` with every problem: not a day, both off and worked, in the past, or a year with too few days off to be
 * complete.
 */
export const changeCalendar = command(
  'calendar.manage',
  async ({ tx, actor, now, audit }, input: CalendarChange): Promise<CalendarView> => {
    const version = await takeNumbers(tx, 'calendar', 1)
    const before = await calendarOverrides(tx)
    const requested = { rest: input.rest ?? [], work: input.work ?? [], years: input.years ?? [] }
    const removed = input.remove ?? []
    const next = mergeOverrides(before, requested, removed)
    const problems = [
      ...checkOverrides({ ...requested, years: [] }),
      ...pastDays([...requested.rest, ...requested.work, ...removed], requested.years, dayOf(now)),
    ]
    if (problems.length === 0) problems.push(...checkOverrides(next))
    if (problems.length > 0) throw new AppError('request_invalid', {}, problems)
    await replaceCalendar(tx, next, { actor: actor.id, at: now })
    await audit({ subject: 'calendar', detail: { version, rest: requested.rest, work: requested.work, removed, years: requested.years } })
    const calendar = createWorkCalendar({ overrides: next })
    return { version, years: calendar.years(), missing: missingYears(calendar, dayOf(now)), rest: next.rest, work: next.work }
  },
  ({ version, missing }) => ({ version, missing: missing.join(' ') }),
)

function mergeOverrides(before: HolidayOverrides, requested: HolidayOverrides, removed: readonly Day[]): HolidayOverrides {
  const remaining = (days: readonly Day[], other: readonly Day[]): Day[] =>
    days.filter((day) => !removed.includes(day) && !other.includes(day))
  return {
    rest: [...new Set([...remaining(before.rest, requested.work), ...requested.rest])].sort(),
    work: [...new Set([...remaining(before.work, requested.rest), ...requested.work])].sort(),
    years: [...new Set([...before.years, ...requested.years])].sort((a, b) => a - b),
  }
}

function pastDays(days: readonly Day[], loaded: readonly number[], today: Day): Problem[] {
  const past = days.filter((day) => isDay(day) && day < today && !loaded.includes(Number(day.slice(0, 4))))
  return past.map((day) => ({ code: 'holiday_past', field: 'days', value: day }))
}

type DeadlineContext = Pick<SystemCommandContext, 'app' | 'tx' | 'now'>

/** A deadline to open. */
export interface NewDeadline {
  code: ClockCode
  /** What the deadline belongs to: `listing:<id>`, `bulletin:<id>` … up to 60 characters. */
  subject: string
  /** The day of the starting event (YYYY-MM-DD), itself not counted. */
  start: Day
  /** The unit whose liaisons own it. Without a unit, the clerks own a deadline that the table gives to liaisons. */
  unitId?: string
}

/** Opens deadlines. A code without a period in the profile is skipped; a deadline that exists already, in any state, is left as it is. */
export async function openDeadlines(context: DeadlineContext, openings: readonly NewDeadline[]): Promise<void> {
  await runDeadlines(context, openings, 'keep')
}

/** Opens deadlines again because the day they are counted from has changed, for example after a term was corrected. */
export async function restartDeadlines(context: DeadlineContext, openings: readonly NewDeadline[]): Promise<void> {
  await runDeadlines(context, openings, 'restart')
}

async function runDeadlines(context: DeadlineContext, openings: readonly NewDeadline[], existing: 'keep' | 'restart'): Promise<void> {
  if (openings.length === 0) return
  const { tx } = context
  const work = await workCalendar(tx)
  const rows = new Map(openings.flatMap((opening) => rowOf(context, opening, work) ?? []).map((row) => [row.clockKey, row]))
  const before = new Map((await deadlinesByKey(tx, [...rows.keys()])).map((row) => [row.clockKey, row.id]))
  await insertDeadlines(
    tx,
    [...rows.values()].filter((row) => !before.has(row.clockKey)),
  )
  if (existing === 'keep') return
  for (const [key, id] of before) await updateDeadline(tx, id, { ...(rows.get(key) as DeadlineRow), id })
}

function rowOf(
  { app, now }: DeadlineContext,
  { code, subject, start, unitId }: NewDeadline,
  { calendar, version }: Awaited<ReturnType<typeof workCalendar>>,
): DeadlineRow | null {
  const due = dueDay(code, start, app.config.profile, calendar, app.config.clockDays)
  if (due === null) return null
  const openedOn = dayOf(now)
  const { owner } = CLOCKS[code]
  return {
    id: newId(),
    clockKey: keyOf(code, subject),
    code,
    profile: due.profile,
    subject,
    owner: owner === 'liaison' && unitId === undefined ? 'clerk' : owner,
    unitId: unitId ?? null,
    openedOn,
    start: due.start,
    due: due.due,
    missingYear: due.provisional?.missingYear ?? null,
    latest: due.provisional?.latest ?? null,
    amount: due.amount,
    unit: due.unit,
    rolls: due.rolls,
    citation: due.citation,
    house: due.house,
    calendarVersion: version,
    state: 'open',
    closedAt: null,
    overOn: null,
    nextReminderOn: reminderState(code, { openedOn, due: due.due }, openedOn, calendar).next,
    remindedOn: null,
    remindedLeft: null,
  }
}

function keyOf(code: ClockCode, subject: string): string {
  return `${code}:${subject}`
}

/** A stored deadline in the shape that the counting rules use. */
export function dueOf(row: DeadlineRow): Due {
  const { code, profile, start, due, amount, unit, rolls, citation, house, missingYear, latest } = row
  return {
    code,
    profile,
    start,
    due,
    amount,
    unit,
    rolls,
    citation,
    house,
    ...provisionalOf({ missingYear, latest }),
  }
}

/** Whether an act came within its deadline. */
export type Timeliness = 'in_time' | 'late'

/**
 * Closes the deadlines of subjects because the act was done today. Returns for each subject whether it was late; subjects without a running
 * deadline are left out.
 */
export async function closeDeadlines(
  { tx, now }: Pick<DeadlineContext, 'tx' | 'now'>,
  code: ClockCode,
  subjects: readonly string[],
): Promise<Map<string, Timeliness>> {
  const today = dayOf(now)
  const rows = await deadlinesByKey(
    tx,
    subjects.map((subject) => keyOf(code, subject)),
  )
  const running = rows.filter((row) => row.state === 'open' || row.state === 'missed')
  const late = running.filter((row) => row.state === 'missed' || isMissed(dueOf(row), today))
  const timely = running.filter((row) => !late.includes(row))
  await moveDeadlines(tx, idsOf(late), ['open', 'missed'], { state: 'closed_late', closedAt: now })
  await moveDeadlines(tx, idsOf(timely), ['open'], { state: 'closed', closedAt: now })
  return new Map(running.map((row) => [row.subject, late.includes(row) ? 'late' : 'in_time']))
}

/** Cancels open deadlines in which nothing is left to do. A missed deadline stays missed. */
export async function cancelDeadlines(
  { tx, now }: Pick<DeadlineContext, 'tx' | 'now'>,
  code: ClockCode,
  subjects: readonly string[],
): Promise<void> {
  const rows = await deadlinesByKey(
    tx,
    subjects.map((subject) => keyOf(code, subject)),
  )
  await moveDeadlines(tx, idsOf(rows), ['open'], { state: 'cancelled', closedAt: now })
}

function idsOf(rows: readonly DeadlineRow[]): string[] {
  return rows.map((row) => row.id)
}

/** The last day of a deadline (YYYY-MM-DD); null when there is no deadline or its last day is provisional. */
export async function lastDayOf(db: Db, code: ClockCode, subject: string): Promise<Day | null> {
  const [row] = await deadlinesByKey(db, [`${code}:${subject}`])
  return row === undefined || row.missingYear !== null ? null : row.due
}

/** The last day of a deadline (YYYY-MM-DD), also while it is provisional; null when there is no deadline. */
export async function dueDayOf(db: Db, code: ClockCode, subject: string): Promise<Day | null> {
  const [row] = await deadlinesByKey(db, [`${code}:${subject}`])
  return row?.due ?? null
}

/** The same as documents write it (`2026年10月8日`); empty when there is no deadline. */
export async function writtenDueDay(db: Db, code: ClockCode, subject: string): Promise<string> {
  return writtenDayOrNone(await dueDayOf(db, code, subject))
}

/** Closes a debtor's deadline as of the day on which the debtor acted (YYYY-MM-DD), which a clerk may register later. */
export async function closeDeadlineAsOf(context: CommandContext, code: ClockCode, subject: string, actedOn: Day): Promise<void> {
  const { tx, now } = context
  await closeDeadlines({ tx, now: actedOn === dayOf(now) ? now : instantAt(actedOn, 12) }, code, [subject])
}

// Opens, closes, restarts and cancels deadlines inside other commands' transactions; views of them; and the work calendar they are counted over.
// How a period is counted is rules.ts.

import { dayOf, type Day, writtenDay, instantAt, isDay } from '../../core/calendar.ts'
import { newId } from '../../core/ids.ts'
import { CLOCKS, type ClockCode } from './clocks.rules.ts'
import { dueDay, isMissed, reminderState, type Due } from './rules.ts'
import { requireOwnUnit, ownUnitOf, SYSTEM } from '../../platform/commands/permissions.ts'
import {
  deadlinesByKey,
  insertDeadlines,
  moveDeadlines,
  searchDeadlines,
  updateDeadline,
  type DeadlineFilter,
  type DeadlineRow,
  calendarOverrides,
  calendarVersion,
  replaceCalendar,
} from './store.ts'
import { query, type SystemCommandContext, type CommandContext, command, type AppContext } from '../../platform/commands/command.ts'
import type { Db } from '../../platform/database/database.ts'
import { AppError, type Problem } from '../../core/errors.ts'
import { checkOverrides, createWorkCalendar, missingYears, type HolidayOverrides, type WorkCalendar } from './workdays.rules.ts'
import { takeNumbers } from '../../platform/database/counters.ts'

/** The calendar in force, and which change made it so: clocks remember by which they were counted. */
export async function workCalendar(db: Db): Promise<{ calendar: WorkCalendar; version: number }> {
  return { calendar: createWorkCalendar({ overrides: await calendarOverrides(db) }), version: await calendarVersion(db) }
}

export interface CalendarView {
  version: number
  /** Years whose whole arrangement is known. */
  years: number[]
  /** Years that should be known by now and are not: this one, and from November the next. */
  missing: number[]
  /** The admin's own days. */
  rest: readonly Day[]
  work: readonly Day[]
}

export const getCalendar = query('calendar.read', async ({ db, now }, _input: undefined): Promise<CalendarView> => {
  const { rest, work } = await calendarOverrides(db)
  const { calendar, version } = await workCalendar(db)
  return { version, years: calendar.years(), missing: missingYears(calendar, dayOf(now)), rest, work }
})

/** For `/readyz`: years of which nobody knows yet which days are worked. Clocks that touch them run with a provisional last day. */
export async function missingCalendarYears(app: AppContext): Promise<number[]> {
  return (await getCalendar(app, SYSTEM, undefined)).missing
}

export interface CalendarChange {
  /** Days off and working days to add; a day that was the other becomes this. */
  rest?: readonly Day[] | undefined
  work?: readonly Day[] | undefined
  /** Own days to take back. */
  remove?: readonly Day[] | undefined
  /** Years whose whole arrangement stands in `rest` and `work`, here or from before. */
  years?: readonly number[] | undefined
}

/**
 * Changes the admin's days. Days before today stay as they are, except where their whole year is loaded now.
 * Open clocks are counted again by the next tick; nobody becomes late by a change.
 * @throws `request_invalid` with every problem: not a day, called both, past, or a year with too few days off to be whole.
 */
export const changeCalendar = command(
  'calendar.manage',
  async ({ tx, actor, now, audit }, input: CalendarChange): Promise<CalendarView> => {
    const version = await takeNumbers(tx, 'calendar', 1)
    const before = await calendarOverrides(tx)
    const asked = { rest: input.rest ?? [], work: input.work ?? [], years: input.years ?? [] }
    const removed = input.remove ?? []
    const next = merged(before, asked, removed)
    const problems = [
      ...checkOverrides({ ...asked, years: [] }),
      ...pastDays([...asked.rest, ...asked.work, ...removed], asked.years, dayOf(now)),
    ]
    if (problems.length === 0) problems.push(...checkOverrides(next))
    if (problems.length > 0) throw new AppError('request_invalid', {}, problems)
    await replaceCalendar(tx, next, { actor: actor.id, at: now })
    await audit({ subject: 'calendar', detail: { version, rest: asked.rest, work: asked.work, removed, years: asked.years } })
    const calendar = createWorkCalendar({ overrides: next })
    return { version, years: calendar.years(), missing: missingYears(calendar, dayOf(now)), rest: next.rest, work: next.work }
  },
  ({ version, missing }) => ({ version, missing: missing.join(' ') }),
)

function merged(before: HolidayOverrides, asked: HolidayOverrides, removed: readonly Day[]): HolidayOverrides {
  const kept = (days: readonly Day[], other: readonly Day[]): Day[] => days.filter((day) => !removed.includes(day) && !other.includes(day))
  return {
    rest: [...new Set([...kept(before.rest, asked.work), ...asked.rest])].sort(),
    work: [...new Set([...kept(before.work, asked.rest), ...asked.work])].sort(),
    years: [...new Set([...before.years, ...asked.years])].sort((a, b) => a - b),
  }
}

function pastDays(days: readonly Day[], loaded: readonly number[], today: Day): Problem[] {
  const past = days.filter((day) => isDay(day) && day < today && !loaded.includes(Number(day.slice(0, 4))))
  return past.map((day) => ({ code: 'holiday_past', field: 'days', value: day }))
}

type Context = Pick<SystemCommandContext, 'app' | 'tx' | 'now'>

export interface Opening {
  code: ClockCode
  /** What it runs for: `listing:<id>`, `bulletin:<id>` … up to 60 characters. */
  subject: string
  /** The day of the starting event, not counted. */
  start: Day
  /** The unit whose liaisons own it. Without one, a liaison's clock is the clerks'. */
  unitId?: string
}

/** Opens clocks. Where the profile sets no period there is none; one that was opened before, in whatever state, stays as it is. */
export async function openDeadlines(context: Context, openings: readonly Opening[]): Promise<void> {
  await runDeadlines(context, openings, 'keep')
}

/** Opens clocks anew: the day they run from has changed, such as a corrected term. */
export async function restartDeadlines(context: Context, openings: readonly Opening[]): Promise<void> {
  await runDeadlines(context, openings, 'restart')
}

async function runDeadlines(context: Context, openings: readonly Opening[], known: 'keep' | 'restart'): Promise<void> {
  if (openings.length === 0) return
  const { tx } = context
  const counted = await workCalendar(tx)
  const rows = new Map(openings.flatMap((opening) => rowOf(context, opening, counted) ?? []).map((row) => [row.clockKey, row]))
  const before = new Map((await deadlinesByKey(tx, [...rows.keys()])).map((row) => [row.clockKey, row.id]))
  await insertDeadlines(
    tx,
    [...rows.values()].filter((row) => !before.has(row.clockKey)),
  )
  if (known === 'keep') return
  for (const [key, id] of before) await updateDeadline(tx, id, { ...(rows.get(key) as DeadlineRow), id })
}

function rowOf(
  { app, now }: Context,
  { code, subject, start, unitId }: Opening,
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

/** A stored clock as the rules count it. */
export function dueOf(row: DeadlineRow): Due {
  const { code, profile, start, due, amount, unit, rolls, citation, house, missingYear } = row
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
    ...(missingYear === null ? {} : { provisional: { missingYear } }),
  }
}

export type Timeliness = 'in_time' | 'late'

/** Closes the clocks of subjects: what they asked for was done today. Answers which were late; subjects without a running clock are left out. */
export async function closeDeadlines(
  { tx, now }: Pick<Context, 'tx' | 'now'>,
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

/** Ends clocks in which nothing is left to do. A missed one stays missed: that it was is a fact. */
export async function cancelDeadlines(
  { tx, now }: Pick<Context, 'tx' | 'now'>,
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

export type DeadlineView = Pick<
  DeadlineRow,
  | 'id'
  | 'code'
  | 'profile'
  | 'subject'
  | 'owner'
  | 'unitId'
  | 'openedOn'
  | 'start'
  | 'due'
  | 'amount'
  | 'unit'
  | 'citation'
  | 'state'
  | 'closedAt'
  | 'remindedOn'
> & {
  /** What the clock is called. */
  name: string
  /** `due` is the earliest it can be, until this year's arrangement is loaded. */
  missingYear: number | null
  /** The last day has passed and it is not done. */
  late: boolean
}

/** Clocks that fit, soonest last day first. A unit sees its own. @throws `unit_other`. */
export const listDeadlines = query(
  'clock.read',
  async (
    { db, app, actor, now },
    input: { filter: DeadlineFilter; page: { limit: number; offset: number } },
  ): Promise<{ items: DeadlineView[]; total: number }> => {
    const own = ownUnitOf(actor)
    if (input.filter.unitId !== undefined) requireOwnUnit(actor, input.filter.unitId)
    const { items, total } = await searchDeadlines(db, { ...input.filter, ...(own === null ? {} : { unitId: own }) }, input.page)
    const today = dayOf(now)
    return { items: items.map((row) => viewOf(row, app.catalog.words('clocks', `clock.${row.code}`), today)), total }
  },
)

function viewOf(row: DeadlineRow, name: string, today: Day): DeadlineView {
  const { id, code, profile, subject, owner, unitId, openedOn, start, due, amount, unit, citation, state, closedAt, remindedOn } = row
  return {
    ...{ id, code, profile, subject, owner, unitId, openedOn, start, due, amount, unit, citation, state, closedAt, remindedOn },
    name,
    missingYear: row.missingYear,
    late: state === 'missed' || (state === 'open' && isMissed(dueOf(row), today)),
  }
}

/** The last day of a clock; null where there is none, or it is not certain yet. */
export async function lastDayOf(db: Db, code: ClockCode, subject: string): Promise<Day | null> {
  const [row] = await deadlinesByKey(db, [`${code}:${subject}`])
  return row === undefined || row.missingYear !== null ? null : row.due
}

/** The day a message may name: the last one, or the earliest it can be. */
export async function dueOn(db: Db, code: ClockCode, subject: string): Promise<string> {
  const [row] = await deadlinesByKey(db, [`${code}:${subject}`])
  return row === undefined ? '' : writtenDay(row.due)
}

/** Closes a debtor's clock by the day on which they acted, which the clerk registers later. */
export async function closeByDay(context: CommandContext, code: ClockCode, subject: string, actedOn: Day): Promise<void> {
  const { tx, now } = context
  await closeDeadlines({ tx, now: actedOn === dayOf(now) ? now : instantAt(actedOn, 12) }, code, [subject])
}

// The work calendar: the State Council's arrangement with the admin's own days over it, and what is still missing.
// How days are counted is domain/workdays; clocks that a change touches are counted again by actions/clock-tick.

import { dayOf, isDay, type Day } from '../../core/calendar.ts'
import { AppError, type Problem } from '../../core/errors.ts'
import { HOUSE } from '../../platform/commands/permissions.ts'
import { checkOverrides, createWorkCalendar, missingYears, type HolidayOverrides, type WorkCalendar } from './workdays.rules.ts'
import { calendarOverrides, calendarVersion, replaceCalendar } from './calendar.store.ts'
import type { Db } from '../../platform/database/database.ts'
import { act, view, type House } from '../../platform/commands/command.ts'
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

export const getCalendar = view('calendar.read', async ({ db, now }, _input: undefined): Promise<CalendarView> => {
  const { rest, work } = await calendarOverrides(db)
  const { calendar, version } = await workCalendar(db)
  return { version, years: calendar.years(), missing: missingYears(calendar, dayOf(now)), rest, work }
})

/** For `/readyz`: years of which nobody knows yet which days are worked. Clocks that touch them run with a provisional last day. */
export async function missingCalendarYears(house: House): Promise<number[]> {
  return (await getCalendar(house, HOUSE, undefined)).missing
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
export const changeCalendar = act(
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

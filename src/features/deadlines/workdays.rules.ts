// Which days are worked: the State Council's yearly arrangement (data of chinese-days) and the admin's own days over it.
// How a period is counted over them lives in deadlines.ts, plain dates in core/calendar.ts.

import { createRequire } from 'node:module'
import { addDays, isDay, type Day } from '../../core/calendar.ts'
import { AppError, type Problem } from '../../core/errors.ts'

/** `unknown`: no arrangement settles the day yet, not even a Sunday, which may be made a working day. */
export type DayKind = 'work' | 'rest' | 'unknown'

/**
 * A day found by counting. With `missingYear` the count met days that no arrangement settles: each of them was taken as worked, so `day` is the
 * earliest the true day can be, whatever that year's arrangement will say. It is a bound, not a guess, and never a due day to hold anyone to.
 */
export interface CountedDay {
  day: Day
  missingYear?: number
}

export interface WorkCalendar {
  kind(day: Day): DayKind
  /** Whether the year's whole arrangement is known. */
  known(year: number): boolean
  /** The known years, ascending. */
  years(): number[]
  /** The day itself when it is worked, else the next one that is: how a last day on a holiday moves (民诉法 85). */
  rollForward(day: Day): CountedDay
  /** The count-th working day after a day (before it when negative); the day itself is not counted and, for 0, returned. */
  addWorkdays(day: Day, count: number): CountedDay
  /** Working days after `from` up to and including `to`; 0 when `to` is not later. With `missingYear` it is the most there can be. */
  workdaysBetween(from: Day, to: Day): { count: number; missingYear?: number }
}

/** What the admin adds. Either list wins over the library. */
export interface HolidayOverrides {
  /** Days off: an autonomous prefecture's own day, a closure, or a missing year's holidays. */
  rest: readonly Day[]
  /** Working days: a missing year's worked weekends, or a day off that was called back. */
  work: readonly Day[]
  /** Years that the library lacks and whose whole arrangement stands in `rest` and `work`. A single extra day doesn't make a year known. */
  years: readonly number[]
}

export const NO_OVERRIDES: HolidayOverrides = { rest: [], work: [], years: [] }

// The data file, not the library's functions: those read midnight UTC in the machine's zone and are a day off west of Greenwich.
interface Arrangement {
  holidays: Readonly<Record<Day, string>>
  workdays: Readonly<Record<Day, string>>
}
const { holidays, workdays } = createRequire(import.meta.url)('chinese-days/dist/chinese-days.json') as Arrangement

const ARRANGED: ReadonlyMap<Day, DayKind> = kindsOf({ rest: Object.keys(holidays), work: Object.keys(workdays) })

/** New Year's arrangement reaches back: 2007, 2011 and 2018 moved days from 29 December on. Before it is known, the last week isn't settled. */
const LAST_WEEK = '12-25'

function kindsOf(days: { rest: readonly Day[]; work: readonly Day[] }): Map<Day, DayKind> {
  return new Map<Day, DayKind>([...days.rest.map((day) => [day, 'rest'] as const), ...days.work.map((day) => [day, 'work'] as const)])
}

function isWeekend(day: Day): boolean {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay()
  return weekday === 0 || weekday === 6
}

function yearOf(day: Day): number {
  return Number(day.slice(0, 4))
}

/** Weekdays off less weekends worked. Swapped days cancel out, so a full arrangement yields the statutory holidays: 13; 11 or 10 until 2024. */
function netDaysOff(kinds: ReadonlyMap<Day, DayKind>, year: number): number {
  let net = 0
  for (const [day, kind] of kinds) {
    if (yearOf(day) !== year) continue
    if (kind === 'rest' && !isWeekend(day)) net += 1
    if (kind === 'work' && isWeekend(day)) net -= 1
  }
  return net
}

/** One fewer than statutory, because a swap may cross the year's end (2006, 2011). Fewer than that is a year only partly loaded. */
function leastDaysOff(year: number): number {
  return year >= 2025 ? 12 : 9
}

const LIBRARY_YEARS: readonly number[] = [...new Set([...ARRANGED.keys()].map(yearOf))].filter(
  (year) => netDaysOff(ARRANGED, year) >= leastDaysOff(year),
)

/** Every problem of the admin's days: not a day, called both, or a year said to be whole that has too few days off to be so. */
export function checkOverrides(overrides: HolidayOverrides): Problem[] {
  const problems: Problem[] = []
  for (const field of ['rest', 'work'] as const)
    for (const day of overrides[field]) if (!isDay(day)) problems.push({ code: 'holiday_day', field, value: day })
  for (const day of overrides.rest) if (overrides.work.includes(day)) problems.push({ code: 'holiday_both', field: 'rest', value: day })
  if (problems.length > 0) return problems
  const merged = new Map([...ARRANGED, ...kindsOf(overrides)])
  for (const year of overrides.years) {
    const found = netDaysOff(merged, year)
    if (found < leastDaysOff(year))
      problems.push({ code: 'holiday_year', field: 'years', value: String(year), values: { found, least: leastDaysOff(year) } })
  }
  return problems
}

/** @throws AppError `request_invalid` with the problems of `checkOverrides`. */
export function createWorkCalendar(input: { overrides: HolidayOverrides }): WorkCalendar {
  const problems = checkOverrides(input.overrides)
  if (problems.length > 0) throw new AppError('request_invalid', {}, problems)
  const own = kindsOf(input.overrides)
  const knownYears = new Set([...LIBRARY_YEARS, ...input.overrides.years])

  /** The year whose arrangement would settle the day; undefined when it is settled. */
  function missingFor(day: Day): number | undefined {
    if (own.has(day)) return undefined
    const year = yearOf(day)
    if (!knownYears.has(year)) return year
    return day.slice(5) >= LAST_WEEK && !knownYears.has(year + 1) ? year + 1 : undefined
  }

  function kind(day: Day): DayKind {
    if (!isDay(day)) throw new RangeError(`not a day: ${day}`)
    if (missingFor(day) !== undefined) return 'unknown'
    return own.get(day) ?? ARRANGED.get(day) ?? (isWeekend(day) ? 'rest' : 'work')
  }

  function counted(day: Day, missingYear: number | undefined): CountedDay {
    return missingYear === undefined ? { day } : { day, missingYear }
  }

  return {
    kind,
    known: (year) => knownYears.has(year),
    years: () => [...knownYears].sort((a, b) => a - b),
    rollForward(from) {
      let day = from
      while (kind(day) === 'rest') day = addDays(day, 1)
      return counted(day, missingFor(day))
    },
    addWorkdays(from, count) {
      if (!Number.isInteger(count)) throw new RangeError(`not a number of days: ${count}`)
      const step = Math.sign(count)
      let day = from
      let missingYear: number | undefined
      for (let left = Math.abs(count); left > 0;) {
        day = addDays(day, step)
        if (kind(day) === 'rest') continue
        missingYear ??= missingFor(day)
        left -= 1
      }
      return counted(day, missingYear)
    },
    workdaysBetween(from, to) {
      let count = 0
      let missingYear: number | undefined
      for (let day = addDays(from, 1); day <= to; day = addDays(day, 1)) {
        if (kind(day) === 'rest') continue
        missingYear ??= missingFor(day)
        count += 1
      }
      return missingYear === undefined ? { count } : { count, missingYear }
    },
  }
}

/** Years that should be known on a day and are not: this year, and from November, when the State Council has arranged it, the next. */
export function missingYears(calendar: WorkCalendar, today: Day): number[] {
  const year = yearOf(today)
  const wanted = today.slice(5) >= '11-01' ? [year, year + 1] : [year]
  return wanted.filter((each) => !calendar.known(each))
}

// Which days are worked: the State Council's yearly holiday arrangement (data of chinese-days), changed by the admin's own days.
// How a period is counted over working days is rules.ts; plain dates are core/calendar.ts.

import { createRequire } from 'node:module'
import { addDays, isDay, type Day } from '../../core/calendar.ts'
import { AppError, type Problem } from '../../core/errors.ts'
import { mayBeHoliday } from './holidays.rules.ts'

/** `unknown`: no arrangement covers the day yet. That holds for Sundays too, because an arrangement may make one a working day. */
export type DayKind = 'work' | 'rest' | 'unknown'

/**
 * A day found by counting. With `missingYear` the count met days that no arrangement covers. Each of them was taken as a working day, so
 * `day` is the earliest day possible, whatever that year's arrangement will be, and must not be treated as a final last day.
 */
export interface CountedDay {
  day: Day
  missingYear?: number
}

/** Counts over working days. Methods throw RangeError for a day that does not exist. */
export interface WorkdayCounter {
  /** The day itself when it is a working day, else the next working day: how a last day on a holiday moves (民诉法 85). */
  rollForward(day: Day): CountedDay
  /** The count-th working day after a day (before it when negative); the day itself is not counted and, for 0, returned. */
  addWorkdays(day: Day, count: number): CountedDay
  /** Working days after `from` up to and including `to`; 0 when `to` is not later. With `missingYear` it is the most there can be. */
  workdaysBetween(from: Day, to: Day): { count: number; missingYear?: number }
}

/** Answers which days are worked and counts over them: an unknown day counts as worked, so that a count ends on the earliest day possible. */
export interface WorkCalendar extends WorkdayCounter {
  kind(day: Day): DayKind
  /** Whether the year's arrangement is known completely. */
  known(year: number): boolean
  /** The known years, ascending. */
  years(): number[]
  /** The same with the longest plausible holidays on unknown days (holidays.rules.ts): a count ends on the latest day to be expected. */
  cautious: WorkdayCounter
}

/** The admin's days. Both lists take precedence over the library. */
export interface HolidayOverrides {
  /** Days off: a holiday of the autonomous prefecture, a closure, or the holidays of a missing year. */
  rest: readonly Day[]
  /** Working days: the worked weekends of a missing year, or a day off that was cancelled. */
  work: readonly Day[]
  /** Years that the library lacks and whose arrangement is complete in `rest` and `work`. Single extra days do not make a year known. */
  years: readonly number[]
}

export const NO_OVERRIDES: HolidayOverrides = { rest: [], work: [], years: [] }

// The data file is read instead of the library's functions: those take midnight UTC in the machine's time zone and are a day off west of
// Greenwich.
interface Arrangement {
  holidays: Readonly<Record<Day, string>>
  workdays: Readonly<Record<Day, string>>
}
const { holidays, workdays } = createRequire(import.meta.url)('chinese-days/dist/chinese-days.json') as Arrangement

const ARRANGED: ReadonlyMap<Day, DayKind> = kindsOf({ rest: Object.keys(holidays), work: Object.keys(workdays) })

/** From this day on a year depends on the next one: the New Year arrangements of 2007, 2011 and 2018 moved days from 29 December on. */
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

/**
 * Weekdays off minus worked weekend days. Swapped days cancel out, so a complete arrangement gives the statutory holidays: 13; 11 or 10
 * until 2024.
 */
function netDaysOff(kinds: ReadonlyMap<Day, DayKind>, year: number): number {
  let net = 0
  for (const [day, kind] of kinds) {
    if (yearOf(day) !== year) continue
    if (kind === 'rest' && !isWeekend(day)) net += 1
    if (kind === 'work' && isWeekend(day)) net -= 1
  }
  return net
}

/** One fewer than the statutory holidays, because a swap may cross the year's end (2006, 2011). A year with fewer is only partly loaded. */
function leastDaysOff(year: number): number {
  return year >= 2025 ? 12 : 9
}

const LIBRARY_YEARS: readonly number[] = [...new Set([...ARRANGED.keys()].map(yearOf))].filter(
  (year) => netDaysOff(ARRANGED, year) >= leastDaysOff(year),
)

/** Every problem of the admin's days: not a day, both off and worked, or a year called complete that has too few days off. */
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

/**
 * The work calendar of the library's years and the admin's days.
 * @throws AppError `request_invalid` with the problems of `checkOverrides`.
 */
export function createWorkCalendar(input: { overrides: HolidayOverrides }): WorkCalendar {
  const problems = checkOverrides(input.overrides)
  if (problems.length > 0) throw new AppError('request_invalid', {}, problems)
  const own = kindsOf(input.overrides)
  const knownYears = new Set([...LIBRARY_YEARS, ...input.overrides.years])

  /** The year whose arrangement is needed to know the day; undefined when the day is known. */
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

  /** The day's kind with the longest plausible holidays where it is unknown. */
  function cautiousKind(day: Day): DayKind {
    const kindOfDay = kind(day)
    if (kindOfDay !== 'unknown') return kindOfDay
    return ARRANGED.get(day) ?? (isWeekend(day) || mayBeHoliday(day) ? 'rest' : 'work')
  }

  return {
    kind,
    known: (year) => knownYears.has(year),
    years: () => [...knownYears].sort((a, b) => a - b),
    ...counterOver(kind, missingFor),
    cautious: counterOver(cautiousKind, () => undefined),
  }
}

/** Counts over days by their kind; an unknown day counts as worked. `missingFor` tells the year that is needed to know a day. */
function counterOver(kind: (day: Day) => DayKind, missingFor: (day: Day) => number | undefined): WorkdayCounter {
  const counted = (day: Day, missingYear: number | undefined): CountedDay => (missingYear === undefined ? { day } : { day, missingYear })
  return {
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

/**
 * Years whose arrangement should be known on a day and is not: this year and, from November on, when the State Council has published it,
 * the next.
 */
export function missingYears(calendar: WorkCalendar, today: Day): number[] {
  const year = yearOf(today)
  const expected = today.slice(5) >= '11-01' ? [year, year + 1] : [year]
  return expected.filter((each) => !calendar.known(each))
}

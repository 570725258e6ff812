// A second way of counting days for tests: the holiday notices of 2024–2026 typed by hand, an invented one for 2027, and a day-by-day walk.
// It checks src/features/deadlines and must not use its code.

/** Every day from one to another, both included. */
export function daysFrom(first: string, last: string): string[] {
  const days: string[] = []
  for (let day = first; day <= last; day = dayAfter(day)) days.push(day)
  return days
}

const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function lengthOf(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  return month === 2 && leap ? 29 : (LENGTHS[month - 1] ?? 0)
}

const twoDigits = (n: number): string => String(n).padStart(2, '0')

/** The next day, by the lengths of months. */
export function dayAfter(day: string): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number]
  if (date < lengthOf(year, month)) return `${year}-${twoDigits(month)}-${twoDigits(date + 1)}`
  return month < 12 ? `${year}-${twoDigits(month + 1)}-01` : `${year + 1}-01-01`
}

/** 0 Sunday … 6 Saturday, by Zeller's rule. */
export function weekday(day: string): number {
  const [y, m, date] = day.split('-').map(Number) as [number, number, number]
  const year = m < 3 ? y - 1 : y
  const month = m < 3 ? m + 12 : m
  const h = (date + Math.floor((13 * (month + 1)) / 5) + year + Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400)) % 7
  return (h + 6) % 7
}

const spans = (...list: readonly (readonly [string, string])[]): Set<string> =>
  new Set(list.flatMap(([first, last]) => daysFrom(first, last)))

/** Days off, and working weekend days, of the State Council's notices of 2024–2026. */
export const NOTICES = {
  rest: spans(
    ['2024-01-01', '2024-01-01'],
    ['2024-02-10', '2024-02-17'],
    ['2024-04-04', '2024-04-06'],
    ['2024-05-01', '2024-05-05'],
    ['2024-06-10', '2024-06-10'],
    ['2024-09-15', '2024-09-17'],
    ['2024-10-01', '2024-10-07'],
    ['2025-01-01', '2025-01-01'],
    ['2025-01-28', '2025-02-04'],
    ['2025-04-04', '2025-04-06'],
    ['2025-05-01', '2025-05-05'],
    ['2025-05-31', '2025-06-02'],
    ['2025-10-01', '2025-10-08'],
    ['2026-01-01', '2026-01-03'],
    ['2026-02-15', '2026-02-23'],
    ['2026-04-04', '2026-04-06'],
    ['2026-05-01', '2026-05-05'],
    ['2026-06-19', '2026-06-21'],
    ['2026-09-25', '2026-09-27'],
    ['2026-10-01', '2026-10-07'],
  ),
  work: new Set([
    ...['2024-02-04', '2024-02-18', '2024-04-07', '2024-04-28', '2024-05-11', '2024-09-14', '2024-09-29', '2024-10-12'],
    ...['2025-01-26', '2025-02-08', '2025-04-27', '2025-09-28', '2025-10-11'],
    ...['2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09', '2026-09-20', '2026-10-10'],
  ]),
}

/** An invented year, as an administrator would load one that the library lacks. */
export const YEAR_2027 = {
  rest: [
    ...spans(
      ['2027-01-01', '2027-01-03'],
      ['2027-02-05', '2027-02-11'],
      ['2027-04-03', '2027-04-05'],
      ['2027-05-01', '2027-05-05'],
      ['2027-06-09', '2027-06-09'],
      ['2027-09-15', '2027-09-15'],
      ['2027-10-01', '2027-10-07'],
    ),
  ],
  work: ['2027-01-31', '2027-05-08', '2027-09-26', '2027-10-09'],
}

/** A calendar: days that an administrator has set, and the last year whose notice is published. */
export interface World {
  rest: ReadonlySet<string>
  work: ReadonlySet<string>
  lastYear: number
}

export const yearIn = (day: string): number => Number(day.slice(0, 4))

/** The year whose notice is missing for a day; 0 when none is. */
function missingYear(day: string, world: World): number {
  if (world.rest.has(day) || world.work.has(day)) return 0
  if (yearIn(day) > world.lastYear) return yearIn(day)
  return day.slice(5) >= '12-25' && yearIn(day) === world.lastYear ? world.lastYear + 1 : 0
}

/** Whether a day is a day off. */
export function isOff(day: string, world: World): boolean {
  if (world.rest.has(day)) return true
  if (world.work.has(day) || missingYear(day, world) !== 0) return false
  if (NOTICES.rest.has(day)) return true
  if (NOTICES.work.has(day)) return false
  return weekday(day) === 0 || weekday(day) === 6
}

interface Answer {
  day: string
  missing: number
}

function walkWorkdays(start: string, amount: number, world: World): Answer {
  let day = start
  let missing = 0
  for (let done = 0; done < amount;) {
    day = dayAfter(day)
    if (isOff(day, world)) continue
    done += 1
    if (missing === 0) missing = missingYear(day, world)
  }
  return { day, missing }
}

function walkMonths(start: string, amount: number): string {
  let day = start
  for (let crossed = 0; crossed < amount;) {
    day = dayAfter(day)
    if (day.endsWith('-01')) crossed += 1
  }
  while (day.slice(8) < start.slice(8) && !dayAfter(day).endsWith('-01')) day = dayAfter(day)
  return day
}

/** The last day of a period, found by walking to it, and the year whose notice is missing; 0 when none is. */
export function walk(start: string, rule: { amount: number; unit: string; rolls: boolean }, world: World): Answer {
  if (rule.unit === 'working_day') return walkWorkdays(start, rule.amount, world)
  let day = rule.unit === 'month' ? walkMonths(start, rule.amount) : start
  if (rule.unit === 'calendar_day') for (let passed = 0; passed < rule.amount; passed += 1) day = dayAfter(day)
  if (!rule.rolls) return { day, missing: 0 }
  while (isOff(day, world)) day = dayAfter(day)
  return { day, missing: missingYear(day, world) }
}

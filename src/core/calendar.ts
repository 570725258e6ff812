// Legal days: dates as courts write them (`2026-11-22`, Beijing time), and arithmetic on them.
// Holidays and the counting of statutory periods are in features/deadlines (workdays.rules.ts, clocks.rules.ts).

/** A calendar day in Beijing time, `YYYY-MM-DD`. Compares correctly as a string. */
export type Day = string

const BEIJING_OFFSET = 8 * 3_600_000
const DAY = 86_400_000

/** The Beijing day on which an instant falls. China has one time zone, and no summer time since 1992. */
export function dayOf(instant: Date): Day {
  return new Date(instant.getTime() + BEIJING_OFFSET).toISOString().slice(0, 10)
}

/** The instant of a Beijing wall-clock time on a day: `instantAt('2026-11-22', 8)` is 08:00 in Beijing. */
export function instantAt(day: Day, hour = 0, minute = 0): Date {
  return new Date(Date.parse(`${day}T00:00:00Z`) - BEIJING_OFFSET + hour * 3_600_000 + minute * 60_000)
}

/** The Beijing wall-clock hour and minute of an instant. */
export function timeOf(instant: Date): { hour: number; minute: number } {
  const shifted = new Date(instant.getTime() + BEIJING_OFFSET)
  return { hour: shifted.getUTCHours(), minute: shifted.getUTCMinutes() }
}

/** `YYYY-MM-DD` of a year, month (1–12) and day, or null when no such day exists. */
export function makeDay(year: number, month: number, day: number): Day | null {
  const areIntegers = Number.isInteger(year) && Number.isInteger(month) && Number.isInteger(day)
  if (!areIntegers || year < 1900 || year > 2200 || month < 1 || month > 12 || day < 1 || day > lastDay(year, month)) return null
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

function lastDay(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** Whether a text is an existing day in the form `YYYY-MM-DD`; `Date.parse` alone takes 30 February for 2 March. */
export function isDay(text: string): boolean {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  return parts !== null && makeDay(Number(parts[1]), Number(parts[2]), Number(parts[3])) === text
}

/** The day `count` days later, or earlier when `count` is negative. */
export function addDays(day: Day, count: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY).toISOString().slice(0, 10)
}

/** The same day `count` months later; a day that the month lacks becomes its last day (31 January + 1 month = 28 or 29 February). */
export function addMonths(day: Day, count: number): Day {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number]
  const first = new Date(Date.UTC(year, month - 1 + count, 1))
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate()
  first.setUTCDate(Math.min(date, last))
  return first.toISOString().slice(0, 10)
}

/** Whole days from one day to another; negative when `to` is earlier. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY)
}

/** Completed years of age on a day. */
export function ageOn(birth: Day, day: Day): number {
  const years = Number(day.slice(0, 4)) - Number(birth.slice(0, 4))
  return day.slice(5) < birth.slice(5) ? years - 1 : years
}

/** `2026-11-22 10:05`, Beijing time, as messages and screens show it. */
export function wallTime(instant: Date): string {
  return new Date(instant.getTime() + BEIJING_OFFSET).toISOString().slice(0, 16).replace('T', ' ')
}

/** `2026年11月22日`, as documents write a day. */
export function writtenDay(day: Day): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number]
  return `${year}年${month}月${date}日`
}

/** A day as documents write it; empty where there is none. */
export function writtenDayOrNone(day: Day | null): string {
  return day === null ? '' : writtenDay(day)
}

/** The instants that days from `from` to `until`, both included, reach over: the first included, the last not. */
export function instantsOf({ from, until }: { from?: Day | undefined; until?: Day | undefined }): {
  from?: Date | undefined
  before?: Date | undefined
} {
  return {
    from: from === undefined ? undefined : instantAt(from),
    before: until === undefined ? undefined : instantAt(addDays(until, 1)),
  }
}

// The longest holidays that a year without an arrangement may plausibly have, and the days that a published arrangement names. Pure.
// Which days are worked is workdays.rules.ts; docs/clocks.md tells lawyers what is assumed and by which text.

import { createRequire } from 'node:module'
import { addDays, isDay, makeDay, type Day } from '../../core/calendar.ts'

/**
 * Days off around each statutory holiday (全国年节及纪念日放假办法, in force since 2025-01-01), over the longest span that an arrangement
 * since 2008 gave it. Worked weekends are assumed nowhere, so that a count over these days ends on the latest day, never on an earlier one.
 */
const SOLAR_SPANS: readonly { from: string; to: string }[] = [
  { from: '01-01', to: '01-03' },
  { from: '04-02', to: '04-07' },
  { from: '04-29', to: '05-05' },
  { from: '09-29', to: '10-08' },
  { from: '12-30', to: '12-31' },
]

/** The same for holidays of the lunar calendar, by month and day there. */
const LUNAR_SPANS: readonly { month: number; date: number; before: number; after: number }[] = [
  { month: 1, date: 1, before: 2, after: 7 },
  { month: 5, date: 5, before: 2, after: 2 },
  { month: 8, date: 15, before: 2, after: 2 },
]

// The runtime's own lunar calendar (ICU) is a day late in 2027, when the new moon is four minutes before midnight; the library has a table.
const { getSolarDateFromLunar } = createRequire(import.meta.url)('chinese-days') as {
  getSolarDateFromLunar(date: Date): { date: Day }
}
/** The years of the library's table. */
const TABLE = { first: 1901, last: 2099 }
const LUNAR_HOLIDAYS = new Map<number, ReadonlySet<Day>>()

/** Whether a weekday may be a day off in a year whose arrangement is not known. */
export function mayBeHoliday(day: Day): boolean {
  const date = day.slice(5)
  return SOLAR_SPANS.some(({ from, to }) => date >= from && date <= to) || lunarHolidays(Number(day.slice(0, 4))).has(day)
}

function lunarHolidays(year: number): ReadonlySet<Day> {
  const known = LUNAR_HOLIDAYS.get(year)
  if (known !== undefined) return known
  const days = new Set<Day>()
  const spans = year < TABLE.first || year > TABLE.last ? [] : LUNAR_SPANS
  for (const { month, date, before, after } of spans) {
    // The library reads a date's parts in the machine's time zone, in which this one is built.
    const day = getSolarDateFromLunar(new Date(year, month - 1, date)).date
    for (let by = -before; by <= after; by += 1) days.add(addDays(day, by))
  }
  LUNAR_HOLIDAYS.set(year, days)
  return days
}

/** The days that a notice of the State Council's office names. */
export interface NoticeDays {
  rest: Day[]
  work: Day[]
}

const NAMED = /(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日(?:至(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日)?/gu
const NOTE = /[(（][^)）]*[)）]/gu
/** The longest holiday that a notice can mean; a longer range is a misprint. */
const MOST = 15

/**
 * Reads the days off and the worked weekends from the text of a year's notice (`1月1日（周五）至3日（周日）放假，共3天。1月4日（周一）上班。`).
 * A day without a year belongs to `year`. Days that do not exist and ranges that cannot be meant are left out.
 */
export function readNotice(text: string, year: number): NoticeDays {
  const rest = new Set<Day>()
  const work = new Set<Day>()
  for (const sentence of text
    .replace(NOTE, '')
    .replace(/\s/gu, '')
    .split(/[。；;]/u)) {
    const into = sentence.includes('放假') ? rest : sentence.includes('上班') ? work : null
    if (into === null) continue
    for (const [, ofYear, month, date, toYear, toMonth, toDate] of sentence.matchAll(NAMED)) {
      const first = makeDay(Number(ofYear ?? year), Number(month), Number(date))
      const last = toDate === undefined ? first : makeDay(Number(toYear ?? ofYear ?? year), Number(toMonth ?? month), Number(toDate))
      for (const day of daysOf(first, last)) into.add(day)
    }
  }
  return { rest: [...rest].sort(), work: [...work].sort() }
}

function daysOf(first: Day | null, last: Day | null): Day[] {
  const days: Day[] = []
  if (first === null || last === null || !isDay(first)) return days
  for (let day = first; day <= last; day = addDays(day, 1)) days.push(day)
  return days.length > MOST ? [] : days
}

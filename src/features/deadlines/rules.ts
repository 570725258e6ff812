// Counting statutory periods: when a clock is due, when its owner is reminded, when it is missed, and quarters.
// The periods themselves are the table in clocks.ts; which days are worked is workdays.ts; storing clocks is features/deadlines/store.

import { addDays, addMonths, isDay, type Day } from '../../core/calendar.ts'
import { CLOCKS, HOUSE_CODES, ruleOf, type ClockCode, type HouseCode, isAmount, type PeriodUnit, type Rule } from './clocks.rules.ts'
import type { CountedDay, WorkCalendar } from './workdays.rules.ts'
import type { Profile } from '../../core/profile.ts'

/** Amounts of house rules (◇) that configuration changes. Read them with `readClockSettings`. */
export type ClockSettings = Readonly<Partial<Record<HouseCode, number>>>

/** A clock's due day and the rule it was counted by, to be stored together: a later change of the table doesn't rewrite it. */
export interface Due extends Rule {
  code: ClockCode
  profile: Profile
  /** The day it was counted from, itself not counted: the event's, or the last of its quarter. */
  start: Day
  /** The last day on which the act is in time. */
  due: Day
  /**
   * Set when a year without an arrangement touches the count. `due` is then the earliest day on which the period can end, proved from the days
   * that are known: store it with the mark, remind by it, show it as "not before", hold nobody to it (`isMissed` says no), and `settle` it once
   * the year is loaded. It can only move later.
   */
  provisional?: { missingYear: number }
}

/** @returns null where the profile sets no period (`objection.file` under `statute`: a request is never late). */
export function dueDay(code: ClockCode, startDay: Day, profile: Profile, calendar: WorkCalendar, settings: ClockSettings = {}): Due | null {
  if (!isDay(startDay)) throw new RangeError(`not a day: ${startDay}`)
  const found = ruleOf(code, profile)
  if ('none' in found) return null
  const rule = found.house ? { ...found, amount: settings[code as HouseCode] ?? found.amount } : found
  const start = CLOCKS[code].starts === 'quarter_ended' ? quarterOf(startDay).last : startDay
  return { ...rule, code, profile, start, ...ending(start, rule, calendar) }
}

/** Counts a stored clock again by its own stored rule: after the admin loads a missing year or changes a day that lies ahead. */
export function settle(stored: Due, calendar: WorkCalendar): Due {
  const { provisional: _, ...rest } = stored
  return { ...rest, ...ending(stored.start, stored, calendar) }
}

/** The amount of a period as this house counts it; 0 where there is none. For texts that name it. */
export function amountOf(code: ClockCode, profile: Profile, settings: ClockSettings = {}): number {
  const rule = ruleOf(code, profile)
  return 'none' in rule ? 0 : rule.house ? (settings[code as HouseCode] ?? rule.amount) : rule.amount
}

/** Counts an open clock again after a change of the calendar. Nobody becomes late by a change: a last day that moves back stops at today. */
export function recount(stored: Due, today: Day, calendar: WorkCalendar): Due {
  const counted = settle(stored, calendar)
  return stored.due >= today && counted.due < today ? { ...counted, due: today } : counted
}

function ending(start: Day, rule: Rule, calendar: WorkCalendar): Pick<Due, 'due' | 'provisional'> {
  const { day, missingYear } = countPeriod(start, rule, calendar)
  return missingYear === undefined ? { due: day } : { due: day, provisional: { missingYear } }
}

/** The last day of a period: first day excluded, a last day off rolls forward (民诉法 85); months end on the same date or the month's last. */
export function countPeriod(start: Day, rule: Pick<Rule, 'amount' | 'unit' | 'rolls'>, calendar: WorkCalendar): CountedDay {
  if (rule.unit === 'working_day') return calendar.addWorkdays(start, rule.amount)
  const last = plainEnd(start, rule.amount, rule.unit)
  return rule.rolls ? calendar.rollForward(last) : { day: last }
}

export function plainEnd(start: Day, amount: number, unit: Exclude<PeriodUnit, 'working_day'>): Day {
  switch (unit) {
    case 'calendar_day':
      return addDays(start, amount)
    case 'month':
      return addMonths(start, amount)
    case 'stated_day':
      return start
  }
}

export interface Reminder {
  on: Day
  /** Working days left after it; 0 on the last day. */
  left: number
}

/** The days on which the owner is reminded, soonest first; those not after `openedOn` are left out, because opening the clock told them. */
export function remindersOf(code: ClockCode, span: { openedOn: Day; due: Day }, calendar: WorkCalendar): Reminder[] {
  return CLOCKS[code].reminders
    .map((left) => ({ on: calendar.addWorkdays(span.due, -left).day, left }))
    .filter((reminder) => reminder.on > span.openedOn)
}

/** Where a clock stands among its reminders: the one whose day has come last (null: none yet), and the day of the next. */
export function reminderState(
  code: ClockCode,
  span: { openedOn: Day; due: Day },
  today: Day,
  calendar: WorkCalendar,
): { left: number | null; next: Day | null } {
  const all = remindersOf(code, span, calendar)
  return { left: all.findLast(({ on }) => on <= today)?.left ?? null, next: all.find(({ on }) => on > today)?.on ?? null }
}

/** Whether the last day has passed. Never while the day is provisional: the law's own day may be later. */
export function isMissed(deadline: Pick<Due, 'due' | 'provisional'>, today: Day): boolean {
  return deadline.provisional === undefined && today > deadline.due
}

export interface Quarter {
  /** `2026Q4` */
  name: string
  first: Day
  last: Day
}

export function quarterOf(day: Day): Quarter {
  if (!isDay(day)) throw new RangeError(`not a day: ${day}`)
  const quarter = Math.ceil(Number(day.slice(5, 7)) / 3)
  const first = `${day.slice(0, 4)}-${String(quarter * 3 - 2).padStart(2, '0')}-01`
  return { name: `${day.slice(0, 4)}Q${quarter}`, first, last: addDays(addMonths(first, 3), -1) }
}

/** Amounts from configuration. @throws Error naming a code that is no house rule, or an amount that is not 1–366. */
export function readClockSettings(input: Readonly<Record<string, number>>): ClockSettings {
  for (const [code, amount] of Object.entries(input)) {
    if (!(HOUSE_CODES as readonly string[]).includes(code)) throw new Error(`clock ${code}: the law sets it, configuration can't`)
    if (!isAmount(amount)) throw new Error(`clock ${code}: ${amount} is not a number of days from 1 to 366`)
  }
  return input
}

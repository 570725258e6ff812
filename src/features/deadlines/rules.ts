// Counts statutory periods: the last day, the days of reminders, whether a deadline is missed, and the quarters of a year.
// The table of periods is clocks.rules.ts; which days are worked is workdays.rules.ts; stored deadlines are store.ts.

import { addDays, addMonths, isDay, type Day } from '../../core/calendar.ts'
import { CLOCKS, HOUSE_CODES, ruleOf, type ClockCode, type HouseCode, isAmount, type PeriodUnit, type PeriodRule } from './clocks.rules.ts'
import type { CountedDay, WorkCalendar, WorkdayCounter } from './workdays.rules.ts'
import type { Profile } from '../../core/profile.ts'

/** Amounts of house rules (◇) that configuration changes, in the unit of their period. Read them with `readClockSettings`. */
export type ClockSettings = Readonly<Partial<Record<HouseCode, number>>>

/** A last day and the rule by which it was counted. Both are stored, so that a later change of the table does not rewrite old deadlines. */
export interface Due extends PeriodRule {
  code: ClockCode
  profile: Profile
  /** The day the count starts from, itself not counted: the day of the event, or the last day of its quarter. */
  start: Day
  /** The last day on which the act is in time. */
  due: Day
  /**
   * Set when the count touches a year without a holiday arrangement. `due` is then the earliest day on which the period can end: it is
   * stored with this mark, used for reminders and shown as "not before". `latest` is the latest day to be expected, with the longest
   * plausible holidays: after it the period counts as missed, provisionally (`isMissed`); null until an older row is counted again.
   * `recountDue` counts it again once the year is loaded.
   */
  provisional?: { missingYear: number; latest: Day | null }
}

/**
 * The last day of a period that starts on a day (YYYY-MM-DD).
 * @returns null where the profile sets no period (`objection.file` under `statute`: a request is never late).
 * @throws RangeError for a day that does not exist.
 */
export function dueDay(code: ClockCode, startDay: Day, profile: Profile, calendar: WorkCalendar, settings: ClockSettings = {}): Due | null {
  if (!isDay(startDay)) throw new RangeError(`not a day: ${startDay}`)
  const tableRule = ruleOf(code, profile)
  if ('none' in tableRule) return null
  const rule = tableRule.house ? { ...tableRule, amount: settings[code as HouseCode] ?? tableRule.amount } : tableRule
  const start = CLOCKS[code].starts === 'quarter_ended' ? quarterOf(startDay).last : startDay
  return { ...rule, code, profile, start, ...lastDayOf(start, rule, calendar) }
}

/** Counts a stored deadline again by its stored rule, after the admin loaded a missing year or changed a later day. */
export function recountDue(stored: Due, calendar: WorkCalendar): Due {
  const { provisional: _, ...rest } = stored
  return { ...rest, ...lastDayOf(stored.start, stored, calendar) }
}

/** The configured amount of a period, for texts that name it; 0 where the profile sets no period. */
export function amountOf(code: ClockCode, profile: Profile, settings: ClockSettings = {}): number {
  const rule = ruleOf(code, profile)
  return 'none' in rule ? 0 : rule.house ? (settings[code as HouseCode] ?? rule.amount) : rule.amount
}

/**
 * Counts an open deadline again after a change of the calendar. A last day that would move into the past becomes today, so nobody becomes
 * late.
 */
export function recount(stored: Due, today: Day, calendar: WorkCalendar): Due {
  const counted = recountDue(stored, calendar)
  return stored.due >= today && counted.due < today ? { ...counted, due: today } : counted
}

function lastDayOf(start: Day, rule: PeriodRule, calendar: WorkCalendar): Pick<Due, 'due' | 'provisional'> {
  const { day, missingYear } = countPeriod(start, rule, calendar)
  if (missingYear === undefined) return { due: day }
  return { due: day, provisional: { missingYear, latest: countPeriod(start, rule, calendar.cautious).day } }
}

/** The last day of a period: first day excluded, a last day off rolls forward (民诉法 85); months end on the same date or the month's last. */
export function countPeriod(start: Day, rule: Pick<PeriodRule, 'amount' | 'unit' | 'rolls'>, calendar: WorkdayCounter): CountedDay {
  if (rule.unit === 'working_day') return calendar.addWorkdays(start, rule.amount)
  const last = plainEnd(start, rule.amount, rule.unit)
  return rule.rolls ? calendar.rollForward(last) : { day: last }
}

/** The last day of a period before it is moved to a working day. */
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

/** A day on which an owner is reminded. */
export interface Reminder {
  on: Day
  /** Working days left after it; 0 on the last day. */
  left: number
}

/**
 * The days on which the owner is reminded, earliest first. Days up to `openedOn` are left out, because the owner was notified at the
 * opening.
 */
export function remindersOf(code: ClockCode, span: { openedOn: Day; due: Day }, calendar: WorkCalendar): Reminder[] {
  return CLOCKS[code].reminders
    .map((left) => ({ on: calendar.addWorkdays(span.due, -left).day, left }))
    .filter((reminder) => reminder.on > span.openedOn)
}

/**
 * `left`: working days left at the latest reminder whose day has come (null: none yet). `next`: the day of the next reminder (null: none).
 */
export function reminderState(
  code: ClockCode,
  span: { openedOn: Day; due: Day },
  today: Day,
  calendar: WorkCalendar,
): { left: number | null; next: Day | null } {
  const all = remindersOf(code, span, calendar)
  return { left: all.findLast(({ on }) => on <= today)?.left ?? null, next: all.find(({ on }) => on > today)?.on ?? null }
}

/** The mark of a stored deadline whose last day is provisional, as the counting rules take it. */
export function provisionalOf({ missingYear, latest }: { missingYear: number | null; latest: Day | null }): Pick<Due, 'provisional'> {
  return missingYear === null ? {} : { provisional: { missingYear, latest } }
}

/** Whether the last day has passed; while it is provisional, the latest day to be expected, because the true one may be later than `due`. */
export function isMissed(deadline: Pick<Due, 'due' | 'provisional'>, today: Day): boolean {
  const last = deadline.provisional === undefined ? deadline.due : deadline.provisional.latest
  return last !== null && today > last
}

/** A quarter with its first and last day (YYYY-MM-DD). */
export interface Quarter {
  /** `2026Q4` */
  name: string
  first: Day
  last: Day
}

/** The quarter in which a day lies. @throws RangeError for a day that does not exist. */
export function quarterOf(day: Day): Quarter {
  if (!isDay(day)) throw new RangeError(`not a day: ${day}`)
  const quarter = Math.ceil(Number(day.slice(5, 7)) / 3)
  const first = `${day.slice(0, 4)}-${String(quarter * 3 - 2).padStart(2, '0')}-01`
  return { name: `${day.slice(0, 4)}Q${quarter}`, first, last: addDays(addMonths(first, 3), -1) }
}

/** A wrong entry of `CLOCK_DAYS`: the law sets the clock, or the amount is no number of days. */
export class ClockFault extends Error {
  /** As templates/settings says it. */
  readonly problem: { code: 'clock_law' | 'clock_days'; values: { clock: string; amount: number } }
  constructor(problem: ClockFault['problem']) {
    super(`${problem.code}: ${problem.values.clock}`)
    this.problem = problem
  }
}

/** Checks the amounts of `CLOCK_DAYS`. @throws ClockFault for a code that is not a house rule, or an amount that is not 1–366. */
export function readClockSettings(input: Readonly<Record<string, number>>): ClockSettings {
  for (const [clock, amount] of Object.entries(input)) {
    if (!(HOUSE_CODES as readonly string[]).includes(clock)) throw new ClockFault({ code: 'clock_law', values: { clock, amount } })
    if (!isAmount(amount)) throw new ClockFault({ code: 'clock_days', values: { clock, amount } })
  }
  return input
}

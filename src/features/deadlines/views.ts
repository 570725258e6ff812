// Deadlines as screens show them: lists with how pressing each is, and a month of the calendar with what ends on each day.
// Opening and closing deadlines is commands.ts.

import { addDays, addMonths, dayOf, isDay, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { query } from '../../platform/commands/command.ts'
import { ownUnitOf, requireOwnUnit, type Actor, type Role } from '../../platform/commands/permissions.ts'
import type { ClockOwner } from './clocks.rules.ts'
import { dueOf, workCalendar } from './commands.ts'
import { countMoves, movesOf, type MoveCounts, type MovedDeadline } from './moves.store.ts'
import { lightDays, lightOf, type Light, type LightDays } from './lights.rules.ts'
import { isMissed } from './rules.ts'
import { countByDay, countLate, searchDeadlines, type DeadlineFilter } from './search.store.ts'
import { calendarVersion, type DeadlineRow } from './store.ts'
import { subjectTitles, unitNames } from './subjects.store.ts'
import type { Condition } from '../../platform/database/conditions.ts'
import { conflictsOf } from '../units/conflicts.rules.ts'
import { seenAbout } from '../units/conflicts.store.ts'
import type { DayKind, WorkCalendar } from './workdays.rules.ts'

/** A deadline as lists show it. */
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
  /** The name of the period in Chinese. */
  name: string
  /** The number of the matter, or the case and debtor of the listing; null for a unit, and for what has no number. */
  title: string | null
  unitName: string | null
  /** Set while `due` is provisional (the earliest day possible): the year whose arrangement has to be loaded first. */
  missingYear: number | null
  /** While `due` is provisional: the latest day to be expected, after which it counts as missed, provisionally. */
  latest: Day | null
  /** The last day has passed and the act was not done. */
  late: boolean
  /** Null once it is closed or cancelled. */
  light: Light | null
  /** Working days left after today; 0 on the last day and later, and once it is closed. */
  left: number
}

/** A filter that can ask for those that the actor looks after. */
export type WatchedFilter = DeadlineFilter & { watched?: boolean }

/** Lists deadlines that match the filter, earliest last day first. A unit sees its own only. @throws `unit_other`. */
export const listDeadlines = query(
  'clock.read',
  async (
    { db, app, actor, now },
    input: { filter: WatchedFilter; page: { limit: number; offset: number } },
  ): Promise<{ items: DeadlineView[]; total: number }> => {
    const { calendar } = await workCalendar(db)
    const today = dayOf(now)
    const days = lightDays(today, calendar)
    const { items, total } = await searchDeadlines(db, ownFilter(actor, input.filter), input.page, days)
    const titles =
      ownUnitOf(actor) === null
        ? await subjectTitles(
            db,
            items.map(({ subject }) => subject),
          )
        : new Map<string, string>()
    const units = await unitNames(db, [...new Set(items.flatMap(({ unitId }) => unitId ?? []))])
    const named = items.map((row) => ({
      ...viewOf(row, app.catalog.words('clocks', `clock.${row.code}`), { days, calendar }),
      title: titles.get(row.subject) ?? null,
      unitName: row.unitId === null ? null : (units.get(row.unitId) ?? null),
    }))
    return { items: named, total }
  },
)

/** A deadline that a change of the calendar moved, as lists show it; a listing has no title here, because who manages the calendar need not know debtors. */
export type MoveView = MovedDeadline & { name: string; title: string | null; unitName: string | null }

/** What the change of the calendar to a version moved, the last when none is given; in order of the new last day. */
export const listMoves = query(
  'recount.read',
  async (
    { db, app, actor },
    { version, page }: { version?: number | undefined; page: { limit: number; offset: number } },
  ): Promise<MoveCounts & { version: number; items: MoveView[] }> => {
    const of = version ?? (await calendarVersion(db))
    const moves = await movesOf(db, of, seenBy(actor), page)
    const titles = await subjectTitles(
      db,
      moves.flatMap(({ subject }) => (/^(?:listing|error):/u.test(subject) ? [] : [subject])),
    )
    const units = await unitNames(db, [...new Set(moves.flatMap(({ unitId }) => unitId ?? []))])
    const items = moves.map((move) => ({
      ...move,
      name: app.catalog.words('clocks', `clock.${move.code}`),
      title: titles.get(move.subject) ?? null,
      unitName: move.unitId === null ? null : (units.get(move.unitId) ?? null),
    }))
    return { version: of, ...(await countMoves(db, of, seenBy(actor))), items }
  },
)

/** Whose deadlines an actor looks after: clerks their own, whoever watches over the units theirs too. */
export function watchedOwners(actor: Actor): readonly ClockOwner[] {
  if (ownUnitOf(actor) !== null) return ['liaison']
  const overseers: readonly Role[] = ['approver', 'group_office', 'auditor']
  return actor.roles.some((role) => overseers.includes(role)) ? ['clerk', 'liaison'] : ['clerk']
}

const seenBy = (actor: Actor): Condition => seenAbout('d.subject', conflictsOf(actor))

/**
 * The filter narrowed to what the actor may see: a unit its own deadlines, nobody those of a complaint that is kept from them.
 * @throws `unit_other`.
 */
function ownFilter(actor: Actor, { watched, ...filter }: WatchedFilter): DeadlineFilter {
  if (watched === true) return ownFilter(actor, { ...filter, owners: watchedOwners(actor) })
  if (filter.unitId !== undefined) requireOwnUnit(actor, filter.unitId)
  const own = ownUnitOf(actor)
  return { ...filter, ...(own === null ? {} : { unitId: own }), seen: seenBy(actor) }
}

function viewOf(
  row: DeadlineRow,
  name: string,
  { days, calendar }: { days: LightDays; calendar: WorkCalendar },
): Omit<DeadlineView, 'title' | 'unitName'> {
  const { id, code, profile, subject, owner, unitId, openedOn, start, due, amount, unit, citation, state, closedAt, remindedOn } = row
  const light = lightOf(row, days)
  return {
    ...{ id, code, profile, subject, owner, unitId, openedOn, start, due, amount, unit, citation, state, closedAt, remindedOn },
    name,
    missingYear: row.missingYear,
    latest: row.latest,
    late: state === 'missed' || (state === 'open' && isMissed(dueOf(row), days.today)),
    light,
    left: light === null ? 0 : calendar.workdaysBetween(days.today, due).count,
  }
}

/** Who lags, and with how many. */
export interface Laggard {
  owner: ClockOwner
  unitId: string | null
  unitName: string | null
  count: number
}

/** Who lags with what the filter matches: most first. @throws `unit_other`. */
export const listLaggards = query(
  'clock.read',
  async ({ db, actor, now }, input: { filter: WatchedFilter }): Promise<(Laggard & { oldest: Day })[]> => {
    const { calendar } = await workCalendar(db)
    const rows = await countLate(db, ownFilter(actor, input.filter), lightDays(dayOf(now), calendar))
    const units = await unitNames(db, [...new Set(rows.flatMap(({ unitId }) => unitId ?? []))])
    const found = new Map<string, Laggard & { oldest: Day }>()
    for (const { day, count, ...who } of rows) {
      const key = `${who.owner} ${who.unitId ?? ''}`
      const before = found.get(key) ?? { ...named(who, units), count: 0, oldest: day }
      found.set(key, { ...before, count: before.count + count })
    }
    return [...found.values()].sort((one, other) => other.count - one.count || (one.oldest < other.oldest ? -1 : 1))
  },
)

function named(who: Pick<Laggard, 'owner' | 'unitId'>, units: ReadonlyMap<string, string>): Omit<Laggard, 'count'> {
  return { ...who, unitName: who.unitId === null ? null : (units.get(who.unitId) ?? null) }
}

/** A day of the month: whether it is worked, how many deadlines that are not done end on it, and who lags with those that are overdue. */
export interface CalendarDay extends Record<Light, number> {
  day: Day
  kind: DayKind
  late: Laggard[]
}

/** A month with its deadlines. */
export interface DeadlineMonth {
  month: string
  days: CalendarDay[]
  /** Deadlines that ended before the month and are not done. */
  earlier: number
}

type MonthFilter = Pick<DeadlineFilter, 'code' | 'owner' | 'unitId'>

/** What ends on each day of a month (`YYYY-MM`), of deadlines that are not done. A unit sees its own only. @throws `request_invalid`, `unit_other`. */
export const deadlineMonth = query(
  'clock.read',
  async ({ db, actor, now }, input: { month: string; filter: MonthFilter }): Promise<DeadlineMonth> => {
    const first = `${input.month}-01`
    if (!isDay(first)) throw new AppError('request_invalid', {}, [{ code: 'month_form', field: 'month', value: input.month }])
    const next = addMonths(first, 1)
    const { calendar } = await workCalendar(db)
    const days = lightDays(dayOf(now), calendar)
    const filter = ownFilter(actor, input.filter)
    const counts = await countByDay(db, { ...filter, dueFrom: first, dueTo: addDays(next, -1) }, days)
    const earlier = await countByDay(db, { ...filter, dueTo: addDays(first, -1) }, days)
    const late = await countLate(db, { ...filter, dueFrom: first, dueTo: addDays(next, -1) }, days)
    const units = await unitNames(db, [...new Set(late.flatMap(({ unitId }) => unitId ?? []))])
    const lateOn = (day: Day): Laggard[] =>
      late.filter((each) => each.day === day).map(({ day: _, count, ...who }) => ({ ...named(who, units), count }))
    const month: CalendarDay[] = []
    for (let day = first; day < next; day = addDays(day, 1)) {
      const of = (light: Light): number => counts.find((each) => each.day === day && each.light === light)?.count ?? 0
      month.push({ day, kind: calendar.kind(day), red: of('red'), yellow: of('yellow'), green: of('green'), late: lateOn(day) })
    }
    return { month: input.month, days: month, earlier: earlier.reduce((sum, { count }) => sum + count, 0) }
  },
)

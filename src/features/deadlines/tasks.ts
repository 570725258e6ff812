// What the deadlines do by themselves each day: remind, find misses, end periods, and report the day to owners and to those above them.
// Opening and closing a deadline is commands.ts.

import { addDays, dayOf, type Day, daysBetween, writtenDay } from '../../core/calendar.ts'
import { newToken } from '../../core/ids.ts'
import { CLOCK_CODES, CLOCKS, type ClockCode, type ClockRecipient } from './clocks.rules.ts'
import { recount, remindersOf, reminderState } from './rules.ts'
import type { Actor, StaffRole } from '../../platform/commands/permissions.ts'
import {
  deadlinesById,
  markReminded,
  moveDeadlines,
  overdueDeadlines,
  recountDeadlines,
  remindableDeadlines,
  staleDeadlines,
  type DeadlineRow,
  type Recounted,
  groupsOfDay,
  groupsOfUnits,
  unitsInReport,
  type DeadlineGroup,
  type ReportKind,
} from './store.ts'
import { beginRun, finishRun, lastRun } from '../../platform/scheduler/runs.store.ts'
import { dueOf, workCalendar } from './commands.ts'
import { command, systemCommand, query, type CommandContext, type AppContext } from '../../platform/commands/command.ts'
import type { Values } from '../../core/errors.ts'
import type { NoticeEvent } from '../../messaging/notices.rules.ts'
import { missingYears } from './workdays.rules.ts'
import { liaisonsOfUnits, unitsById, type LiaisonRow } from '../units/store.ts'
import { addressed } from '../units/recipients.ts'
import { enqueueNotices } from '../../messaging/outbox.ts'
import { listVersion } from '../../platform/database/counters.ts'
import { staffByRoles } from '../staff/recipients.ts'

const EVENTS: Readonly<Record<ReportKind, NoticeEvent>> = { reminded: 'deadline.reminder', over: 'deadline.missed' }

/** Units of one transaction. */
const UNITS = 200

/** Tells everybody what a day's clocks mean for them. */
export async function reportDay(app: AppContext, actor: Actor, day: Day): Promise<void> {
  for (const kind of ['reminded', 'over'] as const) {
    for (let after: string | null = ''; after !== null;) after = await notifyUnits(app, actor, { kind, day, after })
    await notifyStaff(app, actor, { kind, day })
  }
  await notifyAdmins(app, actor, day)
}

/** The liaisons of the next units, and at a miss their heads. Answers the last unit told, null when there is none left. */
const notifyUnits = systemCommand(
  'clock.tick',
  async (context, { kind, day, after }: { kind: ReportKind; day: Day; after: string }): Promise<string | null> => {
    const { tx } = context
    const unitIds = await unitsInReport(tx, kind, day, after, UNITS)
    if (unitIds.length === 0) return null
    const told = (await groupsOfUnits(tx, kind, day, unitIds)).filter((group) => kind === 'reminded' || isEscalated(group))
    const liaisons = (await liaisonsOfUnits(tx, unitIds)).filter((liaison) => liaison.active)
    const units = new Map((await unitsById(tx, unitIds)).map((unit) => [unit.id, unit.name]))
    const version = await listVersion(tx)
    const items = unitIds.flatMap((unitId) => {
      const groups = told.filter((group) => group.unitId === unitId)
      if (groups.length === 0) return []
      const people = recipientsOf(
        kind,
        liaisons.filter((liaison) => liaison.unitId === unitId),
      )
      const values = valuesOf(context.app, kind, groups, units.get(unitId) ?? unitId)
      return [{ happening: happeningOf(kind, day, values, version), recipients: addressed(context.app, unitId, people) }]
    })
    await enqueueNotices(context, 'unit', items)
    return unitIds.length < UNITS ? null : (unitIds.at(-1) ?? null)
  },
)

/** Reminders are the liaisons' own; their head hears of them where there is nobody else, and of what was missed. */
function recipientsOf(kind: ReportKind, liaisons: readonly LiaisonRow[]): readonly LiaisonRow[] {
  const own = liaisons.filter((liaison) => !liaison.head)
  return kind === 'over' || own.length === 0 ? liaisons : own
}

/** The court's own people: each gets what their roles have to do, or have to know. */
const notifyStaff = systemCommand('clock.tick', async (context, { kind, day }: { kind: ReportKind; day: Day }): Promise<void> => {
  const { tx, app } = context
  const groups = await groupsOfDay(tx, kind, day)
  const wanted = new Map<StaffRole, DeadlineGroup[]>()
  for (const group of groups) for (const role of rolesFor(kind, group)) wanted.set(role, [...(wanted.get(role) ?? []), group])
  if (wanted.size === 0) return
  const version = await listVersion(tx)
  const audiences = await staffByRoles(context, [...wanted.keys()])
  const items = audiences.map(({ recipient, roles }) => {
    const own = groups.filter((group) => roles.some((role) => wanted.get(role)?.includes(group)))
    const values = valuesOf(app, kind, own, roles.map((role) => app.catalog.words('states', `role.${role}`)).join('、'))
    return { happening: happeningOf(kind, day, values, version), recipients: [recipient] }
  })
  await enqueueNotices(context, 'court', items)
})

function rolesFor(kind: ReportKind, group: DeadlineGroup): StaffRole[] {
  const owner: StaffRole[] = group.owner === 'clerk' ? ['clerk'] : []
  if (kind === 'reminded') return owner
  const above = CLOCKS[group.code].miss.tell.flatMap((recipient) => STAFF[recipient] ?? [])
  return isEscalated(group) ? [...new Set([...owner, ...above])] : above
}

const STAFF: Readonly<Partial<Record<ClockRecipient, StaffRole>>> = { clerk: 'clerk', approver: 'approver', group_office: 'group_office' }

function isEscalated(group: DeadlineGroup): boolean {
  return CLOCKS[group.code].miss.effect === 'escalate'
}

/** Admins hear once a week of years that should be loaded: clocks that touch them cannot be held against anybody. */
const notifyAdmins = systemCommand('clock.tick', async (context, day: Day): Promise<void> => {
  const { tx } = context
  const { calendar } = await workCalendar(tx)
  const missing = missingYears(calendar, day)
  if (missing.length === 0) return
  const version = await listVersion(tx)
  const happening = {
    event: 'calendar.missing' as const,
    key: `calendar.missing:${missing.join(',')}:${weekOf(day)}`,
    values: { years: missing.join('、') },
    listVersion: version,
  }
  const recipients = (await staffByRoles(context, ['admin'])).map(({ recipient }) => recipient)
  await enqueueNotices(context, 'court', [{ happening, recipients }])
})

/** The Monday of the day's week. */
function weekOf(day: Day): Day {
  return addDays(day, -(daysBetween('2024-01-01', day) % 7))
}

function happeningOf(
  kind: ReportKind,
  day: Day,
  values: Values,
  version: number,
): Parameters<typeof enqueueNotices>[2][number]['happening'] {
  return { event: EVENTS[kind], key: `${EVENTS[kind]}:${day}`, values, listVersion: version }
}

function valuesOf(app: AppContext, kind: ReportKind, groups: readonly DeadlineGroup[], addressee: string): Values {
  const { words } = app.catalog
  const soonest = groups.map((group) => group.due).sort()[0] ?? ''
  const lines = groups.map(({ code, count, due, units, unitId }) => {
    const known = { name: words('clocks', `clock.${code}`), count, due: writtenDay(due), units }
    return words('clocks', unitId === null && units > 0 ? `line.${kind}_of_units` : `line.${kind}`, known)
  })
  return {
    addressee,
    count: groups.reduce((all, group) => all + group.count, 0),
    due: writtenDay(soonest),
    lines: lines.join('；'),
  }
}

export interface TickReport {
  /** Days that were brought to their end by this call. */
  days: Day[]
  recounted: number
  reminded: number
  missed: number
  ended: number
}

/** What follows when a period ends by itself, in the transaction that ends it. */
export type Endings = Readonly<Partial<Record<ClockCode, (context: CommandContext, ended: readonly DeadlineRow[]) => Promise<void>>>>

/** Clocks of one transaction: bounds memory and how long rows stay locked. */
const PORTION = 1000
/** Longest silence of a day's run before another process may take it up, milliseconds. */
const LEASE = 600_000
const RUN = 'clock'

const ESCALATED = CLOCK_CODES.filter((code) => CLOCKS[code].miss.effect !== 'ends')
const ENDING = CLOCK_CODES.filter((code) => CLOCKS[code].miss.effect === 'ends')

/** Brings the clocks up to today. Meant to be called every few minutes: once today is done it finds nothing to do. */
export async function tick(app: AppContext, actor: Actor, endings: Endings = {}): Promise<TickReport> {
  const report: TickReport = { days: [], recounted: 0, reminded: 0, missed: 0, ended: 0 }
  report.recounted = await inPortions(() => recountPortion(app, actor, undefined))
  const today = dayOf(app.clock.now())
  for (const day of await daysToDo(app, actor, today)) {
    const run = { day, token: newToken(16) }
    if (!(await beginDay(app, actor, run))) break
    report.missed += await inPortions(() => missPortion(app, actor, day))
    report.ended += await endPeriods(app, actor, day, endings)
    // A reminder whose day was slept through is given today, on what is still open; it would be old news under its own day.
    if (day === today) report.reminded += await inPortions(() => remindPortion(app, actor, day))
    await reportDay(app, actor, day)
    await endDay(app, actor, run)
    report.days.push(day)
  }
  if (report.days.length > 0) {
    const { recounted, reminded, missed, ended } = report
    app.log.info('clock.tick', { days: report.days.length, recounted, reminded, missed, ended })
  }
  return report
}

async function inPortions(portion: () => Promise<number>): Promise<number> {
  let all = 0
  for (;;) {
    const done = await portion()
    all += done
    if (done < PORTION) return all
  }
}

/** From the day after the last that was finished; a house that never ticked begins today. */
const daysToDo = query('clock.tick', async ({ db }, today: Day): Promise<Day[]> => {
  const last = await lastRun(db, RUN)
  const days: Day[] = []
  for (let day = last === null ? today : addDays(last, 1); day <= today; day = addDays(day, 1)) days.push(day)
  return days
})

const beginDay = systemCommand('clock.tick', ({ tx, now }, { day, token }: { day: Day; token: string }) =>
  beginRun(tx, { name: RUN, bucket: day, token, now, until: new Date(now.getTime() + LEASE) }),
)

const endDay = systemCommand('clock.tick', ({ tx, now }, { day, token }: { day: Day; token: string }) =>
  finishRun(tx, { name: RUN, bucket: day, token, now }),
)

/** Counts clocks again that an older calendar had counted: provisional ones settle, and days the admin added move last days. */
const recountPortion = systemCommand('clock.tick', async ({ tx, now }, _input: undefined): Promise<number> => {
  const { calendar, version } = await workCalendar(tx)
  const rows = await staleDeadlines(tx, version, PORTION)
  const today = dayOf(now)
  const alike = new Map<string, { counted: Recounted; ids: string[] }>()
  for (const row of rows) {
    const { due, provisional } = recount(dueOf(row), today, calendar)
    // A reminder that was given is not repeated because the day moved; what lies ahead of it is given again.
    const [first] = remindersOf(row.code, { openedOn: row.remindedOn ?? row.openedOn, due }, calendar)
    const counted = { due, missingYear: provisional?.missingYear ?? null, nextReminderOn: first?.on ?? null, calendarVersion: version }
    const key = JSON.stringify(counted)
    const known = alike.get(key)
    if (known === undefined) alike.set(key, { counted, ids: [row.id] })
    else known.ids.push(row.id)
  }
  for (const { counted, ids } of alike.values()) await recountDeadlines(tx, ids, counted)
  return rows.length
})

/** Marks what was missed by a day; clocks that only let later acts be flagged are marked and not told. */
const missPortion = systemCommand('clock.tick', async ({ tx }, day: Day): Promise<number> => {
  const over = await overdueDeadlines(tx, day, ESCALATED, PORTION)
  const ids = over.map((row) => row.id)
  await moveDeadlines(tx, ids, ['open'], { state: 'missed', closedAt: null, overOn: day })
  return over.length
})

/** Ends periods that have nothing to be done in, and what they limited with them. */
async function endPeriods(app: AppContext, actor: Actor, day: Day, endings: Endings): Promise<number> {
  for (let all = 0; ;) {
    const ids = await endingIds(app, actor, day)
    if (ids.length === 0) return all
    await endPortion(app, actor, { day, ids, endings })
    all += ids.length
  }
}

const endingIds = query('clock.tick', async ({ db }, day: Day) => (await overdueDeadlines(db, day, ENDING, PORTION)).map((row) => row.id))

const endPortion = command(
  'clock.end',
  async (context, { day, ids, endings }: { day: Day; ids: readonly string[]; endings: Endings }): Promise<{ ended: number }> => {
    const rows = (await deadlinesById(context.tx, ids)).filter((row) => row.state === 'open')
    await moveDeadlines(
      context.tx,
      rows.map((row) => row.id),
      ['open'],
      { state: 'closed', closedAt: context.now, overOn: day },
    )
    for (const code of ENDING) {
      const ended = rows.filter((row) => row.code === code)
      if (ended.length > 0) await endings[code]?.(context, ended)
    }
    await context.auditAll(
      [...rows.map(({ subject, code, due }) => ({ subject, detail: { ended: code, due } })), { subject: 'clocks', detail: { day } }],
      'known',
    )
    return { ended: rows.length }
  },
  (output) => output,
)

/** Marks the reminders of a day; telling them is the day's report. */
const remindPortion = systemCommand('clock.tick', async ({ tx }, day: Day): Promise<number> => {
  const { calendar } = await workCalendar(tx)
  const rows = await remindableDeadlines(tx, day, PORTION)
  const alike = new Map<string, { mark: ReturnType<typeof reminderState>; ids: string[] }>()
  for (const row of rows) {
    const key = `${row.code} ${row.openedOn} ${row.due}`
    const known = alike.get(key)
    if (known === undefined) alike.set(key, { mark: reminderState(row.code, row, day, calendar), ids: [row.id] })
    else known.ids.push(row.id)
  }
  for (const { mark, ids } of alike.values()) await markReminded(tx, ids, { day, ...mark })
  return rows.length
})

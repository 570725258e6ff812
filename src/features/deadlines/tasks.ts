// The daily work on deadlines: marks reminders and misses, ends periods, and enqueues each day's report to owners and their superiors.
// Opening and closing a deadline is commands.ts; how often `tick` is called is platform/scheduler/schedule.ts.

import { addDays, dayOf, type Day, daysBetween, writtenDay } from '../../core/calendar.ts'
import { newToken } from '../../core/ids.ts'
import { CLOCK_CODES, CLOCKS, type ClockCode, type ClockRecipient } from './clocks.rules.ts'
import { recountAll } from './recount.tasks.ts'
import { reminderState } from './rules.ts'
import type { Actor, StaffRole } from '../../platform/commands/permissions.ts'
import {
  deadlinesById,
  markReminded,
  moveDeadlines,
  overdueDeadlines,
  remindableDeadlines,
  type DeadlineRow,
  groupsOfDay,
  groupsOfUnits,
  unitsInReport,
  type DeadlineGroup,
  type ReportKind,
} from './store.ts'
import { runPart } from '../../platform/scheduler/loop.ts'
import { beginRun, finishRun, lastRun } from '../../platform/scheduler/runs.store.ts'
import { workCalendar } from './commands.ts'
import {
  command,
  systemCommand,
  query,
  type CommandContext,
  type AppContext,
  type SystemCommandContext,
} from '../../platform/commands/command.ts'
import type { Values } from '../../core/errors.ts'
import type { NoticeEvent } from '../../messaging/notices.rules.ts'
import { missingYears } from './workdays.rules.ts'
import { liaisonsOfUnits, unitsById, type LiaisonRow, type UnitRow } from '../units/store.ts'
import { BY_HAND, groupedUnits, toRecipients, valuesOfGrouped } from '../units/recipients.ts'
import { enqueueNotice, enqueueNotices } from '../../messaging/outbox.ts'
import { listVersion } from '../../platform/database/counters.ts'
import { staffByRoles } from '../staff/recipients.ts'
import { conflictsOf, OUR_COURT } from '../units/conflicts.rules.ts'
import { keptAbout, seenAbout } from '../units/conflicts.store.ts'

const EVENTS: Readonly<Record<ReportKind, NoticeEvent>> = { reminded: 'deadline.reminder', over: 'deadline.missed' }

/** Units handled in one transaction. */
const UNITS = 200

/** Enqueues a day's report for liaisons and the court's staff. */
async function reportDay(app: AppContext, actor: Actor, kind: ReportKind, day: Day): Promise<void> {
  for (let after: string | null = ''; after !== null;) after = await notifyUnits(app, actor, { kind, day, after })
  await notifyStaff(app, actor, { kind, day })
}

/** Notifies the liaisons of the next units, and of a miss their heads too. Returns the last unit handled, null when none is left. */
const notifyUnits = systemCommand(
  'clock.tick',
  async (context, { kind, day, after }: { kind: ReportKind; day: Day; after: string }): Promise<string | null> => {
    const { tx } = context
    const unitIds = await unitsInReport(tx, kind, day, after, UNITS)
    if (unitIds.length === 0) return null
    const reported = (await groupsOfUnits(tx, kind, day, unitIds)).filter((group) => kind === 'reminded' || isEscalated(group))
    const liaisons = (await liaisonsOfUnits(tx, unitIds)).filter((liaison) => liaison.active)
    const units = await unitsById(tx, unitIds)
    const names = new Map(units.map((unit) => [unit.id, unit.name]))
    const version = await listVersion(tx)
    const recipients = new Map(
      unitIds.map((unitId) => {
        const own = liaisons.filter((liaison) => liaison.unitId === unitId)
        return [unitId, reported.some((group) => group.unitId === unitId) ? toRecipients(context.app, unitId, recipientsOf(kind, own)) : []]
      }),
    )
    const grouped = groupedUnits(recipients)
    const items = unitIds.flatMap((unitId) => {
      const groups = reported.filter((group) => group.unitId === unitId)
      if (groups.length === 0 || grouped.has(unitId)) return []
      const values = valuesOf(context.app, kind, groups, names.get(unitId) ?? unitId)
      return [{ notice: noticeOf(kind, day, values, version), recipients: recipients.get(unitId) ?? [] }]
    })
    await enqueueNotices(context, 'unit', items)
    const unreached = units.filter(({ id }) => grouped.has(id))
    await reportUnreached(context, { kind, day, version }, unreached, reported)
    return unitIds.length < UNITS ? null : (unitIds.at(-1) ?? null)
  },
)

/** Creates one task that names the units without a liaison and what they owe, and says how to enter all of them at once. */
async function reportUnreached(
  context: SystemCommandContext,
  { kind, day, version }: { kind: ReportKind; day: Day; version: number },
  units: readonly UnitRow[],
  reported: readonly DeadlineGroup[],
): Promise<void> {
  const [first] = units
  if (first === undefined) return
  const ids = new Set(units.map(({ id }) => id))
  const { lines } = valuesOf(context.app, kind, inOne(reported.filter(({ unitId }) => ids.has(unitId ?? ''))), '')
  const notice = {
    event: 'deadline.unreached' as const,
    key: `deadline.unreached:${kind}:${day}:${first.id}`,
    values: { ...valuesOfGrouped(units), what: context.app.catalog.words('clocks', `line.${kind}_unreached`), lines },
    listVersion: version,
  }
  await enqueueNotice(context, 'court', notice, BY_HAND)
}

/** The deadlines of many units by code, as one line each names them. */
function inOne(groups: readonly DeadlineGroup[]): DeadlineGroup[] {
  const byCode = new Map<string, DeadlineGroup>()
  for (const group of groups) {
    const key = `${group.code} ${group.provisional}`
    const before = byCode.get(key)
    const [due = group.due] = [group.due, before?.due ?? group.due].sort()
    byCode.set(key, { ...group, unitId: null, due, count: group.count + (before?.count ?? 0), units: 1 + (before?.units ?? 0) })
  }
  return [...byCode.values()]
}

/** Reminders go to the liaisons; a head gets them when the unit has nobody else, and always gets misses. */
function recipientsOf(kind: ReportKind, liaisons: readonly LiaisonRow[]): readonly LiaisonRow[] {
  const own = liaisons.filter((liaison) => !liaison.head)
  return kind === 'over' || own.length === 0 ? liaisons : own
}

/** Notifies the court's staff: each person gets the deadlines that their roles own or must know of. */
const notifyStaff = systemCommand('clock.tick', async (context, { kind, day }: { kind: ReportKind; day: Day }): Promise<void> => {
  const { tx, app } = context
  const groups = await groupsOfDay(tx, kind, day, seenAbout('subject', [OUR_COURT]))
  // What is for the group office alone is reported to it alone: it does there what clerks do elsewhere.
  const kept = await groupsOfDay(tx, kind, day, keptAbout('subject', [OUR_COURT]))
  const groupsByRole = new Map<StaffRole, DeadlineGroup[]>()
  for (const group of groups) for (const role of rolesFor(kind, group)) groupsByRole.set(role, [...(groupsByRole.get(role) ?? []), group])
  if (kept.length > 0) groupsByRole.set('group_office', [...(groupsByRole.get('group_office') ?? []), ...kept])
  if (groupsByRole.size === 0) return
  const version = await listVersion(tx)
  const audiences = await staffByRoles(context, [...groupsByRole.keys()])
  const items = audiences.flatMap(({ recipient, roles, holds }) => {
    // What nobody can be sent becomes a clerk's task.
    const hearsKept = Object.keys(recipient.addresses).length > 0 && !conflictsOf({ roles: holds }).includes(OUR_COURT)
    const all = hearsKept ? [...groups, ...kept] : groups
    const own = all.filter((group) => roles.some((role) => groupsByRole.get(role)?.includes(group)))
    if (own.length === 0) return []
    const values = valuesOf(app, kind, own, roles.map((role) => app.catalog.words('states', `role.${role}`)).join('、'))
    return [{ notice: noticeOf(kind, day, values, version), recipients: [recipient] }]
  })
  await enqueueNotices(context, 'court', items)
})

function rolesFor(kind: ReportKind, group: DeadlineGroup): StaffRole[] {
  const owner: StaffRole[] = group.owner === 'clerk' ? ['clerk'] : []
  if (kind === 'reminded') return owner
  const above = CLOCKS[group.code].miss.notify.flatMap((recipient) => STAFF[recipient] ?? [])
  return isEscalated(group) ? [...new Set([...owner, ...above])] : above
}

const STAFF: Readonly<Partial<Record<ClockRecipient, StaffRole>>> = { clerk: 'clerk', approver: 'approver', group_office: 'group_office' }

function isEscalated(group: DeadlineGroup): boolean {
  return CLOCKS[group.code].miss.effect === 'escalate'
}

/** Notifies admins once a week of years missing in the calendar, because deadlines that touch them are provisional. */
const notifyAdmins = systemCommand('clock.tick', async (context, day: Day): Promise<void> => {
  const { tx } = context
  const { calendar } = await workCalendar(tx)
  const missing = missingYears(calendar, day)
  if (missing.length === 0) return
  const version = await listVersion(tx)
  const notice = {
    event: 'calendar.missing' as const,
    key: `calendar.missing:${missing.join(',')}:${weekOf(day)}`,
    values: { years: missing.join('、') },
    listVersion: version,
  }
  const recipients = (await staffByRoles(context, ['admin'])).map(({ recipient }) => recipient)
  await enqueueNotices(context, 'court', [{ notice: notice, recipients }])
})

/** The Monday of the week of a day. */
function weekOf(day: Day): Day {
  return addDays(day, -(daysBetween('2024-01-01', day) % 7))
}

function noticeOf(kind: ReportKind, day: Day, values: Values, version: number): Parameters<typeof enqueueNotices>[2][number]['notice'] {
  return { event: EVENTS[kind], key: `${EVENTS[kind]}:${day}`, values, listVersion: version }
}

function valuesOf(
  app: AppContext,
  kind: ReportKind,
  groups: readonly DeadlineGroup[],
  addressee: string,
): Record<'addressee' | 'due' | 'lines', string> & { count: number } {
  const { words } = app.catalog
  const soonest = groups.map((group) => group.due).sort()[0] ?? ''
  const lines = groups.map(({ code, count, due, units, unitId, provisional }) => {
    const lineValues = { name: words('clocks', `clock.${code}`), count, due: writtenDay(due), units }
    const line = words('clocks', unitId === null && units > 0 ? `line.${kind}_of_units` : `line.${kind}`, lineValues)
    return provisional ? words('clocks', `line.${kind}_provisional`, { line }) : line
  })
  return {
    addressee,
    count: groups.reduce((all, group) => all + group.count, 0),
    due: writtenDay(soonest),
    lines: lines.join('；'),
  }
}

/** What one call of `tick` did. */
export interface TickReport {
  /** Days whose work this call completed. */
  days: Day[]
  recounted: number
  reminded: number
  missed: number
  ended: number
}

/** What other features do when a period ends by itself, in the transaction that ends it. */
export type PeriodEndHandlers = Readonly<
  Partial<Record<ClockCode, (context: CommandContext, ended: readonly DeadlineRow[]) => Promise<void>>>
>

/** Deadlines handled in one transaction: bounds memory and the time that rows stay locked. */
const PORTION = 1000
/** Milliseconds after which another process may take over a day's run. */
const LEASE = 600_000
const RUN = 'clock'

const ESCALATED = CLOCK_CODES.filter((code) => CLOCKS[code].miss.effect !== 'ends')
const ENDING = CLOCK_CODES.filter((code) => CLOCKS[code].miss.effect === 'ends')

/**
 * Does the daily work of every day up to today that was not done yet. Called every few minutes; it does nothing once today is done. When the
 * periods that end by themselves fail, reminders go out all the same; today's misses are then reported once the ends succeed, at the latest
 * on the next day, and what ended later stands in a later report.
 * @param unjudged deadlines whose misses cannot be told now, because what closes them failed. They are judged when it works again.
 */
export async function runDeadlines(
  app: AppContext,
  actor: Actor,
  endings: PeriodEndHandlers = {},
  unjudged: readonly ClockCode[] = [],
): Promise<TickReport> {
  const report: TickReport = { days: [], recounted: 0, reminded: 0, missed: 0, ended: 0 }
  report.recounted = await recountAll(app, actor)
  const today = dayOf(app.clock.now())
  for (const day of await daysToDo(app, actor, today)) {
    const run = { day, token: newToken(16) }
    if (!(await beginDay(app, actor, run))) break
    report.missed += await inPortions(() => missPortion(app, actor, { day, unjudged }))
    const ended = await runPart(app.log, 'deadlines.end', () => endPeriods(app, actor, day, endings))
    report.ended += ended ?? 0
    // A reminder whose day passed while the application was stopped is given today, for deadlines that are still open.
    if (day === today) report.reminded += await inPortions(() => remindPortion(app, actor, day))
    await reportDay(app, actor, 'reminded', day)
    await notifyAdmins(app, actor, day)
    if (day === today && (ended === undefined || unjudged.length > 0)) break
    await reportDay(app, actor, 'over', day)
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

/** The days from the one after the last finished run to today; only today when there was no run before. */
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

/** Marks deadlines that were missed by a day, provisionally too. Those with the effect `accept_late` are marked too, but nobody is notified. */
const missPortion = systemCommand(
  'clock.tick',
  async ({ tx }, { day, unjudged }: { day: Day; unjudged: readonly ClockCode[] }): Promise<number> => {
    const judged = ESCALATED.filter((code) => !unjudged.includes(code))
    const ids = (await overdueDeadlines(tx, day, judged, PORTION)).map((row) => row.id)
    await moveDeadlines(tx, ids, ['open'], { state: 'missed', closedAt: null, overOn: day })
    return ids.length
  },
)

/** Ends periods in which nothing has to be done, together with what they limit. */
async function endPeriods(app: AppContext, actor: Actor, day: Day, endings: PeriodEndHandlers): Promise<number> {
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
  async (context, { day, ids, endings }: { day: Day; ids: readonly string[]; endings: PeriodEndHandlers }): Promise<{ ended: number }> => {
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

/** Marks the reminders of a day; the day's report enqueues the messages. */
const remindPortion = systemCommand('clock.tick', async ({ tx }, day: Day): Promise<number> => {
  const { calendar } = await workCalendar(tx)
  const rows = await remindableDeadlines(tx, day, PORTION)
  const batches = new Map<string, { mark: ReturnType<typeof reminderState>; ids: string[] }>()
  for (const row of rows) {
    const key = `${row.code} ${row.openedOn} ${row.due}`
    const batch = batches.get(key)
    if (batch === undefined) batches.set(key, { mark: reminderState(row.code, row, day, calendar), ids: [row.id] })
    else batch.ids.push(row.id)
  }
  for (const { mark, ids } of batches.values()) await markReminded(tx, ids, { day, ...mark })
  return rows.length
})

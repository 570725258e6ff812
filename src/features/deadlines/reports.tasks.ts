// Telling a day's clocks: one message a person for everything to be done soon, one for everything missed, however many clocks there are.
// Which clocks those are was marked by actions/clock-tick; the messages stand under keys, so telling twice tells once.

import { addDays, daysBetween, writtenDay, type Day } from '../../core/calendar.ts'
import type { Values } from '../../core/errors.ts'
import type { ClockHearer } from './table.rules.ts'
import { CLOCKS } from './clocks.rules.ts'
import type { NoticeEvent } from '../../messaging/notices.rules.ts'
import type { Actor, StaffRole } from '../../platform/commands/permissions.ts'
import { missingYears } from './workdays.rules.ts'
import { groupsOfDay, groupsOfUnits, unitsInReport, type DeadlineGroup, type ReportKind } from './store.ts'
import { liaisonsOfUnits, unitsById, type LiaisonRow } from '../units/store.ts'
import { workCalendar } from './calendar.commands.ts'
import { errand, type House } from '../../platform/commands/command.ts'
import { addressed } from '../units/recipients.ts'
import { promiseAll } from '../../messaging/outbox.ts'
import { listVersion } from '../../platform/database/counters.ts'
import { staffByRoles } from '../staff/recipients.ts'

const EVENTS: Readonly<Record<ReportKind, NoticeEvent>> = { reminded: 'deadline.reminder', over: 'deadline.missed' }

/** Units of one transaction. */
const UNITS = 200

/** Tells everybody what a day's clocks mean for them. */
export async function reportDay(house: House, actor: Actor, day: Day): Promise<void> {
  for (const kind of ['reminded', 'over'] as const) {
    for (let after: string | null = ''; after !== null;) after = await tellUnits(house, actor, { kind, day, after })
    await tellStaff(house, actor, { kind, day })
  }
  await tellAdmins(house, actor, day)
}

/** The liaisons of the next units, and at a miss their heads. Answers the last unit told, null when there is none left. */
const tellUnits = errand(
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
      const people = hearersOf(
        kind,
        liaisons.filter((liaison) => liaison.unitId === unitId),
      )
      const values = valuesOf(context.house, kind, groups, units.get(unitId) ?? unitId)
      return [{ happening: happeningOf(kind, day, values, version), recipients: addressed(context.house, unitId, people) }]
    })
    await promiseAll(context, 'unit', items)
    return unitIds.length < UNITS ? null : (unitIds.at(-1) ?? null)
  },
)

/** Reminders are the liaisons' own; their head hears of them where there is nobody else, and of what was missed. */
function hearersOf(kind: ReportKind, liaisons: readonly LiaisonRow[]): readonly LiaisonRow[] {
  const own = liaisons.filter((liaison) => !liaison.head)
  return kind === 'over' || own.length === 0 ? liaisons : own
}

/** The court's own people: each gets what their roles have to do, or have to know. */
const tellStaff = errand('clock.tick', async (context, { kind, day }: { kind: ReportKind; day: Day }): Promise<void> => {
  const { tx, house } = context
  const groups = await groupsOfDay(tx, kind, day)
  const wanted = new Map<StaffRole, DeadlineGroup[]>()
  for (const group of groups) for (const role of rolesFor(kind, group)) wanted.set(role, [...(wanted.get(role) ?? []), group])
  if (wanted.size === 0) return
  const version = await listVersion(tx)
  const audiences = await staffByRoles(context, [...wanted.keys()])
  const items = audiences.map(({ recipient, roles }) => {
    const own = groups.filter((group) => roles.some((role) => wanted.get(role)?.includes(group)))
    const values = valuesOf(house, kind, own, roles.map((role) => house.catalog.words('states', `role.${role}`)).join('、'))
    return { happening: happeningOf(kind, day, values, version), recipients: [recipient] }
  })
  await promiseAll(context, 'court', items)
})

function rolesFor(kind: ReportKind, group: DeadlineGroup): StaffRole[] {
  const owner: StaffRole[] = group.owner === 'clerk' ? ['clerk'] : []
  if (kind === 'reminded') return owner
  const above = CLOCKS[group.code].miss.tell.flatMap((hearer) => STAFF[hearer] ?? [])
  return isEscalated(group) ? [...new Set([...owner, ...above])] : above
}

const STAFF: Readonly<Partial<Record<ClockHearer, StaffRole>>> = { clerk: 'clerk', approver: 'approver', group_office: 'group_office' }

function isEscalated(group: DeadlineGroup): boolean {
  return CLOCKS[group.code].miss.effect === 'escalate'
}

/** Admins hear once a week of years that should be loaded: clocks that touch them cannot be held against anybody. */
const tellAdmins = errand('clock.tick', async (context, day: Day): Promise<void> => {
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
  await promiseAll(context, 'court', [{ happening, recipients }])
})

/** The Monday of the day's week. */
function weekOf(day: Day): Day {
  return addDays(day, -(daysBetween('2024-01-01', day) % 7))
}

function happeningOf(kind: ReportKind, day: Day, values: Values, version: number): Parameters<typeof promiseAll>[2][number]['happening'] {
  return { event: EVENTS[kind], key: `${EVENTS[kind]}:${day}`, values, listVersion: version }
}

function valuesOf(house: House, kind: ReportKind, groups: readonly DeadlineGroup[], addressee: string): Values {
  const { words } = house.catalog
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

// The court of the simulated year: its staff, units with liaisons and heads, and what is planned for each day.
// What they do is lists.ts, remedies.ts, units.ts and quarters.ts; processes.ts runs the application.

import { loadCatalogue, readCatalogue } from '../../../src/features/units/catalogue.tasks.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { addLiaison, addSubscriber, addUnit, listUnits } from '../../../src/features/units/commands.ts'
import { addDays, dayOf, type Day } from '../../../src/core/calendar.ts'
import type { ManualClock } from '../../../src/core/clock.ts'
import type { RawContent } from '../../../src/features/debtors/row-reader.rules.ts'
import type { Actor, StaffRole } from '../../../src/platform/commands/permissions.ts'
import { addStaff, ADMIN } from '../deadlines.ts'
import { phone } from '../delivery-setup.ts'
import { chance, type Chance } from './chance.ts'

export interface YearUnit {
  id: string
  /** Null when nobody there can be reached, so that a clerk must inform them. */
  liaison: Actor | null
}

/** A listing in force that no procedure concerns at present. */
export interface Free {
  id: string
  content: RawContent
}

export interface World {
  app: AppContext
  clock: ManualClock
  chance: Chance
  clerk: Actor
  approver: Actor
  office: Actor
  /** Issues what `office` drafts. */
  secondOffice: Actor
  units: readonly YearUnit[]
  free: Free[]
  /** Listings that have exited, without an application for repair so far. */
  gone: Free[]
  /** How often people did something, by name; reports are compared with it. */
  done: Map<string, number>
  today(): Day
  /** Plans a task for some days from today, by day or at night. */
  after(days: number, task: Task, hour?: 'day' | 'night'): void
  due(day: Day, hour: 'day' | 'night'): Task[]
  isBusy(day: Day, hour: 'day' | 'night'): boolean
  count(what: string, times?: number): void
}

/** Something that a person does. */
export type Task = () => Promise<void>

/** Creates the court. */
export async function makeWorld(app: AppContext, clock: ManualClock, seed: number): Promise<World> {
  const random = chance(seed)
  const planned = new Map<string, Task[]>()
  const done = new Map<string, number>()
  const today = (): Day => dayOf(clock.now())
  let number = 0
  const nextPhone = (): string => phone((number += 1))
  const staff = async (role: StaffRole): Promise<Actor> => ({ id: await addStaff(app, role, nextPhone()), roles: [role] })
  const people = { clerk: await staff('clerk'), approver: await staff('approver'), office: await staff('group_office') }
  const secondOffice = await staff('group_office')
  await staff('admin')
  const units = await makeUnits(app, nextPhone)
  await addSubscriber(app, ADMIN, { kind: 'media', name: '某某广播电视台', phone: nextPhone() })
  for (let n = 0; n < 3; n += 1) await addSubscriber(app, ADMIN, { kind: 'public', name: '某市民', phone: nextPhone() })
  return {
    ...{ app, clock, chance: random, ...people, secondOffice, units, free: [], gone: [], done, today },
    after(days, task, hour = 'day') {
      const key = `${addDays(today(), days)} ${hour}`
      planned.set(key, [...(planned.get(key) ?? []), task])
    },
    due(day, hour) {
      const key = `${day} ${hour}`
      const tasks = planned.get(key) ?? []
      planned.delete(key)
      return tasks
    },
    isBusy: (day, hour) => planned.has(`${day} ${hour}`),
    count: (what, times = 1) => void done.set(what, (done.get(what) ?? 0) + times),
  }
}

/** The 97 units of the policy with a liaison and a head each, but two without anybody. Each class gets one member. */
async function makeUnits(app: AppContext, nextPhone: () => string): Promise<YearUnit[]> {
  await loadCatalogue(app, await readCatalogue(app.config.templatesFolder))
  const { items } = await listUnits(app, ADMIN, { filter: {}, page: { limit: 500, offset: 0 } })
  const units: YearUnit[] = []
  for (const [n, { id, isClass, name }] of items.entries()) {
    const unitId = isClass ? (await addUnit(app, ADMIN, { classId: id, name: `${name}甲` })).id : id
    if (n % 48 === 7) {
      units.push({ id: unitId, liaison: null })
      continue
    }
    const reach = n % 3 === 0 ? { wechat: `oLiaison${String(n).padStart(4, '0')}` } : {}
    const liaison = await addLiaison(app, ADMIN, { unitId, name: '联络员', phone: nextPhone(), ...reach })
    await addLiaison(app, ADMIN, { unitId, name: '负责人', head: true, phone: nextPhone() })
    units.push({ id: unitId, liaison: { id: `liaison:${liaison.id}`, roles: ['liaison'], unitId } })
  }
  return units
}

/** Takes a free listing out of the pool for a procedure; undefined when none fits. */
export function take(world: World, fits: (content: RawContent) => boolean = () => true): Free | undefined {
  const at = world.free.findIndex(({ content }) => fits(content))
  return at < 0 ? undefined : world.free.splice(at, 1)[0]
}

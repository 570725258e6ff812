// A year of Beijing days: what happens on which of them, and the hours at which the house is told what time it is.
// Who carries the messages meanwhile is whoever keeps the house (keepers.ts, or the test itself in one process).

import { addDays, daysBetween, instantAt, type Day } from '../../../src/core/calendar.ts'
import { quarterOf } from '../../../src/features/deadlines/rules.ts'
import { batch, higherCourt, leaving, leavingEarly, mistake, takeOver } from './lists.ts'
import { askAssistance, callToAccount, pushQuarter, returnQuarter, screenSomebody } from './quarters.ts'
import { object, repair } from './remedies.ts'
import { complain } from './units.ts'
import type { Task, World } from './world.ts'

/** Those who run the house's clocks and send its messages. */
export interface Keepers {
  /** It is this time; they begin to work. */
  tell(now: Date): void
  /** Everything due at that time has been done. */
  rest(): Promise<void>
}

type NoticeInput = 'batch' | 'leaving' | 'early' | 'mistake' | 'objection' | 'repair' | 'complaint' | 'screening' | 'assistance' | 'account'

export interface Plan {
  first: Day
  /** The last day on which anything new begins; what has begun goes on. */
  lastNew: Day
  /** The last day. */
  last: Day
  listings: number
  /** How often things begin: days between them. */
  every: Readonly<Record<NoticeInput, number>>
}

export async function live(world: World, plan: Plan, keepers: Keepers): Promise<void> {
  begin(world, plan)
  for (let day = plan.first; day <= plan.last; day = addDays(day, 1)) {
    // The day begins: clocks tick before anybody is at work.
    await carried(world, keepers, instantAt(day, 0, 10))
    await people(world, keepers, instantAt(day, 10), () => world.due(day, 'day'))
    if (world.isBusy(day, 'night')) await people(world, keepers, instantAt(day, 22, 40), () => world.due(day, 'night'))
  }
  // What waited for the morning goes, then what waited for the leases of whoever died last.
  await carried(world, keepers, instantAt(plan.last, 23))
  await carried(world, keepers, instantAt(addDays(plan.last, 1), 9))
  await carried(world, keepers, instantAt(addDays(plan.last, 1), 10))
}

async function carried(world: World, keepers: Keepers, now: Date): Promise<void> {
  world.clock.set(now)
  keepers.tell(now)
  await keepers.rest()
}

/** People work while messages of before are sent; what they promised is sent in the minutes after. */
async function people(world: World, keepers: Keepers, now: Date, next: () => readonly Task[]): Promise<void> {
  world.clock.set(now)
  keepers.tell(now)
  let busy = false
  for (let tasks = next(); tasks.length > 0; tasks = next()) {
    busy = true
    for (const task of tasks) await task()
  }
  await keepers.rest()
  if (busy) await carried(world, keepers, new Date(now.getTime() + 1_200_000))
}

function begin(world: World, plan: Plan): void {
  const { chance } = world
  const { every } = plan
  const days = daysBetween(plan.first, plan.lastNew)
  const own = Math.round(plan.listings * 0.02)
  world.after(0, () => takeOver(world, own))
  world.after(1, () => higherCourt(world, own))
  const rest = plan.listings - 2 * own
  const batches = Math.floor((days - 30) / every.batch)
  for (let n = 0; n < batches; n += 1)
    world.after(1 + n * every.batch, () => batch(world, Math.floor(rest / batches) + (n < rest % batches ? 1 : 0)))
  const again = (step: number, first: number, task: () => Promise<void>, night = 0): void => {
    for (let on = first; on < days; on += chance.int(1, 2 * step - 1)) world.after(on, task, chance.yes(night) ? 'night' : 'day')
  }
  again(every.leaving, 40, () => leaving(world, 12), 0.2)
  again(every.early, 50, () => leavingEarly(world))
  again(every.mistake, 35, () => mistake(world))
  again(every.objection, 30, () => object(world))
  again(every.repair, 70, () => repair(world))
  again(every.complaint, 3, () => complain(world), 0.2)
  again(every.screening, 33, () => screenSomebody(world))
  again(every.assistance, 36, () => askAssistance(world))
  again(every.account, 60, () => callToAccount(world))
  for (let end = quarterOf(plan.first).last; end < plan.lastNew; end = quarterOf(addDays(end, 1)).last) {
    const over = daysBetween(plan.first, end) + 1
    world.after(over, () => returnQuarter(world))
    world.after(over + chance.int(0, 9), () => pushQuarter(world))
  }
}

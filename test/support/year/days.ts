// A simulated year of days in Beijing: what happens on each of them, and at which times the application works.
// The application runs in two processes (processes.ts) or in the process of the test.

import { addDays, daysBetween, instantAt, type Day } from '../../../src/core/calendar.ts'
import { quarterOf } from '../../../src/features/deadlines/rules.ts'
import { batch, higherCourt, leaving, leavingEarly, mistake, takeOver } from './lists.ts'
import { askAssistance, callToAccount, pushQuarter, returnQuarter, screenSomebody } from './quarters.ts'
import { object, repair } from './remedies.ts'
import { complain } from './units.ts'
import type { Task, World } from './world.ts'

/** Runs the tasks of the application and sends its messages. */
export interface Runner {
  /** Sets the time; work begins. */
  setTime(now: Date): void
  /** Resolves when everything due at that time is done. */
  rest(): Promise<void>
}

type EventKind = 'batch' | 'leaving' | 'early' | 'mistake' | 'objection' | 'repair' | 'complaint' | 'screening' | 'assistance' | 'account'

/** How a year goes. */
export interface Plan {
  first: Day
  /** The last day on which anything new begins. */
  lastNew: Day
  /** The last day of the year. */
  last: Day
  listings: number
  /** Average days between two events of a kind. */
  every: Readonly<Record<EventKind, number>>
}

/** Lives through the year of a plan. */
export async function live(world: World, plan: Plan, runner: Runner): Promise<void> {
  planYear(world, plan)
  for (let day = plan.first; day <= plan.last; day = addDays(day, 1)) {
    // At 0:10 the daily tasks run, before anybody works.
    await runUntilIdle(world, runner, instantAt(day, 0, 10))
    await workOf(world, runner, instantAt(day, 10), () => world.due(day, 'day'))
    if (world.isBusy(day, 'night')) await workOf(world, runner, instantAt(day, 22, 40), () => world.due(day, 'night'))
  }
  // Messages that waited for the morning are sent, then those that waited for the leases of killed processes.
  await runUntilIdle(world, runner, instantAt(plan.last, 23))
  await runUntilIdle(world, runner, instantAt(addDays(plan.last, 1), 9))
  await runUntilIdle(world, runner, instantAt(addDays(plan.last, 1), 10))
}

/** Sets the time and waits until everything due is done. */
async function runUntilIdle(world: World, runner: Runner, now: Date): Promise<void> {
  world.clock.set(now)
  runner.setTime(now)
  await runner.rest()
}

/** People work while earlier messages are sent; the notices that this causes are sent twenty minutes later. */
async function workOf(world: World, runner: Runner, now: Date, next: () => readonly Task[]): Promise<void> {
  world.clock.set(now)
  runner.setTime(now)
  let busy = false
  for (let tasks = next(); tasks.length > 0; tasks = next()) {
    busy = true
    for (const task of tasks) await task()
  }
  await runner.rest()
  if (busy) await runUntilIdle(world, runner, new Date(now.getTime() + 1_200_000))
}

/** Plans everything that begins in the year. */
function planYear(world: World, plan: Plan): void {
  const { chance } = world
  const { every } = plan
  const days = daysBetween(plan.first, plan.lastNew)
  const ofOldLists = Math.round(plan.listings * 0.02)
  world.after(0, () => takeOver(world, ofOldLists))
  world.after(1, () => higherCourt(world, ofOldLists))
  const rest = plan.listings - 2 * ofOldLists
  const batches = Math.floor((days - 30) / every.batch)
  for (let n = 0; n < batches; n += 1)
    world.after(1 + n * every.batch, () => batch(world, Math.floor(rest / batches) + (n < rest % batches ? 1 : 0)))
  const repeatedly = (step: number, first: number, task: () => Promise<void>, night = 0): void => {
    for (let on = first; on < days; on += chance.int(1, 2 * step - 1)) world.after(on, task, chance.yes(night) ? 'night' : 'day')
  }
  repeatedly(every.leaving, 40, () => leaving(world, 12), 0.2)
  repeatedly(every.early, 50, () => leavingEarly(world))
  repeatedly(every.mistake, 35, () => mistake(world))
  repeatedly(every.objection, 30, () => object(world))
  repeatedly(every.repair, 70, () => repair(world))
  repeatedly(every.complaint, 3, () => complain(world), 0.2)
  repeatedly(every.screening, 33, () => screenSomebody(world))
  repeatedly(every.assistance, 36, () => askAssistance(world))
  repeatedly(every.account, 60, () => callToAccount(world))
  for (let end = quarterOf(plan.first).last; end < plan.lastNew; end = quarterOf(addDays(end, 1)).last) {
    const over = daysBetween(plan.first, end) + 1
    world.after(over, () => returnQuarter(world))
    world.after(over + chance.int(0, 9), () => pushQuarter(world))
  }
}

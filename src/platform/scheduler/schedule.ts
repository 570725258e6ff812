// Runs tasks at intervals and once a night. node-schedule only gives the times: buckets in the database decide whether a nightly task is
// due and which process does it, so that a restart, a second process or a missed night changes nothing.

import { scheduleJob, type Job } from 'node-schedule'
import type { AppContext } from '../commands/command.ts'
import { lastBucket, runOnce } from './runs.ts'
import { addDays, dayOf, type Day } from '../../core/calendar.ts'
import { SYSTEM } from '../commands/permissions.ts'
import { runPart } from './loop.ts'

/** A task that runs at an interval. Two processes may run it at once, so it must protect itself against that. */
export interface IntervalTask {
  name: string
  /** A cron expression with seconds. */
  cron: string
  work(): Promise<unknown>
}

/** A task that runs once for each day, at night in Beijing. */
export interface NightlyTask {
  /** Up to 40 characters. */
  name: string
  work(day: Day): Promise<void>
}

/** The scheduled tasks of a process. */
export interface Schedule {
  start(): void
  /** Cancels the timers and waits for the tasks under way. */
  stop(): Promise<void>
  /** Runs every nightly task that is due, missed nights oldest first; one that fails is logged and stops no other. @returns what was done, each as `name day`. */
  catchUp(): Promise<string[]>
}

/** Milliseconds after midnight in Beijing from which a day's nightly tasks are due: at 03:00 the fewest people use the application. */
const NIGHT = 3 * 3_600_000
/** Missed nights that are made up for at most. The tasks reach back as far as they need by themselves. */
const MOST_MISSED_NIGHTS = 31

/** Creates the schedule of a process, not yet started. */
export function createSchedule(app: AppContext, intervalTasks: readonly IntervalTask[], nightlyTasks: readonly NightlyTask[]): Schedule {
  const jobs: Job[] = []
  const underWay = new Map<string, Promise<void>>()

  async function catchUp(): Promise<string[]> {
    const done: string[] = []
    const latest = dayOf(new Date(app.clock.now().getTime() - NIGHT))
    for (const { name, work } of nightlyTasks)
      // The other tasks of the night do not depend on it: what must be deleted is deleted.
      await runPart(app.log, name, async () => {
        for (const day of dueDays(await lastBucket(app, SYSTEM, name), latest))
          if (await runOnce(app, SYSTEM, { name, bucket: day }, () => work(day))) done.push(`${name} ${day}`)
      })
    return done
  }

  /** Starts a task unless it is still running: a task that takes longer than its interval does not overlap with itself. */
  function startTask({ name, work }: Pick<IntervalTask, 'name' | 'work'>): void {
    if (underWay.has(name)) return
    const running = runPart(app.log, name, work)
      .then(() => undefined)
      .finally(() => underWay.delete(name))
    underWay.set(name, running)
  }

  return {
    start() {
      if (jobs.length > 0) return
      const nightly = { name: 'chores', cron: '0 7 * * * *', work: catchUp }
      for (const task of [...intervalTasks, nightly]) jobs.push(scheduleJob(task.cron, () => startTask(task)))
      startTask(nightly)
    },
    async stop() {
      for (const job of jobs.splice(0)) job.cancel()
      await Promise.all(underWay.values())
    },
    catchUp,
  }
}

/** The days whose nightly tasks are due, oldest first: those after `last`, 31 at most; only the latest when nothing was ever done. */
export function dueDays(last: Day | null, latest: Day): Day[] {
  if (last === null) return [latest]
  const days: Day[] = []
  for (let day = latest; day > last && days.length < MOST_MISSED_NIGHTS; day = addDays(day, -1)) days.unshift(day)
  return days
}

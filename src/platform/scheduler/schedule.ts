// Runs tasks at intervals and once a night. node-schedule only gives the beat: buckets in the database decide whether a task is due and which
// process does it, so that a restart, a second process or a missed night changes nothing.

import { scheduleJob, type Job } from 'node-schedule'
import type { AppContext } from '../commands/command.ts'
import { lastBucket, runOnce } from './runs.ts'
import { addDays, dayOf, type Day } from '../../core/calendar.ts'
import { SYSTEM } from '../commands/permissions.ts'
import { logFailure } from './loop.ts'

/** Something done again and again; it protects itself against being done twice. */
export interface Beat {
  name: string
  /** As cron writes it, with seconds. */
  cron: string
  work(): Promise<unknown>
}

/** Something done once a night, in Beijing. */
export interface Chore {
  /** Up to 40 characters. */
  name: string
  work(day: Day): Promise<void>
}

export interface Schedule {
  start(): void
  /** Stops the metronome and waits for what is under way. */
  stop(): Promise<void>
  /** Does every chore that is due, missed nights oldest first, and answers which were done as `name day`. */
  catchUp(): Promise<string[]>
}

/** Chores belong to a day from 03:00 on it: the night has the fewest readers. */
const NIGHT = 3 * 3_600_000
/** Nights that are made up for after a long silence; what they do reaches back as far as needed. */
const MADE_UP = 31

/** @param beats done at their interval. @param chores done once a night. */
export function createSchedule(app: AppContext, beats: readonly Beat[], chores: readonly Chore[]): Schedule {
  const jobs: Job[] = []
  const underWay = new Map<string, Promise<void>>()

  async function catchUp(): Promise<string[]> {
    const done: string[] = []
    const latest = dayOf(new Date(app.clock.now().getTime() - NIGHT))
    for (const { name, work } of chores)
      for (const day of dueDays(await lastBucket(app, SYSTEM, name), latest))
        if (await runOnce(app, SYSTEM, { name, bucket: day }, () => work(day))) done.push(`${name} ${day}`)
    return done
  }

  /** One at a time of a name: a beat that takes longer than its interval is not joined by the next. */
  function beat({ name, work }: Pick<Beat, 'name' | 'work'>): void {
    if (underWay.has(name)) return
    const doing = work()
      .then(() => undefined)
      .catch((error: unknown) => {
        logFailure(app.log, 'schedule', error, { name })
      })
      .finally(() => underWay.delete(name))
    underWay.set(name, doing)
  }

  return {
    start() {
      if (jobs.length > 0) return
      const nightly = { name: 'chores', cron: '0 7 * * * *', work: catchUp }
      for (const each of [...beats, nightly]) jobs.push(scheduleJob(each.cron, () => beat(each)))
      beat(nightly)
    },
    async stop() {
      for (const job of jobs.splice(0)) job.cancel()
      await Promise.all(underWay.values())
    },
    catchUp,
  }
}

/** The nights after the last one that was done, oldest first; only the latest when there never was one. */
export function dueDays(last: Day | null, latest: Day): Day[] {
  if (last === null) return [latest]
  const days: Day[] = []
  for (let day = latest; day > last && days.length < MADE_UP; day = addDays(day, -1)) days.unshift(day)
  return days
}

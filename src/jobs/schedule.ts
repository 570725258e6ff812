// When the house does what nobody asks for. node-schedule is the metronome only: whether something is due, and who does it, is decided
// by buckets in the database (actions/housekeeping), so that a restart, a second process or a slept-through night changes nothing.

import { scheduleJob, type Job } from 'node-schedule'
import { drawProposals } from '../actions/accountability-draw.ts'
import type { House } from '../actions/context.ts'
import { forgetLooseMedia } from '../actions/chat-media.ts'
import { forgetMessages } from '../actions/conversations.ts'
import { archiveNotices, lastBucket, runOnce } from '../actions/housekeeping.ts'
import { dropEarly } from '../actions/receipts.ts'
import { forgetScreenings } from '../actions/screening-views.ts'
import { forgetSessions } from '../actions/sessions.ts'
import { addDays, dayOf, type Day } from '../core/calendar.ts'
import { isAppError } from '../core/errors.ts'
import { HOUSE } from '../domain/roles.ts'

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
const DAY = 86_400_000
const PORTION = 500
/** Days for which a receipt of an unknown message is kept. */
const EARLY_DAYS = 7

/** @param beats such as the dispatcher's doubts. @param chores beside the house's own. */
export function createSchedule(house: House, beats: readonly Beat[], chores: readonly Chore[] = ownChores(house)): Schedule {
  const jobs: Job[] = []
  const underWay = new Map<string, Promise<void>>()

  async function catchUp(): Promise<string[]> {
    const done: string[] = []
    const latest = dayOf(new Date(house.clock.now().getTime() - NIGHT))
    for (const { name, work } of chores)
      for (const day of dueDays(await lastBucket(house, HOUSE, name), latest))
        if (await runOnce(house, HOUSE, { name, bucket: day }, () => work(day))) done.push(`${name} ${day}`)
    return done
  }

  /** One at a time of a name: a beat that takes longer than its interval is not joined by the next. */
  function beat({ name, work }: Pick<Beat, 'name' | 'work'>): void {
    if (underWay.has(name)) return
    const doing = work()
      .then(() => undefined)
      .catch((error: unknown) => {
        if (isAppError(error, 'database_unavailable') || isAppError(error, 'database_busy'))
          house.log.warn('schedule.database_away', { name })
        else house.log.error('schedule.failed', { name }, error)
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

function ownChores(house: House): Chore[] {
  const ago = (days: number): Date => new Date(house.clock.now().getTime() - days * DAY)
  return [
    {
      name: 'notices.archive',
      async work() {
        while ((await archiveNotices(house, HOUSE, { before: ago(house.config.archiveDays), limit: PORTION })) === PORTION);
        const dropped = await dropEarly(house, HOUSE, { before: ago(EARLY_DAYS) })
        if (dropped > 0) house.log.warn('receipts.unexplained', { count: dropped })
      },
    },
    {
      name: 'bot.forget',
      async work() {
        while ((await forgetLooseMedia(house)) > 0);
        while ((await forgetMessages(house, HOUSE, { before: ago(house.config.chat.keepDays), limit: PORTION })) === PORTION);
      },
    },
    {
      // After midnight's tick has found what was missed.
      name: 'accountability.draw',
      async work(day) {
        await drawProposals(house, day)
      },
    },
    {
      name: 'screenings.forget',
      async work() {
        while ((await forgetScreenings(house, HOUSE, { before: ago(house.config.screeningKeepDays), limit: PORTION })) === PORTION);
      },
    },
    {
      name: 'sessions.forget',
      async work() {
        await forgetSessions(house, HOUSE, undefined)
      },
    },
  ]
}

// The clock of an installation: the database server's, so that all processes have one time, whatever their machines say (ADR 0047).
// The machine's own clock is core/clock; whether the two agree is told by /readyz and `zxt doctor`.

import { elapsed, systemClock, type Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import type { Db, Store } from './database.ts'

/** The time of the database server; null for SQLite, which has none of its own. */
export async function databaseTime(db: Db): Promise<Date | null> {
  if (db.sqlite) return null
  const [row] = await db.query<{ now: Date }>('select utc_timestamp(3) as now')
  return row?.now ?? null
}

export interface OpenClock {
  clock: Clock
  close(): void
}

/** What opening the clock needs. */
export interface ClockDeps {
  store: Pick<Store, 'sqlite' | 'read'>
  log: Log
  /** The machine's clock and its stopwatch in milliseconds; the real ones unless given. */
  machine?: Clock
  stopwatch?: () => number
  /** Milliseconds between two questions to the database; five seconds unless given. */
  every?: number
}

/** What the database said of its time. */
interface Reading {
  /** The stopwatch in the middle of question and answer. */
  at: number
  /** The database's time then, in milliseconds. */
  time: number
  /** Milliseconds by which it may be wrong: nobody knows when between question and answer it was read. */
  error: number
}

const EVERY = 5_000
/** Milliseconds between the clocks of machine and database that somebody is told of. */
const WORTH_SAYING = 2_000

/**
 * Opens the clock: the database's time when it was last asked, and what the stopwatch has counted since. It goes on while the database is
 * away, and a machine whose clock is set while a process runs changes nothing. On SQLite it is the machine's clock.
 * @throws AppError `database_unavailable`.
 */
export async function openClock({ store, log, machine = systemClock, stopwatch = elapsed, every = EVERY }: ClockDeps): Promise<OpenClock> {
  if (store.sqlite) return { clock: machine, close: () => undefined }

  async function ask(): Promise<Reading> {
    const from = stopwatch()
    const theirs = await store.read(databaseTime)
    const to = stopwatch()
    if (theirs === null) throw new Error('the database said no time')
    // It is said in whole milliseconds.
    return { at: (from + to) / 2, time: theirs.getTime() + 0.5, error: (to - from) / 2 + 1 }
  }

  let known = await ask()
  const timeAt = (at: number): number => known.time + at - known.at
  /** The difference that was last told of. */
  let told = 0

  function tell(): void {
    const difference = machine.now().getTime() - timeAt(stopwatch())
    const isNews = Math.abs(difference - told) > WORTH_SAYING
    if (!isNews) return
    told = difference
    // What was told of has gone by when it is no longer worth saying.
    if (Math.abs(difference) > WORTH_SAYING) log.warn('clock.differs', { seconds: Math.round(difference / 1000) })
  }

  async function look(): Promise<void> {
    const reading = await ask()
    // A slow answer says little: what is known is kept unless it cannot be true.
    if (Math.abs(timeAt(reading.at) - reading.time) > reading.error) known = reading
    tell()
  }

  tell()
  let looking = false
  const timer = setInterval(() => {
    if (looking) return
    looking = true
    // That the database is away is said by those who need it.
    look()
      .catch(() => undefined)
      .finally(() => (looking = false))
  }, every)
  timer.unref()
  return { clock: { now: () => new Date(timeAt(stopwatch())), machine }, close: () => clearInterval(timer) }
}

// The loop of tasks that poll: start, wake, and a stop that waits for the rounds under way.
// Tasks that run at fixed times are schedule.ts.

import { isDatabaseAway } from '../../core/errors.ts'
import type { Facts, Log } from '../../core/log.ts'
import { createSleeper } from '../../core/sleeper.ts'

/** What a loop does and how often. */
export interface LoopOptions {
  /** Prefix of the log events of a failed round: `broadcast` gives `broadcast.database_away`. */
  name: string
  /** Milliseconds between two rounds. */
  poll: number
  /** Works until nothing is left to do. It should end early when `isStopping()` becomes true. */
  round(): Promise<unknown>
  /** Number of rounds that run in parallel; 1 by default. */
  lanes?: number
  /** Runs after the last round has ended and before `stop()` resolves. */
  finish?(): Promise<void>
}

/** A loop that can be started, woken and stopped. */
export interface Loop {
  start(): void
  /** Starts the next round at once. */
  wake(): void
  /** Stops and waits for the rounds under way. Afterwards the loop can be started again. */
  stop(): Promise<void>
  isStopping(): boolean
}

/** Creates a loop. A failed round is logged, and the next one follows after the usual pause. */
export function createLoop(log: Log, { name, poll, round, lanes = 1, finish }: LoopOptions): Loop {
  const idle = createSleeper()
  let stopping = false
  let running: Promise<unknown> | null = null

  async function run(): Promise<void> {
    for (;;) {
      try {
        await round()
      } catch (error) {
        logFailure(log, name, error)
      }
      if (stopping) return
      await idle.sleep(poll)
    }
  }

  return {
    start() {
      running ??= Promise.all(Array.from({ length: lanes }, run))
    },
    wake: () => idle.wake(),
    async stop() {
      stopping = true
      idle.wake()
      await running
      await finish?.()
      running = null
      stopping = false
    },
    isStopping: () => stopping,
  }
}

/**
 * Logs a failure: a warning when the database was away or busy, which passes by itself; an error for everything else, which needs a person.
 */
export function logFailure(log: Log, name: string, error: unknown, facts: Facts = {}): void {
  if (isDatabaseAway(error)) log.warn(`${name}.database_away`, facts)
  else log.error(`${name}.failed`, facts, error)
}

/**
 * Does a part of scheduled work on which the other parts do not depend. One that fails is logged as `schedule.failed` with its name and stops
 * none of them; that it is tried again is up to what it finds undone. Returns what the work gave, or `undefined` when it failed.
 */
export async function runPart<T>(log: Log, name: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    logFailure(log, 'schedule', error, { name })
    return undefined
  }
}

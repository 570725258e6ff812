// The loop of every job that polls: start, wake, and a stop that waits for the round under way.
// What a round does is the job's own.

import { isDatabaseAway } from '../../core/errors.ts'
import type { Facts, Log } from '../../core/log.ts'
import { sleeper } from '../../core/sleeper.ts'

export interface LoopOptions {
  /** Opens the names of the events that are logged when a round fails: `broadcast` gives `broadcast.database_away`. */
  name: string
  /** Milliseconds between two rounds. */
  poll: number
  /** Works until nothing is left to do. It ends early once `isStopping()` answers true. */
  round(): Promise<unknown>
  /** Rounds that run side by side; 1 unless given. */
  lanes?: number
  /** Runs after the last round has ended and before `stop()` answers. */
  finish?(): Promise<void>
}

export interface Loop {
  start(): void
  /** Begins the next round now. */
  wake(): void
  /** Waits for the rounds under way. Afterwards the loop may be started again. */
  stop(): Promise<void>
  isStopping(): boolean
}

/** A round that fails is logged, and the next one comes after the usual pause. */
export function createLoop(log: Log, { name, poll, round, lanes = 1, finish }: LoopOptions): Loop {
  const idle = sleeper()
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

/** A database that is away passes by itself and is a warning; everything else needs a person. */
export function logFailure(log: Log, name: string, error: unknown, facts: Facts = {}): void {
  if (isDatabaseAway(error)) log.warn(`${name}.database_away`, facts)
  else log.error(`${name}.failed`, facts, error)
}

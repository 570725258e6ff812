// Fetches the pictures and files that people sent in conversations, portion after portion, while there are any.
// What becomes of them is actions/chat-media.

import { collectMedia, type Collect } from '../actions/chat-media.ts'
import type { House } from '../actions/context.ts'
import { isAppError } from '../core/errors.ts'
import { sleeper } from '../core/sleeper.ts'

export interface Collector {
  start(): void
  /** Ends after the portion under way. */
  stop(): Promise<void>
  /** Fetches everything that is wanted now. */
  processAll(): Promise<void>
}

/** @param poll milliseconds between looks when nothing is wanted. */
export function createCollector(house: House, collect: Collect, poll = 2_000): Collector {
  const idle = sleeper()
  let stopping = false
  let running: Promise<void> | null = null

  async function processAll(): Promise<void> {
    while (!stopping && (await collectMedia(house, collect)) > 0);
  }

  async function run(): Promise<void> {
    for (;;) {
      try {
        await processAll()
      } catch (error) {
        if (isAppError(error, 'database_unavailable') || isAppError(error, 'database_busy')) house.log.warn('collect.database_away')
        else house.log.error('collect.failed', {}, error)
      }
      if (stopping) return
      await idle.sleep(poll)
    }
  }

  return {
    start() {
      running ??= run()
    },
    async stop() {
      stopping = true
      idle.wake()
      await running
      running = null
      stopping = false
    },
    processAll,
  }
}

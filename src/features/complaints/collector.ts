// Fetches the pictures and files that people sent in conversations, portion after portion, while there are any.
// What becomes of them is actions/chat-media.

import { collectMedia, type Collect } from './chat-media.commands.ts'
import type { House } from '../../platform/commands/command.ts'
import { createLoop } from '../../platform/scheduler/loop.ts'

export interface Collector {
  start(): void
  /** Ends after the portion under way. */
  stop(): Promise<void>
  /** Fetches everything that is wanted now. */
  processAll(): Promise<void>
}

/** @param poll milliseconds between looks when nothing is wanted. */
export function createCollector(house: House, collect: Collect, poll = 2_000): Collector {
  const loop = createLoop(house.log, { name: 'collect', poll, round: processAll })

  async function processAll(): Promise<void> {
    while (!loop.isStopping() && (await collectMedia(house, collect)) > 0);
  }

  return {
    start: () => loop.start(),
    stop: () => loop.stop(),
    processAll,
  }
}

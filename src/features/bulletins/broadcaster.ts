// Spreads bulletins to their audiences, portion after portion, while there are any.
// What a portion is and who it reaches is actions/broadcast.

import { spreadPortion } from './tasks.ts'
import type { House } from '../../platform/commands/command.ts'
import { HOUSE } from '../../platform/commands/permissions.ts'
import { createLoop } from '../../platform/scheduler/loop.ts'

export interface Broadcaster {
  start(): void
  /** Ends after the portion under way. */
  stop(): Promise<void>
  /** A bulletin was owed in this process: look now. */
  poke(): void
  /** Spreads everything that is owed and answers how many were promised a message. */
  processAll(): Promise<number>
}

/** @param onPromised hears that there is something to send. @param poll milliseconds between looks when nothing is owed. */
export function createBroadcaster(house: House, onPromised: () => void = () => undefined, poll = 1_000): Broadcaster {
  const loop = createLoop(house.log, { name: 'broadcast', poll, round: processAll })

  async function processAll(): Promise<number> {
    let told = 0
    while (!loop.isStopping()) {
      const portion = await spreadPortion(house, HOUSE, undefined)
      if (portion === null) break
      told += portion.told
      if (portion.told > 0) onPromised()
      if (portion.done) house.log.info('broadcast.done', { broadcast: portion.broadcastId })
    }
    return told
  }

  return {
    start: () => loop.start(),
    stop: () => loop.stop(),
    poke: () => loop.wake(),
    processAll,
  }
}

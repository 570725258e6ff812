// The whole server as a process of its own, with shorter times than outside tests, and with a clock that is wrong where asked for:
//   node --import tsx test/support/server-child.ts '{"receipts":{"askAfter":1000,"deadline":60000},"ahead":600000}'
// Its settings are those of its environment.

import { readConfig } from '../../src/config/config.ts'
import { serve } from '../../src/serve.ts'
import type { ServerTimes } from './server-process.ts'

/** Moves the clock of this process, as that of a machine that nobody has set. Timers are not moved: they measure how long, not when. */
function misleadClock(ahead: number): void {
  const Real = Date
  class Misled extends Real {
    constructor(...given: unknown[]) {
      super(...((given.length === 0 ? [Misled.now()] : given) as [number]))
    }
    static override now(): number {
      return Real.now() + ahead
    }
  }
  globalThis.Date = Misled as DateConstructor
}

async function main({ ahead, ...times }: ServerTimes): Promise<void> {
  if (ahead !== undefined) misleadClock(ahead)
  await serve(readConfig(), times)
}

if (process.argv[1]?.endsWith('server-child.ts') === true) await main(JSON.parse(process.argv[2] ?? '{}') as ServerTimes)

// The role `wechaty` of a process: the house's own WeChat account, and the dispatcher of what is owed by it.
// The other roles are serve.ts; what the account does is bot/wechaty.

import { CAREFUL, createWechaty } from '../bot/doors/wechaty/wechaty.ts'
import { accountOf } from '../bot/doors/wechaty/load.ts'
import type { AppContext } from './platform/commands/command.ts'
import { createDispatcher, type Dispatcher, type DispatchMeter } from './messaging/dispatcher.ts'
import type { Beat } from './platform/scheduler/schedule.ts'

/** Parts are stopped from the last to the first: nothing more is taken in, what was answered is sent, and then the account is let go. */
export function startWechaty(
  app: AppContext,
  parts: { name: string; stop(): Promise<void> }[],
  meter: DispatchMeter,
): { beat: Beat; standings: Dispatcher['standings'] } {
  const door = createWechaty(app, { build: accountOf(app), answered: () => dispatcher.poke() })
  const dispatcher = createDispatcher(app, new Map([['wechaty', door.channel]]), CAREFUL, meter)
  door.start()
  dispatcher.start()
  parts.push(
    { name: 'wechaty', stop: () => door.stop() },
    { name: 'wechaty-dispatcher', stop: () => dispatcher.stop() },
    { name: 'wechaty-intake', stop: () => door.deafen() },
  )
  const beat = { name: 'wechaty_doubts', cron: '*/15 * * * * *', work: () => dispatcher.settleDoubts() }
  return { beat, standings: () => dispatcher.standings() }
}

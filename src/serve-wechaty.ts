// Starts the role `wechaty`: the application's own WeChat account, and a dispatcher for the messages that only it can send.
// The other roles are started in serve.ts; the account itself is bot/doors/wechaty/wechaty.ts.

import { WECHATY_DISPATCH, createWechaty } from '../bot/doors/wechaty/wechaty.ts'
import { accountOf } from '../bot/doors/wechaty/load.ts'
import type { AppContext } from './platform/commands/command.ts'
import { createDispatcher, type Dispatcher, type DispatchMeter } from './messaging/dispatcher.ts'
import type { IntervalTask } from './platform/scheduler/schedule.ts'

/**
 * Starts the account and its dispatcher, and adds them to `parts`. Parts stop from the last to the first: receiving stops, replies that are
 * already written are sent, and then the account is released.
 */
export function startWechaty(
  app: AppContext,
  parts: { name: string; stop(): Promise<void> }[],
  meter: DispatchMeter,
): { tasks: readonly IntervalTask[]; standings: Dispatcher['standings'] } {
  const account = createWechaty(app, { build: accountOf(app), answered: () => dispatcher.poke() })
  const dispatcher = createDispatcher(app, new Map([['wechaty', account.channel]]), WECHATY_DISPATCH, meter)
  account.start()
  dispatcher.start()
  parts.push(
    { name: 'wechaty', stop: () => account.stop() },
    { name: 'wechaty-dispatcher', stop: () => dispatcher.stop() },
    { name: 'wechaty-intake', stop: () => account.deafen() },
  )
  const doubts = { name: 'wechaty_doubts', cron: '*/15 * * * * *', work: () => dispatcher.settleDoubts() }
  const receipts = { name: 'wechaty_receipts', cron: '20 * * * * *', work: () => dispatcher.askForReceipts() }
  return { tasks: [doubts, receipts], standings: () => dispatcher.standings() }
}

// The house's own WeChat account as a part of a process: a session that listens, and a channel that sends what the outbox owes by it.
// Never the only way of a statutory notice: an account that chats by machine can be banned any day. Dispatching is messaging/dispatcher.

import type { AppContext } from '../../../src/platform/commands/command.ts'
import type { Channel } from '../../../src/messaging/channels/channel.ts'
import { createWechatyChannel, PACE, type Pace } from './channel.ts'
import { createIntake } from './intake.ts'
import type { BuildAccount } from './load.ts'
import { createSession, TIMING, type Session, type Timing } from './session.ts'

export interface WechatyOptions {
  build: BuildAccount
  /** An answer lies in the outbox. */
  answered: () => void
  timing?: Partial<Timing>
  pace?: Partial<Pace>
}

export interface WechatyDoor {
  channel: Channel
  session: Pick<Session, 'account'>
  start(): void
  /** Takes no more messages, and waits until those it took are answered in the outbox. Sending goes on. */
  deafen(): Promise<void>
  /** Lets the account go. */
  stop(): Promise<void>
}

/** How its medium is dispatched: one message at a time, because whoever sends faster than people do is banned. A lease outlasts the slowest wave. */
export const CAREFUL = { wave: 4, atOnce: 1, lanes: 1, batch: 16, lease: 300_000 } as const

export function createWechaty(app: AppContext, { build, answered, timing, pace }: WechatyOptions): WechatyDoor {
  const intake = createIntake(app, answered)
  const session = createSession(app, build, (message) => intake.take(message), { ...TIMING, ...timing })
  const gap = 60_000 / (app.config.wechaty?.perMinute ?? 1)
  const channel = createWechatyChannel(() => session.account(), app.log, { ...PACE, gap, ...pace })
  return {
    channel,
    session,
    start: () => session.start(),
    async deafen() {
      session.deafen()
      await intake.settled()
    },
    stop: () => session.stop(),
  }
}

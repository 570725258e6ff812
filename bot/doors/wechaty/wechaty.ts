// The court's own WeChat account as part of a process: its session, its inbound messages, and the channel by which the outbox sends.
// It is never the only way of a statutory notice, because such an account can be banned any day. Dispatching: src/messaging/dispatcher.ts.

import type { AppContext } from '../../../src/platform/commands/command.ts'
import type { Channel } from '../../../src/messaging/channels/channel.ts'
import { createWechatyChannel, PACE, type Pace } from './channel.ts'
import { createIntake } from './intake.ts'
import type { BuildAccount } from './load.ts'
import { createSession, TIMING, type Session, type Timing } from './session.ts'

/** How the account is built, and what tests change. */
export interface WechatyOptions {
  build: BuildAccount
  /** Called when a reply was enqueued in the outbox. */
  answered: () => void
  timing?: Partial<Timing>
  pace?: Partial<Pace>
}

/** The running account. */
export interface WechatyAccount {
  channel: Channel
  session: Pick<Session, 'account'>
  start(): void
  /** Stops taking messages and waits until the replies to those already taken are enqueued. Sending goes on. */
  deafen(): Promise<void>
  /** Stops the session and releases the account. */
  stop(): Promise<void>
}

/**
 * How the dispatcher sends on this medium: one message at a time, because an account that sends faster than people do is banned. `lease` is
 * in milliseconds and outlasts the slowest wave.
 */
export const WECHATY_DISPATCH = { wave: 4, atOnce: 1, commits: 1, batch: 16, lease: 300_000 } as const

/** Puts session, intake and channel together. Nothing runs before `start`. */
export function createWechaty(app: AppContext, { build, answered, timing, pace }: WechatyOptions): WechatyAccount {
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

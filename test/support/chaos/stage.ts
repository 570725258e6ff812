// The stage of one row of the fault table: a database of its own, stand-ins that call back, and servers that are real processes.
// The rows are rows.ts and others beside it; what became of the messages is ledger.ts.

import { systemClock } from '../../../src/core/clock.ts'
import type { Addresses } from '../../../src/messaging/fallback.rules.ts'
import type { Audience, NoticeEvent } from '../../../src/messaging/notices.rules.ts'
import type { MakeApp } from '../app.ts'
import { enqueue, makeSetup, type DeliverySetup } from '../delivery-setup.ts'
import { listen } from '../loopback.ts'
import { STAND_IN } from '../providers.ts'
import { startServer, STAND_IN_ENV, type ServerOrder, type ServerProcess, type ServerTimes } from '../server-process.ts'
import type { TwilioSetup } from '../twilio-server.ts'
import { pause } from '../until.ts'
import { ledgerOf, type Ledger } from './ledger.ts'

export interface Stage extends DeliverySetup {
  /** Where the web server is. */
  address: string
  /** Starts a process with these roles. It is ended with the stage. */
  start(roles: string, order?: Partial<ServerOrder>): Promise<ServerProcess>
  /** Enqueues notices, as if `ago` milliseconds before now; at most five hundred in a transaction. */
  tell(event: NoticeEvent, audience: Audience, people: readonly Addresses[], ago?: number): Promise<void>
  /** Waits until no message is under way, for so many milliseconds at most. Accepted ones are waited for, too, unless told otherwise. */
  settled(patience: number, states?: readonly string[]): Promise<void>
  /** Ends all processes gracefully and counts. */
  count(): Promise<Ledger>
  /** How many deliveries are in one of these states. */
  countOf(states: readonly string[]): Promise<number>
  end(): Promise<void>
}

export interface StageOptions {
  twilio?: Partial<TwilioSetup>
  /** Of so many events of the official account one is lost. */
  wechatLoses?: number
  wechatLatency?: number
  times: ServerTimes
  /** Milliseconds for which receipts are waited for. */
  deadline: number
}

const OPEN: readonly string[] = ['queued', 'sending', 'unknown', 'accepted']
/** Notices of one transaction. */
const PORTION = 500

export async function openStage(make: MakeApp, options: StageOptions): Promise<Stage> {
  const port = await freePort()
  const callback = { url: `http://127.0.0.1:${port}/webhooks/wechat`, token: STAND_IN.wechat.token }
  const setup = await makeSetup(make, {
    now: systemClock.now(),
    env: STAND_IN_ENV,
    twilio: { clock: systemClock, script: ['sent', 'delivered'], ...options.twilio },
    wechat: {
      clock: systemClock,
      callback,
      ...(options.wechatLatency === undefined ? {} : { latency: options.wechatLatency }),
      ...(options.wechatLoses === undefined ? {} : { loseEach: options.wechatLoses }),
    },
  })
  const processes: ServerProcess[] = []
  const countOf = async (states: readonly string[]): Promise<number> => {
    const [row] = await setup.app.store.read((db) =>
      db.query<{ n: string | number }>(`select count(*) as n from delivery where state in (${states.map(() => '?').join(', ')})`, states),
    )
    return Number(row?.n)
  }
  return {
    ...setup,
    address: `http://127.0.0.1:${port}`,
    countOf,
    async start(roles, order = {}) {
      const started = await startServer(setup, { roles, port, times: options.times, ...order })
      processes.push(started)
      return started
    },
    async tell(event, audience, people, ago = 0) {
      for (let from = 0; from < people.length; from += PORTION) {
        setup.clock.set(new Date(systemClock.now().getTime() - ago))
        await enqueue(setup.app, event, audience, people.slice(from, from + PORTION))
      }
    },
    async settled(patience, states = OPEN) {
      const until = Date.now() + patience
      while (Date.now() < until && (await countOf(states)) > 0) await pause(250)
    },
    async count() {
      for (const each of processes) if (each.lives()) await each.stop()
      return ledgerOf(setup, options.deadline)
    },
    async end() {
      for (const each of processes) if (each.lives()) await each.kill()
      await setup.twilio.close()
      await setup.wechat.close()
      await setup.close()
    },
  }
}

async function freePort(): Promise<number> {
  const place = await listen(() => Promise.resolve())
  await place.close()
  return Number(new URL(place.url).port)
}

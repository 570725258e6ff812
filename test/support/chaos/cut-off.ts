// Callbacks that are lost, servers that are restarted, a web server and a database that are away, and a database that is frozen.
// What a sweep does with one message is test/messaging/receipt-sweep.test.ts.

import { frozenProxy } from '../frozen-proxy.ts'
import { openid, phone } from '../delivery-setup.ts'
import { asking } from '../http-server.ts'
import type { ServerProcess } from '../server-process.ts'
import { pause } from '../until.ts'
import { startProxy } from '../wire.ts'
import { words } from './killed.ts'
import { UNDER_WAY } from './ledger.ts'
import { defineRow } from './row.ts'
import { openStage, type Stage } from './stage.ts'

interface LostPlan {
  sms: number
  wechat: number
  restarts: number
  /** Milliseconds for which no web server runs, and for which the database is away. */
  outage: number
  away: number
  /** Milliseconds for which receipts are waited for. */
  deadline: number
  patience: number
}

/** Of so many callbacks about SMS one is lost; of the official account comes none at all. */
const LOSE_EACH = 3
/** Of so many numbers one cannot be reached. */
const UNREACHABLE_EACH = 20

export const LOST = defineRow<LostPlan>({
  name: 'c',
  fault: 'lost callbacks, restarts, no web, no database',
  sizes: {
    short: { sms: 240, wechat: 40, restarts: 2, outage: 1_500, away: 2_000, deadline: 60_000, patience: 150_000 },
    full: { sms: 3_000, wechat: 600, restarts: 12, outage: 120_000, away: 15_000, deadline: 300_000, patience: 600_000 },
  },
  async run(make, plan) {
    const stage = await openStage(make, {
      twilio: { latency: 50, callbackAfter: 100, loseEach: LOSE_EACH },
      wechatEvents: false,
      deadline: plan.deadline,
      times: {
        settleAfter: 1_000,
        receipts: { askAfter: 1_000, deadline: plan.deadline },
        dispatcher: { lease: 5_000, wave: 16, atOnce: 8, batch: 32 },
      },
    })
    const wire = await startProxy(stage.url ?? '')
    try {
      const numbers = Array.from({ length: plan.sms }, (_, n) => phone(n))
      for (const number of numbers.filter((_, n) => n % UNREACHABLE_EACH === 0)) stage.twilio.script(number, ['sent', 'undelivered'], 30003)
      const told = numbers.map((sms) => ({ sms }))
      await stage.tell('listing.listed', 'debtor', told)
      const followers = Array.from({ length: plan.wechat }, (_, n) => ({ wechat: openid(n) }))
      await stage.tell('listing.corrected', 'debtor', followers)
      const slowest = await restartAgainAndAgain(stage, wire.url, plan)
      await wire.cut()
      await pause(plan.away)
      await wire.mend()
      await stage.settled(plan.patience)
      const ledger = await stage.count()
      const { callbacks, asked } = stage.twilio
      const lost = callbacks.filter(({ answer }) => answer !== 200).length
      const notes = [
        `${lost} of ${callbacks.length} callbacks lost or refused, asked ${asked.length} times; slowest stop ${slowest} ms; ${words(ledger.states)}`,
      ]
      const open = (ledger.states['sms accepted'] ?? 0) + (ledger.states['wechat accepted'] ?? 0)
      const misses = [
        ...(lost === 0 || asked.length === 0 ? ['no callback was lost, or none was asked about'] : []),
        ...(open > 0 ? [`${open} messages are still without a receipt or an end`] : []),
      ]
      return { ledger, notes, misses }
    } finally {
      await stage.end()
      await wire.cut()
    }
  },
})

/** Stops dispatcher and web server and starts them anew; one time no web server runs for a while. Returns the slowest stop in milliseconds. */
async function restartAgainAndAgain(stage: Stage, database: string, { sms, restarts, outage }: LostPlan): Promise<number> {
  let web = await stage.start('web', { database })
  let dispatcher = await stage.start('dispatcher', { database })
  const stops: number[] = []
  const stop = async (server: ServerProcess): Promise<void> => void stops.push(await server.stop())
  for (let n = 0; n < restarts; n += 1) {
    // So that there is something to lose at each of them.
    await sentSome(stage, (sms * (n + 1)) / (restarts + 2))
    await stop(dispatcher)
    await stop(web)
    dispatcher = await stage.start('dispatcher', { database })
    if (n === 0) await pause(outage)
    web = await stage.start('web', { database })
  }
  return Math.max(...stops)
}

interface FrozenPlan {
  sms: number
  /** Milliseconds for which the database says nothing, and after which a statement fails. */
  frozen: number
  silence: number
  patience: number
}

const FROZEN_DEADLINE = 120_000

export const FROZEN = defineRow<FrozenPlan>({
  name: 'd',
  fault: 'database frozen and thawed',
  sizes: {
    short: { sms: 400, frozen: 8_000, silence: 2_000, patience: 120_000 },
    full: { sms: 4_000, frozen: 75_000, silence: 30_000, patience: 300_000 },
  },
  async run(make, { sms, frozen, silence, patience }) {
    const stage = await openStage(make, {
      twilio: { latency: 100 },
      deadline: FROZEN_DEADLINE,
      times: {
        silence,
        settleAfter: 1_000,
        receipts: { askAfter: 2_000, deadline: FROZEN_DEADLINE },
        dispatcher: { lease: 3_000, wave: 16, atOnce: 8, batch: 32, poll: 100 },
      },
    })
    const proxy = await frozenProxy(stage.url ?? '')
    try {
      await stage.start('web', { database: proxy.url })
      await stage.start('dispatcher', { database: proxy.url })
      await stage.tell(
        'listing.listed',
        'debtor',
        Array.from({ length: sms }, (_, n) => ({ sms: phone(n) })),
      )
      await sentSome(stage, sms / 10)
      const before = stage.twilio.sent.length
      proxy.freeze()
      const answeredAfter = await timeOfRefusal(stage)
      await pause(frozen)
      const whileFrozen = stage.twilio.sent.length - before
      proxy.thaw()
      await stage.settled(patience, UNDER_WAY)
      const ledger = await stage.count()
      const notes = [
        `frozen with ${before} of ${sms} sent; ${whileFrozen} that were marked went out meanwhile; /readyz refused after ${answeredAfter} ms; ${words(ledger.states)}`,
      ]
      const misses = [
        ...(before >= sms ? ['everything was sent before the database froze'] : []),
        ...(answeredAfter > 4 * silence + 10_000 ? ['a request waited for the frozen database'] : []),
      ]
      return { ledger, notes, misses }
    } finally {
      await stage.end()
      await proxy.close()
    }
  },
})

async function sentSome(stage: Stage, count: number): Promise<void> {
  for (let n = 0; n < 1_000 && stage.twilio.sent.length < count; n += 1) await pause(20)
}

/** Milliseconds until the web server says that it is not ready. */
async function timeOfRefusal({ address }: Stage): Promise<number> {
  const started = performance.now()
  await asking(address, {})('GET', '/readyz')
  return Math.round(performance.now() - started)
}

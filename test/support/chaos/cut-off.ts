// Callbacks that are lost, servers that are restarted, a web server and a database that are away, and a database that is frozen.
// What a sweep does with one message is test/messaging/receipt-sweep.test.ts.

import { frozenProxy } from '../frozen-proxy.ts'
import { openid, phone } from '../delivery-setup.ts'
import { asking } from '../http-server.ts'
import type { ServerProcess } from '../server-process.ts'
import { pause } from '../until.ts'
import { startProxy } from '../wire.ts'
import { words } from './killed.ts'
import { referenceOf, UNDER_WAY } from './ledger.ts'
import { defineRow, type Seen } from './row.ts'
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

/** Of so many events of the official account one is lost, and of callbacks about SMS one at most: those under way at a time count once. */
const LOSE_EACH = 3
/** Of so many numbers one cannot be reached. */
const UNREACHABLE_EACH = 20
/** Milliseconds within which a server stops at a signal, on a busy machine. */
const STOPS_WITHIN = 15_000
/** Milliseconds after the provider knew that it reached nobody within which a statutory notice begins its next step. */
const NEXT_STEP_WITHIN = 600_000

export const LOST = defineRow<LostPlan>({
  name: 'c',
  fault: 'lost callbacks, restarts, no web, no database',
  sizes: {
    short: { sms: 240, wechat: 40, restarts: 2, outage: 1_500, away: 2_000, deadline: 60_000, patience: 150_000 },
    full: { sms: 3_000, wechat: 600, restarts: 12, outage: 600_000, away: 15_000, deadline: 300_000, patience: 600_000 },
  },
  async run(make, plan) {
    const stage = await openStage(make, {
      twilio: { latency: 50, callbackAfter: 100, loseEach: LOSE_EACH },
      wechatLoses: LOSE_EACH,
      deadline: plan.deadline,
      times: {
        settleAfter: 1_000,
        receipts: { askAfter: 1_000, deadline: plan.deadline },
        dispatcher: { lease: 5_000, wave: 16, atOnce: 8, batch: 32 },
      },
    })
    const wire = await startProxy(stage.url ?? '')
    try {
      const tell = portionsOf(stage, plan)
      const slowest = await restartAgainAndAgain(stage, wire.url, { ...plan, tell })
      await tell()
      await wire.cut()
      await pause(plan.away)
      await wire.mend()
      await stage.settled(plan.patience)
      return await seenOf(stage, plan, slowest)
    } finally {
      await stage.end()
      await wire.cut()
    }
  },
})

async function seenOf(stage: Stage, { sms }: LostPlan, slowestStop: number): Promise<Seen> {
  const ledger = await stage.count()
  const { states } = ledger
  const { taken, lost, refused } = callbacksOf(stage)
  const asked = stage.twilio.asked.length
  const nextStep = await slowestNextStep(stage)
  const open = (states['sms accepted'] ?? 0) + (states['wechat accepted'] ?? 0)
  const unreachable = Math.ceil(sms / UNREACHABLE_EACH)
  const isAsTheProviderSays = states['sms closed'] === unreachable && states['sms delivered'] === sms - unreachable
  const notes = [
    `callbacks about SMS: ${taken} taken, ${lost} lost on the way, ${refused} met no web server; asked ${asked} times`,
    `slowest stop ${slowestStop} ms; slowest next step ${nextStep} ms after the provider knew; ${words(states)}`,
  ]
  const misses = [
    ...([taken, lost, refused, asked].includes(0)
      ? ['it proves nothing: callbacks were not lost, refused and taken, or nobody was asked']
      : []),
    ...(open > 0 ? [`${open} messages are still without a receipt or an end`] : []),
    ...(isAsTheProviderSays ? [] : ['the record of an SMS is not what the provider knows of it']),
    ...(slowestStop <= STOPS_WITHIN ? [] : ['a stop took too long']),
    ...(nextStep <= NEXT_STEP_WITHIN ? [] : ['a statutory notice did not go on in time']),
  ]
  return { ledger, notes, misses }
}

/** Tells one portion each time: one before each restart, one more in the outage, and one when the database goes away. */
function portionsOf(stage: Stage, plan: LostPlan): () => Promise<number> {
  const numbers = Array.from({ length: plan.sms }, (_, n) => phone(n))
  for (const number of numbers.filter((_, n) => n % UNREACHABLE_EACH === 0)) stage.twilio.script(number, ['sent', 'undelivered'], 30003)
  const followers = Array.from({ length: plan.wechat }, (_, n) => openid(n))
  let told = 0
  return async () => {
    const portion = (all: readonly string[]): string[] => {
      const size = Math.ceil(all.length / (plan.restarts + 2))
      return all.slice(told * size, (told + 1) * size)
    }
    const [sms, wechat] = [
      portion(numbers).map((number) => ({ sms: number })),
      portion(followers).map((follower) => ({ wechat: follower })),
    ]
    told += 1
    await stage.tell('listing.listed', 'debtor', sms)
    await stage.tell('listing.corrected', 'debtor', wechat)
    return sms.length
  }
}

/**
 * Stops a server of both roles by one signal and starts it anew; one time a dispatcher runs without a web server for a while.
 * Returns the slowest stop in milliseconds.
 */
async function restartAgainAndAgain(
  stage: Stage,
  database: string,
  { restarts, outage, tell }: LostPlan & { tell: () => Promise<number> },
): Promise<number> {
  const stops: number[] = []
  const stop = async (server: ServerProcess): Promise<void> => void stops.push(await server.stop())
  let server = await stage.start('web,dispatcher', { database })
  for (let n = 0; n < restarts; n += 1) {
    // A part is sent, so that there is something to lose at each of them.
    const before = stage.twilio.sent.length
    await sentSome(stage, before + (await tell()) / 2)
    await stop(server)
    if (n === 0) {
      const alone = await stage.start('dispatcher', { database })
      await pause(outage / 2)
      await tell()
      await pause(outage / 2)
      await stop(alone)
    }
    server = await stage.start('web,dispatcher', { database })
  }
  return Math.max(...stops)
}

/** What became of the callbacks about SMS. */
function callbacksOf({ twilio }: Stage): { taken: number; lost: number; refused: number } {
  const taken = twilio.callbacks.filter(({ answer }) => answer === 200).length
  const lost = twilio.callbacks.filter(({ answer }) => answer === null).length
  return { taken, lost, refused: twilio.callbacks.length - taken - lost }
}

/** Milliseconds from the moment at which the provider knew that an SMS reached nobody until the next step began; of the slowest. */
async function slowestNextStep({ app, twilio }: Stage): Promise<number> {
  const rows = await app.store.read((db) =>
    db.query<{ id: string; begun: Date }>(
      `select d.id, n.due_at as begun from delivery d join delivery n on n.notice_id = d.notice_id and n.rung = d.rung + 1
        where d.medium = 'sms' and d.state = 'closed' and n.state not in ('held', 'cancelled')`,
    ),
  )
  const begun = new Map(rows.map((row) => [row.id.slice(-8), row.begun.getTime()]))
  const waits = twilio.sent
    .filter(({ status }) => status === 'undelivered')
    .map(({ body, at }) => (begun.get(referenceOf(body)) ?? Infinity) - at.getTime())
  return Math.max(0, ...waits)
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

// The scenario of lost callbacks: a server of real processes is restarted by SIGTERM under load, its web server is away for a while, and the
// provider loses callbacks. In CI in a short form (test/journeys/receipts.test.ts); with more of everything for an hour of chaos.

import { systemClock } from '../../src/core/clock.ts'
import type { MakeApp } from './app.ts'
import { enqueue, LISTED, makeSetup, phone, type DeliverySetup } from './delivery-setup.ts'
import { listen } from './loopback.ts'
import { startServer, STAND_IN_ENV, type ServerProcess } from './server-process.ts'
import { pause } from './until.ts'

/** How much of it. All times are milliseconds. */
export interface LostReceiptsPlan {
  messages: number
  /** Graceful restarts, one after every `between` while messages are sent. */
  restarts: number
  between: number
  /** How long no web server runs. */
  outage: number
  /** Of so many callbacks one is lost on the way. */
  loseEach: number
  /** Of so many numbers one cannot be reached. */
  unreachableEach: number
  receipts: { askAfter: number; deadline: number }
  /** How long everything may take after the last restart. */
  patience: number
}

export interface LostReceiptsFigures {
  /** `medium state` of every step that was begun, with its number. */
  states: Record<string, number>
  /** Deliveries whose receipt is waited for past its deadline. */
  overdue: number
  lost: number
  doubledUnmarked: number
  callbacks: { taken: number; refused: number; lost: number }
  asked: number
  /** Milliseconds of the slowest stop. */
  slowestStop: number
  /** Milliseconds from the last restart until nothing was open. */
  settledAfter: number
}

/** Runs the scenario on a server database. Call `closeSetups` afterwards. */
export async function lostReceipts(make: MakeApp, plan: LostReceiptsPlan): Promise<LostReceiptsFigures> {
  const setup = await makeSetup(make, {
    now: systemClock.now(),
    env: STAND_IN_ENV,
    twilio: { latency: 50, callbackAfter: 100, loseEach: plan.loseEach, script: ['sent', 'delivered'] },
  })
  const people = Array.from({ length: plan.messages }, (_, n) => phone(n))
  people.forEach((number, n) => {
    if (n % plan.unreachableEach === 0) setup.twilio.script(number, ['sent', 'undelivered'], 30003)
  })
  await enqueue(
    setup.app,
    ...LISTED,
    people.map((sms) => ({ sms })),
  )
  const port = await freePort()
  const stops: number[] = []
  let server = await start(setup, port, plan)
  try {
    for (let n = 0; n < plan.restarts; n += 1) {
      await pause(plan.between)
      stops.push(await server.stop())
      // One of the restarts is the outage: messages are sent, and nobody takes the callbacks.
      if (n === 0) {
        const alone = await start(setup, port, plan, 'dispatcher')
        await pause(plan.outage)
        stops.push(await alone.stop())
      }
      server = await start(setup, port, plan)
    }
    const restarted = Date.now()
    while (Date.now() - restarted < plan.patience && (await isOpen(setup))) await pause(500)
    const settledAfter = Date.now() - restarted
    stops.push(await server.stop())
    return await figuresOf(setup, plan, { slowestStop: Math.max(...stops), settledAfter })
  } finally {
    await server.kill()
  }
}

const OPEN: readonly string[] = ['queued', 'sending', 'unknown', 'accepted']

async function isOpen(setup: DeliverySetup): Promise<boolean> {
  const rows = await setup.app.store.read((db) =>
    db.query<{ n: string | number }>(`select count(*) as n from delivery where state in (${OPEN.map(() => '?').join(', ')})`, OPEN),
  )
  return Number(rows[0]?.n ?? 0) > 0
}

async function figuresOf(
  setup: DeliverySetup,
  plan: LostReceiptsPlan,
  times: Pick<LostReceiptsFigures, 'slowestStop' | 'settledAfter'>,
): Promise<LostReceiptsFigures> {
  const deliveries = await setup.deliveries()
  const states: Record<string, number> = {}
  for (const { medium, state } of deliveries)
    if (state !== 'held' && state !== 'cancelled') states[`${medium} ${state}`] = (states[`${medium} ${state}`] ?? 0) + 1
  const timesSent = new Map<string, number>()
  for (const { to } of setup.twilio.sent) timesSent.set(to, (timesSent.get(to) ?? 0) + 1)
  const sms = deliveries.filter(({ medium }) => medium === 'sms')
  const marked = sms.filter(({ repeated }) => repeated).length
  const doubled = [...timesSent.values()].filter((count) => count > 1).length
  const deadline = Date.now() - plan.receipts.deadline
  const { callbacks } = setup.twilio
  return {
    states,
    overdue: sms.filter(({ state, acceptedAt }) => state === 'accepted' && (acceptedAt?.getTime() ?? 0) < deadline).length,
    lost: plan.messages - timesSent.size,
    doubledUnmarked: Math.max(0, doubled - marked),
    callbacks: {
      taken: callbacks.filter(({ answer }) => answer === 200).length,
      refused: callbacks.filter(({ answer }) => answer !== null && answer !== 200).length,
      lost: callbacks.filter(({ answer }) => answer === null).length,
    },
    asked: setup.twilio.asked.length,
    ...times,
  }
}

function start(setup: DeliverySetup, port: number, { receipts }: LostReceiptsPlan, roles?: string): Promise<ServerProcess> {
  const times = { receipts, settleAfter: 1_000, dispatcher: { lease: 5_000, wave: 16, atOnce: 8, batch: 32 } }
  return startServer(setup, { port, times, ...(roles === undefined ? {} : { roles }) })
}

async function freePort(): Promise<number> {
  const place = await listen(() => Promise.resolve())
  await place.close()
  return Number(new URL(place.url).port)
}

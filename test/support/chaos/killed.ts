// A dispatcher that is killed again and again while it sends. What one process survives is test/messaging/dispatcher.test.ts.

import { openid, phone } from '../delivery-setup.ts'
import { pause } from '../until.ts'
import { UNDER_WAY } from './ledger.ts'
import { defineRow } from './row.ts'
import { openStage, type Stage } from './stage.ts'

interface Plan {
  sms: number
  wechat: number
  kills: number
  /** Milliseconds that may pass after the last kill. */
  patience: number
}

const DEADLINE = 120_000

export const KILLED = defineRow<Plan>({
  name: 'a',
  fault: 'dispatcher killed (-9) while sending',
  sizes: {
    short: { sms: 600, wechat: 120, kills: 2, patience: 90_000 },
    full: { sms: 4_000, wechat: 800, kills: 31, patience: 600_000 },
  },
  async run(make, plan) {
    const stage = await openStage(make, {
      twilio: { latency: 100 },
      wechatLatency: 60,
      deadline: DEADLINE,
      times: {
        settleAfter: 500,
        receipts: { askAfter: 2_000, deadline: DEADLINE },
        dispatcher: { lease: 1_500, wave: 20, atOnce: 24, batch: 60, poll: 50 },
      },
    })
    try {
      const people = Array.from({ length: plan.sms }, (_, n) => ({ sms: phone(n) }))
      await stage.tell('listing.listed', 'debtor', people)
      const followers = Array.from({ length: plan.wechat }, (_, n) => ({ wechat: openid(n) }))
      await stage.tell('listing.corrected', 'debtor', followers)
      await stage.start('web')
      let interrupted = 0
      let inTime = 0
      for (let kill = 0; kill < plan.kills; kill += 1) {
        if (await killWhileSending(stage)) inTime += 1
        interrupted += await stage.countOf(['sending'])
      }
      await stage.start('dispatcher')
      await stage.settled(plan.patience, UNDER_WAY)
      const ledger = await stage.count()
      const notes = [
        `${plan.kills} kills, ${inTime} before the last message; ${interrupted} messages were being sent; ${words(ledger.states)}`,
      ]
      return { ledger, notes, misses: interrupted === 0 ? ['no kill met a message that was being sent'] : [] }
    } finally {
      await stage.end()
    }
  },
})

/** Kills a dispatcher at a random moment after it has begun to send. False when nothing was left to send. */
async function killWhileSending(stage: Stage): Promise<boolean> {
  const taken = (): number => stage.twilio.sent.length + stage.wechat.sent.length
  const before = taken()
  const dispatcher = await stage.start('dispatcher')
  for (let n = 0; n < 400 && taken() === before; n += 1) await pause(5)
  await pause(Math.random() * 300)
  await dispatcher.kill()
  return taken() > before
}

/** Counts as words. */
export function words(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')
}

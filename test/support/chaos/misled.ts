// Processes whose clocks are wrong by ten minutes, beside one whose clock is right.

import { openid, phone } from '../delivery-setup.ts'
import { words } from './killed.ts'
import { UNDER_WAY } from './ledger.ts'
import { defineRow } from './row.ts'
import { openStage } from './stage.ts'

interface Plan {
  sms: number
  wechat: number
  patience: number
}

/** Milliseconds. */
const AHEAD = 600_000
const DEADLINE = 3_600_000

export const MISLED = defineRow<Plan>({
  name: 'e',
  fault: 'clocks wrong by ten minutes, both ways',
  sizes: { short: { sms: 300, wechat: 60, patience: 120_000 }, full: { sms: 3_000, wechat: 600, patience: 300_000 } },
  async run(make, { sms, wechat, patience }) {
    const times = {
      settleAfter: 1_000,
      receipts: { askAfter: 2_000, deadline: DEADLINE },
      dispatcher: { lease: 10_000, wave: 16, atOnce: 8, batch: 32, poll: 100 },
    }
    const stage = await openStage(make, { twilio: { latency: 300 }, wechatLatency: 300, deadline: DEADLINE, times })
    try {
      await stage.start('web')
      // All three before there is anything to send, so that they share it.
      await Promise.all([
        stage.start('dispatcher'),
        stage.start('dispatcher', { times: { ...times, ahead: AHEAD } }),
        stage.start('dispatcher', { times: { ...times, ahead: -AHEAD } }),
      ])
      await stage.tell(
        'listing.listed',
        'debtor',
        Array.from({ length: sms }, (_, n) => ({ sms: phone(n) })),
      )
      await stage.tell(
        'listing.corrected',
        'debtor',
        Array.from({ length: wechat }, (_, n) => ({ wechat: openid(n) })),
      )
      await stage.settled(patience, UNDER_WAY)
      const ledger = await stage.count()
      return { ledger, notes: [words(ledger.states)], misses: [] }
    } finally {
      await stage.end()
    }
  },
})

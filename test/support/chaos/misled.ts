// Processes whose clocks are wrong by ten minutes, both ways, and that share their work all the same.
// How a process comes to the time that all share is test/platform/database/database-clock.test.ts.

import { openid, phone } from '../delivery-setup.ts'
import { asking } from '../http-server.ts'
import { words } from './killed.ts'
import { UNDER_WAY } from './ledger.ts'
import { defineRow } from './row.ts'
import { openStage, type Stage } from './stage.ts'

interface Plan {
  sms: number
  wechat: number
  patience: number
}

/** Milliseconds. */
const AHEAD = 600_000
const DEADLINE = 3_600_000
/** The messages have been due for so long, so that they are due by every clock. */
const AGO = 2 * AHEAD
/** Instants of the record may differ by so much from the time of this process. */
const NEAR = 5_000
/** The number from which each dispatcher sends, so that the provider knows who it was. */
const SENDERS = { ahead: '+15005550006', behind: '+15005550007' } as const

export const MISLED = defineRow<Plan>({
  name: 'e',
  fault: 'clocks wrong by ten minutes, both ways',
  sizes: { short: { sms: 300, wechat: 60, patience: 120_000 }, full: { sms: 3_000, wechat: 600, patience: 600_000 } },
  async run(make, { sms, wechat, patience }) {
    const times = {
      settleAfter: 1_000,
      receipts: { askAfter: 2_000, deadline: DEADLINE },
      dispatcher: { lease: 30_000, wave: 16, atOnce: 16, batch: 32, poll: 100 },
    }
    const begun = Date.now()
    // As slow as this, so that many messages are under way each time that abandoned ones are looked for.
    const stage = await openStage(make, { twilio: { latency: 1_000 }, wechatLatency: 1_000, deadline: DEADLINE, times })
    try {
      // All before there is anything to send, so that they share it.
      await Promise.all([
        stage.start('web', { times: { ...times, ahead: AHEAD } }),
        stage.start('dispatcher', { times: { ...times, ahead: AHEAD }, env: { TWILIO_FROM: SENDERS.ahead } }),
        stage.start('dispatcher', { times: { ...times, ahead: -AHEAD }, env: { TWILIO_FROM: SENDERS.behind } }),
      ])
      const isTold = await namesItsClock(stage)
      const people = Array.from({ length: sms }, (_, n) => ({ sms: phone(n) }))
      await stage.tell('listing.listed', 'debtor', people, AGO)
      const followers = Array.from({ length: wechat }, (_, n) => ({ wechat: openid(n) }))
      await stage.tell('listing.corrected', 'debtor', followers, AGO)
      await stage.settled(patience, UNDER_WAY)
      const ledger = await stage.count()
      const { ahead, behind } = sharesOf(stage)
      const doubted = stage.twilio.listings() + stage.wechat.repeats.length + ledger.inDoubt
      const misdated = await datedOutside(stage, begun)
      const notes = [`${ahead} SMS by the dispatcher ahead, ${behind} by the one behind; ${words(ledger.states)}`]
      const misses = [
        ...(stage.twilio.sent.length + stage.wechat.sent.length === sms + wechat ? [] : ['not every message was taken exactly once']),
        ...(ahead === 0 || behind === 0 ? ['one of the dispatchers has sent nothing'] : []),
        ...(doubted > 0 ? [`a message was doubted ${doubted} times`] : []),
        ...(isTold ? [] : ['/readyz does not say that the clocks differ']),
        ...(misdated > 0 ? [`${misdated} attempts bear a time at which they were not made`] : []),
      ]
      return { ledger, notes, misses }
    } finally {
      await stage.end()
    }
  },
})

/** Whether the web server says that its machine's clock differs from the database's. */
async function namesItsClock({ address }: Stage): Promise<boolean> {
  const { body } = await asking(address, {})('GET', '/readyz')
  return (body['checks'] as { code: string }[]).some(({ code }) => code === 'time_wrong')
}

function sharesOf({ twilio }: Stage): Record<keyof typeof SENDERS, number> {
  const from = (sender: string): number => twilio.sent.filter((sent) => sent.from === sender).length
  return { ahead: from(SENDERS.ahead), behind: from(SENDERS.behind) }
}

/** Attempts that began or ended, by the record, before the row or in the future. */
async function datedOutside({ app }: Stage, begun: number): Promise<number> {
  const [row] = await app.store.read((db) =>
    db.query<{ n: string | number }>('select count(*) as n from attempt where started_at < ? or ended_at > ?', [
      new Date(begun - NEAR),
      new Date(Date.now() + NEAR),
    ]),
  )
  return Number(row?.n)
}

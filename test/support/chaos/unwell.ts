// A provider that hangs, says "too many", and answers 500 or breaks the connection before and after it has taken a message.
// The single cases are test/messaging/dispatcher.test.ts and the tests of the channels.

import { openid, phone } from '../delivery-setup.ts'
import type { Mishap } from '../loopback.ts'
import { until } from '../until.ts'
import { words } from './killed.ts'
import { UNDER_WAY } from './ledger.ts'
import { defineRow } from './row.ts'
import { openStage, type Stage } from './stage.ts'

interface Plan {
  sms: number
  wechat: number
  patience: number
}

/** One message in twenty meets each. With five in twenty the provider is not taken for one that is down. */
const MISHAPS: readonly Mishap[] = [
  { kind: 'hang' },
  { kind: 'hang-after' },
  { kind: 'status', status: 500 },
  { kind: 'status-after', status: 500 },
  { kind: 'reset-after' },
]
const EACH = 20
/** Messages that are refused with 429 and Retry-After each time. */
const TOO_MANY = 10
const DEADLINE = 120_000

export const UNWELL = defineRow<Plan>({
  name: 'b',
  fault: 'provider hangs, 429, 500 before and after',
  sizes: { short: { sms: 200, wechat: 60, patience: 120_000 }, full: { sms: 3_000, wechat: 600, patience: 300_000 } },
  async run(make, plan) {
    const stage = await openStage(make, {
      twilio: { latency: 40 },
      wechatLatency: 40,
      deadline: DEADLINE,
      times: {
        timeout: 1_500,
        settleAfter: 1_000,
        receipts: { askAfter: 2_000, deadline: DEADLINE },
        dispatcher: { lease: 10_000, poll: 100 },
      },
    })
    try {
      const numbers = Array.from({ length: plan.sms }, (_, n) => phone(n))
      const followers = Array.from({ length: plan.wechat }, (_, n) => openid(n))
      makeUnwell(stage, numbers, followers)
      await stage.start('web')
      await stage.start('dispatcher')
      const told = numbers.map((sms) => ({ sms }))
      await stage.tell('listing.listed', 'debtor', told.slice(0, plan.sms / 2))
      stage.twilio.fail('next', { status: 429, code: 20429, retryAfter: '2' }, TOO_MANY)
      await stage.tell('listing.listed', 'debtor', told.slice(plan.sms / 2))
      await stage.tell(
        'listing.corrected',
        'debtor',
        followers.map((wechat) => ({ wechat })),
      )
      await until('a message was sent', () => stage.twilio.sent.length > 0)
      await stage.settled(plan.patience, UNDER_WAY)
      const ledger = await stage.count()
      const spent = await attemptsWithoutMark(stage)
      return { ledger, notes: [words(ledger.states)], misses: spent > 0 ? [`${spent} messages spent an attempt on 429`] : [] }
    } finally {
      await stage.end()
    }
  },
})

function makeUnwell({ twilio, wechat }: Stage, numbers: readonly string[], followers: readonly string[]): void {
  numbers.forEach((number, n) => {
    const mishap = MISHAPS[n % EACH]
    if (mishap !== undefined) twilio.spoil(number, mishap)
  })
  followers.forEach((follower, n) => {
    const mishap = MISHAPS[n % EACH]
    if (mishap !== undefined) wechat.spoil(follower, mishap)
  })
}

/** SMS that were tried twice although nothing says that the first may have arrived. */
async function attemptsWithoutMark(stage: Stage): Promise<number> {
  const [row] = await stage.app.store.read((db) =>
    db.query<{ n: string | number }>("select count(*) as n from delivery where medium = 'sms' and attempts > 1 and repeated = ?", [false]),
  )
  return Number(row?.n)
}

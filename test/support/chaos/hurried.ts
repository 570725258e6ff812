// Times: a channel that answers slowly beside others, urgent orders beside a broadcast, and a provider that takes ten messages a second.
// A slow machine misses these targets without a fault of the application, so the short form asserts none of row g but the order: an urgent order
// is not behind the broadcast.

import { openid, phone } from '../delivery-setup.ts'
import { pause } from '../until.ts'
import { UNDER_WAY } from './ledger.ts'
import { defineRow } from './row.ts'
import { openStage, type Stage } from './stage.ts'

interface SlowPlan {
  /** SMS that are queued at a provider which answers after eight seconds. */
  queued: number
  /** Messages that are measured: by WeChat, urgent SMS, and lift orders. */
  measured: number
  subscribers: number
  /** How many times as long as the targets everything may take; infinite: times are not asserted. */
  slack: number
  patience: number
}

/** Milliseconds. */
const SLOW = 8_000
const WECHAT_WITHIN = 1_000
const URGENT_WITHIN = 2_000
const LIFT_WITHIN = 1_000
const DEADLINE = 600_000

export const SLOW_CHANNEL = defineRow<SlowPlan>({
  name: 'g',
  fault: 'one channel slow, a broadcast under way',
  alone: true,
  sizes: {
    short: { queued: 200, measured: 20, subscribers: 1_000, slack: Infinity, patience: 180_000 },
    full: { queued: 4_000, measured: 200, subscribers: 20_000, slack: 1, patience: 600_000 },
  },
  async run(make, { queued, measured, subscribers, slack, patience }) {
    let latency = SLOW
    const stage = await openStage(make, {
      twilio: { latency: () => latency },
      wechatLatency: 50,
      deadline: DEADLINE,
      times: { settleAfter: 1_000, timeout: 20_000, receipts: { askAfter: 10_000, deadline: DEADLINE } },
    })
    try {
      await stage.start('web')
      const people = Array.from({ length: queued }, (_, n) => ({ sms: phone(n) }))
      await stage.tell('listing.listed', 'debtor', people)
      await stage.start('dispatcher')
      await pause(2_000)
      for (let n = 0; n < measured; n += 1) {
        await stage.tell('listing.corrected', 'debtor', [{ wechat: openid(n) }])
        await stage.tell('listing.shielded', 'debtor', [{ sms: phone(500_000 + n) }])
        await pause(50)
      }
      await pause(URGENT_WITHIN + WECHAT_WITHIN)
      const wechat = await percentile(stage, 'listing-corrected-debtor', 'accepted_at')
      const urgent = await percentile(stage, 'listing-shielded-debtor', 'sending_at')
      latency = 20
      await stage.settled(patience, UNDER_WAY)
      const followers = Array.from({ length: subscribers }, (_, n) => ({ wechat: openid(100_000 + n) }))
      await stage.tell('bulletin.published', 'public', followers)
      for (let n = 0; n < 10; n += 1) {
        await stage.tell('bulletin.lifted', 'unit', [{ wechat: openid(900_000 + n) }])
        await pause(200)
      }
      await stage.settled(patience, UNDER_WAY)
      const lift = await percentile(stage, 'bulletin-lifted-unit', 'accepted_at', 1)
      const broadcast = await percentile(stage, 'bulletin-published-public', 'accepted_at', 1)
      const ledger = await stage.count()
      const notes = [
        `SMS answered in 8 s, ${queued} queued: WeChat p95 ${wechat} ms, urgent SMS handed over p95 ${urgent} ms`,
        `lift orders beside a broadcast to ${subscribers}: slowest ${lift} ms, the broadcast's last ${broadcast} ms`,
      ]
      const misses = [
        ...missed('WeChat p95', wechat, WECHAT_WITHIN * slack),
        ...missed('urgent p95', urgent, URGENT_WITHIN * slack),
        ...missed('slowest lift order', lift, LIFT_WITHIN * slack),
        ...missed('slowest lift order', lift, broadcast / 2),
      ]
      return { ledger, notes, misses }
    } finally {
      await stage.end()
    }
  },
})

function missed(what: string, milliseconds: number, within: number): string[] {
  return milliseconds <= within ? [] : [`${what} ${milliseconds} ms, not within ${within} ms`]
}

/** Milliseconds from enqueuing until a moment in the first step's life; of the slowest twentieth, or of another share, of a template's messages. */
async function percentile(stage: Stage, template: string, column: 'accepted_at' | 'sending_at', share = 0.95): Promise<number> {
  const rows = await stage.app.store.read((db) =>
    db.query<{ wait: string | number | null }>(
      `select timestampdiff(microsecond, n.created_at, d.${column}) / 1000 as wait from delivery d join notice n on n.id = d.notice_id
        where n.template = ? and d.rung = 0`,
      [template],
    ),
  )
  const waits = rows.map(({ wait }) => (wait === null ? Infinity : Number(wait))).sort((one, other) => one - other)
  return Math.round(waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? Infinity)
}

interface PacePlan {
  messages: number
  /** Messages that the provider takes in any second. */
  limit: number
  seconds: number
}

export const LIMITED = defineRow<PacePlan>({
  name: 'h',
  fault: 'provider takes ten messages a second',
  alone: true,
  sizes: { short: { messages: 100, limit: 10, seconds: 75 }, full: { messages: 600, limit: 10, seconds: 75 } },
  async run(make, { messages, limit, seconds }) {
    const stage = await openStage(make, {
      twilio: { latency: 50, limitPerSecond: limit },
      deadline: DEADLINE,
      times: { settleAfter: 1_000, receipts: { askAfter: 10_000, deadline: DEADLINE } },
    })
    try {
      await stage.start('web')
      await stage.tell(
        'listing.listed',
        'debtor',
        Array.from({ length: messages }, (_, n) => ({ sms: phone(n) })),
      )
      await stage.start('dispatcher')
      const started = performance.now()
      await stage.settled(10 * seconds * 1_000, UNDER_WAY)
      const taken = Math.round((performance.now() - started) / 1000)
      const ledger = await stage.count()
      const notes = [
        `${messages} messages in ${taken} s, ${stage.twilio.limited()} refused, at most ${ledger.mostAttempts} attempts on one`,
      ]
      const misses = [
        ...(taken > seconds ? [`not within ${seconds} s`] : []),
        ...(ledger.mostAttempts > 1 ? ['an attempt was spent on a refusal'] : []),
      ]
      return { ledger, notes, misses }
    } finally {
      await stage.end()
    }
  },
})

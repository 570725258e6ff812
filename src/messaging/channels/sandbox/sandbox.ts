// The sandbox: a channel for installations without credentials that accepts every message and answers like a provider.
// Nobody is contacted and nothing is stored here; the delivery table keeps what was sent, and /sandbox shows it.

import type { Channel, Outcome } from '../channel.ts'
import type { Medium } from '../../../core/mediums.ts'

/** How many ids of messages that were put off once are remembered; limited, because a demonstration may run for months. */
const MAX_REMEMBERED = 10_000

/**
 * A channel that accepts everything as delivered at once, with `sandbox-<delivery id>` as the provider's reference. Some endings of an
 * address fail in the way of the real providers, to show fallback orders at work; `/sandbox` and the demo show them (`SANDBOX_ENDINGS`):
 *
 * | phone ends in | what happens                                              | like              |
 * | ------------- | --------------------------------------------------------- | ----------------- |
 * | 0000          | refused: not a valid number                               | Twilio 21211      |
 * | 0001          | closed: handset unreachable                               | Twilio 30003      |
 * | 0002          | later, once a message; then accepted                      | Twilio 20429      |
 * | 0003          | unknown; reconciling finds it delivered                   | a time-out        |
 * | 0004          | refused: opted out                                        | Twilio 21610      |
 *
 * | openid ends in | what happens                                             | like              |
 * | -------------- | -------------------------------------------------------- | ----------------- |
 * | block          | refused: the person blocks the account                   | failed:user block |
 * | unfollowed     | closed: the person does not follow the account           | WeChat 43004      |
 * | busy           | later, once a message; then accepted                     | WeChat -1         |
 * | doubt          | unknown; reconciling finds it delivered                  | a time-out        |
 */
export function createSandbox(medium: Medium): Channel {
  const putOff = new Set<string>()
  const accepted = (id: string): Outcome => ({ kind: 'accepted', ref: `sandbox-${id}`, receipt: 'delivered' })

  return {
    medium,
    provider: 'sandbox',
    // Every message is delivered as soon as it is accepted.
    receipts: { deadline: 3_600_000 },
    send(message) {
      const ending = ENDINGS[medium].find(([end]) => message.to.endsWith(end))
      if (ending === undefined) return Promise.resolve(accepted(message.id))
      const [, outcome] = ending
      if (outcome.kind !== 'later') return Promise.resolve(outcome)
      if (putOff.delete(message.id)) return Promise.resolve(accepted(message.id))
      if (putOff.size >= MAX_REMEMBERED) putOff.clear()
      putOff.add(message.id)
      return Promise.resolve(outcome)
    },
    reconcile: (message) => Promise.resolve(accepted(message.id)),
  }
}

type Endings = readonly (readonly [ending: string, outcome: Outcome])[]

const PHONES: Endings = [
  ['0000', { kind: 'refused', code: '21211', reason: 'not a valid number' }],
  ['0001', { kind: 'closed', code: '30003', reason: 'handset unreachable' }],
  ['0002', { kind: 'later', code: '20429', reason: 'too many requests' }],
  ['0003', { kind: 'unknown', code: 'timeout', reason: 'no answer in time' }],
  ['0004', { kind: 'refused', code: '21610', reason: 'opted out', optedOut: true }],
]

const OPENIDS: Endings = [
  ['block', { kind: 'refused', code: 'user_block', reason: 'the person blocks the account' }],
  ['unfollowed', { kind: 'closed', code: '43004', reason: 'the person does not follow the account' }],
  ['busy', { kind: 'later', code: '-1', reason: 'the platform is busy' }],
  ['doubt', { kind: 'unknown', code: 'timeout', reason: 'no answer in time' }],
]

const ENDINGS: Readonly<Record<Medium, Endings>> = { wechat: OPENIDS, wechaty: OPENIDS, sms: PHONES, voice: PHONES, clerk: [] }

/** The endings of addresses that fail on purpose; what happens is `sandbox.ending.<ending>` in `templates/words/zh-CN/http.yaml`. */
export const SANDBOX_ENDINGS: readonly { medium: 'sms' | 'wechat'; ending: string }[] = (['sms', 'wechat'] as const).flatMap((medium) =>
  ENDINGS[medium].map(([ending]) => ({ medium, ending })),
)

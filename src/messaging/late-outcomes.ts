// Writes what sending writes, for an attempt whose outcome became known later: by a receipt, or because its provider was asked.
// Outcomes that are known at once are written by messaging/delivery.

import { newId } from '../core/ids.ts'
import { FIRST_ASK } from './deliveries.rules.ts'
import { attemptsOf, insertAttempts, moveDelivery, type DeliveryRow, type DeliveryState } from './deliveries.store.ts'
import { moveNotices } from './notices.store.ts'
import type { SystemCommandContext } from '../platform/commands/command.ts'

type Context = Pick<SystemCommandContext, 'tx' | 'now'>

/** What became of an attempt. */
export interface LateOutcome {
  provider: string
  outcome: 'accepted' | 'later' | 'closed' | 'refused' | 'unknown'
  code: string | null
  reason: string | null
}

/** Records the outcome of a delivery's latest attempt beside what was recorded of it when it was sent, if anything was. */
export async function recordLateOutcome({ tx, now }: Context, delivery: DeliveryRow, late: LateOutcome): Promise<void> {
  const { id: deliveryId, attempts: n, sendingAt } = delivery
  // A process that died has recorded nothing; of an answer that said nothing, what was recorded then is enough.
  if (late.outcome === 'unknown' && (await attemptsOf(tx, [deliveryId])).some((row) => row.n === n)) return
  const { provider, outcome, code, reason } = late
  const cut = { code: code?.slice(0, 40) ?? null, reason: reason?.slice(0, 200) ?? null }
  await insertAttempts(tx, [{ id: newId(), deliveryId, n, provider, startedAt: sendingAt ?? now, endedAt: now, outcome, ...cut }])
}

/** States of a delivery of which a provider may show that it has accepted it after all. */
export const MAY_BE_ACCEPTED = ['sending', 'unknown', 'in_doubt', 'queued'] as const satisfies readonly DeliveryState[]

/** Settles a doubt: the provider has the message, under this reference. False when the delivery is in another state by now. */
export async function acceptLate(context: Context, delivery: DeliveryRow, by: { provider: string; ref: string }): Promise<boolean> {
  const { tx, now } = context
  const moved = await moveDelivery(tx, delivery.id, MAY_BE_ACCEPTED, {
    state: 'accepted',
    provider: by.provider,
    providerRef: by.ref.slice(0, 80),
    acceptedAt: now,
    dueAt: new Date(now.getTime() + FIRST_ASK),
    lastCode: null,
    lastReason: null,
    leaseToken: null,
    leaseUntil: null,
  })
  if (!moved) return false
  await moveNotices(tx, [delivery.noticeId], ['open'], { state: 'accepted', closedAt: null })
  await recordLateOutcome(context, delivery, { provider: by.provider, outcome: 'accepted', code: null, reason: null })
  return true
}

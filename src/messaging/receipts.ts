// Records receipts: what providers report about accepted messages. States only move forward: a late "sent" never replaces "delivered".
// The channels and webhooks read and verify callbacks; outcomes of sending itself are in messaging/delivery.

import type { Receipt } from './channels/channel.ts'
import { newId } from '../core/ids.ts'
import { nextState, type FailedOutcome } from './deliveries.rules.ts'
import { cancelOtherSteps, lockDelivery, moveDelivery, type DeliveryRow, type DeliveryState } from './deliveries.store.ts'
import { acceptLate, MAY_BE_ACCEPTED } from './late-outcomes.ts'
import { moveNotices } from './notices.store.ts'
import {
  deleteEarlyReceipt,
  dropEarlyReceipts,
  hasReceipt,
  insertEarlyReceipt,
  insertReceipt,
  lockByProviderRef,
  matchedEarlyReceipts,
} from './receipts.store.ts'
import type { Tx } from '../platform/database/database.ts'
import { systemCommand, type Command, type SystemCommandContext } from '../platform/commands/command.ts'
import { advanceFallback, markRefused, logUndeliverable } from './fallback.ts'

export interface RecordedReceipt {
  /** `kept`: it is new. `known`: the same had come before. `early`: its message is not known yet; it is applied as soon as it is. */
  receipt: 'kept' | 'known' | 'early'
  /** Milliseconds since the provider accepted the message; null for an early receipt. */
  lag: number | null
}

/**
 * Records one receipt. The webhook may answer 2xx whatever this returns, and must answer an error when this throws.
 *
 * A receipt may come before the reference it names is written: the provider calls back within milliseconds, the wave is settled when its
 * slowest message has an outcome, and after the death of a dispatcher the reference is found by reconciliation, minutes later. To answer an
 * error would lose the receipt, because Twilio does not repeat status callbacks and WeChat stops after three. So it is kept in
 * `early_receipt` and applied by `applyEarlyReceipts`, which runs periodically: neither order of the two commits can lose it. A receipt that
 * names its delivery settles a doubt about it at once.
 */
export const takeReceipt: Command<Receipt, RecordedReceipt> = async (app, actor, receipt) => {
  const { undeliverable, ...recorded } = await recordReceipt(app, actor, receipt)
  logUndeliverable(app, undeliverable)
  return recorded
}

/** `undeliverable`: ids of the notices that have no step left. */
export type Recorded = RecordedReceipt & { undeliverable: string[] }

const recordReceipt = systemCommand('notice.deliver', async (context, receipt: Receipt): Promise<Recorded> => {
  const { tx, now } = context
  const delivery = await lockByReceipt(tx, receipt, now)
  if (delivery !== null) return applyReceipt(context, delivery, receipt, now)
  const { provider, ref, delivery: deliveryId = null } = receipt
  await insertEarlyReceipt(tx, { id: newId(), at: now, provider, ref: ref.slice(0, 80), deliveryId, receipt: JSON.stringify(receipt) })
  return { receipt: 'early', lag: null, undeliverable: [] }
})

/**
 * The delivery of a receipt, locked: by the provider's reference, or by the id that the receipt names. Null while it is not known, or while the
 * dispatcher that is sending it is about to settle it.
 */
async function lockByReceipt(tx: Tx, { provider, ref, delivery: id }: Receipt, now: Date): Promise<DeliveryRow | null> {
  const known = await lockByProviderRef(tx, provider, ref)
  if (known !== null || id === undefined) return known
  const named = await lockDelivery(tx, id)
  const isBeingSent = named?.state === 'sending' && (named.leaseUntil ?? now) > now
  return isBeingSent ? null : named
}

/** Applies up to `limit` early receipts whose message is known by now. Returns how many; call again while it equals `limit`. */
export const applyEarlyReceipts: Command<{ limit: number }, number> = async (app, actor, input) => {
  const { applied, undeliverable } = await applyPortion(app, actor, input)
  logUndeliverable(app, undeliverable)
  return applied
}

const applyPortion = systemCommand('notice.deliver', async (context, { limit }: { limit: number }) => {
  const { tx, now } = context
  const rows = await matchedEarlyReceipts(tx, now, limit)
  const undeliverable: string[] = []
  for (const row of rows) {
    const receipt = parseReceipt(row.receipt)
    const delivery = await lockByReceipt(tx, receipt, now)
    if (delivery === null || !(await deleteEarlyReceipt(tx, row.id))) continue
    undeliverable.push(...(await applyReceipt(context, delivery, receipt, row.at)).undeliverable)
  }
  return { applied: rows.length, undeliverable }
})

/** Deletes early receipts that never matched a message: another installation sent theirs with the same account. Returns how many. */
export const deleteStaleEarlyReceipts = systemCommand('notice.archive', ({ tx }, input: { before: Date }): Promise<number> =>
  dropEarlyReceipts(tx, input.before),
)

/** A stored receipt with its dates restored. */
function parseReceipt(json: string): Receipt {
  const receipt = JSON.parse(json) as Receipt
  const { failure } = receipt
  if (failure?.kind !== 'later' || failure.notBefore === undefined) return receipt
  return { ...receipt, failure: { ...failure, notBefore: new Date(failure.notBefore) } }
}

/** Records a receipt of a locked delivery and what follows from it. `at`: when it came. */
export async function applyReceipt(context: SystemCommandContext, found: DeliveryRow, receipt: Receipt, at: Date): Promise<Recorded> {
  const { provider, ref, stage } = receipt
  const delivery = await settledBy(context, found, receipt)
  const isNew = await insertReceipt(context.tx, {
    id: newId(),
    deliveryId: delivery.id,
    at,
    provider,
    ref,
    status: receipt.status.slice(0, 40),
    stage,
    code: receipt.code?.slice(0, 40) ?? null,
  })
  const lag = delivery.acceptedAt === null ? null : Math.max(0, at.getTime() - delivery.acceptedAt.getTime())
  const recorded = { receipt: isNew ? ('kept' as const) : ('known' as const), lag, undeliverable: [] }
  // The notice ended long ago and its text is blanked: nothing of it can be sent, and what it ended with stays.
  if (delivery.body === null) return recorded
  if (stage === 'delivered') await markDelivered(context, delivery)
  return stage === 'failed' ? { ...recorded, undeliverable: await markFailed(context, delivery, receipt) } : recorded
}

/** The delivery after a receipt whose reference was not known has shown that the provider accepted it. */
async function settledBy(context: SystemCommandContext, delivery: DeliveryRow, { provider, ref }: Receipt): Promise<DeliveryRow> {
  if (delivery.providerRef === ref || delivery.body === null) return delivery
  // In the queue it is to be sent a second time, which is no longer needed; whoever has claimed it for that goes on.
  const isOpen = (MAY_BE_ACCEPTED as readonly DeliveryState[]).includes(delivery.state) && delivery.sendingAt !== null
  if (!isOpen || (delivery.state === 'queued' && delivery.leaseToken !== null)) return delivery
  // A reference that is known speaks of an earlier attempt, not of the one in doubt.
  if (await hasReceipt(context.tx, delivery.id, ref)) return delivery
  const accepted = await acceptLate(context, delivery, { provider, ref })
  return accepted ? { ...delivery, state: 'accepted', provider, providerRef: ref, acceptedAt: context.now } : delivery
}

/** States that may become `delivered`, even after the next step has started: whoever has the message needs no second one. */
const MAY_BE_DELIVERED: readonly DeliveryState[] = [
  'accepted',
  'unconfirmed',
  'queued',
  'sending',
  'unknown',
  'in_doubt',
  'closed',
  'refused',
  'exhausted',
  'cancelled',
]

async function markDelivered({ tx, now }: SystemCommandContext, delivery: DeliveryRow): Promise<void> {
  const changes = { state: 'delivered', endedAt: now, leaseToken: null, leaseUntil: null } as const
  if (!(await moveDelivery(tx, delivery.id, MAY_BE_DELIVERED, changes))) return
  const moved = await moveNotices(tx, [delivery.noticeId], ['open', 'accepted', 'undeliverable'], { state: 'delivered', closedAt: now })
  if (moved > 0) await cancelOtherSteps(tx, delivery.noticeId, delivery.id, now)
}

/** Records a failure; only the message that still counts as accepted can fail. Returns the notices that have no step left. */
async function markFailed(context: SystemCommandContext, delivery: DeliveryRow, receipt: Receipt): Promise<string[]> {
  const { tx, now } = context
  if (delivery.state !== 'accepted' || delivery.providerRef !== receipt.ref) return []
  const failure: FailedOutcome = receipt.failure ?? {
    kind: 'closed',
    code: receipt.code ?? receipt.status,
    reason: 'failed at the provider',
  }
  const next = nextState(failure, delivery, now)
  const last = { lastCode: failure.code.slice(0, 40), lastReason: failure.reason.slice(0, 200) }
  if (next.state === 'queued' || next.state === 'unknown') {
    // The provider had accepted it once: whoever counts messages must see that this one was sent again.
    await moveDelivery(tx, delivery.id, ['accepted'], {
      state: 'queued',
      dueAt: next.dueAt ?? now,
      repeated: true,
      acceptedAt: null,
      ...last,
    })
    await moveNotices(tx, [delivery.noticeId], ['accepted'], { state: 'open', closedAt: null })
    return []
  }
  await moveDelivery(tx, delivery.id, ['accepted'], { state: next.state, endedAt: now, ...last })
  await markRefused(context, delivery, { ...next, reason: last.lastReason })
  return advanceFallback(context, [{ noticeId: delivery.noticeId, rung: delivery.rung, code: last.lastCode }])
}

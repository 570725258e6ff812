// What providers say of messages they had taken. States only move forward: a late "sent" never overwrites "delivered" or "failed".
// Reading and verifying callbacks is the channels' and the webhooks'; outcomes of sending itself are messaging/delivery.

import type { Receipt } from './channels/channel.ts'
import { newId } from '../core/ids.ts'
import { consequence, type Setback } from './deliveries.rules.ts'
import { cancelRest, moveDelivery, type DeliveryRow, type DeliveryState } from './deliveries.store.ts'
import { moveNotices } from './notices.store.ts'
import {
  deleteEarlyReceipt,
  dropEarlyReceipts,
  insertEarlyReceipt,
  insertReceipt,
  lockByProviderRef,
  matchedEarlyReceipts,
} from './receipts.store.ts'
import { systemCommand, type Command, type SystemCommandContext } from '../platform/commands/command.ts'
import { advanceFallback, holdAgainst, report } from './fallback.ts'

export interface Taken {
  /** `kept`: news. `known`: the same had come before. `early`: of a message that is not known yet; it is applied as soon as it is. */
  receipt: 'kept' | 'known' | 'early'
  /** Milliseconds since the provider took the message; null for an early one. */
  lag: number | null
}

/**
 * Takes one receipt; the webhook may answer 2xx whatever comes back, and must not when this throws.
 *
 * A receipt may come before the reference it names is written: the provider calls back within milliseconds, the wave is settled when its
 * slowest message has an answer, and a dispatcher that dies leaves the reference to be found by reconciling, minutes later. Answering an
 * error would lose it, for Twilio does not repeat status callbacks and WeChat gives up after three. So it is kept in `early_receipt` and
 * applied by `applyEarly`, which runs again and again: neither order of the two commits can lose it.
 */
export const takeReceipt: Command<Receipt, Taken> = async (app, actor, receipt) => {
  const { stranded, ...taken } = await received(app, actor, receipt)
  report(app, stranded)
  return taken
}

const received = systemCommand('notice.deliver', async (context, receipt: Receipt): Promise<Taken & { stranded: string[] }> => {
  const { tx, now } = context
  const delivery = await lockByProviderRef(tx, receipt.provider, receipt.ref)
  if (delivery !== null) return apply(context, delivery, receipt, now)
  const { provider, ref } = receipt
  await insertEarlyReceipt(tx, { id: newId(), at: now, provider, ref: ref.slice(0, 80), receipt: JSON.stringify(receipt) })
  return { receipt: 'early', lag: null, stranded: [] }
})

/** Applies receipts that came early and whose message is known by now. Answers how many; call until it is none. */
export const applyEarly: Command<{ limit: number }, number> = async (app, actor, input) => {
  const { applied, stranded } = await earlyApplied(app, actor, input)
  report(app, stranded)
  return applied
}

const earlyApplied = systemCommand('notice.deliver', async (context, { limit }: { limit: number }) => {
  const rows = await matchedEarlyReceipts(context.tx, limit)
  const stranded: string[] = []
  for (const row of rows) {
    if (!(await deleteEarlyReceipt(context.tx, row.id))) continue
    const receipt = revived(row.receipt)
    const delivery = await lockByProviderRef(context.tx, receipt.provider, receipt.ref)
    if (delivery !== null) stranded.push(...(await apply(context, delivery, receipt, row.at)).stranded)
  }
  return { applied: rows.length, stranded }
})

/** Drops early receipts that nothing explained: of messages another house sent with the same account. */
export const dropEarly = systemCommand('notice.archive', ({ tx }, input: { before: Date }): Promise<number> =>
  dropEarlyReceipts(tx, input.before),
)

function revived(json: string): Receipt {
  const receipt = JSON.parse(json) as Receipt
  const { failure } = receipt
  if (failure?.kind !== 'later' || failure.notBefore === undefined) return receipt
  return { ...receipt, failure: { ...failure, notBefore: new Date(failure.notBefore) } }
}

async function apply(
  context: SystemCommandContext,
  delivery: DeliveryRow,
  receipt: Receipt,
  at: Date,
): Promise<Taken & { stranded: string[] }> {
  const { provider, ref, stage } = receipt
  const fresh = await insertReceipt(context.tx, {
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
  const taken = { receipt: fresh ? 'kept' : 'known', lag } as const
  if (stage === 'delivered') await arrive(context, delivery)
  const stranded = stage === 'failed' ? await fail(context, delivery, receipt) : []
  return { ...taken, stranded }
}

/** Every state from which news of an arrival still matters, the next rung's turn included: a person who has it needs no second message. */
const MAY_ARRIVE: readonly DeliveryState[] = [
  'accepted',
  'queued',
  'sending',
  'unknown',
  'in_doubt',
  'closed',
  'refused',
  'exhausted',
  'cancelled',
]

async function arrive({ tx, now }: SystemCommandContext, delivery: DeliveryRow): Promise<void> {
  const changes = { state: 'delivered', endedAt: now, leaseToken: null, leaseUntil: null } as const
  if (!(await moveDelivery(tx, delivery.id, MAY_ARRIVE, changes))) return
  const moved = await moveNotices(tx, [delivery.noticeId], ['open', 'accepted', 'undeliverable'], { state: 'delivered', closedAt: now })
  if (moved > 0) await cancelRest(tx, delivery.noticeId, delivery.id, now)
}

/** Only what still counts as accepted can fail; the answer names the notices that nothing is left for. */
async function fail(context: SystemCommandContext, delivery: DeliveryRow, receipt: Receipt): Promise<string[]> {
  const { tx, now } = context
  if (delivery.state !== 'accepted') return []
  const setback: Setback = receipt.failure ?? { kind: 'closed', code: receipt.code ?? receipt.status, reason: 'failed at the provider' }
  const next = consequence(setback, delivery, now)
  const last = { lastCode: setback.code.slice(0, 40), lastReason: setback.reason.slice(0, 200) }
  if (next.state === 'queued' || next.state === 'unknown') {
    // The provider had taken it once: whoever counts messages must see that this one went out again.
    await moveDelivery(tx, delivery.id, ['accepted'], { state: 'queued', dueAt: next.dueAt, repeated: true, acceptedAt: null, ...last })
    await moveNotices(tx, [delivery.noticeId], ['accepted'], { state: 'open', closedAt: null })
    return []
  }
  await moveDelivery(tx, delivery.id, ['accepted'], { state: next.state, endedAt: now, ...last })
  await holdAgainst(context, delivery, { ...next, reason: last.lastReason })
  return advanceFallback(context, [{ noticeId: delivery.noticeId, rung: delivery.rung, code: last.lastCode }])
}

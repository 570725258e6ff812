// Settles doubts: messages of which nobody knows whether they were sent, after a time-out, a 5xx or the death of a dispatcher.
// messaging/dispatcher asks the provider between these transactions; when it cannot say, the template's `whenInDoubt` decides.

import type { Channel, Outcome } from './channels/channel.ts'
import { newId } from '../core/ids.ts'
import { ASK_AFTER, nextState, DOUBT_WINDOW, MAX_ATTEMPTS, type FailedOutcome } from './deliveries.rules.ts'
import { goneOn, lockDelivery, moveDelivery, type DeliveryRow } from './deliveries.store.ts'
import { abandonedToUnknown, takeDoubts, type Doubt } from './leases.store.ts'
import { acceptLate, recordLateOutcome } from './late-outcomes.ts'
import { applyReceipt } from './receipts.ts'
import { insertReceipt } from './receipts.store.ts'
import { earliestSendTime } from './send-limits.rules.ts'
import { systemCommand, type Command, type SystemCommandContext } from '../platform/commands/command.ts'
import { advanceFallback, markRefused, logUndeliverable } from './fallback.ts'
import type { Medium } from '../core/mediums.ts'

/**
 * Makes doubts of deliveries whose lease ran out while they were being sent, and takes the doubts about which a provider has to be asked
 * now. `lease`: milliseconds for which nobody else asks about them.
 */
export const openDoubts = systemCommand(
  'notice.deliver',
  async ({ app, tx, now }, input: { mediums: readonly Medium[]; limit: number; lease: number }): Promise<Doubt[]> => {
    const abandoned = await abandonedToUnknown(tx, now)
    if (abandoned > 0) app.log.warn('delivery.abandoned', { count: abandoned })
    const until = new Date(now.getTime() + input.lease)
    return takeDoubts(tx, { mediums: input.mediums, now, until, limit: input.limit })
  },
)

/**
 * Whether a channel may be asked about a doubt now. One that sends the message once more obeys quiet hours and what the person wants, because
 * the first may never have arrived.
 */
export function mayAsk({ app, now }: Pick<SystemCommandContext, 'app' | 'now'>, channel: Channel, doubt: Doubt): boolean {
  if (channel.reconcilesBySending !== true) return true
  return !doubt.blocked && earliestSendTime(doubt, now, app.config.quietHours) <= now
}

/** A provider's answer about one doubt. */
export interface DoubtAnswer {
  doubt: Doubt
  provider: string
  /** What became of the message according to the provider; null: it cannot say now. */
  outcome: Outcome | null
}

/** Settles one doubt by the provider's answer. */
export const settleDoubt: Command<DoubtAnswer, void> = async (app, actor, answer) =>
  logUndeliverable(app, await settleInTransaction(app, actor, answer))

const settleInTransaction = systemCommand(
  'notice.deliver',
  async (context, { doubt, provider, outcome }: DoubtAnswer): Promise<string[]> => {
    const delivery = await lockDelivery(context.tx, doubt.id)
    // Another number of attempts means a later doubt of the same delivery, about which this answer says nothing.
    if (delivery === null || delivery.state !== 'unknown' || delivery.attempts !== doubt.attempts) return []
    if (outcome === null || outcome.kind === 'unknown' || outcome.kind === 'busy') return keepDoubt(context, delivery, doubt, provider)
    if (outcome.kind === 'accepted') return settleAsAccepted(context, delivery, provider, outcome)
    const { kind, code, reason } = outcome
    await recordLateOutcome(context, delivery, { provider, outcome: kind, code, reason })
    if (kind === 'closed' && code === 'not_found' && !(await hasGoneOn(context, delivery)))
      return decideByTemplate(context, delivery, doubt)
    return settleAsFailed(context, delivery, provider, outcome)
  },
)

/** Asks again later, until the window for doubts is over. */
async function keepDoubt(context: SystemCommandContext, delivery: DeliveryRow, doubt: Doubt, provider: string): Promise<string[]> {
  const { tx, now } = context
  if (now.getTime() - doubt.sendingAt.getTime() >= DOUBT_WINDOW) {
    const code = delivery.lastCode ?? 'no_answer'
    await recordLateOutcome(context, delivery, { provider, outcome: 'unknown', code, reason: 'the provider cannot say' })
    return decideByTemplate(context, delivery, doubt)
  }
  await moveDelivery(tx, delivery.id, ['unknown'], { dueAt: new Date(now.getTime() + ASK_AFTER) })
  return []
}

async function settleAsAccepted(
  context: SystemCommandContext,
  delivery: DeliveryRow,
  provider: string,
  outcome: Extract<Outcome, { kind: 'accepted' }>,
): Promise<string[]> {
  const { now } = context
  const ref = outcome.ref.slice(0, 80)
  if (!(await acceptLate(context, delivery, { provider, ref })) || outcome.receipt === undefined) return []
  const accepted: DeliveryRow = { ...delivery, state: 'accepted', provider, providerRef: ref, acceptedAt: now }
  return (await applyReceipt(context, accepted, { provider, ref, status: outcome.receipt, stage: outcome.receipt }, now)).undeliverable
}

/** The provider knows the message and says that it failed. */
async function settleAsFailed(
  context: SystemCommandContext,
  delivery: DeliveryRow,
  provider: string,
  failure: FailedOutcome,
): Promise<string[]> {
  const { tx, now } = context
  const next = nextState(failure, delivery, now)
  const ref = failure.ref?.slice(0, 80)
  const last = {
    provider,
    lastCode: failure.code.slice(0, 40),
    lastReason: failure.reason.slice(0, 200),
    ...(ref === undefined ? {} : { providerRef: ref }),
  }
  if (ref !== undefined) {
    const receipt = { id: newId(), deliveryId: delivery.id, at: now, provider, ref, status: 'failed', stage: 'failed', code: last.lastCode }
    await insertReceipt(tx, receipt)
  }
  if (next.state === 'queued' || next.state === 'unknown') {
    await moveDelivery(tx, delivery.id, ['unknown'], { state: 'queued', dueAt: next.dueAt ?? now, repeated: true, ...last })
    return []
  }
  await moveDelivery(tx, delivery.id, ['unknown'], { state: next.state, endedAt: now, ...last })
  await markRefused(context, delivery, { ...next, reason: last.lastReason })
  return advanceFallback(context, [{ noticeId: delivery.noticeId, rung: delivery.rung, code: last.lastCode }])
}

/** Whether an urgent notice has begun its next step meanwhile: then this one is neither sent again nor a person's task. */
async function hasGoneOn({ tx }: SystemCommandContext, delivery: DeliveryRow): Promise<boolean> {
  return (await goneOn(tx, [delivery])).size > 0
}

/** Nobody can say what became of the message: by its template it is sent again, marked as repeated, or a person has to decide. */
async function decideByTemplate(context: SystemCommandContext, delivery: DeliveryRow, doubt: Doubt): Promise<string[]> {
  const { app, tx, now } = context
  if (await hasGoneOn(context, delivery)) {
    await moveDelivery(tx, delivery.id, ['unknown'], { state: 'unconfirmed', endedAt: now })
    return []
  }
  const template = app.catalog.templates().find(({ name }) => name === doubt.template)
  // A template that a later version has removed does not allow a second message.
  if (template?.whenInDoubt !== 'resend') {
    app.log.warn('delivery.in_doubt', { delivery: delivery.id })
    await moveDelivery(tx, delivery.id, ['unknown'], { state: 'in_doubt', dueAt: now })
    return []
  }
  if (delivery.attempts < MAX_ATTEMPTS) {
    await moveDelivery(tx, delivery.id, ['unknown'], { state: 'queued', dueAt: now, repeated: true })
    return []
  }
  await moveDelivery(tx, delivery.id, ['unknown'], { state: 'exhausted', endedAt: now })
  return advanceFallback(context, [{ noticeId: delivery.noticeId, rung: delivery.rung, code: 'exhausted' }])
}

// Asks providers about messages whose receipt has not come, and ends the waiting at the channel's deadline.
// What a receipt changes is messaging/receipts; the dispatcher runs the sweep.

import type { Channel, Receipt } from './channels/channel.ts'
import { nextAsk, type ReceiptTerms } from './deliveries.rules.ts'
import { lockDelivery, moveDelivery, type DeliveryRow } from './deliveries.store.ts'
import { advanceFallback, logUndeliverable } from './fallback.ts'
import { lockNotice, moveNotices } from './notices.store.ts'
import type { Health } from './provider-health.ts'
import { applyReceipt } from './receipts.ts'
import { takeAwaited, type Awaited } from './receipts.store.ts'
import type { StopLimit } from './stop-limit.ts'
import { ADDRESSED, type Medium } from '../core/mediums.ts'
import { systemCommand, type AppContext, type Command, type SystemCommandContext } from '../platform/commands/command.ts'
import { SYSTEM } from '../platform/commands/permissions.ts'
import { portions } from '../platform/database/placeholders.ts'

/** Messages that are taken in one transaction. */
const TAKEN = 100
/** Messages about which providers are asked at the same time, and whose answers are written in one commit. */
const ASKED_AT_ONCE = 10
/** Milliseconds for which nobody else asks about a message that was taken. */
const LEASE = 60_000
/** Of a medium that no channel of this process serves: longer than any channel waits, so that another process ends it before. */
const UNSERVED: ReceiptTerms = { deadline: 24 * 3_600_000 }
/** Milliseconds past its deadline after which a message starts no other by itself: it was sent long before anybody swept. */
const TOO_LATE = 7 * 24 * 3_600_000

/** What the sweep needs of the dispatcher. */
export interface Sweep {
  app: AppContext
  providers: ReadonlyMap<Medium, { channel: Channel; health: Pick<Health, 'standing'> }>
  stop: Pick<StopLimit, 'isStopping' | 'within'>
}

/** Asks about every message that is due. Returns how many there were. */
export async function askForReceipts(sweep: Sweep): Promise<number> {
  const { app, stop } = sweep
  let asked = 0
  while (!stop.isStopping()) {
    const taken = await takeDue(app, SYSTEM, { limit: TAKEN })
    for (const some of portions(taken, ASKED_AT_ONCE)) {
      const answers = await Promise.all(some.map((awaited) => ask(sweep, awaited)))
      await settleAwaited(app, SYSTEM, { answers })
    }
    asked += taken.length
    if (taken.length < TAKEN) break
  }
  return asked
}

const takeDue = systemCommand('notice.deliver', ({ tx, now }, { limit }: { limit: number }): Promise<Awaited[]> => {
  return takeAwaited(tx, { mediums: ADDRESSED, now, until: new Date(now.getTime() + LEASE), limit })
})

/** What is known about one message now. */
interface Answer {
  awaited: Awaited
  terms: ReceiptTerms
  /** The provider's answer; null: it cannot be asked, or cannot say. */
  receipt: Receipt | null
}

async function ask({ providers, stop }: Sweep, awaited: Awaited): Promise<Answer> {
  const served = providers.get(awaited.medium)
  if (served === undefined) return { awaited, terms: UNSERVED, receipt: null }
  const { channel, health } = served
  // Whoever took the message can say what became of it, and nobody while the provider is down.
  const mayAsk = awaited.ref !== null && awaited.provider === channel.provider && health.standing() === 'up'
  const asked = mayAsk && awaited.ref !== null ? channel.outcomeOf?.(awaited.ref) : undefined
  return { awaited, terms: channel.receipts, receipt: asked === undefined ? null : await stop.within(asked, null) }
}

/** Writes what the answers say. The order of the ids keeps two processes from waiting for each other. */
const settleAwaited: Command<{ answers: readonly Answer[] }, void> = async (app, actor, input) =>
  logUndeliverable(app, await settlePortion(app, actor, input))

const settlePortion = systemCommand('notice.deliver', async (context, { answers }: { answers: readonly Answer[] }): Promise<string[]> => {
  const undeliverable: string[] = []
  for (const answer of answers.toSorted((one, other) => (one.awaited.id < other.awaited.id ? -1 : 1)))
    undeliverable.push(...(await settleOne(context, answer)))
  return undeliverable
})

async function settleOne(context: SystemCommandContext, { awaited, terms, receipt }: Answer): Promise<string[]> {
  const { tx, now } = context
  const delivery = await lockDelivery(tx, awaited.id)
  // Its receipt came meanwhile, or it was sent again.
  if (delivery === null || delivery.state !== 'accepted' || delivery.providerRef !== awaited.ref) return []
  if (receipt !== null) {
    const { undeliverable } = await applyReceipt(context, delivery, receipt, now)
    if (receipt.stage === 'delivered' || receipt.stage === 'failed') return undeliverable
  }
  const acceptedAt = delivery.acceptedAt ?? delivery.dueAt
  const dueAt = nextAsk(acceptedAt, terms, now)
  if (dueAt === null) return endUnconfirmed(context, delivery, now.getTime() - acceptedAt.getTime() - terms.deadline < TOO_LATE)
  await moveDelivery(tx, delivery.id, ['accepted'], { dueAt })
  return []
}

/** Nobody waits for its receipt any longer: a statutory notice goes on with its next step, others end here. */
async function endUnconfirmed(context: SystemCommandContext, delivery: DeliveryRow, inTime: boolean): Promise<string[]> {
  const { tx, now } = context
  const notice = await lockNotice(tx, delivery.noticeId)
  await moveDelivery(tx, delivery.id, ['accepted'], { state: 'unconfirmed', endedAt: now })
  const goesOn = inTime && notice !== null && notice.statutory && notice.overtakenBy === null && notice.archivedAt === null
  if (goesOn)
    return advanceFallback(context, [{ noticeId: delivery.noticeId, rung: delivery.rung, code: 'unconfirmed', mayHaveArrived: true }])
  await moveNotices(tx, [delivery.noticeId], ['accepted'], { state: 'accepted', closedAt: now })
  return []
}

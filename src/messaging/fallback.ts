// Advances the fallback order: when a step has failed, starts the next usable one or reports that none is left. Marks refused addresses.
// Outcomes of sending come from messaging/delivery and messaging/reconciliation, receipts from messaging/receipts.

import { earliestSendTime } from './send-limits.rules.ts'
import { cancelSteps, deliveryTable, goneOn, nextSteps, startStep, type FallbackStep } from './deliveries.store.ts'
import { addressMarkTable, markAddress, marksOf } from './address-marks.store.ts'
import { moveNotices } from './notices.store.ts'
import { cancelOvertaken, overtakenAmong } from './overtaking.store.ts'
import type { SystemCommandContext, AppContext } from '../platform/commands/command.ts'
import { openRow, sealRow } from '../platform/database/sealing.ts'
import type { Medium } from '../core/mediums.ts'

type Context = Pick<SystemCommandContext, 'app' | 'tx' | 'now'>

/** A step that failed for good. */
export interface FailedDelivery {
  noticeId: string
  /** Position of the failed step. */
  rung: number
  /** Recorded at the notice as its reason when no step is left. */
  code: string
  /** It may have reached the person after all: the next step is marked as repeated. */
  mayHaveArrived?: boolean
}

/** Starts the next usable step of each notice. Returns the ids of the notices that have none: pass them to `report` after the commit. */
export async function advanceFallback({ app, tx, now }: Context, failures: readonly FailedDelivery[]): Promise<string[]> {
  if (failures.length === 0) return []
  const waiting = await nextSteps(
    tx,
    failures.map((failed) => failed.noticeId),
  )
  const marks = await marksOf(
    tx,
    waiting.flatMap((step) => (step.addressIndex === null ? [] : [step.addressIndex])),
  )
  const marked = new Set(marks.map((mark) => `${mark.medium} ${mark.addressIndex}`))
  const isUsable = (step: FallbackStep): boolean => step.addressIndex === null || !marked.has(`${step.medium} ${step.addressIndex}`)
  const undeliverable: string[] = []
  const overtaken = await overtakenAmong(
    tx,
    failures.map((failed) => failed.noticeId),
  )
  // Its other steps were cancelled when it was overtaken: that this one failed as well is no loss.
  await cancelOvertaken(tx, [...overtaken], now)
  // Its next step was begun while this one was in doubt, and is what counts now.
  const ahead = await goneOn(tx, failures)
  for (const failed of failures) {
    if (overtaken.has(failed.noticeId) || ahead.has(failed.noticeId)) continue
    const later = waiting.filter((step) => step.noticeId === failed.noticeId && step.rung > failed.rung)
    const next = later.find(isUsable)
    const skipped = later.filter((step) => !isUsable(step) && (next === undefined || step.rung < next.rung))
    await cancelSteps(
      tx,
      skipped.map((step) => step.id),
      'address_marked',
      now,
    )
    if (next === undefined) {
      undeliverable.push(failed.noticeId)
      await moveNotices(tx, [failed.noticeId], ['open', 'accepted'], { state: 'undeliverable', reason: failed.code, closedAt: now })
      continue
    }
    const dueAt = earliestSendTime(next, now, app.config.quietHours)
    const state = next.medium === 'clerk' ? 'waiting_person' : 'queued'
    await startStep(tx, next.id, { state, dueAt, repeated: failed.mayHaveArrived === true && state === 'queued' })
    // A step that a provider had accepted and then reported as failed has made the notice `accepted`: it is open again.
    await moveNotices(tx, [failed.noticeId], ['accepted'], { state: 'open', closedAt: null })
  }
  return undeliverable
}

/** Marks an address as refused or opted out on the given media. SMS and voice share one blind index. */
export async function markRefused(
  { app, tx, now }: Context,
  delivery: { id: string; address: string | null },
  refusal: { marks: readonly Medium[]; optedOut: boolean; reason: string },
): Promise<void> {
  if (delivery.address === null || refusal.marks.length === 0) return
  const { address } = openRow(deliveryTable, app.secrets, { id: delivery.id, address: delivery.address })
  for (const medium of refusal.marks) {
    const mark = sealRow(addressMarkTable, app.secrets, {
      medium,
      address,
      refusedAt: refusal.optedOut ? null : now,
      reason: refusal.reason,
      optedOutAt: refusal.optedOut ? now : null,
    })
    await markAddress(tx, mark)
  }
}

/** Logs an ERROR for each notice that reached nobody. Call it after the commit. */
export function logUndeliverable(app: AppContext, noticeIds: readonly string[]): void {
  for (const notice of noticeIds) app.log.error('notice.undeliverable', { notice })
}

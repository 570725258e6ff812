// Climbing: a rung failed, so the next one is set going, or somebody learns that there is none. Also what is held against an address.
// Sending is messaging/delivery, receipts are messaging/receipts.

import { earliest } from './send-limits.rules.ts'
import { cancelSteps, nextSteps, startStep, type FallbackStep } from './deliveries.store.ts'
import { markAddress, marksOf } from './address-marks.store.ts'
import { moveNotices } from './notices.store.ts'
import type { SystemCommandContext, AppContext } from '../platform/commands/command.ts'
import type { Medium } from '../core/mediums.ts'

type Context = Pick<SystemCommandContext, 'app' | 'tx' | 'now'>

/** A rung that failed for good. */
export interface FailedDelivery {
  noticeId: string
  rung: number
  /** Why, for the notice, when nothing is left. */
  code: string
}

/** Sets the next usable rung of each notice going. Answers the notices that have none: `report` them after the commit. */
export async function advanceFallback({ app, tx, now }: Context, falls: readonly FailedDelivery[]): Promise<string[]> {
  if (falls.length === 0) return []
  const waiting = await nextSteps(
    tx,
    falls.map((fall) => fall.noticeId),
  )
  const marks = await marksOf(
    tx,
    waiting.flatMap((rung) => (rung.addressIndex === null ? [] : [rung.addressIndex])),
  )
  const marked = new Set(marks.map((mark) => `${mark.medium} ${mark.addressIndex}`))
  const usable = (rung: FallbackStep): boolean => rung.addressIndex === null || !marked.has(`${rung.medium} ${rung.addressIndex}`)
  const stranded: string[] = []
  for (const fall of falls) {
    const higher = waiting.filter((rung) => rung.noticeId === fall.noticeId && rung.rung > fall.rung)
    const next = higher.find(usable)
    const skipped = higher.filter((rung) => !usable(rung) && (next === undefined || rung.rung < next.rung))
    await cancelSteps(
      tx,
      skipped.map((rung) => rung.id),
      'address_marked',
      now,
    )
    if (next === undefined) {
      stranded.push(fall.noticeId)
      await moveNotices(tx, [fall.noticeId], ['open', 'accepted'], { state: 'undeliverable', reason: fall.code, closedAt: now })
      continue
    }
    const dueAt = earliest(next, now, app.config.quietHours)
    await startStep(tx, next.id, next.medium === 'clerk' ? 'waiting_person' : 'queued', dueAt)
    // The provider that had accepted the last rung has said that it failed: the notice is on its way again.
    await moveNotices(tx, [fall.noticeId], ['accepted'], { state: 'open', closedAt: null })
  }
  return stranded
}

/** Holds a refusal or an opt-out against an address, on every medium it speaks of. The index is the same for SMS and voice. */
export async function holdAgainst(
  { tx, now }: Context,
  delivery: { address: string | null; addressIndex: string | null },
  why: { marks: readonly Medium[]; optedOut: boolean; reason: string },
): Promise<void> {
  const { address, addressIndex } = delivery
  if (address === null || addressIndex === null) return
  for (const medium of why.marks)
    await markAddress(tx, {
      medium,
      addressIndex,
      address,
      refusedAt: why.optedOut ? null : now,
      reason: why.reason,
      optedOutAt: why.optedOut ? now : null,
    })
}

/** Says that notices reached nobody: an ERROR each, once their transaction is safe. */
export function report(app: AppContext, stranded: readonly string[]): void {
  for (const notice of stranded) app.log.error('notice.undeliverable', { notice })
}

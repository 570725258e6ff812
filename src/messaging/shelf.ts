// The shelf of one line: deliveries that it has claimed and not begun.
// What is begun when is messaging/line.ts; the claim itself is in messaging/delivery.

import { isDatabaseAway } from '../core/errors.ts'
import type { AppContext } from '../platform/commands/command.ts'
import { SYSTEM } from '../platform/commands/permissions.ts'
import { claimDue, releaseClaims, type Lease, type SendableDelivery } from './delivery.ts'
import type { Rank } from './deliveries.store.ts'
import type { Provider } from './sending.ts'

/** What a shelf needs. */
export interface ShelfDeps {
  app: AppContext
  provider: Provider
  rank: Rank
  lease: Lease
  /** Deliveries claimed at once. */
  batch: number
  /** Is told how many were claimed. */
  claimed: (count: number) => void
  /** Is told that the provider's pace let fewer go than are due. */
  paced: () => void
}

export interface Shelf {
  size(): number
  /** Claims more; one claim at a time. Never throws. */
  refill(): Promise<void>
  isClaiming(): boolean
  /** Whether everything is here that may go now: the last claim found nothing more. */
  hasAll(): boolean
  /** Lets the next refill ask the database again. */
  lookAgain(): void
  take(count: number): SendableDelivery[]
  /** The turn of a delivery is over: it may be claimed again. */
  done(id: string): void
  /** Releases everything: another dispatcher may have it now. */
  release(): Promise<void>
}

export function createShelf({ app, provider, rank, lease, batch, claimed, paced }: ShelfDeps): Shelf {
  const { medium, provider: name } = provider.channel
  const waiting: SendableDelivery[] = []
  /** From claim to the end of the turn: one whose lease runs out in between is claimed anew, and must not be kept twice. */
  const held = new Set<string>()
  let claiming = false
  let hasAll = false
  /** Somebody has enqueued something, or the time has gone on, since the claim under way began: that it found nothing says little. */
  let looksAgain = false

  async function claim(limit: number): Promise<void> {
    looksAgain = false
    const { due, paced: isPaced } = await claimDue(app, SYSTEM, { medium, provider: name, rank, limit, lease })
    for (const delivery of due) if (!held.has(delivery.id)) waiting.push(delivery)
    for (const delivery of due) held.add(delivery.id)
    hasAll = due.length === 0 && !looksAgain
    if (isPaced) paced()
    claimed(due.length)
  }

  return {
    size: () => waiting.length,
    isClaiming: () => claiming,
    hasAll: () => hasAll,
    lookAgain() {
      hasAll = false
      looksAgain = true
    },
    take: (count) => waiting.splice(0, count),
    done: (id) => void held.delete(id),
    async refill() {
      const standing = provider.health.standing()
      if (standing === 'down') hasAll = true
      if (hasAll) return
      claiming = true
      try {
        await claim(standing === 'probing' ? 1 : batch)
      } catch (error) {
        hasAll = true
        if (isDatabaseAway(error)) app.log.warn('dispatch.database_away')
        else app.log.error('dispatch.claim_failed', {}, error)
      } finally {
        claiming = false
      }
    },
    async release() {
      const ids = waiting.splice(0).map((due) => due.id)
      for (const id of ids) held.delete(id)
      if (ids.length === 0) return
      await releaseClaims(app, SYSTEM, { lease, ids }).catch((error: unknown) => {
        // They are free again when the lease runs out, a minute later.
        app.log.warn('dispatch.release_failed', { count: ids.length, database: isDatabaseAway(error) })
      })
    },
  }
}

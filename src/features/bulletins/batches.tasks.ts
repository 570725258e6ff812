// Takes up bulk acts on listings whose process was stopped in the middle, with the rights that their person has today.
// How they are carried out is batches.commands.ts; how often this runs is src/serve.ts.

import { isAppError } from '../../core/errors.ts'
import { query, systemCommand, type AppContext } from '../../platform/commands/command.ts'
import { isAllowed, type Actor } from '../../platform/commands/permissions.ts'
import { activeRoles } from '../staff/rules.ts'
import { findStaff, provenStaff } from '../staff/store.ts'
import { carryOn } from './batches.commands.ts'
import { BATCH_PERMISSIONS } from './batches.rules.ts'
import { abandonedBatches, moveBatch, type ListingBatchRow } from './batches.store.ts'

/** Milliseconds without progress after which a bulk act counts as abandoned: longer than any portion takes. */
const STANDSTILL = 120_000

interface Abandoned {
  batch: ListingBatchRow
  /** The person who ordered it; null when the account may no longer do so. */
  by: Actor | null
}

/** Takes up every abandoned bulk act; one whose person may no longer do it, or that cannot go on, is stopped. Returns how many ended. */
export async function resumeBatches(app: AppContext, actor: Actor): Promise<number> {
  let ended = 0
  for (const { batch, by } of await abandoned(app, actor, undefined)) {
    app.log.warn('listing_batch.resumed', { batch: batch.id })
    try {
      if (by === null) await stopBatch(app, actor, batch)
      else await carryOn(app, by, batch.id)
      ended += 1
    } catch (error) {
      if (!isAppError(error) || error.kind === 'unavailable') throw error
      app.log.error('listing_batch.refused', { batch: batch.id, code: error.code })
      await stopBatch(app, actor, batch)
    }
  }
  return ended
}

const abandoned = query('listing.resume_batch', async ({ app, db, now }, _input: undefined): Promise<Abandoned[]> => {
  const found: Abandoned[] = []
  for (const batch of await abandonedBatches(db, new Date(now.getTime() - STANDSTILL))) {
    const staff = provenStaff(app, await findStaff(db, batch.actor.replace(/^staff:/, '')))
    const by: Actor | null = staff === null || staff.disabledAt !== null ? null : { id: batch.actor, roles: activeRoles(staff) }
    found.push({ batch, by: by !== null && isAllowed(by, BATCH_PERMISSIONS[batch.act]) ? by : null })
  }
  return found
})

const stopBatch = systemCommand('listing.resume_batch', ({ tx, now }, batch: ListingBatchRow) =>
  moveBatch(tx, batch, { state: 'stopped', finishedAt: now }),
)

// Blanks bodies and addresses of notices that ended long ago; hashes, times and outcomes stay.
// The nightly tasks decide when a notice is old enough.

import { systemCommand } from '../platform/commands/command.ts'
import { noticesToArchive, markArchived } from './notices.store.ts'
import { blankDeliveries } from './deliveries.store.ts'

/** Blanks up to `limit` notices that ended before an instant. Returns how many; call again until it is 0. */
export const archiveNotices = systemCommand(
  'notice.archive',
  async ({ tx, now }, input: { before: Date; limit: number }): Promise<number> => {
    const ids = await noticesToArchive(tx, input.before, input.limit)
    await blankDeliveries(tx, ids)
    await markArchived(tx, ids, now)
    return ids.length
  },
)

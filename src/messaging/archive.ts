// Blanks bodies and addresses of notices that ended long ago.
// When this is due is decided by the nightly tasks.

import { systemCommand } from '../platform/commands/command.ts'
import { noticesToArchive, markArchived } from './notices.store.ts'
import { blankDeliveries } from './deliveries.store.ts'

/** Blanks bodies and addresses of one portion of notices that were over before an instant. Answers how many; call until it is none. */
export const archiveNotices = systemCommand(
  'notice.archive',
  async ({ tx, now }, input: { before: Date; limit: number }): Promise<number> => {
    const ids = await noticesToArchive(tx, input.before, input.limit)
    await blankDeliveries(tx, ids)
    await markArchived(tx, ids, now)
    return ids.length
  },
)

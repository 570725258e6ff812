// Table of suspensions: spans of time in which measures based on a listing do not apply, because an objection is being verified.
// When a suspension begins and ends is decided in features/objections/commands.ts.

import { id, table, primary, references, instant, optional } from '../../platform/database/columns.ts'
import type { Tx, Db } from '../../platform/database/database.ts'
import { placeholders } from '../../platform/database/placeholders.ts'

/** One suspension of a listing by an objection; `endedAt` is null while it lasts. */
export interface SuspensionRow {
  id: string
  listingId: string
  objectionId: string
  startedAt: Date
  endedAt: Date | null
}

export const suspensionTable = table<SuspensionRow>(
  'suspension',
  {
    id: primary(id()),
    listingId: references('listing', id()),
    objectionId: references('objection', id()),
    startedAt: instant(),
    endedAt: optional(instant()),
  },
  [
    { name: 'ux_suspension_objection', columns: ['objectionId'], unique: true },
    { name: 'ix_suspension_listing', columns: ['listingId', 'endedAt'] },
  ],
)

export async function insertSuspension(tx: Tx, row: SuspensionRow): Promise<void> {
  await tx.insert(suspensionTable, [row])
}

/** Ends the suspension by an objection. True if there was one that had not ended. */
export async function endSuspension(tx: Tx, objectionId: string, at: Date): Promise<boolean> {
  return (await tx.run('update suspension set ended_at = ? where objection_id = ? and ended_at is null', [at, objectionId])) > 0
}

/** Those of the given listing ids that are suspended now: units do not apply measures because of them. */
export async function suspendedAmong(db: Db, listingIds: readonly string[]): Promise<Set<string>> {
  const suspended = new Set<string>()
  for (let start = 0; start < listingIds.length; start += 1000) {
    const part = listingIds.slice(start, start + 1000)
    const rows = await db.query<{ listingId: string }>(
      `select listing_id as listingId from suspension where ended_at is null and listing_id in (${placeholders(part)})`,
      part,
    )
    for (const row of rows) suspended.add(row.listingId)
  }
  return suspended
}

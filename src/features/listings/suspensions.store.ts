// Suspensions: spans in which measures based on a listing do not apply because an objection is being verified.
// When a suspension begins and ends is decided by the commands of objections.

import { id, table, primary, references, instant, optional } from '../../platform/database/columns.ts'
import type { Tx, Db } from '../../platform/database/database.ts'
import { placeholders } from '../../platform/database/placeholders.ts'

/** Measures because of a listing rest while an objection is verified; `endedAt` is null as long as they do. */
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

/** Ends what an objection suspended; answers whether it did. */
export async function endSuspension(tx: Tx, objectionId: string, at: Date): Promise<boolean> {
  return (await tx.run('update suspension set ended_at = ? where objection_id = ? and ended_at is null', [at, objectionId])) > 0
}

/** Which of these listings are suspended: units do not apply measures because of them for now. */
export async function suspendedAmong(db: Db, listingIds: readonly string[]): Promise<Set<string>> {
  const held = new Set<string>()
  for (let start = 0; start < listingIds.length; start += 1000) {
    const part = listingIds.slice(start, start + 1000)
    const rows = await db.query<{ listingId: string }>(
      `select listing_id as listingId from suspension where ended_at is null and listing_id in (${placeholders(part)})`,
      part,
    )
    for (const row of rows) held.add(row.listingId)
  }
  return held
}

/** A listing's suspensions, oldest first. */
export async function suspensionsOf(db: Db, listingId: string): Promise<SuspensionRow[]> {
  return db.manager.getRepository(suspensionTable.schema).find({ where: { listingId }, order: { id: 'ASC' } })
}

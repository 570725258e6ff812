// Table of suspensions: spans of time in which measures based on a listing rest, because an objection is being verified.
// When a suspension begins and ends is decided in features/objections/commands.ts.

import { id, table, primary, references, instant, optional, text } from '../../platform/database/columns.ts'
import type { Tx, Db } from '../../platform/database/database.ts'
import { placeholders, portions } from '../../platform/database/placeholders.ts'

/** One suspension by an objection; `endedAt` is null while it lasts. */
export interface SuspensionRow {
  id: string
  listingId: string
  objectionId: string
  /** The unit whose measures rest; null: those of every unit. */
  unitId: string | null
  /** Comma-separated ids of the measures that rest; null: all of the unit's. */
  measureIds: string | null
  startedAt: Date
  endedAt: Date | null
}

export const suspensionTable = table<SuspensionRow>(
  'suspension',
  {
    id: primary(id()),
    listingId: references('listing', id()),
    objectionId: references('objection', id()),
    unitId: optional(text(40)),
    measureIds: optional(text(200)),
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

/** Up to `limit` suspensions after an id, for going through all of them in portions. */
export async function suspensionsAfter(db: Db, after: string, limit: number): Promise<SuspensionRow[]> {
  return db.manager
    .getRepository(suspensionTable.schema)
    .createQueryBuilder('s')
    .where('s.id > :after', { after })
    .orderBy('s.id')
    .limit(limit)
    .getMany()
}

/** Ids of those of these objections that suspend, or suspended, something. */
export async function suspendingAmong(db: Db, objectionIds: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>()
  for (const part of portions(objectionIds)) {
    const rows = await db.query<{ id: string }>(
      `select objection_id as id from suspension where objection_id in (${placeholders(part)})`,
      part,
    )
    for (const row of rows) found.add(row.id)
  }
  return found
}

/** Ends the suspension by an objection. True if there was one that had not ended. */
export async function endSuspension(tx: Tx, objectionId: string, at: Date): Promise<boolean> {
  return (await tx.run('update suspension set ended_at = ? where objection_id = ? and ended_at is null', [at, objectionId])) > 0
}

/** What rests of one listing: for which unit (null: every unit), and which of its measures (null: all). */
export type Resting = Pick<SuspensionRow, 'unitId' | 'measureIds'>

/** What rests now, by listing; listings of which nothing rests are left out. */
export async function suspendedAmong(db: Db, listingIds: readonly string[]): Promise<Map<string, Resting[]>> {
  const suspended = new Map<string, Resting[]>()
  for (const part of portions(listingIds)) {
    const rows = await db.query<Resting & { listingId: string }>(
      `select listing_id as listingId, unit_id as unitId, measure_ids as measureIds from suspension
        where ended_at is null and listing_id in (${placeholders(part)})`,
      part,
    )
    for (const { listingId, unitId, measureIds } of rows)
      suspended.set(listingId, [...(suspended.get(listingId) ?? []), { unitId, measureIds }])
  }
  return suspended
}

/** The measures of one unit that rest: all of them, or these ids. */
export function restingFor(resting: readonly Resting[], unitId: string | null): 'all' | string[] {
  const mine = resting.filter((each) => each.unitId === null || each.unitId === unitId)
  return mine.some(({ measureIds }) => measureIds === null) ? 'all' : mine.flatMap(({ measureIds }) => measureIds?.split(',') ?? [])
}

/** Whether an objection suspends anything already. */
export async function suspends(db: Db, objectionId: string): Promise<boolean> {
  return (await db.query('select id from suspension where objection_id = ?', [objectionId])).length > 0
}

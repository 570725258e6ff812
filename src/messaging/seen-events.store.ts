// Table of signed events that were carried out: a copy of one, sent again while its signature still holds, changes nothing.
// Messages of people are not here: their own table knows the ones that were answered (conversations.store.ts).

import { instant, primary, table, transientIndex } from '../platform/database/columns.ts'
import type { Tx } from '../platform/database/database.ts'

export interface SeenEventRow {
  /** Keyed hash of what the event says. */
  id: string
  at: Date
}

export const seenEventTable = table<SeenEventRow>('seen_event', { id: primary(transientIndex()), at: instant() }, [
  { name: 'ix_seen_event_at', columns: ['at'] },
])

/**
 * Remembers an event. @returns false when it was known. Two transactions at once meet at the primary key: the second runs again and sees it.
 * @param forget older rows go, so that the table holds no more than came within that time.
 */
export async function rememberEvent(tx: Tx, row: SeenEventRow, forget: Date): Promise<boolean> {
  const known = await tx.query('select id from seen_event where id = ?', [row.id])
  if (known.length > 0) return false
  await tx.run('delete from seen_event where at < ?', [forget])
  await tx.insert(seenEventTable, [row])
  return true
}

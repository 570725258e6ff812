// SQL for backups: how much there is of what only grows, and which stored files the tables speak of.
// Backups are made in src/backup.ts and restored in src/restore.ts.

import type { Db } from '../../platform/database/database.ts'

/** Tables whose rows are never deleted, so that a restored copy has as many or more than were counted before it was made. */
const GROWING = ['audit', 'bulletin', 'complaint', 'journal', 'listing']

export async function countGrowing(db: Db): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const name of GROWING) {
    const [row] = await db.query<{ n: string | number }>(`select count(*) as n from \`${name}\``)
    counts[name] = Number(row?.n ?? 0)
  }
  return counts
}

/** A stored file that somebody handed in, with the hash of its plain content. */
export interface HandedIn {
  fileId: string
  sha256: string
}

export async function handedIn(db: Db): Promise<HandedIn[]> {
  return db.query<HandedIn>(
    `select file_id as fileId, sha256 from complaint_evidence
      union all select file_id as fileId, sha256 from intake_file order by fileId`,
  )
}

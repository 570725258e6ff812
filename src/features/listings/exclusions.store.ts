// Table of the answers to the four cases of 法释〔2017〕7号 art. 3: the last answers to each listing; the earlier ones are in the audit.
// What follows from them is exclusions.rules.ts.

import { flag, id, instant, primary, references, table, text } from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { placeholders } from '../../platform/database/placeholders.ts'

/** The answers to one listing, with the account that gave them. */
export interface ExclusionRow {
  listingId: string
  securityGiven: boolean
  assetsSuffice: boolean
  laterInOrder: boolean
  noRefusal: boolean
  answeredBy: string
  answeredAt: Date
}

export const exclusionTable = table<ExclusionRow>('listing_exclusion', {
  listingId: primary(references('listing', id())),
  securityGiven: flag(),
  assetsSuffice: flag(),
  laterInOrder: flag(),
  noRefusal: flag(),
  answeredBy: text(60),
  answeredAt: instant(),
})

/** Saves answers in place of earlier ones. */
export async function saveExclusions(tx: Tx, rows: readonly ExclusionRow[]): Promise<void> {
  const ids = rows.map(({ listingId }) => listingId)
  for (let start = 0; start < ids.length; start += 1000) {
    const part = ids.slice(start, start + 1000)
    await tx.run(`delete from listing_exclusion where listing_id in (${placeholders(part)})`, part)
  }
  await tx.insert(exclusionTable, rows)
}

/** The answers to these listings, by listing id. */
export async function exclusionsOf(db: Db, listingIds: readonly string[]): Promise<Map<string, ExclusionRow>> {
  if (listingIds.length === 0) return new Map()
  const rows = await db.manager
    .getRepository(exclusionTable.schema)
    .createQueryBuilder('e')
    .where('e.listingId in (:...listingIds)', { listingIds })
    .getMany()
  return new Map(rows.map((row) => [row.listingId, row]))
}

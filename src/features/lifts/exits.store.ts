// What a bulletin took off the list, and which units had refused somebody because of it: questions for lift orders.
// The orders and their answers are lifts.ts; refusals are reported on screenings.ts.

import type { Db } from '../../platform/database/database.ts'
import { placeholders } from '../../platform/database/placeholders.ts'

const ENTRIES = 'from journal j join listing l on l.id = j.listing_id'
const EXITED = "j.bulletin_id = ? and j.event in ('listing.shielded', 'listing.revoked') and l.disclosure = 'public'"
const EXITS = `${ENTRIES} where ${EXITED}`
/** A refusal counts against whose number it was recorded for, as long as it is kept (`SCREENING_KEEP_DAYS`). */
const REFUSED = "s.subject_index = l.identifier_index and s.outcome = 'refused'"

/** Which of these entries the bulletin took off the list. */
export async function exitsAmong(db: Db, bulletinId: string, listingIds: readonly string[]): Promise<Set<string>> {
  if (listingIds.length === 0) return new Set()
  const rows = await db.query<{ id: string }>(`select l.id ${EXITS} and l.id in (${placeholders(listingIds)})`, [bulletinId, ...listingIds])
  return new Set(rows.map((row) => row.id))
}

/** The next entries the bulletin took off the list, in order of id. */
export async function exitsAfter(db: Db, bulletinId: string, after: string, limit: number): Promise<string[]> {
  const rows = await db.query<{ id: string }>(`select l.id ${EXITS} and l.id > ? order by l.id limit ?`, [bulletinId, after, limit])
  return rows.map((row) => row.id)
}

/** How many entries that the bulletin took off the list each unit recorded a refusal against. */
export async function refusalsAgainst(db: Db, bulletinId: string): Promise<Map<string, number>> {
  const rows = await db.query<{ unitId: string; n: string | number }>(
    `select s.unit_id as unitId, count(distinct l.id) as n ${ENTRIES} join screening s on ${REFUSED} where ${EXITED} group by s.unit_id`,
    [bulletinId],
  )
  return new Map(rows.map((row) => [row.unitId, Number(row.n)]))
}

/** The same as it stood when the orders were issued; empty for a bulletin without. */
export async function orderedRefusals(db: Db, bulletinId: string): Promise<Map<string, number>> {
  const rows = await db.query<{ unitId: string; refused: number }>(
    'select unit_id as unitId, refused from lift_order where bulletin_id = ? and refused > 0',
    [bulletinId],
  )
  return new Map(rows.map((row) => [row.unitId, row.refused]))
}

/** A page of what the bulletin took off the list; what this unit refused stands first. */
export async function exitsPage(
  db: Db,
  { bulletinId, unitId }: { bulletinId: string; unitId: string },
  page: { limit: number; offset: number },
): Promise<{ id: string; refused: boolean }[]> {
  const rows = await db.query<{ id: string; refused: string | number }>(
    `select l.id, case when exists (select 1 from screening s where ${REFUSED} and s.unit_id = ?) then 1 else 0 end as refused ${EXITS}
      order by refused desc, l.id limit ? offset ?`,
    [unitId, bulletinId, page.limit, page.offset],
  )
  return rows.map(({ id, refused }) => ({ id, refused: Number(refused) === 1 }))
}

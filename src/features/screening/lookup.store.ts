// Finding the entries that may concern whom a unit asks about: by blind index and by name, in force, or gone with a measure that this unit kept.
// Which of them do is domain/screening; undisclosed entries are never found here, because units are not told of them.

import type { Db, Param } from '../../platform/database/database.ts'
import { listingsById } from '../listings/queries.store.ts'
import { EXITED_ENTRY } from '../listings/states.store.ts'
import type { ListingRow } from '../listings/store.ts'
import { placeholders } from '../../platform/database/placeholders.ts'

/** What is looked for, of any number of subjects at once. */
export interface Sought {
  /** Blind indexes of identifiers, under every key. */
  identifiers: readonly string[]
  names: readonly string[]
  /** Blind indexes of the same names, under every key. */
  nameIndexes: readonly string[]
}

/** Whose kept measures count, and on which day they still do. */
export interface Keeping {
  unitId: string
  today: string
}

export interface RetainedRow {
  listingId: string
  basis: string | null
  until: string
  measureIds: string | null
}

/** Values of one question; the databases have limits. */
const PART = 1000

/** In force and public; or gone, and this unit kept a measure. */
const SEEN = `l.disclosure = 'public' and (l.state = 'listed' or (${EXITED_ENTRY} and exists (
  select 1 from lift_answer a join lift_order r on r.id = a.order_id
    where a.listing_id = l.id and r.unit_id = ? and a.outcome = 'retained' and a.until >= ?)))`

const OFFICERS = 'listing_officer o join listing l on l.id = o.listing_id'

/** Every listing under one of the identifiers or names, its own or of an officer, in order of id. */
export async function listingsSought(db: Db, sought: Sought, keeping: Keeping): Promise<ListingRow[]> {
  const ids = new Set<string>()
  const look = async (from: string, column: string, values: readonly string[]): Promise<void> => {
    for (const part of parts(values)) {
      const rows = await db.query<{ id: string }>(`select l.id from ${from} where ${column} in (${placeholders(part)}) and ${SEEN}`, [
        ...part,
        keeping.unitId,
        keeping.today,
      ])
      for (const row of rows) ids.add(row.id)
    }
  }
  await look('listing l', 'l.identifier_index', sought.identifiers)
  await look('listing l', 'l.name', sought.names)
  await look(OFFICERS, 'o.identifier_index', sought.identifiers)
  await look(OFFICERS, 'o.name_index', sought.nameIndexes)
  const found: ListingRow[] = []
  for (const part of parts([...ids].sort())) found.push(...(await listingsById(db, part)))
  return found
}

/** What a unit still keeps of these listings. */
export async function retainedByUnit(db: Db, listingIds: readonly string[], { unitId, today }: Keeping): Promise<RetainedRow[]> {
  const kept: RetainedRow[] = []
  for (const part of parts(listingIds)) {
    const params: Param[] = [unitId, today, ...part]
    kept.push(
      ...(await db.query<RetainedRow>(
        `select a.listing_id as listingId, a.basis, a.until, a.measure_ids as measureIds from lift_answer a join lift_order r on r.id = a.order_id
          where r.unit_id = ? and a.outcome = 'retained' and a.until >= ? and a.listing_id in (${placeholders(part)})`,
        params,
      )),
    )
  }
  return kept
}

function parts<Value>(values: readonly Value[]): Value[][] {
  const cut: Value[][] = []
  for (let start = 0; start < values.length; start += PART) cut.push(values.slice(start, start + PART))
  return cut
}

// Officers of listed organisations by blind index, so that screening finds them for measures that reach officers (`debtor_side`).
// The officers themselves are in the sealed column of the listing (store.ts).

import { In } from 'typeorm'
import { newId } from '../../core/ids.ts'
import { nameKey } from '../../core/person-names.ts'
import type { Secrets } from '../../core/secrets.ts'
import type { Listing } from './rules.ts'
import type { Office, Officer } from '../debtors/rules.ts'
import { blindIndexElsewhere, id, optional, primary, references, table, text } from '../../platform/database/columns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { placeholders, portions } from '../../platform/database/placeholders.ts'

/** One officer of one listing. */
export interface ListingOfficerRow {
  id: string
  listingId: string
  office: Office
  /** Of the name's key; rows from before there were keys have it of the name as written. */
  nameIndex: string
  identifierIndex: string | null
}

/** The sealed column that holds the names and identifiers indexed here. */
const SOURCE = { table: 'listing', by: 'listingId', column: 'private' } as const

function officersIn(plain: string): readonly Officer[] {
  return (JSON.parse(plain) as { officers: Officer[] }).officers
}

export const listingOfficerTable = table<ListingOfficerRow>(
  'listing_officer',
  {
    id: primary(id()),
    listingId: references('listing', id()),
    office: text(24),
    nameIndex: blindIndexElsewhere('name', SOURCE, (plain) => officersIn(plain).flatMap(({ name }) => [name, nameKey(name)])),
    identifierIndex: optional(
      blindIndexElsewhere('identifier', SOURCE, (plain) =>
        officersIn(plain).flatMap(({ identifier }) => (identifier === undefined ? [] : [identifier])),
      ),
    ),
  },
  [
    { name: 'ix_listing_officer_listing', columns: ['listingId'] },
    { name: 'ix_listing_officer_name', columns: ['nameIndex'] },
    { name: 'ix_listing_officer_identifier', columns: ['identifierIndex'] },
  ],
)

type ListingContentOf = Pick<Listing, 'id' | 'content'>

/** Inserts the officers of new listings. */
export async function insertOfficers(tx: Tx, secrets: Secrets, listings: readonly ListingContentOf[]): Promise<void> {
  const rows = listings.flatMap(({ id: listingId, content }) =>
    content.debtor.officers.map((officer) => ({
      id: newId(),
      listingId,
      office: officer.office,
      nameIndex: secrets.index('name', nameKey(officer.name)),
      identifierIndex: officer.identifier === undefined ? null : secrets.index('identifier', officer.identifier),
    })),
  )
  if (rows.length > 0) await tx.insert(listingOfficerTable, rows)
}

/** The officers of these listings as they are indexed, by listing. */
export async function officersAmong(db: Db, listingIds: readonly string[]): Promise<Map<string, ListingOfficerRow[]>> {
  const found = new Map<string, ListingOfficerRow[]>()
  for (const part of portions(listingIds)) {
    const rows = await db.manager.getRepository(listingOfficerTable.schema).findBy({ listingId: In([...part]) })
    for (const row of rows) found.set(row.listingId, [...(found.get(row.listingId) ?? []), row])
  }
  return found
}

/** Whether exactly the officers of a listing are indexed, under any held key. */
export function officersFit(secrets: Secrets, { content }: ListingContentOf, rows: readonly ListingOfficerRow[]): boolean {
  const left = [...rows]
  for (const { office, name, identifier } of content.debtor.officers) {
    const names = [nameKey(name), name].flatMap((each) => secrets.indexes('name', each))
    const numbers: readonly (string | null)[] = identifier === undefined ? [null] : secrets.indexes('identifier', identifier)
    const at = left.findIndex((row) => row.office === office && names.includes(row.nameIndex) && numbers.includes(row.identifierIndex))
    if (at < 0) return false
    left.splice(at, 1)
  }
  return left.length === 0
}

/** Replaces the officers of listings whose content changed. */
export async function replaceOfficers(tx: Tx, secrets: Secrets, listings: readonly ListingContentOf[]): Promise<void> {
  for (const part of portions(listings)) {
    await tx.run(
      `delete from listing_officer where listing_id in (${placeholders(part)})`,
      part.map((listing) => listing.id),
    )
    await insertOfficers(tx, secrets, part)
  }
}

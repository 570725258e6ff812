// Saving listings and asking for them. A save is always conditional on the version that was read.
// How a listing becomes a row is listings.ts.

import { AppError } from '../../core/errors.ts'
import type { ListingState } from './rules.ts'
import { likePattern, type Db, type Tx } from '../../platform/database/database.ts'
import { isDuplicate } from '../../platform/database/faults.ts'
import { listingTable, type ListingRow, PUBLIC_ENTRY } from './store.ts'
import { placeholders } from '../../platform/database/placeholders.ts'

/** @throws AppError `listing_in_force` when the same debtor and case is in force already. */
export async function insertListings(tx: Tx, rows: readonly ListingRow[]): Promise<void> {
  try {
    await tx.insert(listingTable, rows)
  } catch (error) {
    if (isDuplicate(error)) throw new AppError('listing_in_force')
    throw error
  }
}

/** Saves what an act made of a listing. @throws AppError `listing_version_stale` when somebody else acted in between. */
export async function updateListing(tx: Tx, row: ListingRow, readVersion: number): Promise<void> {
  const { id: _id, createdAt: _createdAt, ...changes } = row
  const result = await tx.manager
    .createQueryBuilder()
    .update(listingTable.schema)
    .set(changes)
    .where({ id: row.id, version: readVersion })
    .execute()
  if (result.affected !== 1) throw new AppError('listing_version_stale')
}

export async function findListing(db: Db, listingId: string): Promise<ListingRow | null> {
  return db.manager.getRepository(listingTable.schema).findOneBy({ id: listingId })
}

export async function listingsById(db: Db, ids: readonly string[]): Promise<ListingRow[]> {
  if (ids.length === 0) return []
  return db.manager.getRepository(listingTable.schema).createQueryBuilder('l').where('l.id in (:...ids)', { ids }).orderBy('l.id').getMany()
}

/** Which of these keys are held by a listing in force. */
export async function keysInForce(db: Db, keys: readonly string[]): Promise<Set<string>> {
  const held = new Set<string>()
  for (let start = 0; start < keys.length; start += 1000) {
    const part = keys.slice(start, start + 1000)
    const rows = await db.query<{ held: string }>(
      `select in_force_key as held from listing where in_force_key in (${placeholders(part)})`,
      part,
    )
    for (const row of rows) held.add(row.held)
  }
  return held
}

/** The last exits of these identifiers: for the bar after a creditor-asked deletion. */
export async function lastCreditorExits(db: Db, indexes: readonly string[]): Promise<Map<string, string>> {
  const last = new Map<string, string>()
  for (let start = 0; start < indexes.length; start += 1000) {
    const part = indexes.slice(start, start + 1000)
    const rows = await db.query<{ held: string; exitedOn: string }>(
      `select identifier_index as held, max(exited_on) as exitedOn from listing
        where identifier_index in (${placeholders(part)}) and exit_ground = 'creditor_request' and source = 'court' group by identifier_index`,
      part,
    )
    for (const row of rows) last.set(row.held, row.exitedOn)
  }
  return last
}

export interface ListingFilter {
  state?: ListingState
  source?: string
  /** Part of a name or of a case number. */
  text?: string
  /** Blind indexes of one identifier, under every key. */
  identifier?: readonly string[]
  importId?: string
}

/** Listings that fit, newest first, with how many there are in all. */
export async function searchListings(
  db: Db,
  filter: ListingFilter,
  page: { limit: number; offset: number },
): Promise<{ items: ListingRow[]; total: number }> {
  const query = db.manager
    .getRepository(listingTable.schema)
    .createQueryBuilder('l')
    .orderBy('l.id', 'DESC')
    .take(page.limit)
    .skip(page.offset)
  if (filter.state !== undefined) query.andWhere('l.state = :state', { state: filter.state })
  if (filter.source !== undefined) query.andWhere('l.source = :source', { source: filter.source })
  if (filter.importId !== undefined) query.andWhere('l.importId = :importId', { importId: filter.importId })
  if (filter.identifier !== undefined) query.andWhere('l.identifierIndex in (:...identifier)', { identifier: filter.identifier })
  if (filter.text !== undefined)
    query.andWhere("(l.name like :part escape '!' or l.caseNo like :part escape '!')", { part: likePattern(filter.text) })
  const [items, total] = await query.getManyAndCount()
  return { items, total }
}

/** Up to `limit` ids in a state, oldest first: what `publish` takes when it is not told which. */
export async function idsInState(db: Db, state: ListingState, limit: number): Promise<string[]> {
  const rows = await db.query<{ id: string }>("select id from listing where state = ? and source = 'court' order by id limit ?", [
    state,
    limit,
  ])
  return rows.map((row) => row.id)
}

/** What a public answer is made of; `private` is needed only to compare and mask. */
export type EnquiryRow = Pick<
  ListingRow,
  | 'id'
  | 'source'
  | 'debtorKind'
  | 'name'
  | 'sex'
  | 'legalRepresentative'
  | 'caseNo'
  | 'court'
  | 'province'
  | 'filedOn'
  | 'basisNo'
  | 'basisMaker'
  | 'obligation'
  | 'performance'
  | 'grounds'
  | 'termMonths'
  | 'publishedOn'
  | 'identifierIndex'
  | 'private'
>

/** Public listings and the list's version in one question: the version stands alone when nothing fits. */
const ENQUIRY = `select c.value as listVersion, l.id, l.source, l.debtor_kind as debtorKind, l.name, l.sex, l.legal_representative as legalRepresentative,
  l.case_no as caseNo, l.court, l.province, l.filed_on as filedOn, l.basis_no as basisNo, l.basis_maker as basisMaker, l.obligation, l.performance, l.grounds,
  l.term_months as termMonths, l.published_on as publishedOn, l.identifier_index as identifierIndex, l.private
  from counter c left join listing l on ${PUBLIC_ENTRY} and `
// Sorted by the caller: an `order by` over text columns makes the server write a temporary table to its disk.
const ENQUIRY_END = "where c.name = 'journal' limit "

export interface Enquired {
  /** The last journal number; 0 while nothing was ever listed. */
  listVersion: number
  rows: EnquiryRow[]
}

const MOST_OF_ONE = 50

/**
 * Public listings of identifiers, given the blind indexes of all of them together. Asked for a power of two of indexes, the last one repeated,
 * so that the server keeps a handful of prepared questions and not one for every number of people.
 */
export async function enquireByIdentifier(db: Db, indexes: readonly [string, ...string[]]): Promise<Enquired> {
  const size = 2 ** Math.ceil(Math.log2(indexes.length))
  const last = indexes.at(-1) ?? indexes[0]
  const padded = [...indexes, ...Array.from({ length: size - indexes.length }, () => last)]
  return enquired(db, `${ENQUIRY} l.identifier_index in (${placeholders(padded)}) ${ENQUIRY_END} ${size * MOST_OF_ONE}`, padded)
}

/** Public listings under a name; who is who is for the caller to tell by identifier or case number. */
export async function enquireByName(db: Db, name: string, caseNo: string | null): Promise<Enquired> {
  const params = caseNo === null ? [name] : [name, caseNo]
  return enquired(db, `${ENQUIRY} l.name = ? ${caseNo === null ? '' : 'and l.case_no = ?'} ${ENQUIRY_END} 500`, params)
}

async function enquired(db: Db, sql: string, params: readonly string[]): Promise<Enquired> {
  const found = await db.lookup<EnquiryRow & { listVersion: string | number }>(sql, params)
  return {
    listVersion: Number(found[0]?.listVersion ?? 0),
    rows: found.filter((row) => (row.id as string | null) !== null).sort((a, b) => (a.id < b.id ? -1 : 1)),
  }
}

/** Ids and keys of what a source has in force, in order of id: for comparing with a full snapshot. */
export async function listedOfSource(db: Db, source: string, after: string, limit: number): Promise<{ id: string; inForceKey: string }[]> {
  return db.query(
    "select id, in_force_key as inForceKey from listing where source = ? and state = 'listed' and id > ? order by id limit ?",
    [source, after, limit],
  )
}

/** Listings in order of id, after one: for walking them all. */
export async function listingsAfter(db: Db, after: string, limit: number): Promise<ListingRow[]> {
  return db.manager
    .getRepository(listingTable.schema)
    .createQueryBuilder('l')
    .where('l.id > :after', { after })
    .orderBy('l.id')
    .limit(limit)
    .getMany()
}

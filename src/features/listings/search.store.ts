// Saves and finds listings. A save is conditional on the version that was read.
// The table and its conversion from and to rows are store.ts.

import { AppError } from '../../core/errors.ts'
import type { Day } from '../../core/calendar.ts'
import type { EXITED_STATES, ListingState } from './rules.ts'
import { likePattern, type Db, type Tx } from '../../platform/database/database.ts'
import { isDuplicate } from '../../platform/database/faults.ts'
import type { Secrets } from '../../core/secrets.ts'
import type { CreditorExit } from './relist.rules.ts'
import { askedByOf, listingTable, type ListingRow, PUBLIC_ENTRY } from './store.ts'
import { placeholders, portions } from '../../platform/database/placeholders.ts'
import { updateVersioned, type RowChange } from '../../platform/database/versioned.ts'

/** Inserts listings. @throws AppError `listing_in_force` when the same debtor and case is in force already. */
export async function insertListings(tx: Tx, rows: readonly ListingRow[]): Promise<void> {
  try {
    await tx.insert(listingTable, rows)
  } catch (error) {
    if (isDuplicate(error)) throw new AppError('listing_in_force')
    throw error
  }
}

/** Saves listings as they were changed since they were read. @throws AppError `listing_version_stale` when one was changed in between. */
export async function updateListings(tx: Tx, changes: readonly RowChange<ListingRow>[]): Promise<void> {
  if ((await updateVersioned(tx, listingTable, changes)) < changes.length) throw new AppError('listing_version_stale')
}

export async function findListing(db: Db, listingId: string): Promise<ListingRow | null> {
  return db.manager.getRepository(listingTable.schema).findOneBy({ id: listingId })
}

/** Listings with these ids, in order of id; unknown ids are left out. */
export async function listingsById(db: Db, ids: readonly string[]): Promise<ListingRow[]> {
  if (ids.length === 0) return []
  return db.manager.getRepository(listingTable.schema).createQueryBuilder('l').where('l.id in (:...ids)', { ids }).orderBy('l.id').getMany()
}

/** Locks listings until the transaction ends, in order of id, before they are read. */
export async function lockListings(tx: Tx, ids: readonly string[]): Promise<void> {
  if (tx.sqlite) return
  for (const part of portions([...ids].sort()))
    await tx.query(`select id from listing where id in (${placeholders(part)}) order by id for update`, part)
}

/** Those of the given `inForceKey` values that belong to a listing in force. */
export async function keysInForce(db: Db, keys: readonly string[]): Promise<Set<string>> {
  const heldKeys = new Set<string>()
  for (const part of portions(keys)) {
    const rows = await db.query<{ held: string }>(
      `select in_force_key as held from listing where in_force_key in (${placeholders(part)})`,
      part,
    )
    for (const row of rows) heldKeys.add(row.held)
  }
  return heldKeys
}

/** Deletions from our court's list at a creditor's request, by blind index of the debtor's identifier. */
export async function creditorExits(
  db: Db,
  secrets: Pick<Secrets, 'open'>,
  indexes: readonly string[],
): Promise<Map<string, CreditorExit[]>> {
  const exits = new Map<string, CreditorExit[]>()
  for (const part of portions(indexes)) {
    const rows = await db.query<Pick<ListingRow, 'id' | 'identifierIndex' | 'applicantName' | 'private'> & { exitedOn: string }>(
      `select id, identifier_index as identifierIndex, exited_on as exitedOn, applicant_name as applicantName, private from listing
        where identifier_index in (${placeholders(part)}) and exit_ground = 'creditor_request' and source = 'court'`,
      part,
    )
    for (const row of rows) {
      const found = exits.get(row.identifierIndex) ?? []
      found.push({ exitedOn: row.exitedOn, askedBy: askedByOf(secrets, row) })
      exits.set(row.identifierIndex, found)
    }
  }
  return exits
}

/** A debtor's listing in a case that left the list. */
export interface PastListing {
  caseNo: string
  state: (typeof EXITED_STATES)[number]
  exitedOn: Day
}

/** What left the list of these debtors, by blind index of the identifier, the latest first. */
export async function pastListings(db: Db, indexes: readonly string[]): Promise<Map<string, PastListing[]>> {
  const past = new Map<string, PastListing[]>()
  for (const part of portions(indexes)) {
    const rows = await db.query<PastListing & { identifierIndex: string }>(
      `select identifier_index as identifierIndex, case_no as caseNo, state, exited_on as exitedOn from listing
        where identifier_index in (${placeholders(part)}) and state in ('shielded', 'revoked') and exited_on is not null order by exited_on desc, id desc`,
      part,
    )
    for (const { identifierIndex, ...row } of rows) past.set(identifierIndex, [...(past.get(identifierIndex) ?? []), row])
  }
  return past
}

/** Conditions of a search; all that are given must hold. */
export interface ListingFilter {
  state?: ListingState
  source?: string
  /** Part of a name or of a case number. */
  text?: string
  /** Blind indexes of one identifier, under every key. */
  identifier?: readonly string[]
  importId?: string
}

/** A page of the listings that match a filter, newest first, and their total number. */
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

/** Up to `limit` ids of our court's listings in a state, oldest first: what `publish` takes when no ids are given. */
export async function idsInState(db: Db, state: ListingState, limit: number): Promise<string[]> {
  const rows = await db.query<{ id: string }>("select id from listing where state = ? and source = 'court' order by id limit ?", [
    state,
    limit,
  ])
  return rows.map((row) => row.id)
}

/** Columns that a public answer needs; `private` is needed only to compare and mask the identifier. */
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

/** Public listings and the list version in one query; without a match the row holds the version alone. */
const ENQUIRY = `select c.value as listVersion, l.id, l.source, l.debtor_kind as debtorKind, l.name, l.sex, l.legal_representative as legalRepresentative,
  l.case_no as caseNo, l.court, l.province, l.filed_on as filedOn, l.basis_no as basisNo, l.basis_maker as basisMaker, l.obligation, l.performance, l.grounds,
  l.term_months as termMonths, l.published_on as publishedOn, l.identifier_index as identifierIndex, l.private
  from counter c left join listing l on ${PUBLIC_ENTRY} and `
// Sorted in `runEnquiry`: an `order by` with text columns makes MariaDB write a temporary table to disk.
const ENQUIRY_END = "where c.name = 'journal' limit "

/** The answer to an enquiry. */
export interface EnquiryResult {
  /** The last journal number; 0 while nothing was ever listed. */
  listVersion: number
  rows: EnquiryRow[]
}

/** Most listings that are returned per identifier. */
const LIMIT_PER_IDENTIFIER = 50

/**
 * Public listings of the identifiers with these blind indexes. The list of indexes is padded to a power of two by repeating the last one,
 * so that the server keeps a few prepared statements and not one for every number of indexes.
 */
export async function enquireByIdentifier(db: Db, indexes: readonly [string, ...string[]]): Promise<EnquiryResult> {
  const size = 2 ** Math.ceil(Math.log2(indexes.length))
  const last = indexes.at(-1) ?? indexes[0]
  const padded = [...indexes, ...Array.from({ length: size - indexes.length }, () => last)]
  return runEnquiry(db, `${ENQUIRY} l.identifier_index in (${placeholders(padded)}) ${ENQUIRY_END} ${size * LIMIT_PER_IDENTIFIER}`, padded)
}

/** Public listings under the key of a name, at most 500. A name is no identity: the caller compares the identifier or case number. */
export async function enquireByName(db: Db, key: string, caseNo: string | null): Promise<EnquiryResult> {
  const params = caseNo === null ? [key] : [key, caseNo]
  return runEnquiry(db, `${ENQUIRY} l.name_key = ? ${caseNo === null ? '' : 'and l.case_no = ?'} ${ENQUIRY_END} 500`, params)
}

async function runEnquiry(db: Db, sql: string, params: readonly string[]): Promise<EnquiryResult> {
  const enquiryRows = await db.lookup<EnquiryRow & { listVersion: string | number }>(sql, params)
  return {
    listVersion: Number(enquiryRows[0]?.listVersion ?? 0),
    rows: enquiryRows.filter((row) => (row.id as string | null) !== null).sort((a, b) => (a.id < b.id ? -1 : 1)),
  }
}

/** Ids and keys of a source's listed entries, in order of id after `after`: for comparing them with a full snapshot. */
export async function listedOfSource(db: Db, source: string, after: string, limit: number): Promise<{ id: string; inForceKey: string }[]> {
  return db.query(
    "select id, in_force_key as inForceKey from listing where source = ? and state = 'listed' and id > ? order by id limit ?",
    [source, after, limit],
  )
}

/** Listings in order of id after `after`, for going through all of them in portions. */
export async function listingsAfter(db: Db, after: string, limit: number): Promise<ListingRow[]> {
  return db.manager
    .getRepository(listingTable.schema)
    .createQueryBuilder('l')
    .where('l.id > :after', { after })
    .orderBy('l.id')
    .limit(limit)
    .getMany()
}

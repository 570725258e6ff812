// SQL of the one search box: rows of each kind by number, blind index or the beginning of a name, each by an index and with few rows.
// Who may see which kind is views.ts.

import { likePattern, type Db, type Param } from '../../platform/database/database.ts'
import type { Condition } from '../../platform/database/conditions.ts'
import { placeholders } from '../../platform/database/placeholders.ts'
import { seenAbout, seenComplaints } from '../units/conflicts.store.ts'

/** What is sought, as the text was read. */
export interface Sought {
  /** The text itself, without blanks at its ends. */
  text: string
  /** Case number, normalised; null when the text is none. */
  caseNo: string | null
  /** Blind indexes of an identifier and of the case number, and as complaints have them of an identifier and a name, under every key. */
  identifier: readonly string[]
  accused: { identifier: readonly string[]; name: readonly string[] }
  caseIndex: readonly string[]
}

/** A row that was found. */
export interface FoundRow {
  id: string
  title: string
  detail: string | null
  state: string | null
}

async function rows(db: Db, select: string, conditions: readonly [string, readonly Param[]][], limit: number): Promise<FoundRow[]> {
  const given = conditions.filter(([, params]) => params.length > 0)
  if (given.length === 0) return []
  // A statement for each condition, because a condition with `or` over several columns uses no index.
  const union = given.map(([condition]) => `select * from (${select} where ${condition} order by id desc limit ${limit}) t`).join(' union ')
  return db.query<FoundRow>(
    `select id, title, detail, state from (${union}) u order by id desc limit ${limit}`,
    given.flatMap(([, params]) => [...params]),
  )
}

function oneOf(column: string, values: readonly string[]): [string, readonly Param[]] {
  return [`${column} in (${placeholders(values)})`, values]
}

function beginsWith(column: string, text: string): [string, readonly Param[]] {
  // Without the leading wildcard the index is used.
  return [`${column} like ? escape '!'`, [likePattern(text).slice(1)]]
}

/** Listings by identifier, case number, or the beginning of the debtor's name. */
export function findListings(db: Db, { text, caseNo, identifier }: Sought, limit: number): Promise<FoundRow[]> {
  const select = 'select id, name as title, case_no as detail, state from listing'
  if (identifier.length > 0) return rows(db, select, [oneOf('identifier_index', identifier)], limit)
  return rows(db, select, [caseNo === null ? beginsWith('name', text) : ['case_no = ?', [caseNo]]], limit)
}

/** Adds to a condition that was given what a reader may see. */
const seenBesides =
  (seen: Condition) =>
  ([condition, params]: [string, readonly Param[]]): [string, readonly Param[]] => [
    `${condition} and ${seen.sql}`,
    params.length === 0 ? [] : [...params, ...seen.params],
  ]

/**
 * Complaints by number, or by the debtor's identifier or whole name. @param hiddenAbout units about which the reader may see no complaint;
 * with the court among them, those that may be about it are hidden too. @param assignedTo the only unit whose complaints are found.
 */
export function findComplaints(db: Db, sought: Sought, hiddenAbout: readonly string[], limit: number): Promise<FoundRow[]> {
  const also = seenBesides(seenComplaints('complaint', hiddenAbout))
  return rows(
    db,
    'select id, number as title, null as detail, state from complaint',
    [
      also(['number = ?', [sought.text.toUpperCase()]]),
      also(oneOf('debtor_index', sought.accused.identifier)),
      also(oneOf('debtor_name_index', sought.accused.name)),
    ],
    limit,
  )
}

/** Tables of matters that are found by their number, and of a listing that was found. */
const NUMBERED = {
  objection: 'listing_id',
  repair: 'listing_id',
  intake: 'listing_id',
  creditor_matter: 'listing_id',
  assistance: 'listing_id',
  handoff: null,
} as const
export type Numbered = keyof typeof NUMBERED

/** Matters by their number, or about listings that were found. */
export function findNumbered(db: Db, table: Numbered, sought: Sought, listingIds: readonly string[], limit: number): Promise<FoundRow[]> {
  const column = NUMBERED[table]
  const state = table === 'handoff' ? "case when closed_at is null then 'open' else 'closed' end" : 'state'
  return rows(
    db,
    `select id, number as title, null as detail, ${state} as state from ${table}`,
    [
      ['number = ?', [sought.text.toUpperCase()]],
      ...(column === null ? [] : [oneOf(column, listingIds)]),
      ...(table === 'creditor_matter' ? [oneOf('case_index', sought.caseIndex)] : []),
    ],
    limit,
  )
}

/** Units whose name contains the text. There are a few hundred, so no index is needed. */
export function findUnits(db: Db, { text }: Sought, limit: number): Promise<FoundRow[]> {
  return rows(
    db,
    'select id, name as title, null as detail, null as state from unit',
    [["name like ? escape '!'", [likePattern(text)]]],
    limit,
  )
}

/**
 * Notices with this id, or about listings that were found, the latest first.
 * @param hiddenAbout as of `findComplaints`, whose notices are hidden too.
 */
export function findNotices(
  db: Db,
  { text }: Sought,
  { listingIds, hiddenAbout }: { listingIds: readonly string[]; hiddenAbout: readonly string[] },
  limit: number,
): Promise<FoundRow[]> {
  const also = seenBesides(seenAbout('event', hiddenAbout))
  return rows(
    db,
    'select id, template as title, audience as detail, state from notice',
    [also(['id = ?', [text.toUpperCase()]]), also(oneOf('listing_id', listingIds))],
    limit,
  )
}

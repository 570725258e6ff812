// Tables of the quarterly list: editions, their sealed files, their entries, and who collected or published what.
// The rules are rules.ts, the commands commands.ts; the bytes of the files are kept by platform/files/files.ts.

import { AppError } from '../../core/errors.ts'
import { PUSH_FILES, type PushFileKind, type PushState, type QuarterChangeKind } from './rules.ts'
import {
  big,
  day,
  flag,
  id,
  instant,
  int,
  optional,
  primary,
  references,
  sealedHash,
  table,
  text,
} from '../../platform/database/columns.ts'
import { toInstant, type Db, type Tx } from '../../platform/database/database.ts'
import { isDuplicate } from '../../platform/database/faults.ts'
import type { EnquiryRow } from '../listings/search.store.ts'
import { EXITED_ENTRY, PUBLIC_ENTRY } from '../listings/store.ts'

/** One edition of a quarter's list. */
export interface PushRow {
  id: string
  /** Such as `2026Q3`. */
  quarter: string
  /** Number of the edition, from 1; a list prepared anew takes the next. */
  edition: number
  state: PushState
  /** Entries in force at the quarter's end; of an edition from when there was one form, those published in the quarter. */
  entries: number
  /** Changes within the quarter; null for an edition from when there was one form. */
  added: number | null
  corrected: number | null
  shielded: number | null
  revoked: number | null
  /** The list version at which the entries were read. */
  listVersion: number
  preparedAt: Date
  preparedBy: string
  releasedAt: Date | null
  releasedBy: string | null
  /** The quarter while this edition is not superseded; unique, so that two cannot exist. */
  openKey: string | null
}

export const pushTable = table<PushRow>(
  'push',
  {
    id: primary(id()),
    quarter: text(6),
    edition: int(),
    state: text(12),
    entries: int(),
    added: optional(int()),
    corrected: optional(int()),
    shielded: optional(int()),
    revoked: optional(int()),
    listVersion: big(),
    preparedAt: instant(),
    preparedBy: text(60),
    releasedAt: optional(instant()),
    releasedBy: optional(text(60)),
    openKey: optional(text(6)),
  },
  [
    { name: 'ux_push_edition', columns: ['quarter', 'edition'], unique: true },
    { name: 'ux_push_open', columns: ['openKey'], unique: true },
  ],
)

/** One file of an edition. */
export interface PushFileRow {
  pushId: string
  kind: PushFileKind
  /** Name under which platform/files/files.ts keeps it. */
  fileId: string
  bytes: number
  sha256: string
}

export const pushFileTable = table<PushFileRow>('push_file', {
  pushId: primary(references('push', id())),
  kind: primary(text(12)),
  fileId: text(64),
  bytes: big(),
  sha256: sealedHash(),
})

/** One listing of an edition, as it was handed over. */
export interface PushEntryRow {
  pushId: string
  listingId: string
  contentVersion: number
  position: number
  /** What the receivers were told afterwards: `gone` or `corrected`; null: nothing. */
  fate: string | null
  toldAt: Date | null
}

export const pushEntryTable = table<PushEntryRow>(
  'push_entry',
  {
    pushId: primary(references('push', id())),
    listingId: primary(references('listing', id())),
    contentVersion: int(),
    position: int(),
    fate: optional(text(10)),
    toldAt: optional(instant()),
  },
  [{ name: 'ix_push_entry_listing', columns: ['listingId'] }],
)

/** A file that was collected or handed over, or the statement that the list was made public. */
export interface PushReceiptRow {
  id: string
  pushId: string
  unitId: string
  /** Kind of the file, or `published`. */
  what: string
  at: Date
  /** `liaison:<id>`, or the staff member who handed it over. */
  actor: string
  /** Whether the court itself handed it over. */
  byHand: boolean
  /** Day on which it was made public, for `published`. */
  onDay: string | null
}

export const pushReceiptTable = table<PushReceiptRow>(
  'push_receipt',
  {
    id: primary(id()),
    pushId: references('push', id()),
    unitId: text(40),
    what: text(12),
    at: instant(),
    actor: text(60),
    byHand: flag(),
    onDay: optional(day()),
  },
  [{ name: 'ix_push_receipt_push', columns: ['pushId'] }],
)

/** Inserts an edition with its files and entries. @throws AppError `push_standing` when the quarter has one that is not superseded. */
export async function insertPush(tx: Tx, push: PushRow, files: readonly PushFileRow[], entries: readonly PushEntryRow[]): Promise<void> {
  try {
    await tx.insert(pushTable, [push])
  } catch (error) {
    if (isDuplicate(error)) throw new AppError('push_standing', { quarter: push.quarter })
    throw error
  }
  await tx.insert(pushFileTable, files)
  await tx.insert(pushEntryTable, entries)
}

/** Changes an edition if it is still in state `from`. False otherwise. */
export async function movePush(tx: Tx, pushId: string, from: PushState, changes: Partial<PushRow>): Promise<boolean> {
  return (await tx.manager.getRepository(pushTable.schema).update({ id: pushId, state: from }, changes)).affected === 1
}

export async function findPush(db: Db, pushId: string): Promise<PushRow | null> {
  return withNumbers(await db.manager.getRepository(pushTable.schema).findOneBy({ id: pushId }))
}

/** The edition of a quarter that is not superseded: prepared or released. */
export async function standingPush(db: Db, quarter: string): Promise<PushRow | null> {
  return withNumbers(await db.manager.getRepository(pushTable.schema).findOneBy({ openKey: quarter }))
}

function withNumbers(row: PushRow | null): PushRow | null {
  return row === null ? null : { ...row, listVersion: Number(row.listVersion) }
}

/** A page of editions, newest first, and their total number. */
export async function searchPushes(
  db: Db,
  filter: { quarter?: string | undefined; state?: PushState | undefined },
  page: { limit: number; offset: number },
): Promise<{ items: PushRow[]; total: number }> {
  const query = db.manager
    .getRepository(pushTable.schema)
    .createQueryBuilder('p')
    .orderBy('p.id', 'DESC')
    .take(page.limit)
    .skip(page.offset)
  for (const [column, value] of Object.entries<string | undefined>({ ...filter }))
    if (value !== undefined) query.andWhere(`p.${column} = :${column}`, { [column]: value })
  const [items, total] = await query.getManyAndCount()
  return { items: items.map((row) => ({ ...row, listVersion: Number(row.listVersion) })), total }
}

/** The files of an edition, in the order of `PUSH_FILES`. */
export async function filesOfPush(db: Db, pushId: string): Promise<PushFileRow[]> {
  const rows = await db.manager.getRepository(pushFileTable.schema).findBy({ pushId })
  return PUSH_FILES.flatMap((kind) => rows.filter((row) => row.kind === kind).map((row) => ({ ...row, bytes: Number(row.bytes) })))
}

/** A listing of the quarter, with the columns that the files need. */
export type QuarterRow = Omit<EnquiryRow, 'identifierIndex'> & { contentVersion: number }

/** Public listings of a source that were published up to a day, included, and are still on the list; oldest first. */
export async function inForceAt(db: Db, source: string, day: string): Promise<QuarterRow[]> {
  return db.query<QuarterRow>(
    `select l.id, l.source, l.debtor_kind as debtorKind, l.name, l.sex, l.legal_representative as legalRepresentative, l.case_no as caseNo, l.court,
      l.province, l.filed_on as filedOn, l.basis_no as basisNo, l.basis_maker as basisMaker, l.obligation, l.performance, l.grounds,
      l.term_months as termMonths, l.published_on as publishedOn, l.private, l.content_version as contentVersion
      from listing l where ${PUBLIC_ENTRY} and l.source = ? and l.published_on <= ?
      order by l.published_on, l.id`,
    [source, day],
  )
}

/** A span of days, both included, and the same span as instants, `until` excluded. */
export interface QuarterSpan {
  first: string
  last: string
  since: Date
  until: Date
}

/** Ids of public listings of a source that were corrected in a span and are still on the list. */
export async function correctedIn(db: Db, source: string, { since, until }: QuarterSpan): Promise<Set<string>> {
  const rows = await db.query<{ id: string }>(
    `select distinct l.id from journal j join listing l on l.id = j.listing_id
      where j.event = 'listing.corrected' and j.at >= ? and j.at < ? and ${PUBLIC_ENTRY} and l.source = ?`,
    [since, until, source],
  )
  return new Set(rows.map((row) => row.id))
}

/** An entry that left the public list: only what is needed to take it down. */
export interface LeftRow {
  debtorKind: EnquiryRow['debtorKind']
  name: string
  court: string
  caseNo: string
  state: Extract<QuarterChangeKind, 'shielded' | 'revoked'>
  exitedOn: string
}

/** Entries of a source that were public and left the list in a span of days, both included; oldest first. */
export async function leftIn(db: Db, source: string, { first, last }: QuarterSpan): Promise<LeftRow[]> {
  return db.query<LeftRow>(
    `select l.debtor_kind as debtorKind, l.name, l.court, l.case_no as caseNo, l.state, l.exited_on as exitedOn from listing l
      where ${EXITED_ENTRY} and l.disclosure = 'public' and l.source = ? and l.exited_on >= ? and l.exited_on <= ? order by l.exited_on, l.id`,
    [source, first, last],
  )
}

/** Number of public listings of a source that were published in a span of days, both included, and are still on the list. */
export async function countPublishedIn(db: Db, source: string, first: string, last: string): Promise<number> {
  const [row] = await db.query<{ n: number | string }>(
    `select count(*) as n from listing l where ${PUBLIC_ENTRY} and l.source = ? and l.published_on >= ? and l.published_on <= ?`,
    [source, first, last],
  )
  return Number(row?.n)
}

/** An entry of an edition, and its listing as it is now. */
export interface FateRow {
  listingId: string
  position: number
  name: string
  caseNo: string
  fate: string | null
  toldAt: Date | null
  /** Number of the wording that was handed over or last told, and of the present one. */
  handedVersion: number
  contentVersion: number
  state: string
  disclosure: string
}

const FATES = `select e.listing_id as listingId, e.position, l.name, l.case_no as caseNo, e.fate, e.told_at as toldAt, e.content_version as handedVersion,
  l.content_version as contentVersion, l.state, l.disclosure from push_entry e join listing l on l.id = e.listing_id`
const OUT = `not (${PUBLIC_ENTRY})`
const CHANGED = `(e.fate is null or e.fate <> 'gone') and (${OUT} or l.content_version <> e.content_version)`

/** An entry stands in the list of each quarter; the receivers are told of it by the newest list that they have. */
const NEWEST = `not exists (select 1 from push_entry f join push q on q.id = f.push_id join push o on o.id = e.push_id
  where f.listing_id = e.listing_id and q.state = 'released' and q.quarter > o.quarter)`

/** Entries of an edition that differ from what was handed over or told last. */
export async function changedEntries(db: Db, pushId: string): Promise<FateRow[]> {
  return withInstants(await db.query<FateRow>(`${FATES} where e.push_id = ? and ${CHANGED} order by e.position`, [pushId]))
}

/** Those of `changedEntries` that stand in no newer released list, so that each is told once. */
export async function entriesToTell(db: Db, pushId: string): Promise<FateRow[]> {
  return withInstants(await db.query<FateRow>(`${FATES} where e.push_id = ? and ${CHANGED} and ${NEWEST} order by e.position`, [pushId]))
}

/** Entries of an edition that its receivers were told to take down or change, latest first. */
export async function notifiedEntries(db: Db, pushId: string): Promise<FateRow[]> {
  return withInstants(
    await db.query<FateRow>(`${FATES} where e.push_id = ? and e.fate is not null order by e.told_at desc, e.position`, [pushId]),
  )
}

function withInstants(rows: readonly FateRow[]): FateRow[] {
  return rows.map((row) => ({ ...row, toldAt: row.toldAt === null ? null : toInstant(row.toldAt) }))
}

/** Ids of released editions with entries that their receivers are to be told of. */
export async function pushesToCorrect(db: Db): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `select distinct p.id from push p join push_entry e on e.push_id = p.id join listing l on l.id = e.listing_id
      where p.state = 'released' and ${CHANGED} and ${NEWEST} order by p.id`,
  )
  return rows.map((row) => row.id)
}

/** Marks what happened to an entry. False when another process has done so. */
export async function markFate(tx: Tx, pushId: string, row: FateRow, fate: string, at: Date): Promise<boolean> {
  const touched = await tx.run(
    `update push_entry set fate = ?, told_at = ?, content_version = ?
      where push_id = ? and listing_id = ? and content_version = ? and (fate is null or fate <> ?)`,
    [fate, at, row.contentVersion, pushId, row.listingId, row.handedVersion, fate === 'gone' ? 'gone' : ''],
  )
  return touched === 1
}

export async function insertPushReceipt(tx: Tx, row: PushReceiptRow): Promise<void> {
  await tx.insert(pushReceiptTable, [row])
}

/** Receipts of an edition, oldest first. */
export async function pushReceipts(db: Db, pushId: string): Promise<PushReceiptRow[]> {
  const rows = await db.manager.getRepository(pushReceiptTable.schema).find({ where: { pushId }, order: { id: 'ASC' } })
  return rows.map((row) => ({ ...row, byHand: Boolean(row.byHand) }))
}

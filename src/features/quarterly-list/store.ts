// The quarter's pushes: which list was prepared, its sealed files, which entries it held, who took what and what they were told after.
// What belongs in one is features/quarterly-list/rules and actions/push*; the bytes are files.ts.

import { AppError } from '../../core/errors.ts'
import { PUSH_FILES, type PushFileKind, type PushState } from './rules.ts'
import { big, day, flag, id, instant, int, optional, primary, references, table, text } from '../../platform/database/columns.ts'
import { toInstant, type Db, type Tx } from '../../platform/database/database.ts'
import { isDuplicate } from '../../platform/database/faults.ts'
import type { EnquiryRow } from '../listings/search.store.ts'
import { PUBLIC_ENTRY } from '../listings/store.ts'

export interface PushRow {
  id: string
  /** `2026Q3`. */
  quarter: string
  /** 1 for the first list of the quarter; one prepared anew takes the next. */
  edition: number
  state: PushState
  entries: number
  /** The list's version it was read at. */
  listVersion: number
  preparedAt: Date
  preparedBy: string
  releasedAt: Date | null
  releasedBy: string | null
  /** The quarter while this edition stands: two cannot. */
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

export interface PushFileRow {
  pushId: string
  kind: PushFileKind
  /** The name under which platform/files/files keeps it. */
  fileId: string
  bytes: number
  sha256: string
}

export const pushFileTable = table<PushFileRow>('push_file', {
  pushId: primary(references('push', id())),
  kind: primary(text(12)),
  fileId: text(64),
  bytes: big(),
  sha256: text(64),
})

export interface PushEntryRow {
  pushId: string
  listingId: string
  contentVersion: number
  position: number
  /** What the receivers were told after: `gone` or `corrected`. */
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

/** Whoever took a file, or said that the list was made public. */
export interface PushReceiptRow {
  id: string
  pushId: string
  unitId: string
  /** A file's kind, or `published`. */
  what: string
  at: Date
  /** `liaison:<id>`, or the member of staff who handed it over. */
  actor: string
  /** Handed over by the court itself. */
  byHand: boolean
  /** The day it was made public, for `published`. */
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

/** @throws AppError `push_standing` when an edition of the quarter stands already. */
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

/** Moves a push on, if it is still where it was read. */
export async function movePush(tx: Tx, pushId: string, from: PushState, changes: Partial<PushRow>): Promise<boolean> {
  return (await tx.manager.getRepository(pushTable.schema).update({ id: pushId, state: from }, changes)).affected === 1
}

export async function findPush(db: Db, pushId: string): Promise<PushRow | null> {
  return plain(await db.manager.getRepository(pushTable.schema).findOneBy({ id: pushId }))
}

/** The edition of a quarter that stands: prepared, or released. */
export async function standingPush(db: Db, quarter: string): Promise<PushRow | null> {
  return plain(await db.manager.getRepository(pushTable.schema).findOneBy({ openKey: quarter }))
}

function plain(row: PushRow | null): PushRow | null {
  return row === null ? null : { ...row, listVersion: Number(row.listVersion) }
}

/** Newest quarter first. */
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

export async function filesOfPush(db: Db, pushId: string): Promise<PushFileRow[]> {
  const rows = await db.manager.getRepository(pushFileTable.schema).findBy({ pushId })
  return PUSH_FILES.flatMap((kind) => rows.filter((row) => row.kind === kind).map((row) => ({ ...row, bytes: Number(row.bytes) })))
}

export type QuarterRow = Omit<EnquiryRow, 'identifierIndex'> & { contentVersion: number }

/** Our court's public listings published on days of a span and still in force, oldest first. */
export async function publishedIn(db: Db, source: string, from: string, until: string): Promise<QuarterRow[]> {
  return db.query<QuarterRow>(
    `select l.id, l.source, l.debtor_kind as debtorKind, l.name, l.sex, l.legal_representative as legalRepresentative, l.case_no as caseNo, l.court,
      l.province, l.filed_on as filedOn, l.basis_no as basisNo, l.basis_maker as basisMaker, l.obligation, l.performance, l.grounds,
      l.term_months as termMonths, l.published_on as publishedOn, l.private, l.content_version as contentVersion
      from listing l where ${PUBLIC_ENTRY} and l.source = ? and l.published_on >= ? and l.published_on <= ?
      order by l.published_on, l.id`,
    [source, from, until],
  )
}

export interface FateRow {
  listingId: string
  position: number
  name: string
  caseNo: string
  fate: string | null
  toldAt: Date | null
  /** As it was handed over or last told, and as it is now. */
  handedVersion: number
  contentVersion: number
  state: string
  disclosure: string
}

const FATES = `select e.listing_id as listingId, e.position, l.name, l.case_no as caseNo, e.fate, e.told_at as toldAt, e.content_version as handedVersion,
  l.content_version as contentVersion, l.state, l.disclosure from push_entry e join listing l on l.id = e.listing_id`
const OUT = `not (${PUBLIC_ENTRY})`
const CHANGED = `(e.fate is null or e.fate <> 'gone') and (${OUT} or l.content_version <> e.content_version)`

/** Entries of a push that are not as they were handed over, or as was told last. */
export async function changedEntries(db: Db, pushId: string): Promise<FateRow[]> {
  return fates(await db.query<FateRow>(`${FATES} where e.push_id = ? and ${CHANGED} order by e.position`, [pushId]))
}

/** Entries of a push that its receivers were told to take down or change, latest first. */
export async function toldEntries(db: Db, pushId: string): Promise<FateRow[]> {
  return fates(await db.query<FateRow>(`${FATES} where e.push_id = ? and e.fate is not null order by e.told_at desc, e.position`, [pushId]))
}

function fates(rows: readonly FateRow[]): FateRow[] {
  return rows.map((row) => ({ ...row, toldAt: row.toldAt === null ? null : toInstant(row.toldAt) }))
}

/** Released pushes with entries that are not as they were handed over. */
export async function pushesToCorrect(db: Db): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `select distinct p.id from push p join push_entry e on e.push_id = p.id join listing l on l.id = e.listing_id
      where p.state = 'released' and ${CHANGED} order by p.id`,
  )
  return rows.map((row) => row.id)
}

/** Marks what became of an entry; false when another process has done so. */
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

/** Who took what, oldest first. */
export async function pushReceipts(db: Db, pushId: string): Promise<PushReceiptRow[]> {
  const rows = await db.manager.getRepository(pushReceiptTable.schema).find({ where: { pushId }, order: { id: 'ASC' } })
  return rows.map((row) => ({ ...row, byHand: Boolean(row.byHand) }))
}

// Tables and SQL of screening: one row for each question with its outcome. Who was asked about is sealed, and blanked when it is old.
// The look-up of a subject is put together in lookup.views.ts; the answer follows from rules.ts.

import { GOES_ON } from './reports.rules.ts'
import type { Advice, ScreeningAnswer, ScreeningOutcome } from './rules.ts'
import {
  big,
  blindIndex,
  id,
  instant,
  int,
  long,
  optional,
  primary,
  references,
  sealed,
  sealedJson,
  table,
  text,
} from '../../platform/database/columns.ts'
import { toInstant, type Db, type Param, type Tx } from '../../platform/database/database.ts'
import { placeholders, portions } from '../../platform/database/placeholders.ts'
import { listingsById } from '../listings/search.store.ts'
import { type ListingRow, EXITED_ENTRY } from '../listings/store.ts'

/** Search values of any number of subjects at once. */
export interface ScreeningSearch {
  /** Blind indexes of identifiers, under every key. */
  identifiers: readonly string[]
  /** Keys of names. */
  nameKeys: readonly string[]
  /** Blind indexes of the same names and of their keys, under every key of the application. */
  nameIndexes: readonly string[]
}

/** The unit whose retained measures count, and the day (YYYY-MM-DD) on which they must still run. */
export interface RetainingUnit {
  unitId: string
  today: string
}

/** What a unit retains of a listing that has exited. */
export interface RetainedRow {
  listingId: string
  basis: string | null
  /** Last day, YYYY-MM-DD. */
  until: string
  /** Comma-separated ids; null: all measures of the unit. */
  measureIds: string | null
}

/** Listings a unit may see: in force and public, or exited while this unit retains a measure. */
const VISIBLE = `l.disclosure = 'public' and (l.state = 'listed' or (${EXITED_ENTRY} and exists (
  select 1 from lift_answer a join lift_order r on r.id = a.order_id
    where a.listing_id = l.id and r.unit_id = ? and a.outcome = 'retained' and a.until >= ?)))`

const OFFICERS = 'listing_officer o join listing l on l.id = o.listing_id'

/** Every listing whose debtor or officer has one of the identifiers or names, in order of id. */
export async function findListings(db: Db, sought: ScreeningSearch, keeping: RetainingUnit): Promise<ListingRow[]> {
  const ids = new Set<string>()
  const collect = async (from: string, column: string, values: readonly string[]): Promise<void> => {
    for (const chunk of portions(values)) {
      const rows = await db.query<{ id: string }>(`select l.id from ${from} where ${column} in (${placeholders(chunk)}) and ${VISIBLE}`, [
        ...chunk,
        keeping.unitId,
        keeping.today,
      ])
      for (const row of rows) ids.add(row.id)
    }
  }
  await collect('listing l', 'l.identifier_index', sought.identifiers)
  await collect('listing l', 'l.name_key', sought.nameKeys)
  await collect(OFFICERS, 'o.identifier_index', sought.identifiers)
  await collect(OFFICERS, 'o.name_index', sought.nameIndexes)
  const found: ListingRow[] = []
  for (const chunk of portions([...ids].sort())) found.push(...(await listingsById(db, chunk)))
  return found
}

/** What a unit still retains of these listings. */
export async function retainedByUnit(db: Db, listingIds: readonly string[], { unitId, today }: RetainingUnit): Promise<RetainedRow[]> {
  const retained: RetainedRow[] = []
  for (const chunk of portions(listingIds)) {
    const params: Param[] = [unitId, today, ...chunk]
    retained.push(
      ...(await db.query<RetainedRow>(
        `select a.listing_id as listingId, a.basis, a.until, a.measure_ids as measureIds
          from lift_answer a join lift_order r on r.id = a.order_id
          where r.unit_id = ? and a.outcome = 'retained' and a.until >= ? and a.listing_id in (${placeholders(chunk)})`,
        params,
      )),
    )
  }
  return retained
}

export interface ScreeningRow {
  id: string
  unitId: string
  /** Who asked: `unit_key:<id>`, `liaison:<id>` or `staff:<id>`. */
  actor: string
  /** The measure asked about; null: all measures of the unit. */
  measureId: string | null
  /** Sealed JSON: who was asked about, and for which business. Null once blanked. */
  subject: string | null
  /** Blind index of the identifier; null when none was given, and once blanked. */
  subjectIndex: string | null
  answer: ScreeningAnswer
  advice: Advice
  hits: number
  /** Sealed JSON of what was found. Null once blanked. */
  result: string | null
  listVersion: number
  askedAt: Date
  /** The caller's own number, by which a repeated question gets the same answer. */
  requestKey: string | null
  batchId: string | null
  outcome: ScreeningOutcome | null
  /** Sealed. */
  outcomeReason: string | null
  outcomeAt: Date | null
  outcomeBy: string | null
  version: number
  blankedAt: Date | null
}

function identifierAsked(question: string): string | null {
  return (JSON.parse(question) as { subject: { identifier: string | null } }).subject.identifier
}

export const screeningTable = table<ScreeningRow, { subject: unknown; result: unknown }>(
  'screening',
  {
    id: primary(id()),
    unitId: references('unit', text(40)),
    actor: text(60),
    measureId: optional(text(10)),
    subject: optional(sealedJson(long())),
    subjectIndex: optional(blindIndex('identifier', 'subject', identifierAsked)),
    answer: text(6),
    advice: text(14),
    hits: int(),
    result: optional(sealedJson(long())),
    listVersion: big(),
    askedAt: instant(),
    requestKey: optional(text(160)),
    batchId: optional(references('screening_batch', id())),
    outcome: optional(text(10)),
    outcomeReason: optional(sealed(long())),
    outcomeAt: optional(instant()),
    outcomeBy: optional(text(60)),
    version: int(),
    blankedAt: optional(instant()),
  },
  [
    { name: 'ux_screening_request', columns: ['unitId', 'requestKey'], unique: true },
    { name: 'ix_screening_unit', columns: ['unitId', 'askedAt'] },
    { name: 'ix_screening_asked', columns: ['askedAt'] },
    { name: 'ix_screening_batch', columns: ['batchId'] },
    { name: 'ix_screening_subject', columns: ['subjectIndex'] },
    { name: 'ix_screening_blanked', columns: ['blankedAt', 'askedAt'] },
  ],
)

/** One batch of questions. */
export interface ScreeningBatchRow {
  id: string
  unitId: string
  /** The unit's own number for the batch. */
  requestId: string
  actor: string
  items: number
  createdAt: Date
  /** Updated by every portion, which locks the row against a second sender of the same batch. */
  touchedAt: Date
  finishedAt: Date | null
}

export const screeningBatchTable = table<ScreeningBatchRow>(
  'screening_batch',
  {
    id: primary(id()),
    unitId: references('unit', text(40)),
    requestId: text(100),
    actor: text(60),
    items: int(),
    createdAt: instant(),
    touchedAt: instant(),
    finishedAt: optional(instant()),
  },
  [{ name: 'ux_screening_batch_request', columns: ['unitId', 'requestId'], unique: true }],
)

/** Questions asked in `[from, until)`, by one unit or by all. */
export interface ScreeningSpan {
  from: Date
  until: Date
  unitId?: string | undefined
}

/** Counts of one unit and measure. */
export interface ScreeningFigures {
  unitId: string
  /** Null: the unit asked about all its measures at once. */
  measureId: string | null
  /** Number of questions. */
  checked: number
  /** Questions answered with `hit`. */
  hits: number
  /** Business refused because of the list. */
  refused: number
  /** Business approved despite a hit. */
  approved: number
}

/** Approvals despite a hit, as `isDespite` in reports.rules.ts defines them. */
const DESPITE = `s.outcome = 'approved' and s.answer = 'hit' and s.advice not in (${GOES_ON.map((advice) => `'${advice}'`).join(', ')})`

function whereSpan({ from, until, unitId }: ScreeningSpan): { where: string; params: Param[] } {
  const where = 's.asked_at >= ? and s.asked_at < ?'
  return unitId === undefined ? { where, params: [from, until] } : { where: `${where} and s.unit_id = ?`, params: [from, until, unitId] }
}

/** Counts by unit and measure. An outcome counts in the span in which the question was asked. */
export async function screeningFigures(db: Db, span: ScreeningSpan): Promise<ScreeningFigures[]> {
  const { where, params } = whereSpan(span)
  const rows = await db.query<Record<keyof ScreeningFigures, string | number | null>>(
    `select s.unit_id as unitId, s.measure_id as measureId, count(*) as checked,
        sum(case when s.answer = 'hit' then 1 else 0 end) as hits,
        sum(case when s.outcome = 'refused' then 1 else 0 end) as refused,
        sum(case when ${DESPITE} then 1 else 0 end) as approved
      from screening s where ${where} group by s.unit_id, s.measure_id order by s.unit_id, s.measure_id`,
    params,
  )
  return rows.map(({ unitId, measureId, checked, hits, refused, approved }) => ({
    unitId: String(unitId),
    measureId: measureId === null ? null : String(measureId),
    checked: Number(checked),
    hits: Number(hits),
    refused: Number(refused),
    approved: Number(approved),
  }))
}

/** One approval despite a hit. */
export interface ScreeningApproval {
  screeningId: string
  unitId: string
  measureId: string | null
  askedAt: Date
  approvedAt: Date
  approvedBy: string
  /** Sealed, because a reason may name people; open it with `secrets.open`. */
  sealedReason: string
}

/** Business approved despite a hit, newest question first; the same rows that `screeningFigures` counts. */
export async function searchApprovals(
  db: Db,
  span: ScreeningSpan,
  page: { limit: number; offset: number },
): Promise<{ items: ScreeningApproval[]; total: number }> {
  const { where, params } = whereSpan(span)
  const counted = await db.query<{ n: string | number }>(`select count(*) as n from screening s where ${where} and ${DESPITE}`, params)
  const rows = await db.query<Omit<ScreeningApproval, 'askedAt' | 'approvedAt'> & { askedAt: Date | string; approvedAt: Date | string }>(
    `select s.id as screeningId, s.unit_id as unitId, s.measure_id as measureId, s.asked_at as askedAt, s.outcome_at as approvedAt,
        s.outcome_by as approvedBy, s.outcome_reason as sealedReason
      from screening s where ${where} and ${DESPITE} order by s.id desc limit ? offset ?`,
    [...params, page.limit, page.offset],
  )
  const items = rows.map((row) => ({ ...row, askedAt: toInstant(row.askedAt), approvedAt: toInstant(row.approvedAt) }))
  return { items, total: Number(counted[0]?.n ?? 0) }
}

export async function insertScreenings(tx: Tx, rows: readonly ScreeningRow[]): Promise<void> {
  await tx.insert(screeningTable, rows)
}

export async function findScreening(db: Db, screeningId: string): Promise<ScreeningRow | null> {
  return db.manager.getRepository(screeningTable.schema).findOneBy({ id: screeningId })
}

/** Questions of a unit that were asked under these numbers of its own, by number. */
export async function screeningsByRequest(db: Db, unitId: string, keys: readonly string[]): Promise<Map<string, ScreeningRow>> {
  if (keys.length === 0) return new Map()
  const rows = await db.manager
    .getRepository(screeningTable.schema)
    .createQueryBuilder('s')
    .where('s.unitId = :unitId and s.requestKey in (:...keys)', { unitId, keys })
    .getMany()
  return byRequest(rows)
}

/** Rows that have a number of the caller, by it. */
export function byRequest(rows: readonly ScreeningRow[]): Map<string, ScreeningRow> {
  return new Map(rows.flatMap((row) => (row.requestKey === null ? [] : [[row.requestKey, row] as const])))
}

export interface ScreeningFilter {
  unitId?: string | undefined
  answer?: ScreeningAnswer | undefined
  /** `open`: a hit or review without a reported outcome. */
  outcome?: ScreeningOutcome | 'open' | undefined
  batchId?: string | undefined
  /** Blind indexes of one identifier, under every key. */
  subject?: readonly string[] | undefined
}

/** A page of questions, newest first. */
export async function searchScreenings(
  db: Db,
  filter: ScreeningFilter,
  page: { limit: number; offset: number },
): Promise<{ items: ScreeningRow[]; total: number }> {
  const query = db.manager
    .getRepository(screeningTable.schema)
    .createQueryBuilder('s')
    .orderBy('s.id', 'DESC')
    .take(page.limit)
    .skip(page.offset)
  for (const key of ['unitId', 'answer', 'batchId'] as const)
    if (filter[key] !== undefined) query.andWhere(`s.${key} = :${key}`, { [key]: filter[key] })
  if (filter.subject !== undefined) query.andWhere('s.subjectIndex in (:...subject)', { subject: filter.subject })
  if (filter.outcome === 'open') query.andWhere("s.outcome is null and s.answer <> 'none'")
  else if (filter.outcome !== undefined) query.andWhere('s.outcome = :outcome', { outcome: filter.outcome })
  const [items, total] = await query.getManyAndCount()
  return { items, total }
}

/** Writes an outcome when the version is still the one that was read; answers false when somebody reported in between. */
export async function saveOutcome(
  tx: Tx,
  row: Pick<ScreeningRow, 'id' | 'version'>,
  outcome: Pick<ScreeningRow, 'outcome' | 'outcomeReason' | 'outcomeAt' | 'outcomeBy'>,
): Promise<boolean> {
  const { affected } = await tx.manager
    .getRepository(screeningTable.schema)
    .update({ id: row.id, version: row.version }, { ...outcome, version: row.version + 1 })
  return affected === 1
}

/** Blanks subject and findings of up to `limit` questions asked before an instant; the counts stay. Answers how many. */
export async function blankScreenings(tx: Tx, before: Date, at: Date, limit: number): Promise<number> {
  const rows = await tx.query<{ id: string }>(
    'select id from screening where asked_at < ? and blanked_at is null order by asked_at limit ?',
    [before, limit],
  )
  if (rows.length === 0) return 0
  await tx.run(
    `update screening set subject = null, subject_index = null, result = null, blanked_at = ? where id in (${placeholders(rows)})`,
    [at, ...rows.map((row) => row.id)],
  )
  return rows.length
}

export async function insertBatch(tx: Tx, row: ScreeningBatchRow): Promise<void> {
  await tx.insert(screeningBatchTable, [row])
}

export async function findBatch(db: Db, unitId: string, requestId: string): Promise<ScreeningBatchRow | null> {
  return db.manager.getRepository(screeningBatchTable.schema).findOneBy({ unitId, requestId })
}

/** Locks a batch until the transaction ends. */
export async function touchBatch(tx: Tx, batchId: string, at: Date): Promise<void> {
  await tx.run('update screening_batch set touched_at = ? where id = ?', [at, batchId])
}

export async function finishBatch(tx: Tx, batchId: string, at: Date): Promise<void> {
  await tx.run('update screening_batch set finished_at = coalesce(finished_at, ?) where id = ?', [at, batchId])
}

/** Number of a batch's answered items, by answer. */
export async function countBatch(db: Db, batchId: string): Promise<Record<ScreeningAnswer, number>> {
  const rows = await db.query<{ answer: ScreeningAnswer; n: string | number }>(
    'select answer, count(*) as n from screening where batch_id = ? group by answer',
    [batchId],
  )
  const countOf = (answer: ScreeningAnswer): number => Number(rows.find((row) => row.answer === answer)?.n ?? 0)
  return { hit: countOf('hit'), review: countOf('review'), none: countOf('none') }
}

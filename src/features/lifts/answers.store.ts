// The table of answers about single entries of lift orders, and the court's review of retentions.
// Orders, and which entries a bulletin took off the list, are store.ts.

import { In, Not } from 'typeorm'
import type { LiftState, ReviewState } from './rules.ts'
import { EXITS, liftOrderTable } from './store.ts'
import { day, id, instant, long, optional, primary, references, sealed, table, text } from '../../platform/database/columns.ts'
import type { Db, Param, Tx } from '../../platform/database/database.ts'
import { placeholders } from '../../platform/database/placeholders.ts'

/** An answer about one entry. */
export interface LiftAnswerRow {
  id: string
  orderId: string
  listingId: string
  outcome: AnswerOutcome
  basis: string | null
  until: string | null
  /** Comma-separated ids of measures; empty: all of the unit's. */
  measureIds: string | null
  answeredAt: Date
  answeredBy: string
  endedOn: string | null
  /** How far the court's review of the retention is. Null: the entry was lifted, or the answer is older than this column. */
  review: ReviewState | null
  /** Who proposed to refuse it, and why. */
  proposedBy: string | null
  refusalReason: string | null
  /** Who accepted or refused it, and when. */
  reviewedBy: string | null
  reviewedAt: Date | null
  /** The clerk's act that recorded it together with others (`lift_report`); null: it was answered by itself. */
  reportId: string | null
}

/** What an answer is worth. `refused`: the court did not accept the retention, so that the entry is open again. */
type AnswerOutcome = Exclude<LiftState, 'open'> | 'refused'

export const liftAnswerTable = table<LiftAnswerRow>(
  'lift_answer',
  {
    id: primary(id()),
    orderId: references('lift_order', id()),
    listingId: references('listing', id()),
    outcome: text(10),
    basis: optional(text(500)),
    until: optional(day()),
    measureIds: optional(text(500)),
    answeredAt: instant(),
    answeredBy: text(60),
    endedOn: optional(day()),
    review: optional(text(10)),
    proposedBy: optional(text(60)),
    refusalReason: optional(sealed(long())),
    reviewedBy: optional(text(60)),
    reviewedAt: optional(instant()),
    reportId: optional(id()),
  },
  [
    { name: 'ux_lift_answer_listing', columns: ['orderId', 'listingId'], unique: true },
    { name: 'ix_lift_answer_listing', columns: ['listingId'] },
    { name: 'ix_lift_answer_review', columns: ['review', 'answeredAt'] },
  ],
)

/** Answers of one order about single entries: about the given listings, or about all. */
export async function liftAnswersOf(db: Db, orderId: string, listingIds?: readonly string[]): Promise<LiftAnswerRow[]> {
  if (listingIds?.length === 0) return []
  const query = db.manager
    .getRepository(liftAnswerTable.schema)
    .createQueryBuilder('a')
    .where('a.orderId = :orderId', { orderId })
    .orderBy('a.listingId')
  if (listingIds !== undefined) query.andWhere('a.listingId in (:...listingIds)', { listingIds })
  return query.getMany()
}

/** Answers of all orders of a bulletin about the given entries. */
export async function answersAbout(db: Db, bulletinId: string, listingIds: readonly string[]): Promise<LiftAnswerRow[]> {
  if (listingIds.length === 0) return []
  return db.manager
    .getRepository(liftAnswerTable.schema)
    .createQueryBuilder('a')
    .innerJoin(liftOrderTable.name, 'o', 'o.id = a.orderId')
    .where('o.bulletinId = :bulletinId and a.listingId in (:...listingIds)', { bulletinId, listingIds })
    .getMany()
}

/** Number of an order's entries that have an answer of their own that stands. */
export async function countLiftAnswers(db: Db, orderId: string): Promise<number> {
  return db.manager.getRepository(liftAnswerTable.schema).countBy({ orderId, outcome: Not('refused') })
}

/** Ids of an order's entries that are open again because the court refused the retention. */
export async function refusedEntries(db: Db, orderId: string): Promise<string[]> {
  const rows = await db.manager.getRepository(liftAnswerTable.schema).findBy({ orderId, outcome: 'refused' })
  return rows.map((row) => row.listingId)
}

export async function insertLiftAnswers(tx: Tx, rows: readonly LiftAnswerRow[]): Promise<void> {
  await tx.insert(liftAnswerTable, rows)
}

/** Sets the outcome of answers that are `retained`, or `refused` by the court; others stay as they are. */
export async function endRetained(tx: Tx, ids: readonly string[], to: Pick<LiftAnswerRow, 'outcome' | 'endedOn'>): Promise<void> {
  if (ids.length > 0)
    await tx.run(
      `update lift_answer set outcome = ?, ended_on = ? where id in (${placeholders(ids)}) and outcome in ('retained', 'refused')`,
      [to.outcome, to.endedOn, ...ids],
    )
}

export async function updateLiftAnswer(tx: Tx, answerId: string, changes: Partial<LiftAnswerRow>): Promise<void> {
  await tx.manager.getRepository(liftAnswerTable.schema).update({ id: answerId }, changes)
}

export async function findLiftAnswer(db: Db, answerId: string): Promise<LiftAnswerRow | null> {
  return db.manager.getRepository(liftAnswerTable.schema).findOneBy({ id: answerId })
}

/** Whether the measure of an answer `a` is kept and the court has not decided about it. */
const UNDER_REVIEW = "a.outcome = 'retained' and a.review in ('pending', 'proposed')"

/** Number of a bulletin's entries that units retain and about which the court has not decided. */
export async function countUnderReview(db: Db, bulletinId: string): Promise<number> {
  const rows = await db.query<{ n: string | number }>(
    `select count(*) as n from lift_answer a join lift_order o on o.id = a.order_id where o.bulletin_id = ? and ${UNDER_REVIEW}`,
    [bulletinId],
  )
  return Number(rows[0]?.n ?? 0)
}

/**
 * Ids of the next listings that the bulletin took off the list and about which nothing is open: every unit has answered, and the court has
 * decided about what is retained. In order of id, after the given one.
 */
export async function settledEntries(db: Db, bulletinId: string, after: string, limit: number): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `select l.id ${EXITS} and l.id > ?
      and not exists (select 1 from lift_order o left join lift_answer a on a.order_id = o.id and a.listing_id = l.id
        where o.bulletin_id = ? and o.state = 'open' and (a.outcome = 'refused' or (a.id is null and o.rest_lifted = ?)))
      and not exists (select 1 from lift_answer a join lift_order o on o.id = a.order_id
        where o.bulletin_id = ? and a.listing_id = l.id and ${UNDER_REVIEW})
      order by l.id limit ?`,
    [bulletinId, after, bulletinId, false, bulletinId, limit],
  )
  return rows.map((row) => row.id)
}

/** A retention with its order, unit and entry. */
export interface RetentionRow extends LiftAnswerRow {
  unitId: string
  unitName: string
  /** Number of the bulletin that took the entry off the list. */
  number: string
}

/** A page of the kept measures about which the court has not decided, oldest first. */
export async function retentionsUnderReview(
  db: Db,
  filter: { review?: 'pending' | 'proposed'; unitId?: string },
  page: { limit: number; offset: number },
): Promise<{ items: RetentionRow[]; total: number }> {
  const conditions = [
    UNDER_REVIEW,
    ...(filter.review === undefined ? [] : ['a.review = ?']),
    ...(filter.unitId === undefined ? [] : ['o.unit_id = ?']),
  ].join(' and ')
  const params: Param[] = [filter.review, filter.unitId].filter((each) => each !== undefined)
  const from = `from lift_answer a join lift_order o on o.id = a.order_id where ${conditions}`
  const counted = await db.query<{ n: string | number }>(`select count(*) as n ${from}`, params)
  const found = await db.query<{ id: string; unitId: string; unitName: string; number: string }>(
    `select a.id, u.id as unitId, u.name as unitName, b.number from lift_answer a join lift_order o on o.id = a.order_id
      join unit u on u.id = o.unit_id join bulletin b on b.id = o.bulletin_id where ${conditions}
      order by a.answered_at, a.id limit ? offset ?`,
    [...params, page.limit, page.offset],
  )
  const rows = await db.manager.getRepository(liftAnswerTable.schema).findBy({ id: In(found.map((each) => each.id)) })
  const answers = new Map(rows.map((row) => [row.id, row]))
  return { items: found.map((each) => ({ ...(answers.get(each.id) as LiftAnswerRow), ...each })), total: Number(counted[0]?.n ?? 0) }
}

/** Answers that still retain a measure of these listings, over all orders of a bulletin. */
export async function retainedOf(db: Db, bulletinId: string, listingIds: readonly string[]): Promise<LiftAnswerRow[]> {
  if (listingIds.length === 0) return []
  return db.manager
    .getRepository(liftAnswerTable.schema)
    .createQueryBuilder('a')
    .innerJoin(liftOrderTable.name, 'o', 'o.id = a.orderId')
    .where("o.bulletinId = :bulletinId and a.outcome = 'retained' and a.listingId in (:...listingIds)", { bulletinId, listingIds })
    .orderBy('a.id')
    .getMany()
}

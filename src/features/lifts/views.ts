// Queries on lift orders: lists, and one order with its entries and the state of each. A unit sees only its own.
// Answering an order is features/lifts/commands.ts.

import { dayOf } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { LIFT_LIFE, orderActs, type LiftState, type OrderAct, type ReviewState } from './rules.ts'
import type { ExitGround } from '../listings/rules.ts'
import { isAllowed, requireOwnUnit, ownUnitOf, type Actor } from '../../platform/commands/permissions.ts'
import { isMissed } from '../deadlines/rules.ts'
import { deadlinesByKey } from '../deadlines/store.ts'
import { listingsById } from '../listings/search.store.ts'
import { toListing, type ListingRow } from '../listings/store.ts'
import { liftAnswersOf, liftAnswerTable, retentionsUnderReview, type LiftAnswerRow } from './answers.store.ts'
import { openRow } from '../../platform/database/sealing.ts'
import { findLiftOrder, searchLiftOrders, type LiftOrderFilter, type LiftOrderSummary, exitsPage } from './store.ts'
import type { Db } from '../../platform/database/database.ts'
import { dueOf } from '../deadlines/commands.ts'
import { query, type AppContext } from '../../platform/commands/command.ts'
import { ceasedAmong } from '../staff/standing.views.ts'
import { entryState } from './commands.ts'
import { answerSubject, orderSubject } from './reach.commands.ts'
import { liftReportTable, reportsById } from './reports.store.ts'
import { maskIdentifier } from '../../core/identifiers.ts'

type Page = { limit: number; offset: number }

/** An order with its deadline. */
export interface LiftOrderView extends Omit<LiftOrderSummary, 'restLifted' | 'refused'> {
  /** Number of entries against which the unit recorded a refusal. */
  refused: number
  /** The unit's last day, YYYY-MM-DD; null: the unit has not been told yet. */
  due: string | null
  /** The last day has passed without an answer. */
  overdue: boolean
  /** What this caller may do with the order now. */
  possible: OrderAct[]
}

/** A page of lift orders: open ones oldest first, others newest first. @throws `unit_other`. */
export const listLiftOrders = query(
  'lift.read',
  async ({ db, actor, now }, input: { filter: LiftOrderFilter; page: Page }): Promise<{ items: LiftOrderView[]; total: number }> => {
    const ownUnitId = ownUnitOf(actor)
    if (input.filter.unitId !== undefined) requireOwnUnit(actor, input.filter.unitId)
    const { items, total } = await searchLiftOrders(
      db,
      { ...input.filter, ...(ownUnitId === null ? {} : { unitId: ownUnitId }) },
      input.page,
    )
    return { items: await withDue(db, items, { today: dayOf(now), actor }), total }
  },
)

/** Orders with their deadlines and what the caller may do with each. */
export async function withDue(
  db: Db,
  items: readonly LiftOrderSummary[],
  { today, actor }: { today: string; actor: Actor },
): Promise<LiftOrderView[]> {
  const deadlines = await deadlinesByKey(
    db,
    items.map((item) => `lift.carry_out:${orderSubject(item.id)}`),
  )
  return items.map(({ restLifted: _, ...item }) => {
    const deadline = deadlines.find((row) => row.subject === orderSubject(item.id))
    const overdue = item.state === 'open' && deadline !== undefined && (deadline.state === 'missed' || isMissed(dueOf(deadline), today))
    const possible = orderActs(item).filter((act) => isAllowed(actor, `lift.${act}`))
    return { ...item, refused: item.refused ?? 0, due: deadline?.due ?? null, overdue, possible }
  })
}

/** One listing of an order. */
export interface LiftEntry {
  listingId: string
  kind: 'person' | 'organisation'
  name: string
  /** Masked: at most the last four characters are shown. */
  identifier: string
  caseNo: string
  /** The unit recorded a refusal against this identifier; such entries come first. */
  refused: boolean
  /** Null: the listing was revoked because it should never have been made. */
  exitGround: ExitGround | null
  state: LiftState
  /** How far the court's review of a retention is; null: there is nothing to review, or the answer is older than the review. */
  review: ReviewState | null
  /** Why the court refused the retention. */
  refusalReason: string | null
  basis: string | null
  until: string | null
  measureIds: string[]
  /** What a clerk recorded of the unit's word together with others; null: it was answered by itself, or the caller is a unit. */
  report: { doneOn: string; toldBy: string; remark: string | null } | null
  /** How this caller may answer the entry now. */
  possible: ('lift' | 'retain')[]
}

/** What an order shows of the review. A unit does not see that somebody proposes to refuse, and nobody a reason before it is decided. */
function reviewShown(app: AppContext, answer: LiftAnswerRow | undefined, toUnit: boolean): Pick<LiftEntry, 'review' | 'refusalReason'> {
  const review = answer?.review ?? null
  if (answer === undefined || review !== 'refused')
    return { review: toUnit && review === 'proposed' ? 'pending' : review, refusalReason: null }
  const { refusalReason } = openRow(liftAnswerTable, app.secrets, { id: answer.id, refusalReason: answer.refusalReason })
  return { review, refusalReason }
}

/** What clerks recorded in reports, by the id of the report. */
async function reportsOf(app: AppContext, db: Db, answers: readonly LiftAnswerRow[]): Promise<Map<string, LiftEntry['report']>> {
  const ids = [...new Set(answers.flatMap(({ reportId }) => reportId ?? []))]
  const rows = await reportsById(db, ids)
  return new Map(
    rows.map(({ id, doneOn, ...sealed }) => {
      const { toldBy, remark } = openRow(liftReportTable, app.secrets, { id, toldBy: sealed.toldBy, remark: sealed.remark })
      return [id, { doneOn, toldBy, remark }]
    }),
  )
}

/** One order with a page of its entries. @throws `lift_missing`, `unit_other`. */
export const showLiftOrder = query(
  'lift.read',
  async ({ db, actor, app, now }, input: { id: string; page: Page }): Promise<LiftOrderView & { entries: LiftEntry[] }> => {
    const order = await findLiftOrder(db, input.id)
    if (order === null) throw new AppError('lift_missing', { id: input.id })
    requireOwnUnit(actor, order.unitId)
    const { items } = await searchLiftOrders(db, { bulletinId: order.bulletinId, unitId: order.unitId }, { limit: 1, offset: 0 })
    const [shown] = (await withDue(db, items, { today: dayOf(now), actor })) as [LiftOrderView]
    const exits = await exitsPage(db, order, input.page)
    const ids = exits.map((exit) => exit.id)
    const rows = new Map((await listingsById(db, ids)).map((row) => [row.id, row]))
    const answers = new Map((await liftAnswersOf(db, order.id, ids)).map((row) => [row.listingId, row]))
    const reports = ownUnitOf(actor) === null ? await reportsOf(app, db, [...answers.values()]) : new Map<string, LiftEntry['report']>()
    const entries = exits.map(({ id, refused }): LiftEntry => {
      const row = rows.get(id) as ListingRow
      const { content, exitGround } = toListing(app.secrets, row)
      const answer = answers.get(row.id)
      const state = entryState(order, answer)
      const possible = isAllowed(actor, 'lift.answer') ? LIFT_LIFE.possible(state) : []
      return {
        listingId: row.id,
        kind: content.debtor.kind,
        name: content.debtor.name,
        identifier: maskIdentifier(content.debtor.identifier),
        caseNo: content.caseNo,
        refused,
        exitGround: exitGround ?? null,
        state,
        ...reviewShown(app, answer, ownUnitOf(actor) !== null),
        basis: answer?.basis ?? null,
        until: answer?.until ?? null,
        measureIds: (answer?.measureIds ?? '').split(',').filter(Boolean),
        report: reports.get(answer?.reportId ?? '') ?? null,
        possible: possible.filter((act) => act !== 'end'),
      }
    })
    return { ...shown, entries }
  },
)

/** A kept measure about which the court has not decided. */
export interface RetentionView {
  id: string
  orderId: string
  /** Number of the bulletin that took the entry off the list. */
  number: string
  unitId: string
  unitName: string
  listingId: string
  name: string
  caseNo: string
  basis: string
  until: string
  measureIds: string[]
  review: ReviewState
  answeredAt: Date
  answeredBy: string
  proposedBy: string | null
  /** Whoever proposed to refuse it may propose no more: it is not refused on this proposal, and another may be made. */
  proposerCeased: boolean
  /** Why a clerk proposes to refuse it. */
  reason: string | null
  /** The last day of the review, YYYY-MM-DD. */
  due: string | null
}

/** A page of the kept measures about which the court has not decided, oldest first. Only the court's staff see them. */
export const listRetentions = query(
  'retention.read',
  async (
    { db, app },
    input: { filter: { review?: 'pending' | 'proposed'; unitId?: string }; page: Page },
  ): Promise<{ items: RetentionView[]; total: number }> => {
    const { items, total } = await retentionsUnderReview(db, input.filter, input.page)
    const listingIds = items.map((item) => item.listingId)
    const listings = new Map((await listingsById(db, listingIds)).map((row) => [row.id, row]))
    const deadlines = await deadlinesByKey(
      db,
      items.map((item) => `retention.review:${answerSubject(item.id)}`),
    )
    const proposers = items.flatMap(({ review, proposedBy }) => (review === 'proposed' && proposedBy !== null ? [proposedBy] : []))
    const ceased = await ceasedAmong(db, proposers, 'lift.propose_refusal')
    const views = items.map((item): RetentionView => {
      const { id, orderId, number, unitId, unitName, listingId, answeredAt, answeredBy, proposedBy } = item
      const { content } = toListing(app.secrets, listings.get(listingId) as ListingRow)
      return {
        ...{ id, orderId, number, unitId, unitName, listingId, answeredAt, answeredBy, proposedBy },
        name: content.debtor.name,
        caseNo: content.caseNo,
        basis: item.basis ?? '',
        until: item.until ?? '',
        measureIds: (item.measureIds ?? '').split(',').filter(Boolean),
        review: item.review ?? 'accepted',
        proposerCeased: item.review === 'proposed' && ceased.has(proposedBy ?? ''),
        reason: openRow(liftAnswerTable, app.secrets, { id, refusalReason: item.refusalReason }).refusalReason,
        due: deadlines.find((row) => row.subject === answerSubject(id))?.due ?? null,
      }
    })
    return { items: views, total }
  },
)

// Queries on lift orders: lists, and one order with its entries and the state of each. A unit sees only its own.
// Answering an order is features/lifts/commands.ts.

import { dayOf } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import type { LiftState } from './rules.ts'
import type { ExitGround } from '../listings/rules.ts'
import { requireOwnUnit, ownUnitOf } from '../../platform/commands/permissions.ts'
import { isMissed } from '../deadlines/rules.ts'
import { deadlinesByKey } from '../deadlines/store.ts'
import { listingsById } from '../listings/search.store.ts'
import { toListing, type ListingRow } from '../listings/store.ts'
import { findLiftOrder, liftAnswersOf, searchLiftOrders, type LiftOrderFilter, type LiftOrderSummary, exitsPage } from './store.ts'
import type { Db } from '../../platform/database/database.ts'
import { dueOf } from '../deadlines/commands.ts'
import { query } from '../../platform/commands/command.ts'
import { defaultEntryState } from './commands.ts'
import { orderSubject } from './reach.commands.ts'
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
    return { items: await withDue(db, items, dayOf(now)), total }
  },
)

async function withDue(db: Db, items: readonly LiftOrderSummary[], today: string): Promise<LiftOrderView[]> {
  const deadlines = await deadlinesByKey(
    db,
    items.map((item) => `lift.carry_out:${orderSubject(item.id)}`),
  )
  return items.map(({ restLifted: _, ...item }) => {
    const deadline = deadlines.find((row) => row.subject === orderSubject(item.id))
    const overdue = item.state === 'open' && deadline !== undefined && (deadline.state === 'missed' || isMissed(dueOf(deadline), today))
    return { ...item, refused: item.refused ?? 0, due: deadline?.due ?? null, overdue }
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
  basis: string | null
  until: string | null
  measureIds: string[]
}

/** One order with a page of its entries. @throws `lift_missing`, `unit_other`. */
export const showLiftOrder = query(
  'lift.read',
  async ({ db, actor, app, now }, input: { id: string; page: Page }): Promise<LiftOrderView & { entries: LiftEntry[] }> => {
    const order = await findLiftOrder(db, input.id)
    if (order === null) throw new AppError('lift_missing', { id: input.id })
    requireOwnUnit(actor, order.unitId)
    const { items } = await searchLiftOrders(db, { bulletinId: order.bulletinId, unitId: order.unitId }, { limit: 1, offset: 0 })
    const [shown] = (await withDue(db, items, dayOf(now))) as [LiftOrderView]
    const exits = await exitsPage(db, order, input.page)
    const ids = exits.map((exit) => exit.id)
    const rows = new Map((await listingsById(db, ids)).map((row) => [row.id, row]))
    const answers = new Map((await liftAnswersOf(db, order.id, ids)).map((row) => [row.listingId, row]))
    const entries = exits.map(({ id, refused }): LiftEntry => {
      const row = rows.get(id) as ListingRow
      const { content, exitGround } = toListing(app.secrets, row)
      const answer = answers.get(row.id)
      return {
        listingId: row.id,
        kind: content.debtor.kind,
        name: content.debtor.name,
        identifier: maskIdentifier(content.debtor.identifier),
        caseNo: content.caseNo,
        refused,
        exitGround: exitGround ?? null,
        state: answer?.outcome ?? defaultEntryState(order),
        basis: answer?.basis ?? null,
        until: answer?.until ?? null,
        measureIds: (answer?.measureIds ?? '').split(',').filter(Boolean),
      }
    })
    return { ...shown, entries }
  },
)

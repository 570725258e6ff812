// Looking at lift orders: lists, and one with the entries it speaks of and where each stands.
// A unit sees its own. Answering is features/lifts/commands.

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
import { restOf, orderSubject } from './commands.ts'
import { maskIdentifier } from '../../core/identifiers.ts'

type Page = { limit: number; offset: number }

export interface LiftOrderView extends Omit<LiftOrderSummary, 'restLifted' | 'refused'> {
  /** Entries that the unit recorded a refusal against. */
  refused: number
  /** The unit's last day; null: nobody could tell it yet. */
  due: string | null
  /** The day has passed without an answer. */
  overdue: boolean
}

/** Open orders oldest first, others newest first. @throws `unit_other`. */
export const listLiftOrders = query(
  'lift.read',
  async ({ db, actor, now }, input: { filter: LiftOrderFilter; page: Page }): Promise<{ items: LiftOrderView[]; total: number }> => {
    const own = ownUnitOf(actor)
    if (input.filter.unitId !== undefined) requireOwnUnit(actor, input.filter.unitId)
    const { items, total } = await searchLiftOrders(db, { ...input.filter, ...(own === null ? {} : { unitId: own }) }, input.page)
    return { items: await withDue(db, items, dayOf(now)), total }
  },
)

async function withDue(db: Db, items: readonly LiftOrderSummary[], today: string): Promise<LiftOrderView[]> {
  const clocks = await deadlinesByKey(
    db,
    items.map((item) => `lift.carry_out:${orderSubject(item.id)}`),
  )
  return items.map(({ restLifted: _, ...item }) => {
    const clock = clocks.find((row) => row.subject === orderSubject(item.id))
    const overdue = item.state === 'open' && clock !== undefined && (clock.state === 'missed' || isMissed(dueOf(clock), today))
    return { ...item, refused: item.refused ?? 0, due: clock?.due ?? null, overdue }
  })
}

export interface LiftEntry {
  listingId: string
  kind: 'person' | 'organisation'
  name: string
  /** At most the last four digits. */
  identifier: string
  caseNo: string
  /** The unit recorded a refusal against this number: it comes first. */
  refused: boolean
  /** Null: it was wrong from the start and revoked. */
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
        state: answer?.outcome ?? restOf(order),
        basis: answer?.basis ?? null,
        until: answer?.until ?? null,
        measureIds: (answer?.measureIds ?? '').split(',').filter(Boolean),
      }
    })
    return { ...shown, entries }
  },
)

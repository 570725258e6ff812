// Query of the lift orders of one bulletin as a matrix: for every unit, the state of each entry. For the court's staff.
// One order with all that is known of its entries is views.ts.

import { dayOf } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { query } from '../../platform/commands/command.ts'
import { listingsById } from '../listings/search.store.ts'
import { answersAbout } from './answers.store.ts'
import { entryState } from './commands.ts'
import type { LiftState } from './rules.ts'
import { exitIds, searchLiftOrders } from './store.ts'
import { withDue, type LiftOrderView } from './views.ts'

/** More units than a court has. */
const EVERY_UNIT = { limit: 1000, offset: 0 }

/** One unit's row: its order, and a cell for each entry of the page in the same order. */
export interface MatrixRow extends Pick<LiftOrderView, 'unitId' | 'unitName' | 'reachedOn' | 'due' | 'overdue' | 'late'> {
  orderId: string
  /** `until`: of a measure that is kept, its last day. */
  cells: { state: LiftState; until: string | null }[]
}

export interface LiftMatrix {
  /** Number of the bulletin. */
  number: string
  issuedOn: string
  /** A page of the entries that the bulletin took off the list. */
  entries: { listingId: string; name: string; caseNo: string }[]
  /** Every unit with an order. */
  units: MatrixRow[]
  /** How many entries there are. */
  total: number
}

/** Which unit has lifted which entry of a bulletin. @throws `lift_missing` for a bulletin without orders. */
export const showLiftMatrix = query(
  'retention.read',
  async (
    { db, actor, now },
    { bulletinId, page }: { bulletinId: string; page: { limit: number; offset: number } },
  ): Promise<LiftMatrix> => {
    const { items: orders } = await searchLiftOrders(db, { bulletinId }, EVERY_UNIT)
    const [first] = orders
    if (first === undefined) throw new AppError('lift_missing', { id: bulletinId })
    const { ids, total } = await exitIds(db, bulletinId, page)
    const listings = new Map((await listingsById(db, ids)).map((row) => [row.id, row]))
    const answers = new Map((await answersAbout(db, bulletinId, ids)).map((row) => [`${row.orderId} ${row.listingId}`, row]))
    const restLifted = new Map(orders.map((order) => [order.id, order.restLifted]))
    const shown = await withDue(db, orders, { today: dayOf(now), actor })
    const units = shown.map(({ id: orderId, unitId, unitName, reachedOn, due, overdue, late }): MatrixRow => {
      const cells = ids.map((listingId) => {
        const answer = answers.get(`${orderId} ${listingId}`)
        const state = entryState({ restLifted: restLifted.get(orderId) === true }, answer)
        return { state, until: state === 'retained' ? (answer?.until ?? null) : null }
      })
      return { orderId, unitId, unitName, reachedOn, due, overdue, late, cells }
    })
    const entries = ids.map((listingId) => {
      const row = listings.get(listingId)
      return { listingId, name: row?.name ?? '', caseNo: row?.caseNo ?? '' }
    })
    return { number: first.number, issuedOn: first.issuedOn, entries, units: units.sort(byUnit), total }
  },
)

const byUnit = (one: MatrixRow, other: MatrixRow): number => (one.unitId < other.unitId ? -1 : 1)

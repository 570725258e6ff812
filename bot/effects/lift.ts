// Effects about lift orders for a bound liaison: find the open orders, and record the answer to one.
// The dialog is bot/dialogs/lift.ts; what may be answered is src/features/lifts/rules.ts, recording it src/features/lifts/commands.ts.

import { answerLift } from '../../src/features/lifts/commands.ts'
import { listLiftOrders, showLiftOrder, type LiftOrderView } from '../../src/features/lifts/views.ts'
import { writtenDayOrNone } from '../../src/core/calendar.ts'
import { isAppError } from '../../src/core/errors.ts'
import { ENTRIES } from '../dialogs/lift.ts'
import type { Kept, LiftAnswer } from '../understanding/lift-words.ts'
import type { Outcome, Slots } from '../engine.ts'
import { liaisonOf, type TurnContext } from './turn.ts'
import type { LineValues } from '../../src/platform/texts/dialogs.ts'

/** The most orders that one reply offers by number, oldest first. */
const OFFERED = 9

/** Outcome `one` with the only or the chosen order, `many` with orders to choose from, `none`, or `elsewhere` for anybody but a liaison. */
export async function findOrders(turn: TurnContext, { orderId }: Slots): Promise<Outcome> {
  const liaison = await liaisonOf(turn)
  if (liaison === null) return { name: 'elsewhere' }
  const { app } = turn
  if (orderId !== undefined) return oneOrder(turn, orderId)
  const { items, total } = await listLiftOrders(app, liaison, { filter: { state: 'open' }, page: { limit: OFFERED, offset: 0 } })
  const [first] = items
  if (first === undefined) return { name: 'none' }
  return total === 1 ? oneOrder(turn, first.id) : { name: 'many', items: items.map((each) => ({ orderId: each.id, ...orderValues(each) })) }
}

async function oneOrder(turn: TurnContext, id: string): Promise<Outcome> {
  const liaison = await liaisonOf(turn)
  if (liaison === null) return { name: 'elsewhere' }
  const { entries, ...order } = await showLiftOrder(turn.app, liaison, { id, page: { limit: ENTRIES, offset: 0 } })
  const open = entries.filter(({ state }) => state === 'open')
  const items = open.map(({ listingId, name, identifier, caseNo, refused }) => ({
    ...{ id: listingId, name, identifier, caseNo },
    refused: refused ? 'yes' : '',
  }))
  // Only the first entries of a longer order were read, so its open entries cannot be counted here.
  const count = order.listings > ENTRIES ? order.listings : items.length
  return { name: 'one', values: { orderId: id, ...orderValues(order), open: count }, items }
}

function orderValues({ number, listings, due }: LiftOrderView): LineValues {
  return { number, open: listings, due: writtenDayOrNone(due) }
}

/**
 * Records the liaison's answer to a lift order (实施意见 四(二)5). Outcome `incomplete` names what is missing of a measure that is kept.
 */
export async function answerOrder(turn: TurnContext, input: Slots): Promise<Outcome> {
  const liaison = await liaisonOf(turn)
  if (liaison === null) return { name: 'elsewhere' }
  const { app } = turn
  const lifted = JSON.parse(input['lifted'] ?? '[]') as LiftAnswer['lifted']
  const kept = JSON.parse(input['kept'] ?? '[]') as readonly Kept[]
  try {
    const { state, ...counts } = await answerLift(app, liaison, {
      orderId: input['orderId'] ?? '',
      lifted,
      retained: kept.map(({ id, basis, until }) => ({ listingId: id, basis, until })),
    })
    const values = { lifted: counts.lifted, retained: counts.retained }
    return { name: state === 'answered' ? (counts.late ? 'answered_late' : 'answered') : 'part', values }
  } catch (error) {
    if (!isAppError(error, 'retention_incomplete')) throw error
    return { name: 'incomplete', values: { problems: error.problems.map((each) => app.catalog.check(each)).join('；') } }
  }
}

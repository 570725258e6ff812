// What a bound liaison may want about lift orders: see what is open, answer it. When it is wanted is bot/dialogs/lift.
// What may be answered is features/lifts/rules; answering is src/actions/lifts.

import { answerLift } from '../../src/features/lifts/commands.ts'
import { listLiftOrders, showLiftOrder, type LiftOrderView } from '../../src/features/lifts/views.ts'
import { writtenDay } from '../../src/core/calendar.ts'
import { isAppError } from '../../src/core/errors.ts'
import { ENTRIES } from '../dialogs/lift.ts'
import type { Kept, LiftWords } from '../understanding/lift-words.ts'
import type { Outcome, Slots } from '../engine.ts'
import { liaisonOf, type TurnContext } from './turn.ts'
import type { LineValues } from '../../src/platform/texts/dialogs.ts'

/** Orders that one reply offers by number, oldest first. */
const OFFERED = 9

/** The one order there is, or that was chosen; several to choose from; or none. */
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
  // In a longer order nobody can count here what was answered one by one.
  const count = order.listings > ENTRIES ? order.listings : items.length
  return { name: 'one', values: { orderId: id, ...orderValues(order), open: count }, items }
}

function orderValues({ number, listings, due }: LiftOrderView): LineValues {
  return { number, open: listings, due: due === null ? '' : writtenDay(due) }
}

export async function answerOrder(turn: TurnContext, input: Slots): Promise<Outcome> {
  const liaison = await liaisonOf(turn)
  if (liaison === null) return { name: 'elsewhere' }
  const { app } = turn
  const lifted = JSON.parse(input['lifted'] ?? '[]') as LiftWords['lifted']
  const kept = JSON.parse(input['kept'] ?? '[]') as readonly Kept[]
  try {
    const { state, ...counted } = await answerLift(app, liaison, {
      orderId: input['orderId'] ?? '',
      lifted,
      retained: kept.map(({ id, basis, until }) => ({ listingId: id, basis, until })),
    })
    const values = { lifted: counted.lifted, retained: counted.retained }
    return { name: state === 'answered' ? (counted.late ? 'answered_late' : 'answered') : 'part', values }
  } catch (error) {
    if (!isAppError(error, 'retention_incomplete')) throw error
    return { name: 'incomplete', values: { problems: error.problems.map((each) => app.catalog.check(each)).join('；') } }
  }
}

// Whether units were reached with their lift orders, which the court owes within the period `lift.notify` (实施意见 四(二)5).
// Orders are issued and answered in commands.ts; messages are proven by receipts in messaging, or settled by a clerk in features/notices.

import { dayOf, instantAt, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { command, systemCommand, type AppContext, type SystemCommandContext } from '../../platform/commands/command.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { closeDeadlines, openDeadlines, restartDeadlines } from '../deadlines/commands.ts'
import { countUnreached, findLiftOrder, holdLift, issuedOnOf, provenOrders, updateLiftOrder, type LiftOrderRow } from './store.ts'

type Context = Pick<SystemCommandContext, 'app' | 'tx' | 'now'>

/** Subject of an order in audit rows and deadlines. */
export function orderSubject(orderId: string): string {
  return `lift_order:${orderId}`
}

/** Subject of an answer about one entry in audit rows and deadlines. */
export function answerSubject(answerId: string): string {
  return `lift_answer:${answerId}`
}

/** Subject of a bulletin in audit rows and deadlines. */
export function bulletinSubject(bulletinId: string): string {
  return `bulletin:${bulletinId}`
}

/** The unit's deadline to carry an order out. */
export function carryOutDeadline(order: Pick<LiftOrderRow, 'id' | 'unitId'>, start: Day): Parameters<typeof openDeadlines>[1][number] {
  return { code: 'lift.carry_out', subject: orderSubject(order.id), start, unitId: order.unitId }
}

/**
 * Marks a unit as reached with its order: its own deadline starts if it did not run yet, and with the last unit of the bulletin the court's
 * deadline closes as of `at`. Does nothing for one that was reached before.
 */
export async function markReached(context: Context, order: LiftOrderRow, at: Date): Promise<void> {
  const { tx } = context
  if (order.reachedOn !== null) return
  await holdLift(tx, order.bulletinId)
  const reachedOn = dayOf(at)
  await updateLiftOrder(tx, order.id, { reachedOn, toldOn: order.toldOn ?? reachedOn })
  if (order.toldOn === null) await openDeadlines(context, [carryOutDeadline(order, reachedOn)])
  if ((await countUnreached(tx, order.bulletinId)) === 0)
    await closeDeadlines({ tx, now: at }, 'lift.notify', [bulletinSubject(order.bulletinId)])
}

/**
 * Records that a clerk told a unit of its order: one without a liaison, or one that no message is known to have reached. The unit's period
 * runs from that day.
 * @throws `lift_missing`, `lift_told` for a unit that was reached, `request_invalid` for a day in the future or before the order,
 *   `reason_needed` for a manner shorter than two characters.
 */
export const recordTold = command(
  'lift.record_told',
  async (context, input: { orderId: string; toldOn: Day; manner: string }): Promise<LiftOrderRow> => {
    const { tx, now, audit } = context
    const order = await findLiftOrder(tx, input.orderId)
    if (order === null) throw new AppError('lift_missing', { id: input.orderId })
    if (order.reachedOn !== null) throw new AppError('lift_told', { on: order.reachedOn })
    const today = dayOf(now)
    if (input.toldOn > today) throw new AppError('request_invalid', {}, [{ code: 'date_future', field: 'toldOn', values: { today } }])
    if (input.toldOn < (await issuedOnOf(tx, order.bulletinId)))
      throw new AppError('request_invalid', {}, [{ code: 'date_too_early', field: 'toldOn' }])
    if (input.manner.trim().length < 2) throw new AppError('reason_needed')
    await markReached(context, order, input.toldOn === today ? now : instantAt(input.toldOn, 12))
    if (order.toldOn !== null && order.state === 'open') await restartDeadlines(context, [carryOutDeadline(order, input.toldOn)])
    await updateLiftOrder(tx, order.id, { toldOn: input.toldOn })
    await audit({ subject: orderSubject(order.id), detail: { told: input.toldOn, manner: input.manner.trim() } })
    return { ...order, toldOn: input.toldOn, reachedOn: input.toldOn }
  },
)

/** Most orders that one transaction marks. */
const PORTION = 200

/**
 * Marks the units whose message was served since, by a receipt or by a person. A scheduled task calls this: it reads what is proven and not
 * yet marked, so that a stopped run is continued by the next, and two at once mark nothing twice. Returns the number of orders.
 */
export async function markReachedUnits(app: AppContext, actor: Actor): Promise<number> {
  for (let total = 0; ;) {
    const marked = await markPortion(app, actor, undefined)
    total += marked
    if (marked < PORTION) return total
  }
}

const markPortion = systemCommand('lift.complete', async (context, _input: undefined): Promise<number> => {
  const proven = await provenOrders(context.tx, PORTION)
  for (const { id, at } of proven) await markReached(context, (await findLiftOrder(context.tx, id)) as LiftOrderRow, at)
  return proven.length
})

// Issuing lift orders with the bulletin that took entries off the list, and recording how units without a liaison were told.
// Answering them is actions/lifts. The clocks: the court's to tell every unit, each unit's to carry it out.

import { dayOf, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { refusalsAgainst } from './exits.store.ts'
import type { BulletinRow } from '../journal/store.ts'
import { countOpenOrders, filledClassIds, findLiftOrder, insertLift, unitsToldOf, updateLiftOrder, type LiftOrderRow } from './store.ts'
import { dutyUnitIds, unitsWithoutLiaison } from '../units/store.ts'
import { closeDeadlines, openDeadlines } from '../deadlines/commands.ts'
import { act, type ErrandContext } from '../../platform/commands/command.ts'

type Context = Pick<ErrandContext, 'house' | 'tx' | 'now'>

export function orderSubject(orderId: string): string {
  return `lift_order:${orderId}`
}

function bulletinSubject(bulletinId: string): string {
  return `bulletin:${bulletinId}`
}

/**
 * One order for every unit with a duty, and for any other that was told of these entries or refused somebody because of them
 * (实施意见 四(二)5); those that refused come first. Its day to carry it out runs from
 * today where a liaison hears of the bulletin; elsewhere from the day a clerk records having told the unit.
 */
export async function issueLiftOrders(context: Context, bulletin: BulletinRow): Promise<void> {
  const { tx, now } = context
  const listings = bulletin.shielded + bulletin.revoked
  if (listings === 0) return
  const today = dayOf(now)
  const filled = await filledClassIds(tx)
  const refusals = await refusalsAgainst(tx, bulletin.id)
  const unitIds = [...new Set([...(await dutyUnitIds(tx)), ...(await unitsToldOf(tx, bulletin.id)), ...refusals.keys()])].filter(
    (unitId) => !filled.has(unitId),
  )
  const unreached = new Set((await unitsWithoutLiaison(tx, unitIds)).map((unit) => unit.id))
  const orders = unitIds.sort().map((unitId): LiftOrderRow => ({
    id: newId(),
    bulletinId: bulletin.id,
    unitId,
    state: 'open',
    toldOn: unreached.has(unitId) ? null : today,
    restLifted: false,
    late: false,
    answeredAt: null,
    answeredBy: null,
    refused: refusals.get(unitId) ?? 0,
  }))
  const lift = { bulletinId: bulletin.id, listings, issuedOn: today, changes: 0, seen: 0, completedAt: null }
  await insertLift(tx, lift, orders)
  await openDeadlines(context, [
    { code: 'lift.notify', subject: bulletinSubject(bulletin.id), start: today },
    ...orders.filter((order) => order.toldOn !== null).map((order) => carryOut(order, today)),
  ])
  if (unreached.size === 0) await closeDeadlines(context, 'lift.notify', [bulletinSubject(bulletin.id)])
}

function carryOut(order: Pick<LiftOrderRow, 'id' | 'unitId'>, start: Day): Parameters<typeof openDeadlines>[1][number] {
  return { code: 'lift.carry_out', subject: orderSubject(order.id), start, unitId: order.unitId }
}

/** The unit knows of its order: its day starts, and with the last unit the court's own clock ends. */
export async function markTold(context: Context, order: LiftOrderRow, toldOn: Day): Promise<void> {
  await updateLiftOrder(context.tx, order.id, { toldOn })
  await openDeadlines(context, [carryOut(order, toldOn)])
  const { untold } = await countOpenOrders(context.tx, order.bulletinId)
  if (untold === 0) await closeDeadlines(context, 'lift.notify', [bulletinSubject(order.bulletinId)])
}

/** A clerk told a unit that no liaison hears for. @throws `lift_missing`, `lift_told`, `request_invalid` for a day ahead or before the order. */
export const recordTold = act(
  'lift.record_told',
  async (context, input: { orderId: string; toldOn: Day; manner: string }): Promise<LiftOrderRow> => {
    const { tx, now, audit } = context
    const order = await findLiftOrder(tx, input.orderId)
    if (order === null) throw new AppError('lift_missing', { id: input.orderId })
    if (order.toldOn !== null) throw new AppError('lift_told', { on: order.toldOn })
    const today = dayOf(now)
    if (input.toldOn > today) throw new AppError('request_invalid', {}, [{ code: 'date_future', field: 'toldOn', values: { today } }])
    if (input.manner.trim().length < 2) throw new AppError('reason_needed')
    await markTold(context, order, input.toldOn)
    await audit({ subject: orderSubject(order.id), detail: { told: input.toldOn, manner: input.manner.trim() } })
    return { ...order, toldOn: input.toldOn }
  },
)

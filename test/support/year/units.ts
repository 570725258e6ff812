// Units of the simulated year: lift orders answered at once, late or never, measures retained with basis and end day; and complaints.
// What debtors ask for is remedies.ts.

import {
  acceptComplaint,
  answerComplaint,
  assignComplaint,
  decideComplaint,
  declineComplaint,
  fileComplaint,
  recordInvestigation,
} from '../../../src/features/complaints/commands.ts'
import { answerLift } from '../../../src/features/lifts/commands.ts'
import { acceptRetention, decideRefusal, proposeRefusal } from '../../../src/features/lifts/review.commands.ts'
import { recordTold } from '../../../src/features/lifts/reach.commands.ts'
import { listRetentions } from '../../../src/features/lifts/views.ts'
import { addDays } from '../../../src/core/calendar.ts'
import { answerComplaintOrder } from '../../../src/features/complaints/orders.commands.ts'
import { listComplaintOrders } from '../../../src/features/complaints/orders.views.ts'
import { DECLINE_REASONS } from '../../../src/features/complaints/rules.ts'
import { PUBLIC } from '../../../src/platform/commands/permissions.ts'
import { PAGE } from '../deadlines.ts'
import { phone } from '../delivery-setup.ts'
import type { World } from './world.ts'
import { LEADING_GROUP, LEADING_GROUP_OFFICE, OUR_COURT } from '../../../src/features/units/conflicts.rules.ts'

const planned = new WeakMap<World, Set<string>>()

/** Plans the answer of each unit to the lift orders issued since the last call. */
export async function answerOrders(world: World): Promise<void> {
  const known = planned.get(world) ?? new Set()
  planned.set(world, known)
  const orders = await world.app.store.read((db) =>
    db.query<{ id: string; unitId: string; bulletinId: string; toldOn: string | null }>(
      `select id, unit_id as unitId, bulletin_id as bulletinId, told_on as toldOn from lift_order
        where state = 'open' order by bulletin_id, unit_id`,
    ),
  )
  for (const order of orders.filter(({ id }) => !known.has(id))) {
    known.add(order.id)
    world.count('lift orders')
    if (order.toldOn === null) world.after(world.chance.int(1, 5), () => notifyByHand(world, order))
    else planAnswer(world, order)
  }
}

type Order = { id: string; unitId: string; bulletinId: string }

async function notifyByHand(world: World, order: Order): Promise<void> {
  await recordTold(world.app, world.clerk, { orderId: order.id, toldOn: world.today(), manner: '电话告知' })
  planAnswer(world, order)
}

function planAnswer(world: World, order: Order): void {
  const { chance } = world
  if (chance.yes(0.04)) return world.count('lift orders never answered')
  world.after(chance.yes(0.85) ? chance.int(0, 1) : chance.int(2, 12), () => answerOne(world, order))
}

async function answerOne(world: World, order: Order): Promise<void> {
  const { app, chance } = world
  const unit = world.units.find(({ id }) => id === order.unitId)
  const actor = unit?.liaison ?? world.clerk
  const entries = await app.store.read((db) =>
    db.query<{ id: string }>(
      "select distinct listing_id as id from journal where bulletin_id = ? and event in ('listing.shielded', 'listing.revoked')",
      [order.bulletinId],
    ),
  )
  const toRetain = chance.yes(0.08) ? entries.slice(0, 1) : []
  const until = addDays(world.today(), chance.int(10, 90))
  const retained = toRetain.map(({ id }) => ({ listingId: id, basis: '《某某条例》第十二条', until }))
  const outcome = await answerLift(app, actor, {
    orderId: order.id,
    retained,
    ...(entries.length > retained.length ? { lifted: 'rest' as const } : {}),
  })
  world.count('lifted', outcome.lifted)
  world.count('retained', outcome.retained)
  // Some give up a retained measure before its end day.
  const givesUp = retained.length > 0 && chance.yes(0.3)
  for (const { listingId } of retained) {
    const refuse = !givesUp && chance.yes(0.3)
    world.after(chance.int(1, 6), () => reviewRetention(world, order, listingId, refuse))
  }
  if (givesUp)
    world.after(chance.int(2, 9), async () => {
      await answerLift(app, actor, { orderId: order.id, lifted: retained.map((each) => each.listingId) })
      world.count('given up early')
    })
}

/** The court accepts most retentions, unless the unit gave them up; of those that it refuses the unit lifts the measure. */
async function reviewRetention(world: World, order: Order, listingId: string, refuse: boolean): Promise<void> {
  const { app, clerk, approver } = world
  const { items } = await listRetentions(app, approver, { filter: { unitId: order.unitId }, page: PAGE })
  const kept = items.find((item) => item.orderId === order.id && item.listingId === listingId)
  if (kept === undefined) return
  if (!refuse) {
    world.count('retentions accepted')
    await acceptRetention(app, approver, { id: kept.id })
    return
  }
  world.count('retentions refused')
  await proposeRefusal(app, clerk, { id: kept.id, reason: '所引条文没有规定期限' })
  await decideRefusal(app, approver, { id: kept.id, refuse: true })
  world.after(1, async () => {
    const actor = world.units.find(({ id }) => id === order.unitId)?.liaison ?? clerk
    await answerLift(app, actor, { orderId: order.id, lifted: [listingId] })
  })
}

/** The number that the court finds out of somebody whom a complaint calls by name. */
const FOUND_OUT = '533401198709040343'
let complainants = 0
/** Units that are not ordered to punish. */
const NEVER_ORDERED: readonly string[] = [OUR_COURT, LEADING_GROUP, LEADING_GROUP_OFFICE]

/** A citizen complains, by day or at night. Over the year complaints end in every possible way. */
export async function complain(world: World): Promise<void> {
  const { app, chance } = world
  const reachable = chance.yes(0.8)
  complainants += 1
  const aboutUnit = chance.yes(0.3)
  const unit = chance.pick(world.units)
  const { id } = await fileComplaint(app, PUBLIC, {
    about: aboutUnit ? 'unit' : 'debtor',
    text: `第${complainants}件：名单上的人仍在${chance.pick(['坐飞机', '买房', '投标', '贷款'])}，请予核查`,
    ...(aboutUnit ? { unitId: unit.id } : { debtorName: `次仁某${complainants}` }),
    anonymous: !reachable,
    ...(reachable ? { name: '市民某', phone: phone(700_000 + complainants) } : {}),
    way: 'web',
  })
  world.count('complaints')
  if (chance.yes(0.06)) return world.count('complaints never looked at')
  world.after(chance.int(1, 4), () => consider(world, id, aboutUnit ? unit.id : null))
}

/** The unit that was ordered to act answers in time, late or never. */
function carryOut(world: World, complaintId: string, unit: World['units'][number]): void {
  const { app, chance, clerk } = world
  if (chance.yes(0.1)) return world.count('complaint orders never answered')
  world.after(chance.int(1, 12), async () => {
    const { items } = await listComplaintOrders(app, clerk, { filter: { unitId: unit.id }, page: { limit: 200, offset: 0 } })
    const order = items.find((each) => each.complaintId === complaintId)
    if (order === undefined) throw new Error('an upheld complaint about a debtor ordered nothing')
    const result = chance.yes(0.8) ? 'carried_out' : 'could_not'
    await answerComplaintOrder(app, unit.liaison ?? clerk, { id: order.id, result, text: '已按要求核对并办理' })
    world.count(`complaint orders ${result}`)
  })
}

async function consider(world: World, id: string, about: string | null): Promise<void> {
  const { app, chance, clerk } = world
  if (about === 'court') return world.count('complaints about the court')
  if (chance.yes(0.15)) {
    await declineComplaint(app, clerk, { id, reason: chance.pick(DECLINE_REASONS) })
    return world.count('complaints declined')
  }
  await acceptComplaint(app, clerk, { id })
  world.after(chance.int(0, 3), () => assign(world, id, about, chance.yes(0.15) ? 2 : 1))
}

async function assign(world: World, id: string, about: string | null, times: number): Promise<void> {
  const { app, chance, clerk } = world
  const unit = chance.pick(world.units.filter((each) => each.id !== about && each.liaison !== null))
  await assignComplaint(app, clerk, { id, unitId: unit.id, brief: '请核查有关交易并回复处理情况' })
  if (times > 1) return world.after(chance.int(1, 3), () => assign(world, id, about, times - 1))
  if (chance.yes(0.08)) return world.count('complaints never answered')
  world.after(chance.int(2, 24), async () => {
    await recordInvestigation(app, unit.liaison ?? clerk, { id, findings: '经核查，情况如下' })
    world.after(chance.int(0, 4), async () => {
      const finding = chance.yes(0.5) ? 'upheld' : 'not_upheld'
      const ordered = NEVER_ORDERED.includes(unit.id) ? world.units.find((each) => !NEVER_ORDERED.includes(each.id)) : unit
      const wish = finding === 'upheld' && about === null ? { orderUnitId: ordered?.id, orderIdentifier: FOUND_OUT } : {}
      await decideComplaint(app, clerk, { id, finding, outcome: '已依法处理', ...wish })
      if (ordered !== undefined && about === null && finding === 'upheld') carryOut(world, id, ordered)
      await answerComplaint(app, clerk, { id, answer: '您反映的问题已处理' })
      world.count(`complaints ${finding}`)
    })
  })
}

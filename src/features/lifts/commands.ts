// Lift orders: issued to every unit that was told of a listing when it leaves the list, answered by the units, and completed.
// What a unit may answer is rules.ts.

import { dayOf, writtenDay, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { LIFT_LIFE, readRetentions, type LiftState, type Retention, type RetentionInput } from './rules.ts'
import { requireOwnUnit, type Actor } from '../../platform/commands/permissions.ts'
import type { DeadlineRow } from '../deadlines/store.ts'
import { listingsById } from '../listings/search.store.ts'
import { toListing } from '../listings/store.ts'
import {
  answeredInOpenOrders,
  changedLift,
  changeLift,
  countLiftAnswers,
  countOpenOrders,
  endRetained,
  findLiftOrder,
  insertLiftAnswers,
  liftAnswersOf,
  markSeen,
  ordersOfLift,
  retainedOf,
  updateLiftOrder,
  type LiftAnswerRow,
  type LiftOrderRow,
  type LiftRow,
  filledClassIds,
  insertLift,
  unitsToldOf,
  exitsAfter,
  exitsAmong,
  refusalsAgainst,
} from './store.ts'
import { measureIdsOfUnit, measuresInOrder, dutyUnitIds, unitsWithoutLiaison } from '../units/store.ts'
import { cancelDeadlines, closeDeadlines, openDeadlines } from '../deadlines/commands.ts'
import {
  command,
  systemCommand,
  query,
  type CommandContext,
  type SystemCommandContext,
  type AppContext,
} from '../../platform/commands/command.ts'
import { notifyParties } from '../listings/notices.ts'
import { listVersion } from '../../platform/database/counters.ts'
import type { BulletinRow } from '../journal/store.ts'

type Context = Pick<SystemCommandContext, 'app' | 'tx' | 'now'>

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
export const recordTold = command(
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

export interface LiftAnswerInput {
  orderId: string
  /** Entries whose measures are lifted; `rest`: all that have no answer yet and are not retained here. */
  lifted?: 'rest' | readonly string[] | undefined
  retained?: readonly RetentionInput[] | undefined
}

export interface LiftOutcome {
  orderId: string
  state: LiftOrderRow['state']
  lifted: number
  retained: number
  /** Answered after the unit's day. */
  late: boolean
}

/**
 * A liaison answers for the unit, or a clerk on its behalf: everything at once or entry by entry. All or nothing.
 * @throws `lift_missing`, `unit_other`, `listing_missing` for an entry the order does not hold, `lift_act_impossible` naming the entry's state,
 *   `retention_incomplete` with every problem, `request_invalid` for nothing, or one entry twice.
 */
export const answerLift = command(
  'lift.answer',
  async (context, input: LiftAnswerInput): Promise<LiftOutcome> => {
    const { tx, actor, now } = context
    const found = await findLiftOrder(tx, input.orderId)
    if (found === null) throw new AppError('lift_missing', { id: input.orderId })
    requireOwnUnit(actor, found.unitId)
    // Held from here on: of two units that answer last at the same time, one sees the other.
    const lift = await changeLift(tx, found.bulletinId)
    const order = (await findLiftOrder(tx, input.orderId)) as LiftOrderRow
    const asked = await readAnswer(context, order, input)
    if (order.toldOn === null) await markTold(context, order, dayOf(now))
    const own = await saveOwn(context, order, asked)
    const done = await finishOrder(context, order, lift, input.lifted === 'rest')
    const lifted = input.lifted === 'rest' ? lift.listings - own : asked.lifted.length
    await context.audit({
      subject: orderSubject(order.id),
      detail: {
        lifted: input.lifted === 'rest' ? 'rest' : asked.lifted.join(' '),
        retained: asked.retained.map(({ listingId, until }) => `${listingId} ${until}`).join(' '),
        state: done.state,
        late: done.late,
      },
    })
    return { orderId: order.id, ...done, lifted, retained: asked.retained.length }
  },
  ({ orderId, lifted, retained }) => ({ order: orderId, lifted, retained }),
)

interface Asked {
  /** Entries named one by one. */
  lifted: readonly string[]
  retained: readonly Retention[]
  known: ReadonlyMap<string, LiftAnswerRow>
}

async function readAnswer({ tx, now }: CommandContext, order: LiftOrderRow, input: LiftAnswerInput): Promise<Asked> {
  const inputs = input.retained ?? []
  const lifted = input.lifted === 'rest' ? [] : (input.lifted ?? [])
  const ids = [...lifted, ...inputs.map((each) => each.listingId)]
  if (new Set(ids).size < ids.length || (ids.length === 0 && input.lifted !== 'rest')) throw new AppError('request_invalid')
  await mustHold(tx, order, ids)
  const known = new Map((await liftAnswersOf(tx, order.id, ids)).map((row) => [row.listingId, row]))
  const stateOf = (id: string): LiftState => known.get(id)?.outcome ?? restOf(order)
  for (const id of lifted) LIFT_LIFE.next(stateOf(id), 'lift')
  for (const { listingId } of inputs) LIFT_LIFE.next(stateOf(listingId), 'retain')
  if (input.lifted === 'rest') LIFT_LIFE.next(restOf(order), 'lift')
  return { lifted, known, retained: readRetentions(inputs, dayOf(now), await measureIdsOfUnit(tx, order.unitId)) }
}

async function mustHold(tx: CommandContext['tx'], order: LiftOrderRow, ids: readonly string[]): Promise<void> {
  const held = await exitsAmong(tx, order.bulletinId, ids)
  const stranger = ids.find((id) => !held.has(id))
  if (stranger !== undefined) throw new AppError('listing_missing', { id: stranger })
}

/** Where an entry without an answer of its own stands. */
export function restOf(order: Pick<LiftOrderRow, 'state'>): LiftState {
  return order.state === 'answered' ? 'lifted' : 'open'
}

/** Writes answers of their own; answers how many entries of the order have one now. */
async function saveOwn(context: CommandContext, order: LiftOrderRow, { lifted, retained, known }: Asked): Promise<number> {
  const { tx, now, actor } = context
  const blank = { orderId: order.id, answeredAt: now, answeredBy: actor.id, basis: null, until: null, measureIds: null, endedOn: null }
  const rows: LiftAnswerRow[] = [
    ...lifted.filter((id) => !known.has(id)).map((listingId) => ({ ...blank, id: newId(), listingId, outcome: 'lifted' as const })),
    ...retained.map(({ listingId, basis, until, measureIds }) => ({
      ...blank,
      ...{ id: newId(), listingId, outcome: 'retained' as const, basis, until, measureIds: measureIds.join(',') },
    })),
  ]
  await insertLiftAnswers(tx, rows)
  await openDeadlines(
    context,
    rows.flatMap(({ id, until }) =>
      until === null ? [] : [{ code: 'retention.end' as const, subject: answerSubject(id), start: until, unitId: order.unitId }],
    ),
  )
  const early = lifted.flatMap((id) => known.get(id)?.id ?? [])
  await endRetained(tx, early, { outcome: 'lifted', endedOn: dayOf(now) })
  await cancelDeadlines(context, 'retention.end', early.map(answerSubject))
  return countLiftAnswers(tx, order.id)
}

function answerSubject(answerId: string): string {
  return `lift_answer:${answerId}`
}

/** An order is answered when nothing in it is open; its clock ends with that. */
async function finishOrder(
  context: CommandContext,
  order: LiftOrderRow,
  lift: LiftRow,
  restLifted: boolean,
): Promise<{ state: LiftOrderRow['state']; late: boolean }> {
  const { tx, now, actor } = context
  if (order.state === 'answered') return order
  const open = restLifted ? 0 : lift.listings - (await countLiftAnswers(tx, order.id))
  if (open > 0) return { state: 'open', late: false }
  const late = (await closeDeadlines(context, 'lift.carry_out', [orderSubject(order.id)])).get(orderSubject(order.id)) === 'late'
  await updateLiftOrder(tx, order.id, { state: 'answered', restLifted, late, answeredAt: now, answeredBy: actor.id })
  return { state: 'answered', late }
}

/** Retained measures whose last day has passed: they ended by themselves (clock `retention.end`). */
export async function endRetentions({ tx }: Pick<SystemCommandContext, 'tx'>, ended: readonly DeadlineRow[]): Promise<void> {
  for (const { subject, due } of ended) await endRetained(tx, [subject.slice(subject.indexOf(':') + 1)], { outcome: 'ended', endedOn: due })
}

/** Debtors of one transaction. */
const PORTION = 200

/**
 * Tells debtors of whose entry every unit has answered what was lifted and what is kept (domain events `lift.completed`). For a clock to call: an
 * answer may end thousands of entries at once. Answers how many entries it looked at.
 */
export async function completeLifts(app: AppContext, actor: Actor): Promise<number> {
  let all = 0
  for (;;) {
    const lift = await nextChanged(app, actor, undefined)
    if (lift === null) return all
    for (let after = ''; ;) {
      const { told, last } = await completePortion(app, actor, { bulletinId: lift.bulletinId, after })
      all += told
      if (told < PORTION) break
      after = last
    }
    await noteSeen(app, actor, lift)
  }
}

const nextChanged = query('lift.complete', ({ db }, _input: undefined) => changedLift(db))

const completePortion = systemCommand(
  'lift.complete',
  async (context, { bulletinId, after }: { bulletinId: string; after: string }): Promise<{ told: number; last: string }> => {
    const { tx, app } = context
    const { open } = await countOpenOrders(tx, bulletinId)
    const ids =
      open === 0 ? await exitsAfter(tx, bulletinId, after, PORTION) : await answeredInOpenOrders(tx, bulletinId, open, after, PORTION)
    const orders = new Map((await ordersOfLift(tx, bulletinId)).map((order) => [order.id, order.unitName]))
    const kept = await retainedOf(tx, bulletinId, ids)
    const titles = new Map((await measuresInOrder(tx)).map((measure) => [measure.id, measure.title]))
    const changes = (await listingsById(tx, ids)).map((row) => {
      const own = kept.filter((answer) => answer.listingId === row.id)
      const lines = own.map((answer) => keptLine(app, orders.get(answer.orderId) ?? '', answer, titles))
      const values = { lifted: orders.size - own.length, kept: lines.join('；') || app.catalog.words('lifts', 'kept.none') }
      return { listing: toListing(app.secrets, row), values }
    })
    await notifyParties(context, 'lift.completed', changes, await listVersion(tx))
    return { told: ids.length, last: ids.at(-1) ?? after }
  },
)

function keptLine({ catalog }: AppContext, unit: string, answer: LiftAnswerRow, titles: ReadonlyMap<string, string>): string {
  const ids = (answer.measureIds ?? '').split(',').filter(Boolean)
  const measures = ids.map((id) => titles.get(id) ?? id).join('、') || catalog.words('lifts', 'kept.all')
  return catalog.words('lifts', 'kept.line', { unit, measures, basis: answer.basis ?? '', until: writtenDay(answer.until ?? '') })
}

/** Only as far as this walk saw: an answer in between starts another. */
const noteSeen = systemCommand('lift.complete', async ({ tx, now }, lift: LiftRow): Promise<void> => {
  const { open } = await countOpenOrders(tx, lift.bulletinId)
  await markSeen(tx, lift.bulletinId, lift.changes, open === 0 ? now : null)
})

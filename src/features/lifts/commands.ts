// Commands on lift orders (解除惩戒通知): issue one per unit when listings leave the list, record the answers, and tell the debtors.
// What a unit may answer is rules.ts; the court's review of retentions is review.commands.ts; the lists that people see are views.ts.

import { dayOf, writtenDay, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { LIFT_LIFE, readRetentions, type LiftState, type Retention, type RetentionBasis, type RetentionInput } from './rules.ts'
import { requireOwnUnit, type Actor } from '../../platform/commands/permissions.ts'
import { listingsById } from '../listings/search.store.ts'
import { toListing } from '../listings/store.ts'
import {
  changedLift,
  lockLift,
  countOpenOrders,
  findLiftOrder,
  markDebtorsNotified,
  ordersOfLift,
  updateLiftOrder,
  type LiftOrderRow,
  type LiftRow,
  filledClassIds,
  insertLift,
  unitsNotifiedOf,
  exitsAmong,
  refusalsAgainst,
} from './store.ts'
import {
  countLiftAnswers,
  countUnderReview,
  endRetained,
  insertLiftAnswers,
  liftAnswersOf,
  refusedEntries,
  retainedOf,
  settledEntries,
  updateLiftAnswer,
  type LiftAnswerRow,
} from './answers.store.ts'
import { openReviews } from './review.commands.ts'
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
import { answerSubject, bulletinSubject, carryOutDeadline, markReached, orderSubject } from './reach.commands.ts'
import { listVersion } from '../../platform/database/counters.ts'
import type { BulletinRow } from '../journal/store.ts'

type Context = Pick<SystemCommandContext, 'app' | 'tx' | 'now'>

/**
 * Issues one lift order to every unit with a duty, and to any other unit that was notified of these entries or recorded a refusal because
 * of them (实施意见 四(二)5). The deadline to carry it out runs from today if the unit has a liaison who receives the bulletin; otherwise from
 * the day on which a clerk records that the unit was told. The court's own deadline runs until every unit was reached: reach.commands.ts.
 * Does nothing for a bulletin in which no listing left the list.
 */
export async function issueLiftOrders(context: Context, bulletin: BulletinRow): Promise<void> {
  const { tx, now } = context
  const listings = bulletin.shielded + bulletin.revoked
  if (listings === 0) return
  const today = dayOf(now)
  const filledClasses = await filledClassIds(tx)
  const refusals = await refusalsAgainst(tx, bulletin.id)
  const unitIds = [...new Set([...(await dutyUnitIds(tx)), ...(await unitsNotifiedOf(tx, bulletin.id)), ...refusals.keys()])].filter(
    (unitId) => !filledClasses.has(unitId),
  )
  const unitsWithoutNotice = new Set((await unitsWithoutLiaison(tx, unitIds)).map((unit) => unit.id))
  const orders = unitIds.sort().map((unitId): LiftOrderRow => ({
    id: newId(),
    bulletinId: bulletin.id,
    unitId,
    state: 'open',
    toldOn: unitsWithoutNotice.has(unitId) ? null : today,
    reachedOn: null,
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
    ...orders.filter((order) => order.toldOn !== null).map((order) => carryOutDeadline(order, today)),
  ])
  if (orders.length === 0) await closeDeadlines(context, 'lift.notify', [bulletinSubject(bulletin.id)])
}

/** What a unit answers to its order. */
export interface LiftAnswerInput {
  orderId: string
  /** Ids of the listings whose measures are lifted; `rest`: all that have no answer yet and are not retained here. */
  lifted?: 'rest' | readonly string[] | undefined
  retained?: readonly LiftRetention[] | undefined
}

/** A retention whose basis is chosen from the list, given in words, or both. */
interface LiftRetention extends RetentionInput {
  basisCode?: RetentionBasis | undefined
}

/** What an answer made of an order. */
export interface LiftOutcome {
  orderId: string
  state: LiftOrderRow['state']
  lifted: number
  retained: number
  /** Answered after the unit's last day. */
  late: boolean
}

/**
 * Records a unit's answer, given by its liaison or by a clerk on its behalf, for the whole order or entry by entry. Either all of it is
 * saved or nothing.
 * @throws `lift_missing`, `unit_other`, `listing_missing` for an entry the order does not hold, `lift_act_impossible` naming the entry's
 *   state, `retention_incomplete` with every problem, `request_invalid` for an empty answer or an entry named twice.
 */
export const answerLift = command(
  'lift.answer',
  async (context, input: LiftAnswerInput): Promise<LiftOutcome> => {
    const { tx, actor, now } = context
    const orderRead = await findLiftOrder(tx, input.orderId)
    if (orderRead === null) throw new AppError('lift_missing', { id: input.orderId })
    requireOwnUnit(actor, orderRead.unitId)
    // Locks the lift until the commit, so that of two units which give the last answers at the same time one sees the other’s.
    const lift = await lockLift(tx, orderRead.bulletinId)
    const order = (await findLiftOrder(tx, input.orderId)) as LiftOrderRow
    const answer = await readAnswer(context, order, input)
    await markReached(context, order, now)
    const ownAnswers = await saveOwnAnswers(context, order, lift, { ...answer, doneOn: dayOf(now), reportId: null })
    const result = await finishOrder(context, order, lift, { restLifted: input.lifted === 'rest', at: now })
    const lifted = answer.lifted.length + (input.lifted === 'rest' && !order.restLifted ? lift.listings - ownAnswers : 0)
    await context.audit({
      subject: orderSubject(order.id),
      detail: {
        lifted: input.lifted === 'rest' ? 'rest' : answer.lifted.join(' '),
        retained: answer.retained.map(({ listingId, until }) => `${listingId} ${until}`).join(' '),
        state: result.state,
        late: result.late,
      },
    })
    return { orderId: order.id, ...result, lifted, retained: answer.retained.length }
  },
  ({ orderId, lifted, retained }) => ({ order: orderId, lifted, retained }),
)

/** A checked answer, as it is saved. */
interface SavedAnswer extends LiftAnswer {
  /** The day on which measures were lifted that had been kept. */
  doneOn: Day
  /** The clerk's act that records it together with others. */
  reportId: string | null
}

/** A checked answer. */
interface LiftAnswer {
  /** Ids of the listings that were named one by one. */
  lifted: readonly string[]
  retained: readonly Retention[]
  earlierAnswers: ReadonlyMap<string, LiftAnswerRow>
}

/** Puts the text of a chosen provision before the words that were typed. */
function withChosenBasis({ catalog }: Pick<AppContext, 'catalog'>): (input: LiftRetention) => RetentionInput {
  return ({ basisCode, ...input }) => {
    if (basisCode === undefined) return input
    const chosen = catalog.words('lifts', `basis.${basisCode}`)
    return { ...input, basis: input.basis?.trim() ? `${chosen}；${input.basis.trim()}` : chosen }
  }
}

async function readAnswer({ app, tx, now }: CommandContext, order: LiftOrderRow, input: LiftAnswerInput): Promise<LiftAnswer> {
  const inputs = input.retained ?? []
  const kept = new Set(inputs.map((each) => each.listingId))
  const lifted = input.lifted === 'rest' ? (await refusedEntries(tx, order.id)).filter((id) => !kept.has(id)) : (input.lifted ?? [])
  const ids = [...lifted, ...inputs.map((each) => each.listingId)]
  if (new Set(ids).size < ids.length || (ids.length === 0 && input.lifted !== 'rest')) throw new AppError('request_invalid')
  await requireEntriesOf(tx, order, ids)
  const earlierAnswers = new Map((await liftAnswersOf(tx, order.id, ids)).map((row) => [row.listingId, row]))
  const stateOf = (id: string): LiftState => entryState(order, earlierAnswers.get(id))
  for (const id of lifted) LIFT_LIFE.next(stateOf(id), 'lift')
  for (const { listingId } of inputs) LIFT_LIFE.next(stateOf(listingId), 'retain')
  if (input.lifted === 'rest') LIFT_LIFE.next(order.state === 'answered' ? 'lifted' : 'open', 'lift')
  const limits = { today: dayOf(now), maxMonths: app.config.retentionMaxMonths, measureIds: await measureIdsOfUnit(tx, order.unitId) }
  return { lifted, earlierAnswers, retained: readRetentions(inputs.map(withChosenBasis(app)), limits) }
}

async function requireEntriesOf(tx: CommandContext['tx'], order: LiftOrderRow, ids: readonly string[]): Promise<void> {
  const exits = await exitsAmong(tx, order.bulletinId, ids)
  const unknownId = ids.find((id) => !exits.has(id))
  if (unknownId !== undefined) throw new AppError('listing_missing', { id: unknownId })
}

/** The state of an entry at the unit of an order; `answer`: the entry's own. One whose retention the court refused is open again. */
export function entryState(order: Pick<LiftOrderRow, 'restLifted'>, answer: LiftAnswerRow | undefined): LiftState {
  if (answer === undefined) return order.restLifted ? 'lifted' : 'open'
  return answer.outcome === 'refused' ? 'open' : answer.outcome
}

/** Saves the answers that name single entries. Returns how many entries of the order have such an answer now. */
export async function saveOwnAnswers(
  context: CommandContext,
  order: LiftOrderRow,
  lift: LiftRow,
  { lifted, retained, earlierAnswers, doneOn, reportId }: SavedAnswer,
): Promise<number> {
  const { tx, now, actor } = context
  const given = { orderId: order.id, answeredAt: now, answeredBy: actor.id, basis: null, until: null, measureIds: null, endedOn: null }
  const blank = { ...given, review: null, proposedBy: null, refusalReason: null, reviewedBy: null, reviewedAt: null, reportId }
  const liftedRows = lifted
    .filter((id) => !earlierAnswers.has(id))
    .map((listingId): LiftAnswerRow => ({ ...blank, id: newId(), listingId, outcome: 'lifted' }))
  const keptRows = retained.map(({ listingId, basis, until, measureIds }): LiftAnswerRow => ({
    ...blank,
    ...{ id: earlierAnswers.get(listingId)?.id ?? newId(), listingId, outcome: 'retained', review: 'pending' },
    ...{ basis, until, measureIds: measureIds.join(',') },
  }))
  await insertLiftAnswers(tx, [...liftedRows, ...keptRows.filter((row) => !earlierAnswers.has(row.listingId))])
  // An answer that the court refused is answered anew in its row.
  for (const row of keptRows) if (earlierAnswers.has(row.listingId)) await updateLiftAnswer(tx, row.id, row)
  await openReviews(context, order, lift, keptRows)
  const liftedEarly = lifted.flatMap((id) => earlierAnswers.get(id)?.id ?? [])
  await endRetained(tx, liftedEarly, { outcome: 'lifted', endedOn: doneOn })
  if (reportId !== null) for (const id of liftedEarly) await updateLiftAnswer(tx, id, { reportId })
  for (const code of ['retention.end', 'retention.review'] as const) await cancelDeadlines(context, code, liftedEarly.map(answerSubject))
  return countLiftAnswers(tx, order.id)
}

/** Marks an order as answered, and closes its deadline as of `at`, once none of its entries is open. */
export async function finishOrder(
  context: CommandContext,
  order: LiftOrderRow,
  lift: LiftRow,
  { restLifted, at }: { restLifted: boolean; at: Date },
): Promise<{ state: LiftOrderRow['state']; late: boolean }> {
  const { tx, now, actor } = context
  if (order.state === 'answered') return order
  const rest = restLifted || order.restLifted
  const open = rest ? (await refusedEntries(tx, order.id)).length : lift.listings - (await countLiftAnswers(tx, order.id))
  if (open > 0) return { state: 'open', late: false }
  const lateNow = (await closeDeadlines({ tx, now: at }, 'lift.carry_out', [orderSubject(order.id)])).get(orderSubject(order.id)) === 'late'
  const late = lateNow || order.late
  // An order that a refused retention had reopened keeps the time of its first whole answer, by which figures count it.
  const first = order.answeredAt === null ? { answeredAt: now, answeredBy: actor.id } : {}
  await updateLiftOrder(tx, order.id, { state: 'answered', restLifted: rest, late, ...first })
  return { state: 'answered', late }
}

/** Most debtors that one transaction notifies. */
const PORTION = 200

/**
 * Notifies debtors (event `lift.completed`) once every unit has answered for their entry and the court decided about what is retained: how many units lifted the measures, and which
 * keep them until when. A scheduled task calls this, because one answer can complete thousands of entries at once. Returns the number of
 * entries it processed.
 */
export async function completeLifts(app: AppContext, actor: Actor): Promise<number> {
  let total = 0
  for (;;) {
    const lift = await nextChanged(app, actor, undefined)
    if (lift === null) return total
    for (let after = ''; ;) {
      const { told, last } = await completePortion(app, actor, { bulletinId: lift.bulletinId, after })
      total += told
      if (told < PORTION) break
      after = last
    }
    await markNotified(app, actor, lift)
  }
}

const nextChanged = query('lift.complete', ({ db }, _input: undefined) => changedLift(db))

const completePortion = systemCommand(
  'lift.complete',
  async (context, { bulletinId, after }: { bulletinId: string; after: string }): Promise<{ told: number; last: string }> => {
    const { tx, app } = context
    const ids = await settledEntries(tx, bulletinId, after, PORTION)
    const orders = new Map((await ordersOfLift(tx, bulletinId)).map((order) => [order.id, order.unitName]))
    const retainedAnswers = await retainedOf(tx, bulletinId, ids)
    const titles = new Map((await measuresInOrder(tx)).map((measure) => [measure.id, measure.title]))
    const changes = (await listingsById(tx, ids)).map((row) => {
      const keptHere = retainedAnswers.filter((answer) => answer.listingId === row.id)
      const lines = keptHere.map((answer) => keptLine(app, orders.get(answer.orderId) ?? '', answer, titles))
      const values = { lifted: orders.size - keptHere.length, kept: lines.join('；') || app.catalog.words('lifts', 'kept.none') }
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

/** Marks only the changes that this run read: an answer given meanwhile causes another run. */
const markNotified = systemCommand('lift.complete', async ({ tx, now }, lift: LiftRow): Promise<void> => {
  const open = (await countOpenOrders(tx, lift.bulletinId)) + (await countUnderReview(tx, lift.bulletinId))
  await markDebtorsNotified(tx, lift.bulletinId, lift.changes, open === 0 ? now : null)
})

// Records in one act what units without access of their own told the court: they lifted their measures against these entries, on which day.
// One order is answered by itself in commands.ts; whether a unit was told of its order is reach.commands.ts.

import { dayOf, instantAt, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { requireText } from '../../core/written-text.ts'
import { command, type CommandContext } from '../../platform/commands/command.ts'
import { openRow, sealRow } from '../../platform/database/sealing.ts'
import { liftAnswersOf, type LiftAnswerRow } from './answers.store.ts'
import { entryState, finishOrder, saveOwnAnswers } from './commands.ts'
import { bulletinSubject, markReached, orderSubject } from './reach.commands.ts'
import { findReport, insertReport, liftReportTable } from './reports.store.ts'
import { cellResult, type CellResult } from './rules.ts'
import { exitsAmong, findLift, findLiftOrder, lockLift, type LiftOrderRow, type LiftRow } from './store.ts'

/** Orders of one call, at most; a client sends more in portions under the same id. */
export const REPORT_ORDERS = 50
/** Entries of one order in a call, at most. */
export const REPORT_ENTRIES = 200
const TOLD_LIMIT = 200
const REMARK_LIMIT = 500

export interface ReportInput {
  /** Chosen by the client: the same id again, for a repeated call or for the next portion, is the same report. */
  id: string
  bulletinId: string
  /** The day on which the units lifted their measures. */
  doneOn: Day
  /** Who told the court, and how. */
  toldBy: string
  remark?: string | undefined
  orders: readonly { orderId: string; listingIds: readonly string[] }[]
}

/** What became of the chosen entries of one order. */
export interface ReportedOrder {
  orderId: string
  state: LiftOrderRow['state']
  late: boolean
  cells: { listingId: string; result: CellResult }[]
}

/**
 * Records that units lifted their measures against the chosen entries. What a unit answered meanwhile stays as it is and is named in the
 * result. A repeated call changes nothing and answers the same.
 * @throws `lift_missing` for a bulletin without orders or an order of another, `listing_missing`, `request_invalid` for a day in the future
 *   or before the orders or an entry named twice, `reason_needed` without a source, `batch_of_another` for the id of another report.
 */
export const recordReports = command(
  'lift.record_reports',
  async (context, input: ReportInput): Promise<{ orders: ReportedOrder[] }> => {
    const { now, audit } = context
    const lift = await lockKnownLift(context, input.bulletinId)
    const report = checkReport(input, lift, dayOf(now))
    await saveReport(context, input, report)
    const orders: ReportedOrder[] = []
    for (const chosen of input.orders) orders.push(await reportOrder(context, lift, { ...input, ...chosen }))
    const results = orders.flatMap(({ cells }) => cells.map(({ result }) => result))
    const count = (result: CellResult): number => results.filter((each) => each === result).length
    const counts = { recorded: count('recorded'), already: count('already'), kept: count('kept') }
    await audit({ subject: bulletinSubject(lift.bulletinId), detail: { report: input.id, done: input.doneOn, ...counts } })
    return { orders }
  },
  ({ orders }) => ({ orders: orders.length }),
)

async function lockKnownLift({ tx }: CommandContext, bulletinId: string): Promise<LiftRow> {
  if ((await findLift(tx, bulletinId)) === null) throw new AppError('lift_missing', { id: bulletinId })
  return lockLift(tx, bulletinId)
}

function checkReport(
  { doneOn, toldBy, remark, orders }: ReportInput,
  { issuedOn }: LiftRow,
  today: Day,
): { toldBy: string; remark: string | null } {
  if (doneOn > today) throw new AppError('request_invalid', {}, [{ code: 'date_future', field: 'doneOn', values: { today } }])
  if (doneOn < issuedOn) throw new AppError('request_invalid', {}, [{ code: 'date_too_early', field: 'doneOn' }])
  const named = [orders.map(({ orderId }) => orderId), ...orders.map(({ listingIds }) => listingIds)]
  if (named.some((ids) => new Set(ids).size < ids.length)) throw new AppError('request_invalid')
  const words = remark?.trim() ?? ''
  return { toldBy: requireText(toldBy, TOLD_LIMIT), remark: words === '' ? null : requireText(words, REMARK_LIMIT) }
}

/** Stores the report with its first portion. @throws `batch_of_another` when the id stands for another one. */
async function saveReport(
  { app, tx, actor, now }: CommandContext,
  input: ReportInput,
  stated: { toldBy: string; remark: string | null },
): Promise<void> {
  const { id, bulletinId, doneOn } = input
  const known = await findReport(tx, id)
  if (known === null) {
    const row = { id, bulletinId, doneOn, ...stated, recordedBy: actor.id, recordedAt: now }
    return insertReport(tx, sealRow(liftReportTable, app.secrets, row))
  }
  const { toldBy, remark } = openRow(liftReportTable, app.secrets, { id, toldBy: known.toldBy, remark: known.remark })
  const isSame = known.recordedBy === actor.id && known.bulletinId === bulletinId && known.doneOn === doneOn
  if (!isSame || toldBy !== stated.toldBy || remark !== stated.remark) throw new AppError('batch_of_another')
}

async function reportOrder(
  context: CommandContext,
  lift: LiftRow,
  { id: reportId, doneOn, orderId, listingIds }: ReportInput & ReportInput['orders'][number],
): Promise<ReportedOrder> {
  const { tx, now, audit } = context
  const order = await findLiftOrder(tx, orderId)
  if (order?.bulletinId !== lift.bulletinId) throw new AppError('lift_missing', { id: orderId })
  const exits = await exitsAmong(tx, lift.bulletinId, listingIds)
  const unknownId = listingIds.find((id) => !exits.has(id))
  if (unknownId !== undefined) throw new AppError('listing_missing', { id: unknownId })
  const earlierAnswers = new Map((await liftAnswersOf(tx, orderId, listingIds)).map((row) => [row.listingId, row]))
  const lifted = listingIds.filter((id) => entryState(order, earlierAnswers.get(id)) === 'open')
  const cells = listingIds.map((listingId) => {
    const answer: LiftAnswerRow | undefined = earlierAnswers.get(listingId)
    return { listingId, result: cellResult(entryState(order, answer), answer?.reportId === reportId) }
  })
  if (lifted.length === 0) return { orderId, state: order.state, late: order.late, cells }
  const at = doneOn === dayOf(now) ? now : instantAt(doneOn, 12)
  await markReached(context, order, at)
  await saveOwnAnswers(context, order, lift, { lifted, retained: [], earlierAnswers, doneOn, reportId })
  const result = await finishOrder(context, order, lift, { restLifted: false, at })
  await audit({ subject: orderSubject(orderId), detail: { lifted: lifted.join(' '), done: doneOn, report: reportId, ...result } })
  return { orderId, ...result, cells }
}

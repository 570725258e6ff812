// Scenes of the demo about procedures: an objection to a measure, answers to a lift order, and a quarter of feedback.
// The list itself is list.ts; the conversations with the bot are talk.ts.

import { changeCalendar } from '../features/deadlines/commands.ts'
import { listDeadlines } from '../features/deadlines/views.ts'
import { runDailyTasks } from '../daily.ts'
import { listReturns, listRounds } from '../features/feedback/views.ts'
import { closeFeedback } from '../features/feedback/rounds.commands.ts'
import { submitReturn } from '../features/feedback/commands.ts'
import { listLiftOrders, listRetentions, showLiftOrder } from '../features/lifts/views.ts'
import { answerLift } from '../features/lifts/commands.ts'
import { acceptRetention } from '../features/lifts/review.commands.ts'
import { recordTold } from '../features/lifts/reach.commands.ts'
import { registerObjection, rejectObjection, reviewObjection } from '../features/objections/commands.ts'
import { addDays, dayOf, instantAt, writtenDay } from '../core/calendar.ts'
import { quarterOf } from '../features/deadlines/rules.ts'
import { SYSTEM, type Actor } from '../platform/commands/permissions.ts'
import type { Liaison } from './people.ts'
import { firstPublic, OPERATOR, told, type Items, type Stage } from './stage.ts'
import type { BulletinOutcome } from '../features/bulletins/commands.ts'

const PAGE = { limit: 200, offset: 0 }

/** A debtor objects to a measure. It rests until the objection ends; its unit and the debtor are notified at both ends. */
export async function object(stage: Stage, clerk: Actor, approver: Actor, items: Items, unit: Liaison): Promise<void> {
  const { app, terminal } = stage
  const { say, words } = terminal
  const listingId = await firstPublic(stage, items)
  const claim = { about: 'measure', unitId: unit.unitId, way: 'counter', claim: words('demo.claim') } as const
  const { id, number } = await registerObjection(app, clerk, { listingId, receivedOn: dayOf(app.clock.now()), ...claim })
  say('demo.objects', { number })
  await reviewObjection(app, clerk, { id })
  await stage.deliver()
  say('demo.suspended')
  await told(stage, clerk, { listingId }, 2)
  const { items: deadlines } = await listDeadlines(app, clerk, { filter: { subject: `objection:${id}` }, page: PAGE })
  for (const { name, due, citation } of deadlines) say('demo.clock', { name, due: writtenDay(due), citation })
  stage.clock.advance(3_600_000)
  await rejectObjection(app, approver, { id, reason: words('demo.rejected') })
  await stage.deliver()
  say('demo.resumed')
  await told(stage, clerk, { listingId }, 2)
}

/** Units answer the lift order; one retains a measure with basis and end day, which the court accepts. A clerk informs the units that no message reached. */
export async function acknowledge(stage: Stage, clerk: Actor, { listings }: BulletinOutcome, liaisons: readonly Liaison[]): Promise<void> {
  const { app, terminal } = stage
  const { say, words } = terminal
  const { items: orders } = await listLiftOrders(app, clerk, { filter: { state: 'open' }, page: PAGE })
  say('demo.orders', { count: orders.length })
  const listingId = listings[0]?.id ?? ''
  const until = addDays(dayOf(app.clock.now()), 60)
  const retaining = liaisons[1]
  for (const order of orders) {
    const liaison = liaisons.find((each) => each.unitId === order.unitId)
    if (order.toldOn === null)
      await recordTold(app, clerk, { orderId: order.id, toldOn: dayOf(app.clock.now()), manner: words('demo.by_phone') })
    if (liaison !== undefined && liaison === retaining) {
      const retained = [{ listingId, basis: words('demo.basis'), until }]
      await answerLift(app, liaison.actor, { orderId: order.id, retained })
      const { unitName, entries } = await showLiftOrder(app, clerk, { id: order.id, page: PAGE })
      for (const entry of entries)
        say('demo.retained', { unit: unitName, basis: entry.basis ?? '', until: writtenDay(entry.until ?? until) })
    } else await answerLift(app, liaison?.actor ?? clerk, { orderId: order.id, lifted: 'rest' })
  }
  await acceptRetentions(stage, clerk)
  say('demo.lifted', { count: orders.length - 1 })
  await runDailyTasks(app, SYSTEM)
  await stage.deliver()
  await told(stage, clerk, { listingId }, 1)
}

async function acceptRetentions({ app, terminal }: Stage, clerk: Actor): Promise<void> {
  for (const { id, unitName } of (await listRetentions(app, clerk, { filter: {}, page: PAGE })).items) {
    await acceptRetention(app, clerk, { id })
    terminal.say('demo.accepted', { unit: unitName })
  }
}

/** Moves to 9:00 on the first day of the next quarter, when the feedback round opens by itself. Answers the round. */
export async function openQuarter(stage: Stage, clerk: Actor): Promise<string> {
  const { app, clock, terminal } = stage
  const begins = addDays(quarterOf(dayOf(app.clock.now())).last, 1)
  clock.set(instantAt(begins, 9))
  await runDailyTasks(app, SYSTEM)
  await loadYear(stage)
  await stage.deliver()
  const [round] = (await listRounds(app, clerk, { filter: {}, page: PAGE })).items
  if (round === undefined) throw new Error('no round has opened')
  terminal.say('demo.round', { day: writtenDay(begins), due: writtenDay(round.dueOn) })
  return round.id
}

/** Loads an invented calendar when the returns fall in a year without one, because such due days would stay provisional. */
async function loadYear({ app, terminal }: Stage): Promise<void> {
  const { items } = await listDeadlines(app, OPERATOR, { filter: { code: 'feedback.return' }, page: { limit: 1, offset: 0 } })
  const year = items[0]?.missingYear ?? null
  if (year === null) return
  const off = (first: string, count: number): string[] => Array.from({ length: count }, (_, n) => addDays(`${year}-${first}`, n))
  await changeCalendar(app, OPERATOR, { years: [year], rest: [...off('02-06', 12), ...off('10-01', 8)] })
  await runDailyTasks(app, SYSTEM)
  terminal.say('demo.year', { year })
}

/** Every unit but one hands in its return. Its liaison and the group office are notified, and the round closes with a report. */
export async function closeQuarter(stage: Stage, clerk: Actor, office: Actor, roundId: string, absent: Liaison): Promise<void> {
  const { app, clock, terminal } = stage
  const open = (await listReturns(app, clerk, { filter: { roundId, state: 'open' }, page: PAGE })).items
  for (const { unitId } of open)
    if (unitId !== absent.unitId) await submitReturn(app, clerk, { roundId, unitId, checked: 0, restricted: 0, approved: 0 })
  const [round] = (await listRounds(app, clerk, { filter: {}, page: PAGE })).items
  clock.set(instantAt(addDays(round?.dueOn ?? '', 1), 9))
  await runDailyTasks(app, SYSTEM)
  await stage.deliver()
  terminal.say('demo.overdue')
  await told(stage, clerk, {}, 2)
  const { totals, notReturned } = await closeFeedback(app, office, { id: roundId })
  terminal.say('demo.report', { ...totals })
  for (const { unitName } of notReturned) terminal.say('demo.not_returned', { unit: unitName })
}

// Rounds of feedback (实施意见 三(一)、五1): opened after the end of a quarter, announced to units, reminded of, and closed with a stored report.
// Handing a return in is commands.ts; the scheduled part is tasks.ts; queries are views.ts.

import { addDays, dayOf, instantAt, writtenDay, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { dueDay, type Quarter } from '../deadlines/rules.ts'
import { requireClosable, requireEndedQuarter, NOTHING_KNOWN, type CountedFigures } from './rules.ts'
import { publicFiguresOf, type FeedbackReport } from './report.rules.ts'
import { SYSTEM, type Actor } from '../../platform/commands/permissions.ts'
import {
  countReturns,
  findRound,
  lockRound,
  insertRound,
  returnsAfter,
  roundOfQuarter,
  updateRound,
  type ReturnRow,
  type RoundRow,
} from './store.ts'
import { insertReport, complaintFigures, liftFigures, unitsToAsk } from './records.store.ts'
import { screeningFigures } from '../screening/store.ts'
import { unitsById } from '../units/store.ts'
import { openDeadlines, workCalendar } from '../deadlines/commands.ts'
import { command, systemCommand, type CommandContext, type SystemCommandContext, type AppContext } from '../../platform/commands/command.ts'
import { BY_HAND, groupedUnits, recipientsOfUnits, valuesOfGrouped } from '../units/recipients.ts'
import { enqueueNotice, enqueueNotices } from '../../messaging/outbox.ts'
import { listVersion } from '../../platform/database/counters.ts'
import { staffRecipients } from '../staff/recipients.ts'
import { drawReport } from './views.ts'

/** Units notified in one transaction. */
const PORTION = 200

/** A round that was opened. */
export interface RoundOutcome {
  id: string
  quarter: string
  dueOn: Day
  units: number
}

const facts = ({ id, quarter, units }: RoundOutcome): Record<string, string | number> => ({ round: id, quarter, units })

/** The subject of a return in audit rows and deadlines. */
export function returnSubject(returnId: string): string {
  return `feedback_return:${returnId}`
}

/** The name of a quarter (`2026Q3`) in messages: `2026年第三季度`. */
export function quarterName(app: AppContext, quarter: string): string {
  return app.catalog.words('feedbacks', `quarter.${quarter.slice(-1)}`, { year: quarter.slice(0, 4) })
}

/** Opens the round of a quarter that has closedRound, and notifies the units. @throws as `openRound`. */
export async function openFeedback(app: AppContext, actor: Actor, input: { quarter: string }): Promise<RoundOutcome> {
  const opened = await openRound(app, actor, input)
  await notifyRoundUnits(app, opened.id)
  return opened
}

/**
 * Creates a return for every unit that applies measures, prefilled with the figures that the application counted in the quarter, and opens
 * the deadline of each.
 * @throws `request_invalid`, `feedback_running` before the quarter's end, `feedback_exists` when the quarter has a round, `feedback_nobody`
 * when no unit applies measures.
 */
export const openRound = command(
  'feedback.open',
  async (context, input: { quarter: string }): Promise<RoundOutcome> => {
    const { tx, now, actor, audit } = context
    const quarter = requireEndedQuarter(input.quarter, dayOf(now))
    if ((await roundOfQuarter(tx, quarter.name)) !== null) throw new AppError('feedback_exists', { quarter: quarter.name })
    const units = await unitsToAsk(tx)
    if (units.length === 0) throw new AppError('feedback_nobody')
    const { start, dueOn } = await period(context, quarter)
    const round: RoundRow = {
      id: newId(),
      quarter: quarter.name,
      firstDay: quarter.first,
      lastDay: quarter.last,
      dueOn,
      state: 'open',
      units: units.length,
      openedAt: now,
      openedBy: actor.id,
      tellingAfter: '',
      closedAt: null,
      closedBy: null,
      figures: null,
    }
    const known = await countFigures(context, quarter)
    const returns = units.map((unit) => blankReturn(round, unit.id, known.get(unit.id) ?? NOTHING_KNOWN))
    await insertRound(tx, round, returns)
    await openDeadlines(
      context,
      returns.map((each) => ({ code: 'feedback.return', subject: returnSubject(each.id), start, unitId: each.unitId })),
    )
    await audit({ subject: `feedback:${round.id}`, detail: { opened: quarter.name, units: units.length, dueOn } })
    return { id: round.id, quarter: quarter.name, dueOn, units: units.length }
  },
  facts,
)

/**
 * Counts from the quarter's end. A round that opens after the last day counts from its opening, so that no unit is late before it was
 * asked.
 */
async function period({ tx, now, app }: CommandContext, quarter: Quarter): Promise<{ start: Day; dueOn: Day }> {
  const { calendar } = await workCalendar(tx)
  const today = dayOf(now)
  const lastDay = (start: Day): Day => dueDay('feedback.return', start, app.config.profile, calendar, app.config.clockDays)?.due ?? start
  const start = lastDay(quarter.last) < today ? today : quarter.last
  return { start, dueOn: lastDay(start) }
}

function blankReturn(round: RoundRow, unitId: string, known: CountedFigures): ReturnRow {
  const { checked, restricted, approved, lines } = known
  return {
    id: newId(),
    roundId: round.id,
    unitId,
    state: 'open',
    version: 1,
    known: JSON.stringify(known),
    checked,
    restricted,
    approved,
    lines: JSON.stringify(lines),
    note: null,
    late: false,
    afterClose: false,
    submittedAt: null,
    submittedBy: null,
    updatedAt: round.openedAt,
  }
}

/** The figures that the application counted for every unit in a quarter. */
async function countFigures({ tx }: CommandContext, quarter: Quarter): Promise<Map<string, CountedFigures>> {
  const span = { from: instantAt(quarter.first), until: instantAt(addDays(quarter.last, 1)) }
  const all = new Map<string, CountedFigures>()
  const update = (unitId: string, changes: (before: CountedFigures) => Partial<CountedFigures>): void => {
    const before = all.get(unitId) ?? NOTHING_KNOWN
    all.set(unitId, { ...before, ...changes(before) })
  }
  for (const { unitId, measureId, checked, hits, refused: restricted, approved } of await screeningFigures(tx, span))
    update(unitId, (before) => ({
      checked: before.checked + checked,
      restricted: before.restricted + restricted,
      approved: before.approved + approved,
      hits: before.hits + hits,
      lines: measureId === null ? before.lines : [...before.lines, { measureId, checked, restricted, approved }],
    }))
  for (const { unitId, lifted, retained } of await liftFigures(tx, span)) update(unitId, () => ({ lifted, retained }))
  for (const [unitId, complaints] of await complaintFigures(tx, span)) update(unitId, () => ({ complaints }))
  return all
}

/**
 * Notifies the units of a round that were not yet notified of its opening, and continues where a process that died stopped. Returns how
 * many units were handled.
 */
export async function notifyRoundUnits(app: AppContext, roundId: string): Promise<number> {
  let notified = 0
  for (;;) {
    const portion = await notifyPortion(app, SYSTEM, roundId)
    notified += portion
    if (portion < PORTION) return notified
  }
}

const notifyPortion = systemCommand('feedback.tell', async (context, roundId: string): Promise<number> => {
  const { tx } = context
  const round = await lockRound(tx, roundId)
  if (round?.state !== 'open' || round.tellingAfter === null) return 0
  const returns = await returnsAfter(tx, roundId, round.tellingAfter, PORTION)
  await notifyUnits(context, 'feedback.opened', round, returns)
  await updateRound(tx, roundId, { tellingAfter: returns.length < PORTION ? null : (returns.at(-1)?.unitId ?? null) })
  return returns.length
})

/**
 * Enqueues one notice for each unit, with the figures its return starts with; one task for all units without a liaison where they are many.
 * Returns how many new notices there are.
 */
async function notifyUnits(
  context: SystemCommandContext,
  event: 'feedback.opened' | 'feedback.reminder',
  round: RoundRow,
  returns: readonly ReturnRow[],
): Promise<number> {
  const { app, tx, now } = context
  const unitIds = returns.map((each) => each.unitId)
  const recipients = await recipientsOfUnits(context, unitIds)
  const grouped = groupedUnits(recipients)
  const units = await unitsById(tx, unitIds)
  const names = new Map(units.map((unit) => [unit.id, unit.name]))
  const version = await listVersion(tx)
  // The key holds the day, so that reminding twice on one day enqueues no second notice.
  const day = event === 'feedback.opened' ? '' : `:${dayOf(now)}`
  const shared = { quarter: quarterName(app, round.quarter), dueOn: writtenDay(round.dueOn) }
  const items = returns
    .filter(({ unitId }) => !grouped.has(unitId))
    .map(({ unitId, checked, restricted, approved }) => ({
      notice: {
        event,
        key: `${event}:${round.id}${day}`,
        values: { ...shared, unit: names.get(unitId) ?? unitId, checked, restricted, approved },
        listVersion: version,
      },
      recipients: recipients.get(unitId) ?? [],
    }))
  const told = await enqueueNotices(context, 'unit', items)
  const unreached = units.filter(({ id }) => grouped.has(id))
  const [first] = unreached
  if (first === undefined) return told
  const notice = {
    event: 'feedback.unreached' as const,
    key: `feedback.unreached:${round.id}:${first.id}${day}`,
    values: { ...shared, ...valuesOfGrouped(unreached) },
    listVersion: version,
  }
  return told + (await enqueueNotice(context, 'court', notice, BY_HAND))
}

/**
 * Reminds the units that have not handed in, or only those named, in addition to the reminders of deadlines. `awaited` counts the units
 * without a return, `told` the notices that were not enqueued earlier on the same day.
 * @throws `feedback_missing`, `feedback_closed`.
 */
export const remindFeedback = command(
  'feedback.remind',
  async (
    context,
    input: { id: string; unitIds?: readonly string[] | undefined },
  ): Promise<{ id: string; awaited: number; told: number }> => {
    const { tx, audit } = context
    const round = await requireOpenRound(context, input.id)
    let told = 0
    let awaited = 0
    for (let after: string | null = ''; after !== null;) {
      const returns: ReturnRow[] = await returnsAfter(tx, round.id, after, PORTION)
      const open = returns.filter((each) => each.state === 'open' && (input.unitIds === undefined || input.unitIds.includes(each.unitId)))
      awaited += open.length
      told += await notifyUnits(context, 'feedback.reminder', round, open)
      after = returns.length < PORTION ? null : (returns.at(-1)?.unitId ?? null)
    }
    await audit({ subject: `feedback:${round.id}`, detail: { reminded: awaited, told } })
    return { id: round.id, awaited, told }
  },
  ({ id, awaited, told }) => ({ round: id, awaited, told }),
)

/** An open round. @throws `feedback_missing`, `feedback_closed`. */
async function requireOpenRound({ tx }: CommandContext, roundId: string): Promise<RoundRow> {
  const round = await findRound(tx, roundId)
  if (round === null) throw new AppError('feedback_missing')
  if (round.state === 'closed') throw roundClosed(round)
  return round
}

function roundClosed({ quarter, closedAt }: RoundRow): AppError {
  return new AppError('feedback_closed', { quarter, closedOn: closedAt === null ? '' : dayOf(closedAt) })
}

/**
 * Closes a round and stores its report, which later returns do not change. The group office is notified.
 * @throws `feedback_missing`, `feedback_closed`, `feedback_early` while a return may still come in time.
 */
export const closeFeedback = command(
  'feedback.close',
  async (context, input: { id: string }): Promise<FeedbackReport & { id: string }> => {
    const { tx, now, app, actor, audit } = context
    const round = await lockRound(tx, input.id)
    if (round === null) throw new AppError('feedback_missing')
    const awaited = (await countReturns(tx, [round.id])).get(round.id)?.awaited ?? 0
    requireClosable({ ...round, closedOn: round.closedAt === null ? null : dayOf(round.closedAt) }, awaited, dayOf(now))
    const closedRound: RoundRow = { ...round, state: 'closed', closedAt: now, closedBy: actor.id, tellingAfter: null }
    const report = await drawReport(app, tx, closedRound, now)
    await insertReport(tx, app.secrets, round.id, newId, report)
    const { state, closedAt, closedBy, tellingAfter } = closedRound
    const figures = JSON.stringify(publicFiguresOf(report))
    if (!(await updateRound(tx, round.id, { state, closedAt, closedBy, tellingAfter, figures }))) throw roundClosed(closedRound)
    const { units, returned, late, notReturned } = report.totals
    await audit({ subject: `feedback:${round.id}`, detail: { closed: round.quarter, units, returned, late, notReturned } })
    await notifyGroupOffice(context, closedRound, report)
    return { id: round.id, ...report }
  },
  ({ id, totals: { returned, notReturned } }) => ({ round: id, returned, notReturned }),
)

async function notifyGroupOffice(context: CommandContext, round: RoundRow, { totals }: FeedbackReport): Promise<void> {
  const { units, returned, late, notReturned, checked, restricted, approved } = totals
  const closedOn = writtenDay(dayOf(context.now))
  const values = {
    quarter: quarterName(context.app, round.quarter),
    closedOn,
    units,
    returned,
    late,
    notReturned,
    checked,
    restricted,
    approved,
  }
  const notice = {
    event: 'feedback.closed' as const,
    key: `feedback.closed:${round.id}`,
    values,
    listVersion: await listVersion(context.tx),
  }
  await enqueueNotice(context, 'court', notice, await staffRecipients(context, 'group_office'))
}

// Commands on circulars of the leading group: issue, discard, withdraw (实施意见 四(四)1、2). Whoever drafted one does not issue it.
// Drafts are made by decideProposal in commands.ts; which circulars count together is consequences.rules.ts.

import { outcomeOf } from '../../platform/commands/outcome.ts'
import { dayOf, writtenDay } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { CIRCULAR_CONSEQUENCES, circularsCounted, restOnOthers, restsOn, spanStart } from './consequences.rules.ts'
import type { CountedCircular } from './consequences.rules.ts'
import {
  discardCircular as applyDiscard,
  issueCircular as applyIssue,
  reopen,
  withdrawCircular as applyWithdrawal,
  type Circular,
} from './rules.ts'
import {
  findCircular,
  standingCirculars,
  standingConsequences,
  toCircular,
  toCircularRow,
  toConsequence,
  updateCircular,
  type CircularRow,
} from './steps.store.ts'
import { findProposal, openProposalOf, sourceCounts, toProposal, toProposalRow, updateProposal } from './store.ts'
import { command, type CommandContext } from '../../platform/commands/command.ts'
import { withFieldNames } from '../../platform/commands/field-names.ts'
import { takeNumbers } from '../../platform/database/counters.ts'
import { cancelDeadlines, openDeadlines } from '../deadlines/commands.ts'
import { auditDetail, outcomeFacts, proposeAndNotify, saveConsequence, undoAndNotify } from './commands.ts'
import type { Outcome, VersionedId } from './commands.ts'
import { enqueuePlanned, planForUnit, type PlanContext, type PlannedNotice } from './notices.ts'

/**
 * Issues a drafted circular, numbered per year, and notifies the unit. With two that count together, award and points are proposed as
 * consequences (实施意见 四(四)1、2).
 * @throws `circular_missing`, `circular_version_stale`, `circular_act_impossible`, `own_draft` for whoever drafted it,
 * `request_invalid` when the day to put things right has passed.
 */
export const issueCircular = command(
  'accountability.issue',
  async (context, input: VersionedId): Promise<Outcome> => {
    const { tx, app, now, actor } = context
    await oneAtATime(context)
    const { row, circular: before } = await load(context, input)
    const today = dayOf(now)
    const year = Number(today.slice(0, 4))
    const number = app.catalog.words('circulars', 'number', { year, number: await takeNumbers(tx, `circular:${year}`, 1) })
    const circular = withFieldNames(app, 'proposals', () => applyIssue(before, { by: actor.id, today, number }))
    await save(context, row, circular)
    const standing = await standingCirculars(tx, circular.unitId)
    await notifyIssued(context, circular, standing)
    await openRectification(context, circular)
    await proposeConsequences(context, circular, standing)
    return outcomeOf(circular)
  },
  outcomeFacts,
)

/** The day by which the unit puts things right runs among its periods. */
async function openRectification(context: CommandContext, { id, unitId, record }: Circular): Promise<void> {
  if (record.rectifyBy === undefined) return
  await openDeadlines(context, [{ code: 'circular.rectify', subject: `circular:${id}`, start: record.rectifyBy, unitId }])
}

/** Lets issues and withdrawals wait for each other, by the lock of a counter: each must count what the other has changed. */
async function oneAtATime({ tx }: CommandContext): Promise<void> {
  await takeNumbers(tx, 'circular:turn', 1)
}

async function notifyIssued(context: CommandContext, circular: Circular, standing: readonly CircularRow[]): Promise<void> {
  await enqueuePlanned(context, [await planIssued(context, circular, standing)])
}

/** What the unit is told of an issued circular. @param standing what counts against the unit, this circular included. */
export async function planIssued(
  context: PlanContext & Pick<CommandContext, 'now'>,
  circular: Circular,
  standing: readonly Pick<CircularRow, 'issuedOn'>[],
): Promise<PlannedNotice> {
  const { tx, app, now } = context
  const { number, record, proposalId, unitId, year } = circular
  const { words } = app.catalog
  const today = dayOf(now)
  const from = spanStart(today, app.config.circularCount)
  const facts = (await sourceCounts(tx, proposalId)).map(({ kind, count }) =>
    words('circulars', 'fact', { kind: words('proposals', `source.${kind}`), count }),
  )
  const values = {
    number,
    issuedOn: writtenDay(today),
    span: words('circulars', `span.${app.config.circularCount}`, { year }),
    count: standing.filter(({ issuedOn }) => issuedOn !== null && issuedOn >= from).length,
    facts: facts.join(words('circulars', 'separator')),
    rectifyBy: record.rectifyBy === undefined ? '' : writtenDay(record.rectifyBy),
    officePhone: app.config.groupOfficePhone,
  }
  return planForUnit(context, unitId, { event: 'circular.issued', item: circular, values })
}

async function proposeConsequences(
  context: CommandContext,
  { id, unitId, year }: Circular,
  standing: readonly CircularRow[],
): Promise<void> {
  const counted = circularsCounted(standing, year, context.app.config.circularCount)
  if (counted.length === 0) return
  const existing = await standingConsequences(context.tx, unitId, CIRCULAR_CONSEQUENCES)
  const known = new Set(existing.filter((each) => each.year === year).map((each) => each.kind))
  for (const kind of CIRCULAR_CONSEQUENCES.filter((each) => !known.has(each)))
    await proposeAndNotify(context, { unitId, year, kind, cause: `circular:${id}`, circulars: counted.map(toCounted) })
}

function toCounted({ id, number }: CircularRow): CountedCircular {
  return { id, number }
}

/**
 * Discards a drafted circular; the proposal is open again, for another decision.
 * @throws `circular_missing`, `circular_version_stale`, `circular_act_impossible`, `reason_needed`, `proposal_open_standing` while the unit
 * has another open proposal.
 */
export const discardCircular = command(
  'accountability.discard',
  async (context, input: VersionedId & { reason: string }): Promise<Outcome> => {
    const { tx, app } = context
    const { row, circular: before } = await load(context, input)
    const circular = applyDiscard(before, input.reason)
    await save(context, row, circular)
    const proposal = await findProposal(tx, circular.proposalId)
    if (proposal === null) throw new AppError('proposal_missing')
    const other = await openProposalOf(tx, circular.unitId)
    if (other !== null) throw new AppError('proposal_open_standing', { number: other.number })
    const reopened = reopen(toProposal(app.secrets, proposal))
    await context.audit({ subject: `proposal:${proposal.id}`, detail: auditDetail(reopened, proposal) })
    await updateProposal(tx, toProposalRow(app.secrets, reopened), proposal.version)
    return outcomeOf(circular)
  },
  outcomeFacts,
)

/**
 * Withdraws a circular. Award and points that rested on it are undone unless enough others count together, and bodies notified of them
 * are notified again.
 * @throws `circular_missing`, `circular_version_stale`, `circular_act_impossible`, `reason_needed`.
 */
export const withdrawCircular = command(
  'accountability.withdraw',
  async (context, input: VersionedId & { reason: string }): Promise<Outcome> => {
    await oneAtATime(context)
    const { row, circular: before } = await load(context, input)
    const circular = applyWithdrawal(before, input.reason)
    await save(context, row, circular)
    await cancelDeadlines(context, 'circular.rectify', [`circular:${circular.id}`])
    await recount(context, circular, input.reason)
    await enqueuePlanned(context, [await planWithdrawn(context, circular)])
    return outcomeOf(circular)
  },
  outcomeFacts,
)

/** What the unit is told of a withdrawn circular. */
export function planWithdrawn(context: PlanContext & Pick<CommandContext, 'now'>, circular: Circular): Promise<PlannedNotice> {
  const values = { number: circular.number, day: writtenDay(dayOf(context.now)) }
  return planForUnit(context, circular.unitId, { event: 'circular.withdrawn', item: circular, values })
}

/** Undoes the consequences that rested on a withdrawn circular, or lets them rest on the circulars that are left. */
async function recount(context: CommandContext, circular: Circular, reason: string): Promise<void> {
  const { tx, app } = context
  const standing = await standingCirculars(tx, circular.unitId)
  for (const row of await standingConsequences(tx, circular.unitId, CIRCULAR_CONSEQUENCES)) {
    const consequence = toConsequence(app.secrets, row)
    if (!restsOn(consequence, circular)) continue
    const left = circularsCounted(standing, row.year, app.config.circularCount)
    if (left.length === 0) await undoAndNotify(context, row, reason)
    else await saveConsequence(context, row, restOnOthers(consequence, left.map(toCounted)))
  }
}

async function load({ tx, app }: CommandContext, item: VersionedId): Promise<{ row: CircularRow; circular: Circular }> {
  const row = await findCircular(tx, item.id)
  if (row === null) throw new AppError('circular_missing')
  if (item.version !== undefined && item.version !== row.version)
    throw new AppError('circular_version_stale', { number: row.number, state: row.state })
  return { row, circular: toCircular(app.secrets, row) }
}

async function save(context: CommandContext, before: CircularRow, circular: Circular): Promise<void> {
  await context.audit({ subject: `circular:${circular.id}`, detail: auditDetail(circular, before) })
  await updateCircular(context.tx, toCircularRow(context.app.secrets, circular), before.version)
}

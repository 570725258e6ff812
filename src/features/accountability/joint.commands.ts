// Commands on joint circulars by several bodies, and on meetings of the leading group.
// The rules are joint.rules.ts, the queries joint.views.ts; circulars about one unit are circulars.commands.ts.

import { outcomeOf } from '../../platform/commands/outcome.ts'
import { addDays, dayOf, instantAt, writtenDay, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { requireText } from '../../core/written-text.ts'
import { formatDayNumber, requireNotPast } from './rules.ts'
import {
  JOINT_BODIES,
  linesOf,
  requireEndedPeriod,
  discardJoint as applyDiscard,
  issueJoint as applyIssue,
  withdrawJoint as applyWithdrawal,
  type JointCircular,
  type JointLine,
  type Span,
  cancelMeeting as applyCancellation,
  holdMeeting as applyHolding,
  type Meeting,
} from './joint.rules.ts'
import type { Db } from '../../platform/database/database.ts'
import {
  findJoint,
  insertJoint,
  shortfalls,
  toJoint,
  toJointRow,
  updateJoint,
  type JointRow,
  findMeeting,
  insertMeeting,
  leadingGroupIds,
  toMeeting,
  toMeetingRow,
  updateMeeting,
} from './joint.store.ts'
import { ESCALATED_DEADLINES } from './tasks.ts'
import { command, type CommandContext } from '../../platform/commands/command.ts'
import { takeNumbers } from '../../platform/database/counters.ts'
import { withFieldNames } from '../../platform/commands/field-names.ts'
import { auditDetail, outcomeFacts, type VersionedId, type Outcome } from './commands.ts'
import { enqueuePlanned, planForBodies, planForUnit, type PlanContext, type PlannedNotice } from './notices.ts'

/**
 * Calls a meeting and notifies the members of the leading group.
 * @throws `request_invalid` for a day that has passed, `reason_needed` without an agenda.
 */
export const callMeeting = command(
  'accountability.meet',
  async (context, input: { plannedFor: Day; agenda: string; place: string }): Promise<Outcome> => {
    const { tx, app, now, actor } = context
    const today = dayOf(now)
    const number = formatDayNumber('HY', today, await takeNumbers(tx, `meeting:${today}`, 1))
    const record = { agenda: requireText(input.agenda), place: requireText(input.place, 100) }
    const plannedFor = withFieldNames(app, 'proposals', () => requireNotPast(input.plannedFor, today))
    const meeting: Meeting = { id: newId(), number, state: 'called', version: 1, plannedFor, calledBy: actor.id, heldOn: null, record }
    await insertMeeting(tx, toMeetingRow(app.secrets, meeting))
    await context.auditAll([{ subject: `meeting:${meeting.id}`, detail: auditDetail(meeting) }], 'fresh')
    await notifyMembers(context, 'meeting.called', meeting)
    return outcomeOf(meeting)
  },
  outcomeFacts,
)

/**
 * Records that a meeting was held, with its minutes, and notifies the members.
 * @throws `meeting_missing`, `meeting_version_stale`, `meeting_act_impossible`, `reason_needed`, `request_invalid`.
 */
export const holdMeeting = command(
  'accountability.meet',
  async (context, input: VersionedId & { heldOn: Day; minutes: string }): Promise<Outcome> => {
    const before = await loadMeeting(context, input)
    const meeting = withFieldNames(context.app, 'proposals', () => applyHolding(before, { ...input, today: dayOf(context.now) }))
    await saveMeeting(context, before, meeting)
    await notifyMembers(context, 'meeting.held', meeting)
    return outcomeOf(meeting)
  },
  outcomeFacts,
)

/** Cancels a meeting that was called, and notifies the members. @throws as `holdMeeting`. */
export const cancelMeeting = command(
  'accountability.meet',
  async (context, input: VersionedId & { reason: string }): Promise<Outcome> => {
    const before = await loadMeeting(context, input)
    const meeting = applyCancellation(before, input.reason)
    await saveMeeting(context, before, meeting)
    await notifyMembers(context, 'meeting.cancelled', meeting)
    return outcomeOf(meeting)
  },
  outcomeFacts,
)

async function loadMeeting({ tx, app }: CommandContext, item: VersionedId): Promise<Meeting> {
  const row = await findMeeting(tx, item.id)
  if (row === null) throw new AppError('meeting_missing')
  if (item.version !== undefined && item.version !== row.version)
    throw new AppError('meeting_version_stale', { number: row.number, state: row.state })
  return toMeeting(app.secrets, row)
}

async function saveMeeting(context: CommandContext, before: Meeting, meeting: Meeting): Promise<void> {
  await context.audit({ subject: `meeting:${meeting.id}`, detail: auditDetail(meeting, before) })
  await updateMeeting(context.tx, toMeetingRow(context.app.secrets, meeting), before.version)
}

async function notifyMembers(context: CommandContext, event: MeetingEvent, meeting: Meeting): Promise<void> {
  await enqueuePlanned(context, await planMeeting(context, event, meeting))
}

export type MeetingEvent = 'meeting.called' | 'meeting.held' | 'meeting.cancelled'

/** To every member of the leading group. */
export async function planMeeting(
  context: PlanContext,
  event: MeetingEvent,
  meeting: Pick<Meeting, 'id' | 'version' | 'number' | 'plannedFor' | 'record'>,
): Promise<PlannedNotice[]> {
  const { number, plannedFor, record } = meeting
  const values = { number, plannedFor: writtenDay(plannedFor), place: record.place }
  const planned: PlannedNotice[] = []
  for (const unitId of await leadingGroupIds(context.tx)) planned.push(await planForUnit(context, unitId, { event, item: meeting, values }))
  return planned
}

/** Counts of every unit that fell short between two days, both included. */
export async function linesIn(db: Db, { from, to }: Span): Promise<JointLine[]> {
  return shortfalls(db, ESCALATED_DEADLINES, { from, to, since: instantAt(from, 0), until: instantAt(addDays(to, 1), 0) })
}

/**
 * Drafts a joint circular about the chosen units; nobody is notified.
 * @throws `request_invalid`, `joint_units_needed`, `joint_unit_blameless`, `reason_needed`.
 */
export const draftJoint = command(
  'accountability.joint',
  async (context, input: Span & { unitIds: readonly string[]; foreword: string }): Promise<Outcome> => {
    const { tx, app, now, actor } = context
    const today = dayOf(now)
    withFieldNames(app, 'proposals', () => requireEndedPeriod(input, today))
    const lines = linesOf(await linesIn(tx, input), input.unitIds)
    const number = formatDayNumber('LT', today, await takeNumbers(tx, `joint draft:${today}`, 1))
    const plain = { id: newId(), number, fromDay: input.from, toDay: input.to, draftedOn: today, draftedBy: actor.id, lines }
    const record = { foreword: requireText(input.foreword) }
    const circular: JointCircular = { ...plain, state: 'draft', version: 1, issuedOn: null, issuedBy: null, record }
    await insertJoint(tx, toJointRow(app.secrets, circular))
    await context.auditAll([{ subject: `joint:${circular.id}`, detail: { ...auditDetail(circular), units: lines.length } }], 'fresh')
    return outcomeOf(circular)
  },
  outcomeFacts,
)

/**
 * Issues a drafted joint circular, numbered per year; the joint bodies and each unit named are notified.
 * @throws `joint_missing`, `joint_version_stale`, `joint_act_impossible`, `own_draft` for whoever drafted it.
 */
export const issueJoint = command(
  'accountability.joint',
  async (context, input: VersionedId): Promise<Outcome> => {
    const { tx, app, now, actor } = context
    const { row, circular: before } = await loadJoint(context, input)
    const today = dayOf(now)
    const year = today.slice(0, 4)
    const number = app.catalog.words('joints', 'number', { year, number: await takeNumbers(tx, `joint:${year}`, 1) })
    const circular = applyIssue(before, { by: actor.id, today, number })
    await saveJoint(context, row, circular)
    await notifyJoint(context, 'joint.issued', circular)
    return outcomeOf(circular)
  },
  outcomeFacts,
)

/** Discards a drafted joint circular; nobody is notified. @throws as `withdrawJoint`. */
export const discardJoint = command(
  'accountability.joint',
  async (context, input: VersionedId & { reason: string }): Promise<Outcome> => {
    const { row, circular: before } = await loadJoint(context, input)
    const circular = applyDiscard(before, input.reason)
    await saveJoint(context, row, circular)
    return outcomeOf(circular)
  },
  outcomeFacts,
)

/**
 * Withdraws a joint circular and notifies everybody who received it.
 * @throws `joint_missing`, `joint_version_stale`, `joint_act_impossible`, `reason_needed`.
 */
export const withdrawJoint = command(
  'accountability.joint',
  async (context, input: VersionedId & { reason: string }): Promise<Outcome> => {
    const { row, circular: before } = await loadJoint(context, input)
    const circular = applyWithdrawal(before, input.reason)
    await saveJoint(context, row, circular)
    await notifyJoint(context, 'joint.withdrawn', circular)
    return outcomeOf(circular)
  },
  outcomeFacts,
)

async function loadJoint({ tx, app }: CommandContext, item: VersionedId): Promise<{ row: JointRow; circular: JointCircular }> {
  const row = await findJoint(tx, item.id)
  if (row === null) throw new AppError('joint_missing')
  if (item.version !== undefined && item.version !== row.version)
    throw new AppError('joint_version_stale', { number: row.number, state: row.state })
  return { row, circular: toJoint(app.secrets, row) }
}

async function saveJoint(context: CommandContext, before: JointRow, circular: JointCircular): Promise<void> {
  await context.audit({ subject: `joint:${circular.id}`, detail: auditDetail(circular, before) })
  await updateJoint(context.tx, toJointRow(context.app.secrets, circular), before.version)
}

async function notifyJoint(context: CommandContext, event: JointEvent, circular: JointCircular): Promise<void> {
  await enqueuePlanned(context, await planJoint(context, event, circular))
}

export type JointEvent = 'joint.issued' | 'joint.withdrawn'

/** To the issuing bodies, and to every unit named; a unit's notice holds only its own counts. */
export async function planJoint(context: PlanContext, event: JointEvent, circular: JointCircular): Promise<PlannedNotice[]> {
  const { number, fromDay, toDay, lines } = circular
  const { groupOfficePhone: officePhone } = context.app.config
  const values = { number, from: writtenDay(fromDay), to: writtenDay(toDay), count: lines.length, officePhone }
  const planned = await planForBodies(context, JOINT_BODIES, { event, item: circular, values })
  for (const { unitId, missed, complaints } of lines)
    planned.push(await planForUnit(context, unitId, { event, item: circular, values: { ...values, missed, complaints } }))
  return planned
}

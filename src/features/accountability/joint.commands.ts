// Commands and queries of joint circulars by several bodies, and of meetings of the leading group.
// The rules are joint.rules.ts; circulars about one unit are circulars.commands.ts.

import { outcomeOf } from '../../platform/commands/outcome.ts'
import { Readable } from 'node:stream'
import { addDays, dayOf, instantAt, writtenDay, type Day } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { requireText } from '../../core/written-text.ts'
import { formatDayNumber, requireNotPast } from './rules.ts'
import {
  JOINT_BODIES,
  JOINT_LIFE,
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
  MEETING_LIFE,
  type Meeting,
  type MeetingState,
} from './joint.rules.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { writeXlsx } from '../../platform/sheets/xlsx-write.ts'
import type { Db } from '../../platform/database/database.ts'
import {
  findJoint,
  insertJoint,
  searchJoints,
  shortfalls,
  toJoint,
  toJointRow,
  updateJoint,
  type JointRow,
  findMeeting,
  insertMeeting,
  leadingGroupIds,
  searchMeetings,
  toMeeting,
  toMeetingRow,
  updateMeeting,
} from './joint.store.ts'
import { unitsById } from '../units/store.ts'
import { ESCALATED_DEADLINES } from './tasks.ts'
import { command, query, type CommandContext, type AppContext } from '../../platform/commands/command.ts'
import { takeNumbers } from '../../platform/database/counters.ts'
import { withFieldNames } from '../../platform/commands/field-names.ts'
import { auditDetail, outcomeFacts, type VersionedId, type Outcome } from './commands.ts'
import { notifyBodies, notifyUnit } from './notices.ts'

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

async function notifyMembers(
  context: CommandContext,
  event: 'meeting.called' | 'meeting.held' | 'meeting.cancelled',
  meeting: Meeting,
): Promise<void> {
  const { number, plannedFor, record } = meeting
  const values = { number, plannedFor: writtenDay(plannedFor), place: record.place }
  for (const unitId of await leadingGroupIds(context.tx)) await notifyUnit(context, unitId, { event, item: meeting, values })
}

export type MeetingView = Meeting & { possible: string[] }

/** A page of meetings, newest first. */
export const listMeetings = query(
  'accountability.read',
  async (
    { db, app },
    input: { filter: { state?: MeetingState | undefined }; page: { limit: number; offset: number } },
  ): Promise<{ items: MeetingView[]; total: number }> => {
    const { items, total } = await searchMeetings(db, input.filter, input.page)
    return { items: items.map((row) => ({ ...toMeeting(app.secrets, row), possible: MEETING_LIFE.possible(row.state) })), total }
  },
)

/** One meeting with the acts possible next. @throws `meeting_missing`. */
export const showMeeting = query('accountability.read', async ({ db, app }, id: string): Promise<MeetingView> => {
  const row = await findMeeting(db, id)
  if (row === null) throw new AppError('meeting_missing')
  return { ...toMeeting(app.secrets, row), possible: MEETING_LIFE.possible(row.state) }
})

/** A unit's line with the unit's name. */
export type NamedLine = JointLine & { unit: string }

/** Counts of every unit that fell short between two days, both included. */
async function linesIn(db: Db, { from, to }: Span): Promise<JointLine[]> {
  return shortfalls(db, ESCALATED_DEADLINES, { from, to, since: instantAt(from, 0), until: instantAt(addDays(to, 1), 0) })
}

async function withNames(db: Db, lines: readonly JointLine[]): Promise<NamedLine[]> {
  const names = new Map(
    (
      await unitsById(
        db,
        lines.map((line) => line.unitId),
      )
    ).map((unit) => [unit.id, unit.name]),
  )
  return lines.map((line) => ({ ...line, unit: names.get(line.unitId) ?? line.unitId }))
}

/** Units that fell short in a period, from which a person chooses those to name. @throws `request_invalid`. */
export const previewJoint = query('accountability.read', async ({ db, app, now }, span: Span): Promise<{ items: NamedLine[] }> => {
  withFieldNames(app, 'proposals', () => requireEndedPeriod(span, dayOf(now)))
  return { items: await withNames(db, await linesIn(db, span)) }
})

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

/** Notifies the issuing bodies, and every unit named; a unit's notice holds only its own counts. */
async function notifyJoint(context: CommandContext, event: 'joint.issued' | 'joint.withdrawn', circular: JointCircular): Promise<void> {
  const { number, fromDay, toDay, lines } = circular
  const { groupOfficePhone: officePhone } = context.app.config
  const values = { number, from: writtenDay(fromDay), to: writtenDay(toDay), count: lines.length, officePhone }
  await notifyBodies(context, JOINT_BODIES, { event, item: circular, values })
  for (const { unitId, missed, complaints } of lines)
    await notifyUnit(context, unitId, { event, item: circular, values: { ...values, missed, complaints } })
}

export type JointView = Omit<JointCircular, 'lines'> & { lines: NamedLine[]; possible: string[] }

/** A page of joint circulars, newest first. */
export const listJoints = query(
  'accountability.read',
  async ({ db, app }, page: { limit: number; offset: number }): Promise<{ items: JointView[]; total: number }> => {
    const { items, total } = await searchJoints(db, page)
    return { items: await Promise.all(items.map((row) => viewOf(app, db, row))), total }
  },
)

/** One joint circular with the names of its units. @throws `joint_missing`. */
export const showJoint = query('accountability.read', async ({ db, app }, id: string): Promise<JointView> => {
  const row = await findJoint(db, id)
  if (row === null) throw new AppError('joint_missing')
  return viewOf(app, db, row)
})

async function viewOf(app: AppContext, db: Db, row: JointRow): Promise<JointView> {
  const circular = toJoint(app.secrets, row)
  return { ...circular, lines: await withNames(db, circular.lines), possible: JOINT_LIFE.possible(circular.state) }
}

/** A joint circular as an XLSX workbook. @throws `joint_missing`. */
export async function jointFile(app: AppContext, actor: Actor, id: string): Promise<{ fileName: string; content: Readable }> {
  const circular = await showJoint(app, actor, id)
  const word = (key: string, values = {}): string => app.catalog.words('joints', key, values)
  const columns = ['unit', 'missed', 'complaints', 'circulars', 'interviews'] as const
  const { number, record, fromDay, toDay, state } = circular
  const content = await writeXlsx([
    {
      name: word('title'),
      title: `${word('title')} ${number}`,
      notes: [
        word('span', { from: writtenDay(fromDay), to: writtenDay(toDay) }),
        record.foreword,
        ...(state === 'draft' ? [word('draft')] : []),
        ...(state === 'discarded' ? [word('discarded', { reason: record.discard ?? '' })] : []),
        ...(state === 'withdrawn' ? [word('withdrawn', { reason: record.withdrawal ?? '' })] : []),
      ],
      columns: columns.map((column) => ({ title: word(`column.${column}`), ...(column === 'unit' ? { width: 40 } : {}) })),
      rows: circular.lines.map((line) => columns.map((column) => line[column])),
    },
  ])
  return { fileName: `${number}.xlsx`, content: Readable.from([content]) }
}

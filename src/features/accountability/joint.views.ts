// Queries of joint circulars by several bodies and of meetings of the leading group, with what the reader may do with each.
// The commands are joint.commands.ts; circulars about one unit are read by views.ts.

import { Readable } from 'node:stream'
import { dayOf, writtenDay } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { query, type AppContext } from '../../platform/commands/command.ts'
import { withFieldNames } from '../../platform/commands/field-names.ts'
import type { Db } from '../../platform/database/database.ts'
import { writeXlsx } from '../../platform/sheets/xlsx-write.ts'
import { unitsById } from '../units/store.ts'
import { linesIn } from './joint.commands.ts'
import { historyOf, type HistoryStep } from './history.views.ts'
import {
  requireEndedPeriod,
  type JointCircular,
  type JointLine,
  type JointState,
  type Meeting,
  type MeetingState,
  type Span,
} from './joint.rules.ts'
import { findJoint, findMeeting, searchJoints, searchMeetings, toJoint, toMeeting } from './joint.store.ts'
import { jointActs, meetingActs } from './possible.rules.ts'

type Page = { limit: number; offset: number }

export type MeetingView = Meeting & { possible: string[] }

/** A page of meetings, newest first. */
export const listMeetings = query(
  'accountability.read',
  async (
    { db, app, actor },
    input: { filter: { state?: MeetingState | undefined }; page: Page },
  ): Promise<{ items: MeetingView[]; total: number }> => {
    const { items, total } = await searchMeetings(db, input.filter, input.page)
    return { items: items.map((row) => ({ ...toMeeting(app.secrets, row), possible: meetingActs(actor, row) })), total }
  },
)

/** One meeting with its history and what the reader may do next. @throws `meeting_missing`. */
export const showMeeting = query(
  'accountability.read',
  async ({ db, app, actor }, id: string): Promise<MeetingView & { audit: HistoryStep[] }> => {
    const row = await findMeeting(db, id)
    if (row === null) throw new AppError('meeting_missing')
    return { ...toMeeting(app.secrets, row), possible: meetingActs(actor, row), audit: await historyOf(db, `meeting:${id}`) }
  },
)

/** A unit's line with the unit's name. */
export type NamedLine = JointLine & { unit: string }

/** Names of the units of these lines, by id. */
async function namesIn(db: Db, lines: readonly JointLine[]): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(lines.map((line) => line.unitId))]
  return new Map((await unitsById(db, ids)).map((unit) => [unit.id, unit.name]))
}

function withNames(lines: readonly JointLine[], names: ReadonlyMap<string, string>): NamedLine[] {
  return lines.map((line) => ({ ...line, unit: names.get(line.unitId) ?? line.unitId }))
}

/** Units that fell short in a period, from which a person chooses those to name. @throws `request_invalid`. */
export const previewJoint = query('accountability.read', async ({ db, app, now }, span: Span): Promise<{ items: NamedLine[] }> => {
  withFieldNames(app, 'proposals', () => requireEndedPeriod(span, dayOf(now)))
  const lines = await linesIn(db, span)
  return { items: withNames(lines, await namesIn(db, lines)) }
})

export type JointView = Omit<JointCircular, 'lines'> & { lines: NamedLine[]; possible: string[] }

/** A page of joint circulars, newest first. */
export const listJoints = query(
  'accountability.read',
  async (
    { db, app, actor },
    input: { filter: { state?: JointState | undefined }; page: Page },
  ): Promise<{ items: JointView[]; total: number }> => {
    const { items, total } = await searchJoints(db, input.filter, input.page)
    const circulars = items.map((row) => toJoint(app.secrets, row))
    const names = await namesIn(
      db,
      circulars.flatMap(({ lines }) => lines),
    )
    return { items: circulars.map((circular) => viewOf(actor, circular, names)), total }
  },
)

/** One joint circular with the names of its units, its history and what the reader may do next. @throws `joint_missing`. */
export const showJoint = query(
  'accountability.read',
  async ({ db, app, actor }, id: string): Promise<JointView & { audit: HistoryStep[] }> => {
    const row = await findJoint(db, id)
    if (row === null) throw new AppError('joint_missing')
    const circular = toJoint(app.secrets, row)
    return { ...viewOf(actor, circular, await namesIn(db, circular.lines)), audit: await historyOf(db, `joint:${id}`) }
  },
)

function viewOf(actor: Actor, circular: JointCircular, names: ReadonlyMap<string, string>): JointView {
  return { ...circular, lines: withNames(circular.lines, names), possible: jointActs(actor, circular) }
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

// Joint circulars (实施意见 四(三)1): whom a period shows falling short, named by a person, numbered, told to the joint bodies and to the units.
// Circulars of the leading group against one unit are actions/accountability.

import { Readable } from 'node:stream'
import { addDays, dayOf, instantAt, writtenDay } from '../../core/calendar.ts'
import { AppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { mustSay } from './rules.ts'
import {
  JOINT_BODIES,
  JOINT_LIFE,
  linesOf,
  mustBePast,
  withdrawJoint as withdrawn,
  type JointCircular,
  type JointLine,
  type Span,
} from './joint.rules.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { writeXlsx } from '../../platform/sheets/xlsx-write.ts'
import type { Db } from '../../platform/database/database.ts'
import { findJoint, insertJoint, searchJoints, shortfalls, toJoint, toJointRow, updateJoint, type JointRow } from './joint.store.ts'
import { unitsById } from '../units/store.ts'
import { HELD_CLOCKS } from './tasks.ts'
import { detailOf, outcomeFacts, outcomeOf, tellBodies, tellUnit, type Item, type Outcome } from './changes.commands.ts'
import { act, view, type ActContext, type House } from '../../platform/commands/command.ts'
import { takeNumbers } from '../../platform/database/counters.ts'
import { named } from '../../platform/commands/field-names.ts'

export type NamedLine = JointLine & { unit: string }

async function found(db: Db, { from, to }: Span): Promise<JointLine[]> {
  return shortfalls(db, HELD_CLOCKS, { from, to, since: instantAt(from, 0), until: instantAt(addDays(to, 1), 0) })
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

/** Whom a period shows falling short: what a person chooses from. @throws `request_invalid`. */
export const previewJoint = view('accountability.read', async ({ db, house, now }, span: Span): Promise<{ items: NamedLine[] }> => {
  named(house, 'proposals', () => mustBePast(span, dayOf(now)))
  return { items: await withNames(db, await found(db, span)) }
})

/** @throws `request_invalid`, `joint_units_needed`, `joint_unit_blameless`, `reason_needed`. */
export const issueJoint = act(
  'accountability.joint',
  async (context, input: Span & { unitIds: readonly string[]; foreword: string }): Promise<Outcome> => {
    const { tx, house, now, actor } = context
    const today = dayOf(now)
    named(house, 'proposals', () => mustBePast(input, today))
    const lines = linesOf(await found(tx, input), input.unitIds)
    const year = today.slice(0, 4)
    const number = house.catalog.words('joints', 'number', { year, number: await takeNumbers(tx, `joint:${year}`, 1) })
    const plain = { id: newId(), number, fromDay: input.from, toDay: input.to, issuedOn: today, issuedBy: actor.id, lines }
    const circular: JointCircular = { ...plain, state: 'issued', version: 1, record: { foreword: mustSay(input.foreword) } }
    await insertJoint(tx, toJointRow(house.secrets, circular))
    await context.auditAll([{ subject: `joint:${circular.id}`, detail: { ...detailOf(circular), units: lines.length } }], 'fresh')
    await tellAll(context, 'joint.issued', circular)
    return outcomeOf(circular)
  },
  outcomeFacts,
)

/** @throws `joint_missing`, `joint_version_stale`, `joint_act_impossible`, `reason_needed`. */
export const withdrawJoint = act(
  'accountability.joint',
  async (context, input: Item & { reason: string }): Promise<Outcome> => {
    const { tx, house } = context
    const row = await findJoint(tx, input.id)
    if (row === null) throw new AppError('joint_missing')
    if (input.version !== undefined && input.version !== row.version)
      throw new AppError('joint_version_stale', { number: row.number, state: row.state })
    const circular = withdrawn(toJoint(house.secrets, row), input.reason)
    await context.audit({ subject: `joint:${circular.id}`, detail: detailOf(circular, row) })
    await updateJoint(tx, toJointRow(house.secrets, circular), row.version)
    await tellAll(context, 'joint.withdrawn', circular)
    return outcomeOf(circular)
  },
  outcomeFacts,
)

/** The bodies whose circular it is, and every unit it names, each of itself. */
async function tellAll(context: ActContext, event: 'joint.issued' | 'joint.withdrawn', circular: JointCircular): Promise<void> {
  const { number, fromDay, toDay, lines } = circular
  const values = { number, from: writtenDay(fromDay), to: writtenDay(toDay), count: lines.length }
  await tellBodies(context, JOINT_BODIES, { event, item: circular, values })
  for (const { unitId, missed, complaints } of lines)
    await tellUnit(context, unitId, { event, item: circular, values: { ...values, missed, complaints } })
}

export type JointView = Omit<JointCircular, 'lines'> & { lines: NamedLine[]; possible: string[] }

/** Newest first. */
export const listJoints = view(
  'accountability.read',
  async ({ db, house }, page: { limit: number; offset: number }): Promise<{ items: JointView[]; total: number }> => {
    const { items, total } = await searchJoints(db, page)
    return { items: await Promise.all(items.map((row) => viewOf(house, db, row))), total }
  },
)

/** @throws `joint_missing`. */
export const showJoint = view('accountability.read', async ({ db, house }, id: string): Promise<JointView> => {
  const row = await findJoint(db, id)
  if (row === null) throw new AppError('joint_missing')
  return viewOf(house, db, row)
})

async function viewOf(house: House, db: Db, row: JointRow): Promise<JointView> {
  const circular = toJoint(house.secrets, row)
  return { ...circular, lines: await withNames(db, circular.lines), possible: JOINT_LIFE.possible(circular.state) }
}

/** The circular as a workbook, to be sent on. @throws `joint_missing`. */
export async function jointFile(house: House, actor: Actor, id: string): Promise<{ fileName: string; content: Readable }> {
  const circular = await showJoint(house, actor, id)
  const word = (key: string, values = {}): string => house.catalog.words('joints', key, values)
  const columns = ['unit', 'missed', 'complaints', 'circulars', 'interviews'] as const
  const { number, record, fromDay, toDay, state } = circular
  const content = await writeXlsx([
    {
      name: word('title'),
      title: `${word('title')} ${number}`,
      notes: [
        word('span', { from: writtenDay(fromDay), to: writtenDay(toDay) }),
        record.foreword,
        ...(state === 'withdrawn' ? [word('withdrawn', { reason: record.withdrawal ?? '' })] : []),
      ],
      columns: columns.map((column) => ({ title: word(`column.${column}`), ...(column === 'unit' ? { width: 40 } : {}) })),
      rows: circular.lines.map((line) => columns.map((column) => line[column])),
    },
  ])
  return { fileName: `${number}.xlsx`, content: Readable.from([content]) }
}

// Commands on quarterly returns: a unit hands in its return over the API, in a conversation or as a form, or a clerk does it for the unit.
// Opening, reminding and closing a round is rounds.commands.ts.

import { sealRow } from '../../platform/database/sealing.ts'
import { dayOf, type Day, writtenDay } from '../../core/calendar.ts'
import { AppError, isAppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { nextReturn, readReturn, type MeasureLine, type ReturnAct, type ReturnInput, type ReturnState, type ReturnWay } from './rules.ts'
import { requireOwnUnit, ownUnitOf, type Actor } from '../../platform/commands/permissions.ts'
import {
  contentColumns,
  findReturn,
  findRound,
  lockRound,
  pendingReturns,
  toReturn,
  updateReturn,
  type Return,
  type ReturnRow,
  type RoundRow,
} from './store.ts'
import { feedbackEntryTable, insertEntry, measuresOfUnit } from './records.store.ts'
import { findUnit } from '../units/store.ts'
import { closeDeadlines } from '../deadlines/commands.ts'
import { command, query, type CommandContext, type AppContext } from '../../platform/commands/command.ts'
import { returnSubject, quarterName } from './rounds.commands.ts'
import { Readable } from 'node:stream'
import { FORM_COLUMNS, formLines, withPlace, readForm, type FormRow, type ReadForm } from './form.rules.ts'
import { openSheetApart } from '../../platform/sheets/apart.ts'
import { bytesSource } from '../../platform/sheets/sources.ts'
import { writeXlsx } from '../../platform/sheets/xlsx-write.ts'

/** Widths of the columns of the form, in characters. */
const WIDTHS: readonly number[] = [10, 44, 12, 12, 16, 50]

/** Rows read of a form at most. A form has about fifty lines, so a longer file is not one. */
const MAX_ROWS = 500

/** Bytes of an uploaded form at most (2 MiB). */
export const FORM_MAX_BYTES = 2_097_152

function titlesOf({ catalog }: AppContext): string[] {
  return FORM_COLUMNS.map((column) => catalog.words('feedbacks', `form.column.${column}`))
}

/**
 * Makes the form (XLSX) of a unit's return, prefilled.
 * @throws `feedback_missing` when the unit has no return to hand in, `unit_other`, `request_invalid`.
 */
export async function feedbackForm(
  app: AppContext,
  actor: Actor,
  input: { roundId?: string | undefined; unitId?: string | undefined },
): Promise<{ fileName: string; content: Readable }> {
  const current = await ownReturn(app, actor, input)
  if (current === null) throw new AppError('feedback_missing')
  const { roundId, unitId, unitName, version, quarter, measures } = current
  const word = (key: string, values = {}): string => app.catalog.words('feedbacks', `form.${key}`, values)
  const { hidden, rows } = formLines({ roundId, unitId, version }, current, measures, word('total'))
  const notes = [word('due', { dueOn: writtenDay(current.dueOn) }), word('rules'), word('measures'), word('keep')]
  const title = word('title', { quarter: quarterName(app, quarter), unit: unitName })
  const columns = titlesOf(app).map((columnTitle, index) => ({ title: columnTitle, width: WIDTHS[index] ?? 12 }))
  const content = Readable.from([await writeXlsx([{ name: word('sheet'), title, notes, hidden, columns, rows }])])
  return { fileName: `${word('file')}-${quarter}-${unitName}.xlsx`, content }
}

/**
 * Reads a filled-in form and hands the return in, or corrects one that was handed in before. Nothing is stored when anything is wrong.
 * @throws what opening a file throws (`import_…`), `feedback_form_unknown`, `feedback_form_changed`, `feedback_form_round` for another
 * round's form, `unit_other`, `feedback_wrong` with row and column of every cell, and as `submitReturn` and `correctReturn`.
 */
export async function handInForm(
  app: AppContext,
  actor: Actor,
  input: { fileName: string; bytes: Buffer; roundId?: string | undefined },
): Promise<HandedIn> {
  const titles = titlesOf(app)
  const form = readForm(await rowsOf(app, input.fileName, input.bytes), titles)
  const unitId = unitOf(actor, form.unitId)
  const current = await ownReturn(app, actor, { roundId: form.roundId, unitId })
  if (current === null) throw new AppError('feedback_form_unknown')
  if (input.roundId !== undefined && input.roundId !== form.roundId) throw new AppError('feedback_form_round', { quarter: current.quarter })
  const handInReturn = current.state === 'open' ? submitReturn : correctReturn
  try {
    return await handInReturn(app, actor, { roundId: form.roundId, unitId, version: form.version, ...form.input, way: 'file' })
  } catch (error) {
    throw withPlaces(error, form, titles)
  }
}

/** Adds row and column of the form to the problems of an error. */
function withPlaces(error: unknown, form: ReadForm, titles: readonly string[]): unknown {
  if (!isAppError(error, 'feedback_wrong')) return error
  return new AppError(
    error.code,
    error.values,
    error.problems.map((problem) => withPlace(problem, form, titles)),
  )
}

/** The rows of an uploaded form. @throws `feedback_form_unknown` for more rows than a form has. */
async function rowsOf({ config }: AppContext, fileName: string, bytes: Buffer): Promise<FormRow[]> {
  const limits = { maxBytes: FORM_MAX_BYTES, maxUnpacked: 20_000_000, maxTexts: 5_000_000 }
  const sheet = await openSheetApart(bytesSource(fileName, bytes), config.sheetReading, limits)
  const rows: FormRow[] = []
  try {
    for await (const batch of sheet.rows()) {
      rows.push(...batch)
      if (rows.length > MAX_ROWS) throw new AppError('feedback_form_unknown')
    }
  } finally {
    await sheet.close()
  }
  return rows
}

/** A return to hand in or to correct. */
export interface ReturnSubmission extends ReturnInput {
  roundId: string
  /** The version that the caller saw; without one the version is not checked. */
  version?: number | undefined
  /** Required from the court's staff; a unit's people hand in for their own unit. */
  unitId?: string | undefined
  /** The way the return came. For the court's staff it is always `clerk`. */
  way?: Exclude<ReturnWay, 'clerk'> | undefined
}

/** A return as it was stored. */
export interface HandedIn {
  roundId: string
  unitId: string
  quarter: string
  state: ReturnState
  version: number
  late: boolean
  /** The round was closed before: the return is recorded, but not in the report. */
  afterClose: boolean
  checked: number
  restricted: number
  approved: number
}

const facts = ({ roundId, unitId, version, late }: HandedIn): Record<string, string | number> => ({
  round: roundId,
  unit: unitId,
  version,
  late: Number(late),
})

/**
 * Hands in a return for the first time. It may come in time, late, or after the round closed, and is marked accordingly. Zeros are a valid
 * return.
 * @throws `feedback_missing`, `unit_other`, `feedback_version_stale`, `feedback_act_impossible` when it was handed in before,
 * `feedback_wrong` with every problem.
 */
export const submitReturn = command('feedback.submit', (context, input: ReturnSubmission) => handIn(context, 'submit', input), facts)

/** Corrects a return while its round is open. Earlier versions are kept. @throws as `submitReturn`, and `feedback_closed`. */
export const correctReturn = command('feedback.correct', (context, input: ReturnSubmission) => handIn(context, 'correct', input), facts)

async function handIn(context: CommandContext, move: ReturnAct, input: ReturnSubmission): Promise<HandedIn> {
  const { tx, now, actor, app } = context
  const unitId = unitOf(actor, input.unitId)
  // The round is locked, so that a return that comes during the closing is either in the report or marked as after it.
  const round = await lockRound(tx, input.roundId)
  const row = round === null ? null : await findReturn(tx, round.id, unitId)
  if (round === null || row === null) throw new AppError('feedback_missing')
  const before = toReturn(app.secrets, row)
  const state = nextReturn(before.state, move, { ...round, closedOn: closedOn(round) })
  if (input.version !== undefined && input.version !== before.version)
    throw new AppError('feedback_version_stale', { state: before.state, version: before.version })
  const measureIds = (await measuresOfUnit(tx, unitId)).map((measure) => measure.id)
  const stated = withFieldNames(app, () => readReturn(input, measureIds, before.known))
  const content = contentColumns(app.secrets, row.id, stated)
  const late = before.late || (await isLate(context, move, before, round))
  const afterClose = round.state === 'closed'
  const version = before.version + 1
  const changes: Partial<ReturnRow> = {
    ...content,
    state,
    version,
    late,
    afterClose,
    submittedAt: now,
    submittedBy: actor.id,
    updatedAt: now,
  }
  if (!(await updateReturn(tx, before, changes))) throw new AppError('feedback_version_stale', { state: before.state, version })
  const way = ownUnitOf(actor) === null ? 'clerk' : (input.way ?? 'api')
  const handedIn = { id: newId(), returnId: before.id, version, handedAt: now, handedBy: actor.id, way, late } as const
  const note = stated.note === '' ? null : stated.note
  await insertEntry(tx, sealRow(feedbackEntryTable, app.secrets, { ...handedIn, ...content, note }))
  const { checked, restricted, approved } = content
  const detail = {
    quarter: round.quarter,
    unitId,
    from: before.state,
    to: state,
    version,
    way,
    late: Number(late),
    checked,
    restricted,
    approved,
  }
  await context.audit({ subject: returnSubject(before.id), detail })
  return { roundId: round.id, unitId, quarter: round.quarter, state, version, late, afterClose, checked, restricted, approved }
}

/** Adds the Chinese name of the field to each problem of an error. `lines.0.checked` is a figure of the first measure. */
function withFieldNames<T>(app: AppContext, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!isAppError(error)) throw error
    throw new AppError(
      error.code,
      error.values,
      error.problems.map((problem) => ({ ...problem, column: fieldName(app, problem.field ?? '') })),
    )
  }
}

function fieldName(app: AppContext, field: string): string {
  const [name = '', line] = field.split('.').reverse()
  const word = app.catalog.words('feedbacks', `field.${name}`)
  return line === undefined ? word : app.catalog.words('feedbacks', 'field.line', { n: Number(line) + 1, field: word })
}

/**
 * The unit an actor acts for: a unit's people act for their own unit, the court's staff name one.
 * @throws `unit_other`, `request_invalid`.
 */
function unitOf(actor: Actor, unitId: string | undefined): string {
  if (unitId !== undefined) requireOwnUnit(actor, unitId)
  const actingUnit = ownUnitOf(actor) ?? unitId
  if (actingUnit === undefined || actingUnit === '') throw new AppError('request_invalid', {}, [{ code: 'field_missing', field: 'unitId' }])
  return actingUnit
}

function closedOn({ closedAt }: RoundRow): Day | null {
  return closedAt === null ? null : dayOf(closedAt)
}

/** Closes the deadline of a first return and tells whether it was late. A correction does not make a timely return late. */
async function isLate(context: CommandContext, move: ReturnAct, { id }: Return, round: RoundRow): Promise<boolean> {
  if (move === 'correct') return false
  const subject = returnSubject(id)
  const timeliness = (await closeDeadlines(context, 'feedback.return', [subject])).get(subject)
  return timeliness === 'late' || round.state === 'closed'
}

/** A return as its unit sees it. */
export interface OwnReturn {
  roundId: string
  /** `2026Q3`. */
  quarter: string
  dueOn: Day
  /** The last day has passed and the return was not handed in. */
  overdue: boolean
  roundState: RoundRow['state']
  unitId: string
  unitName: string
  state: ReturnState
  version: number
  /** Of an open return the figures that the application counted, afterwards the figures that the unit stated. */
  checked: number
  restricted: number
  approved: number
  lines: readonly MeasureLine[]
  note: string
  /** The figures that the application counted. */
  known: Return['known']
  /** The measures the unit applies, in the catalogue's order. */
  measures: { id: string; title: string }[]
}

/**
 * The return that a unit has to deal with next: the oldest of the open rounds that was not handed in, else one of a closed round that was
 * never handed in, else one that may still be corrected; null when there is none.
 * @throws `unit_other`, `request_invalid` when the court's staff do not name a unit.
 */
export const ownReturn = query(
  'feedback.read',
  async ({ db, app, actor, now }, input: { unitId?: string | undefined; roundId?: string | undefined }): Promise<OwnReturn | null> => {
    const unitId = unitOf(actor, input.unitId)
    const roundId = input.roundId ?? (await pendingReturns(db, unitId))[0]?.roundId
    const round = roundId === undefined ? null : await findRound(db, roundId)
    const row = round === null ? null : await findReturn(db, round.id, unitId)
    if (round === null || row === null) return null
    const { state, version, checked, restricted, approved, lines, note, known } = toReturn(app.secrets, row)
    const { id, quarter, dueOn, state: roundState } = round
    const overdue = state === 'open' && dayOf(now) > dueOn
    const unitName = (await findUnit(db, unitId))?.name ?? unitId
    const measures = (await measuresOfUnit(db, unitId)).map(({ id: measureId, title }) => ({ id: measureId, title }))
    // Lines of measures that the unit no longer applies are left out, because they could not be handed in. The total still counts them.
    const ownLines = lines.filter((line) => measures.some((measure) => measure.id === line.measureId))
    const stated = { state, version, checked, restricted, approved, lines: ownLines, note, known, measures }
    return { roundId: id, quarter, dueOn, overdue, roundState, unitId, unitName, ...stated }
  },
)

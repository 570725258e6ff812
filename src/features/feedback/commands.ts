// Commands on quarterly returns: a unit's return is handed in over the API, in a conversation or as a filled-in form, and corrected by a clerk.
// Opening, reminding and closing a round is rounds.commands.ts.

import { dayOf, type Day, writtenDay } from '../../core/calendar.ts'
import { AppError, isAppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import { nextReturn, readReturn, type MeasureLine, type ReturnAct, type ReturnInput, type ReturnState, type ReturnWay } from './rules.ts'
import { requireOwnUnit, ownUnitOf, type Actor } from '../../platform/commands/permissions.ts'
import {
  contentColumns,
  findReturn,
  findRound,
  holdRound,
  pendingReturns,
  toReturn,
  updateReturn,
  type Return,
  type ReturnRow,
  type RoundRow,
} from './store.ts'
import { insertEntry, measuresOfUnit } from './records.store.ts'
import { findUnit } from '../units/store.ts'
import { closeDeadlines } from '../deadlines/commands.ts'
import { command, query, type CommandContext, type AppContext } from '../../platform/commands/command.ts'
import { returnSubject, quarterName } from './rounds.commands.ts'
import { Readable } from 'node:stream'
import { FORM_COLUMNS, formLines, placed, readForm, type FormRow, type ReadForm } from './form.rules.ts'
import { bytesSource, openSheet } from '../../platform/sheets/read.ts'
import { writeXlsx } from '../../platform/sheets/xlsx-write.ts'

const WIDTHS: readonly number[] = [10, 44, 12, 12, 16, 50]

/** A form has some fifty lines; what is longer is another file. */
const MOST_ROWS = 500

export const FORM_MOST_BYTES = 2_097_152

function titlesOf({ catalog }: AppContext): string[] {
  return FORM_COLUMNS.map((column) => catalog.words('feedbacks', `form.column.${column}`))
}

/** The form of a unit's return, prefilled. @throws `feedback_missing` when nothing waits for it, `unit_other`, `request_invalid`. */
export async function feedbackForm(
  app: AppContext,
  actor: Actor,
  input: { roundId?: string | undefined; unitId?: string | undefined },
): Promise<{ fileName: string; content: Readable }> {
  const found = await ownReturn(app, actor, input)
  if (found === null) throw new AppError('feedback_missing')
  const { roundId, unitId, unitName, version, quarter, measures } = found
  const word = (key: string, values = {}): string => app.catalog.words('feedbacks', `form.${key}`, values)
  const { hidden, rows } = formLines({ roundId, unitId, version }, found, measures, word('total'))
  const notes = [word('due', { dueOn: writtenDay(found.dueOn) }), word('rules'), word('measures'), word('keep')]
  const title = word('title', { quarter: quarterName(app, quarter), unit: unitName })
  const columns = titlesOf(app).map((each, at) => ({ title: each, width: WIDTHS[at] ?? 12 }))
  const content = Readable.from([await writeXlsx([{ name: word('sheet'), title, notes, hidden, columns, rows }])])
  return { fileName: `${word('file')}-${quarter}-${unitName}.xlsx`, content }
}

/**
 * Takes a filled form in: hands the return in, or corrects one that is in. All or nothing.
 * @throws what opening a file throws (`import_…`), `feedback_form_unknown`, `feedback_form_changed`, `feedback_form_round` when another round was meant,
 * `unit_other`, `feedback_wrong` with row and column of every cell, and as `submitReturn` and `correctReturn`.
 */
export async function handInForm(
  app: AppContext,
  actor: Actor,
  input: { fileName: string; bytes: Buffer; roundId?: string | undefined },
): Promise<HandedIn> {
  const titles = titlesOf(app)
  const form = readForm(await rowsOf(input.fileName, input.bytes), titles)
  const unitId = unitOf(actor, form.unitId)
  const found = await ownReturn(app, actor, { roundId: form.roundId, unitId })
  if (found === null) throw new AppError('feedback_form_unknown')
  if (input.roundId !== undefined && input.roundId !== form.roundId) throw new AppError('feedback_form_round', { quarter: found.quarter })
  const handIn = found.state === 'open' ? submitReturn : correctReturn
  try {
    return await handIn(app, actor, { roundId: form.roundId, unitId, version: form.version, ...form.input, way: 'file' })
  } catch (error) {
    throw inPlace(error, form, titles)
  }
}

function inPlace(error: unknown, form: ReadForm, titles: readonly string[]): unknown {
  if (!isAppError(error, 'feedback_wrong')) return error
  return new AppError(
    error.code,
    error.values,
    error.problems.map((problem) => placed(problem, form, titles)),
  )
}

/** The first lines of a file that somebody hands in as a form. */
async function rowsOf(fileName: string, bytes: Buffer): Promise<FormRow[]> {
  const sheet = await openSheet(bytesSource(fileName, bytes), { maxBytes: FORM_MOST_BYTES, maxUnpacked: 20_000_000, maxTexts: 5_000_000 })
  const rows: FormRow[] = []
  try {
    for await (const batch of sheet.rows()) {
      rows.push(...batch)
      if (rows.length > MOST_ROWS) throw new AppError('feedback_form_unknown')
    }
  } finally {
    await sheet.close()
  }
  return rows
}

export interface HandingIn extends ReturnInput {
  roundId: string
  /** The version that was looked at; without one, whatever it is now. */
  version?: number | undefined
  /** Needed of the court's own people; a unit hands in its own. */
  unitId?: string | undefined
  /** How it came; of the court's own people always `clerk`. */
  way?: Exclude<ReturnWay, 'clerk'> | undefined
}

export interface HandedIn {
  roundId: string
  unitId: string
  quarter: string
  state: ReturnState
  version: number
  late: boolean
  /** The round had closed: recorded, but not in its report. */
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
 * Hands in a return for the first time: in time, late, or after the round closed (recorded as that). Zeros are a return.
 * @throws `feedback_missing`, `unit_other`, `feedback_version_stale`, `feedback_act_impossible` when it is in already, `feedback_wrong` with every problem.
 */
export const submitReturn = command('feedback.submit', (context, input: HandingIn) => handIn(context, 'submit', input), facts)

/** Corrects a return while its round is open; what was stated before stays on record. @throws as `submitReturn`, and `feedback_closed`. */
export const correctReturn = command('feedback.correct', (context, input: HandingIn) => handIn(context, 'correct', input), facts)

async function handIn(context: CommandContext, move: ReturnAct, input: HandingIn): Promise<HandedIn> {
  const { tx, now, actor, app } = context
  const unitId = unitOf(actor, input.unitId)
  // Held: a return that comes while the round is being closed is either in its report or after it.
  const round = await holdRound(tx, input.roundId)
  const row = round === null ? null : await findReturn(tx, round.id, unitId)
  if (round === null || row === null) throw new AppError('feedback_missing')
  const before = toReturn(app.secrets, row)
  const state = nextReturn(before.state, move, { ...round, closedOn: closedOn(round) })
  if (input.version !== undefined && input.version !== before.version)
    throw new AppError('feedback_version_stale', { state: before.state, version: before.version })
  const measureIds = (await measuresOfUnit(tx, unitId)).map((measure) => measure.id)
  const content = contentColumns(
    app.secrets,
    named(app, () => readReturn(input, measureIds, before.known)),
  )
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
  await insertEntry(tx, { id: newId(), returnId: before.id, version, handedAt: now, handedBy: actor.id, way, late, ...content })
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

/** Problems name fields as people know them: `lines.0.checked` is a figure of the first measure. */
function named<T>(app: AppContext, read: () => T): T {
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

/** A unit's own people act for it alone; the court's own name the unit. @throws `unit_other`, `request_invalid`. */
export function unitOf(actor: Actor, unitId: string | undefined): string {
  if (unitId !== undefined) requireOwnUnit(actor, unitId)
  const found = ownUnitOf(actor) ?? unitId
  if (found === undefined || found === '') throw new AppError('request_invalid', {}, [{ code: 'field_missing', field: 'unitId' }])
  return found
}

function closedOn({ closedAt }: RoundRow): Day | null {
  return closedAt === null ? null : dayOf(closedAt)
}

/** A first return ends its clock, which knows whether it is late; a correction of a timely one is not late. */
async function isLate(context: CommandContext, move: ReturnAct, { id }: Return, round: RoundRow): Promise<boolean> {
  if (move === 'correct') return false
  const subject = returnSubject(id)
  const timeliness = (await closeDeadlines(context, 'feedback.return', [subject])).get(subject)
  return timeliness === 'late' || round.state === 'closed'
}

export interface OwnReturn {
  roundId: string
  /** `2026Q3`. */
  quarter: string
  dueOn: Day
  /** The last day has passed and it is not in. */
  overdue: boolean
  roundState: RoundRow['state']
  unitId: string
  unitName: string
  state: ReturnState
  version: number
  /** Of an open return: what the house counted; of one that is in: what was stated. */
  checked: number
  restricted: number
  approved: number
  lines: readonly MeasureLine[]
  note: string
  /** What the house counted. */
  known: Return['known']
  /** The measures the unit applies, in the catalogue's order. */
  measures: { id: string; title: string }[]
}

/**
 * The return that waits for a unit: of the open rounds the oldest that is not in, else one it never handed in, else one it may still correct; null
 * when there is none.
 * @throws `unit_other`, `request_invalid` when the court's own people do not say which unit.
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
    // What was asked about a measure that is the unit's no longer stays in the total: its line could not be handed in.
    const own = lines.filter((line) => measures.some((measure) => measure.id === line.measureId))
    const stated = { state, version, checked, restricted, approved, lines: own, note, known, measures }
    return { roundId: id, quarter, dueOn, overdue, roundState, unitId, unitName, ...stated }
  },
)

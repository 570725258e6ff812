// The form of a return as a workbook: made prefilled for one unit, and read when it comes back. Nothing is kept unless all of it is right.
// What the form looks like is domain/feedback-form; handing in is actions/feedback.

import { Readable } from 'node:stream'
import { writtenDay } from '../../core/calendar.ts'
import { AppError, isAppError } from '../../core/errors.ts'
import { FORM_COLUMNS, formLines, placed, readForm, type FormRow, type ReadForm } from './form.rules.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { bytesSource, openSheet } from '../../platform/sheets/read.ts'
import { writeXlsx } from '../../platform/sheets/xlsx-write.ts'
import type { House } from '../../platform/commands/command.ts'
import { correctReturn, ownReturn, submitReturn, unitOf, type HandedIn } from './commands.ts'
import { quarterName } from './rounds.commands.ts'

const WIDTHS: readonly number[] = [10, 44, 12, 12, 16, 50]
/** A form has some fifty lines; what is longer is another file. */
const MOST_ROWS = 500
export const FORM_MOST_BYTES = 2_097_152

function titlesOf({ catalog }: House): string[] {
  return FORM_COLUMNS.map((column) => catalog.words('feedbacks', `form.column.${column}`))
}

/** The form of a unit's return, prefilled. @throws `feedback_missing` when nothing waits for it, `unit_other`, `request_invalid`. */
export async function feedbackForm(
  house: House,
  actor: Actor,
  input: { roundId?: string | undefined; unitId?: string | undefined },
): Promise<{ fileName: string; content: Readable }> {
  const found = await ownReturn(house, actor, input)
  if (found === null) throw new AppError('feedback_missing')
  const { roundId, unitId, unitName, version, quarter, measures } = found
  const word = (key: string, values = {}): string => house.catalog.words('feedbacks', `form.${key}`, values)
  const { hidden, rows } = formLines({ roundId, unitId, version }, found, measures, word('total'))
  const notes = [word('due', { dueOn: writtenDay(found.dueOn) }), word('rules'), word('measures'), word('keep')]
  const title = word('title', { quarter: quarterName(house, quarter), unit: unitName })
  const columns = titlesOf(house).map((each, at) => ({ title: each, width: WIDTHS[at] ?? 12 }))
  const content = Readable.from([await writeXlsx([{ name: word('sheet'), title, notes, hidden, columns, rows }])])
  return { fileName: `${word('file')}-${quarter}-${unitName}.xlsx`, content }
}

/**
 * Takes a filled form in: hands the return in, or corrects one that is in. All or nothing.
 * @throws what opening a file throws (`import_…`), `feedback_form_unknown`, `feedback_form_changed`, `feedback_form_round` when another round was meant,
 * `unit_other`, `feedback_wrong` with row and column of every cell, and as `submitReturn` and `correctReturn`.
 */
export async function handInForm(
  house: House,
  actor: Actor,
  input: { fileName: string; bytes: Buffer; roundId?: string | undefined },
): Promise<HandedIn> {
  const titles = titlesOf(house)
  const form = readForm(await rowsOf(input.fileName, input.bytes), titles)
  const unitId = unitOf(actor, form.unitId)
  const found = await ownReturn(house, actor, { roundId: form.roundId, unitId })
  if (found === null) throw new AppError('feedback_form_unknown')
  if (input.roundId !== undefined && input.roundId !== form.roundId) throw new AppError('feedback_form_round', { quarter: found.quarter })
  const handIn = found.state === 'open' ? submitReturn : correctReturn
  try {
    return await handIn(house, actor, { roundId: form.roundId, unitId, version: form.version, ...form.input, way: 'file' })
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

// Writes the annotated sheet of a file: its rows as they were given, each with the answer, the measure, the legal basis and what to do.
// The answers are those of the log, shown by the same function as a single question.

import type { AppContext } from '../../platform/commands/command.ts'
import type { Cell } from '../../platform/sheets/write.ts'
import { writeXlsx } from '../../platform/sheets/xlsx-write.ts'
import { wallTime } from '../../core/calendar.ts'
import { askedKey, type ReadRow, type ReadSheet } from './file-rows.views.ts'
import type { ScreeningFile } from './files.store.ts'
import { viewOf, type ScreeningView } from './lookup.views.ts'
import type { ScreeningRow } from './store.ts'

/** The columns that are added, in order; their titles are words. */
const ADDED = ['proceeding', 'answer', 'advice', 'measures', 'basis', 'todo', 'report', 'number', 'asOf', 'problems'] as const
const WIDTHS: Readonly<Record<(typeof ADDED)[number], number>> = {
  proceeding: 12,
  answer: 10,
  advice: 22,
  measures: 36,
  basis: 60,
  todo: 70,
  report: 24,
  number: 30,
  asOf: 20,
  problems: 60,
}

/** The workbook. @param answers the logged questions by the number of each. */
export async function annotatedSheet(
  app: AppContext,
  file: ScreeningFile,
  sheet: ReadSheet,
  answers: ReadonlyMap<string, ScreeningRow>,
): Promise<Buffer> {
  const word = (key: string, values = {}): string => app.catalog.words('screenings', `file.${key}`, values)
  const width = Math.max(sheet.headings.length, ...sheet.rows.map((row) => row.cells.length))
  const headings = Array.from({ length: width }, (_, at) => ({ title: sheet.headings[at] ?? '' }))
  return writeXlsx([
    {
      name: word('sheet'),
      title: word('title'),
      notes: [word('note'), ...sheet.notes.map((note) => app.catalog.check(note))],
      columns: [{ title: word('column.row') }, ...headings, ...ADDED.map((key) => ({ title: word(`column.${key}`), width: WIDTHS[key] }))],
      rows: rowsOf(app, file, { sheet, answers, width }),
    },
  ])
}

function* rowsOf(
  app: AppContext,
  file: ScreeningFile,
  { sheet, answers, width }: { sheet: ReadSheet; answers: ReadonlyMap<string, ScreeningRow>; width: number },
): Generator<Cell[]> {
  for (const row of sheet.rows) {
    const answer = row.question === null ? undefined : answers.get(askedKey(file, row))
    const given = Array.from({ length: width }, (_, at) => row.cells[at] ?? '')
    yield [placeOf(row), ...given, ...(answer === undefined ? unanswered(app, row) : answered(app, row, viewOf(app, answer)))]
  }
}

/** Its number, with the name of a later sheet before it. */
const placeOf = ({ row, place }: ReadRow): Cell => (place === String(row) ? row : place)

/** A row that was not asked about: only what is wrong with it. */
function unanswered(app: AppContext, row: ReadRow): Cell[] {
  const state = row.question === null ? 'unasked' : 'waiting'
  return [app.catalog.words('screenings', `file.${state}`), ...ADDED.slice(1, -1).map(() => ''), problemsOf(app, row)]
}

function answered(app: AppContext, row: ReadRow, view: ScreeningView): Cell[] {
  const word = (key: string): string => app.catalog.words('screenings', key)
  const measures = (view.findings ?? []).flatMap((finding) => finding.measures)
  const listed = (lines: readonly string[]): string => [...new Set(lines)].join('\n')
  return [
    word(`file.proceeding.${view.proceeding}`),
    word(`answer.${view.answer}`),
    word(`advice.${view.advice}`),
    listed(measures.map(({ id, title }) => `${id} ${title}`)),
    listed(measures.map(({ sentence }) => sentence)),
    view.explanation ?? word(`file.todo.${view.advice === 'none' ? 'none' : 'no_record'}`),
    word(view.answer === 'none' ? 'file.report.no' : 'file.report.yes'),
    view.id,
    wallTime(view.asOf),
    problemsOf(app, row),
  ]
}

function problemsOf(app: AppContext, row: ReadRow): string {
  return row.problems.map((problem) => app.catalog.check(problem)).join('\n')
}

// The form of a return as rows of a sheet: which cell holds what, and reading a filled-in form. Pure.
// Making and opening files is commands.ts with platform/sheets; which figures may be stated is rules.ts; words are in templates/words.

import { AppError, type Problem } from '../../core/errors.ts'
import { squeeze } from '../../core/text.ts'
import { formulaIn } from '../debtors/headings.rules.ts'
import { FIGURES, MAX_FIGURE, type Figures, type MeasureLine, type ReturnContent, type ReturnInput } from './rules.ts'

/** The first cell of the hidden row, before round, unit and version: it marks the file as a form of this application. */
const MARK = 'zxt-feedback-1'
/** The code cell of the row of totals. */
const TOTAL = 'ALL'

/** The columns of the form, in order. */
export const FORM_COLUMNS = ['code', 'item', ...FIGURES, 'note'] as const
type FormColumn = (typeof FORM_COLUMNS)[number]

type Cell = string | number

/** Which return a form belongs to. */
export interface FormKey {
  roundId: string
  unitId: string
  version: number
}

/** The rows of a form: the hidden row with the key, the total, then one row for each measure of the unit. */
export function formLines(
  key: FormKey,
  content: ReturnContent,
  measures: readonly { id: string; title: string }[],
  total: string,
): { hidden: Cell[]; rows: Cell[][] } {
  const figures = (from: Figures | undefined): Cell[] => FIGURES.map((figure) => from?.[figure] ?? 0)
  return {
    hidden: [MARK, key.roundId, key.unitId, key.version],
    rows: [
      [TOTAL, total, ...figures(content), content.note],
      ...measures.map(({ id, title }) => [id, title, ...figures(content.lines.find((line) => line.measureId === id))]),
    ],
  }
}

/** A row as the sheet reader returns it. */
export interface FormRow {
  /** The row number, counted from 1 as spreadsheets do. */
  row: number
  cells: readonly Cell[]
}

/** A filled-in form. */
export interface ReadForm extends FormKey {
  input: ReturnInput
  /** Row numbers of the total and of each of `input.lines`. */
  places: { total: number; lines: readonly number[] }
}

/**
 * Reads a filled-in form.
 * @param titles the titles of the columns with which the form was made.
 * @throws `feedback_form_unknown` for a file that is not a form of this application, `feedback_form_changed` naming the row,
 * `feedback_wrong` with every cell that is not a whole number.
 */
export function readForm(rows: readonly FormRow[], titles: readonly string[]): ReadForm {
  const start = rows.findIndex(({ cells }) => textOf(cells[0]) === MARK)
  const key = keyOf(rows[start]?.cells ?? [])
  if (key === null) throw new AppError('feedback_form_unknown')
  const [head, total, ...rest] = rows.slice(start + 1)
  if (head === undefined || titles.some((title, index) => textOf(head.cells[index]) !== squeeze(title)))
    throw formChanged(head ?? rows[start])
  if (total === undefined || textOf(total.cells[0]) !== TOTAL) throw formChanged(total ?? head)
  const problems: Problem[] = []
  const figuresOf = ({ row, cells }: FormRow, blank: 'zero' | 'wrong'): Figures => {
    const read = (figure: keyof Figures): number => {
      const index = FORM_COLUMNS.indexOf(figure)
      const count = countOf(cells[index] ?? '', blank)
      if (count === null) problems.push(numberProblem(row, titles[index] ?? figure, figure, cells[index] ?? ''))
      return count ?? 0
    }
    return { checked: read('checked'), restricted: read('restricted'), approved: read('approved') }
  }
  const totals = figuresOf(total, 'wrong')
  const lines = rest
    .map((row): { row: number; line: MeasureLine } => ({
      row: row.row,
      line: { measureId: textOf(row.cells[0]), ...figuresOf(row, 'zero') },
    }))
    .filter(({ line }) => FIGURES.some((figure) => line[figure] !== 0))
  if (problems.length > 0) throw new AppError('feedback_wrong', { count: problems.length }, problems)
  const note = String(total.cells[FORM_COLUMNS.indexOf('note')] ?? '')
  const input = { ...totals, lines: lines.map(({ line }) => line), note }
  return { ...key, input, places: { total: total.row, lines: lines.map(({ row }) => row) } }
}

function textOf(cell: Cell | undefined): string {
  return squeeze(String(cell ?? ''))
}

function keyOf(cells: readonly Cell[]): FormKey | null {
  const [, roundId = '', unitId = '', version = ''] = cells.map(textOf)
  return roundId === '' || unitId === '' || !/^[1-9]\d{0,8}$/.test(version) ? null : { roundId, unitId, version: Number(version) }
}

function formChanged(row: FormRow | undefined): AppError {
  return new AppError('feedback_form_changed', { row: row?.row ?? 1 })
}

/** Reads a number as people type it, null when it is none; whether it is whole and in range is checked in rules.ts. */
function countOf(cell: Cell, blank: 'zero' | 'wrong'): number | null {
  const text = textOf(cell)
  if (text === '') return blank === 'zero' ? 0 : null
  const count = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  return Number.isNaN(count) ? null : count
}

function numberProblem(row: number, column: string, field: string, cell: Cell): Problem {
  const place = { field, row, column, value: String(cell).slice(0, 20) }
  if (formulaIn(cell) !== null) return { code: 'cell_formula', ...place }
  return { code: 'feedback_number', ...place, values: { max: MAX_FIGURE } }
}

/** Adds to a problem of a return the row and the column of the form it was read from. */
export function withPlace(problem: Problem, { places }: ReadForm, titles: readonly string[]): Problem {
  const [name = '', line] = (problem.field ?? '').split('.').reverse()
  const column = titles[FORM_COLUMNS.indexOf((name === 'measureId' ? 'code' : name) as FormColumn)]
  const row = line === undefined ? places.total : places.lines[Number(line)]
  return { ...problem, ...(row === undefined ? {} : { row }), ...(column === undefined ? {} : { column }) }
}

// The form of a return as a file: where what stands in it, and reading what somebody wrote into it. Pure.
// Which words it shows is templates/words; making and opening files is sheets; what may be stated is feedback.ts.

import { AppError, type Problem } from '../../core/errors.ts'
import { squeeze } from '../../core/text.ts'
import { FIGURES, MOST_CASES, type Figures, type MeasureLine, type ReturnContent, type ReturnInput } from './rules.ts'

/** In the hidden line, before round, unit and version: whose form this is. */
const MARK = 'zxt-feedback-1'
const TOTAL = 'ALL'

export const FORM_COLUMNS = ['code', 'item', ...FIGURES, 'note'] as const
type FormColumn = (typeof FORM_COLUMNS)[number]

type Cell = string | number

export interface FormKey {
  roundId: string
  unitId: string
  version: number
}

/** The lines of a form: the hidden one that says whose it is, the total, then each measure of the unit. */
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

export interface FormRow {
  /** Counted from 1 as a spreadsheet shows it. */
  row: number
  cells: readonly Cell[]
}

export interface ReadForm extends FormKey {
  input: ReturnInput
  /** Where in the file the total and each of `input.lines` stand. */
  places: { total: number; lines: readonly number[] }
}

/**
 * @param titles of the columns, as the form was made with.
 * @throws `feedback_form_unknown` for a file that is no form of ours, `feedback_form_changed` naming the line, `feedback_wrong` with every cell that is
 * no whole number.
 */
export function readForm(rows: readonly FormRow[], titles: readonly string[]): ReadForm {
  const start = rows.findIndex(({ cells }) => textOf(cells[0]) === MARK)
  const key = keyOf(rows[start]?.cells ?? [])
  if (key === null) throw new AppError('feedback_form_unknown')
  const [head, total, ...rest] = rows.slice(start + 1)
  if (head === undefined || titles.some((title, at) => textOf(head.cells[at]) !== squeeze(title))) throw changed(head ?? rows[start])
  if (total === undefined || textOf(total.cells[0]) !== TOTAL) throw changed(total ?? head)
  const problems: Problem[] = []
  const figuresOf = ({ row, cells }: FormRow, blank: 'zero' | 'wrong'): Figures => {
    const read = (figure: keyof Figures): number => {
      const at = FORM_COLUMNS.indexOf(figure)
      const count = countOf(cells[at] ?? '', blank)
      if (count === null) problems.push(noNumber(row, titles[at] ?? figure, figure, cells[at] ?? ''))
      return count ?? 0
    }
    return { checked: read('checked'), restricted: read('restricted'), approved: read('approved') }
  }
  const whole = figuresOf(total, 'wrong')
  const lines = rest
    .map((row): { row: number; line: MeasureLine } => ({
      row: row.row,
      line: { measureId: textOf(row.cells[0]), ...figuresOf(row, 'zero') },
    }))
    .filter(({ line }) => FIGURES.some((figure) => line[figure] !== 0))
  if (problems.length > 0) throw new AppError('feedback_wrong', { count: problems.length }, problems)
  const note = String(total.cells[FORM_COLUMNS.indexOf('note')] ?? '')
  const input = { ...whole, lines: lines.map(({ line }) => line), note }
  return { ...key, input, places: { total: total.row, lines: lines.map(({ row }) => row) } }
}

function textOf(cell: Cell | undefined): string {
  return squeeze(String(cell ?? ''))
}

function keyOf(cells: readonly Cell[]): FormKey | null {
  const [, roundId = '', unitId = '', version = ''] = cells.map(textOf)
  return roundId === '' || unitId === '' || !/^[1-9]\d{0,8}$/.test(version) ? null : { roundId, unitId, version: Number(version) }
}

function changed(row: FormRow | undefined): AppError {
  return new AppError('feedback_form_changed', { row: row?.row ?? 1 })
}

/** Whole numbers as people type them; what is in range is judged with everything else. */
function countOf(cell: Cell, blank: 'zero' | 'wrong'): number | null {
  const text = textOf(cell)
  if (text === '') return blank === 'zero' ? 0 : null
  const count = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  return Number.isNaN(count) ? null : count
}

function noNumber(row: number, column: string, field: string, cell: Cell): Problem {
  return { code: 'feedback_number', field, row, column, value: String(cell).slice(0, 20), values: { max: MOST_CASES } }
}

/** A problem of a return with the line and column of the file it was read from. */
export function placed(problem: Problem, { places }: ReadForm, titles: readonly string[]): Problem {
  const [name = '', line] = (problem.field ?? '').split('.').reverse()
  const column = titles[FORM_COLUMNS.indexOf((name === 'measureId' ? 'code' : name) as FormColumn)]
  const row = line === undefined ? places.total : places.lines[Number(line)]
  return { ...problem, ...(row === undefined ? {} : { row }), ...(column === undefined ? {} : { column }) }
}

// Reads one cell of an .xlsx file: its value, or the formula that nothing has calculated.
// Which tags belong to a cell is known by xlsx.ts.

import { LONGEST_TEXT, unescapeText, type Workbook } from './workbook.ts'
import type { Attributes } from './xml.ts'

/** Days between the epochs of the 1900 and the 1904 date system. */
const FROM_1904 = 1462
/** 1970-01-01 as a serial number in the 1900 system. */
const UNIX_EPOCH = 25_569
/** Characters of a formula that are kept of it where it has no value. */
const LONGEST_FORMULA = 200

/** A cell that is being read. */
export interface Cell {
  readonly column: number
  readonly type: string
  readonly style: number
  value: string
  /** The formula without its sign, or null where the cell has none. */
  formula: string | null
  /** Whether a value is stored, were it an empty text. */
  hasValue: boolean
  /** The part whose text comes. */
  inside: 'v' | 'f' | null
}

/** A cell at its opening tag. */
export function openCell(column: number, { t = 'n', s = '0' }: Attributes): Cell {
  return { column, type: t, style: Number(s), value: '', formula: null, hasValue: false, inside: null }
}

/** Notes that the value or the formula of a cell begins. */
export function enterPart(cell: Cell, part: 'v' | 'f'): void {
  cell.inside = part
  if (part === 'v') cell.hasValue = true
  else cell.formula ??= ''
}

/** Adds text of the part that was entered; what is beyond the longest is not kept. */
export function addText(cell: Cell, text: string): void {
  if (cell.inside === 'v' && cell.value.length < LONGEST_TEXT) cell.value += text.slice(0, LONGEST_TEXT - cell.value.length)
  else if (cell.inside === 'f') cell.formula = `${cell.formula ?? ''}${text}`.slice(0, LONGEST_FORMULA)
}

/**
 * The value of a cell; undefined when it refers to a shared text that does not exist. A formula that nothing has calculated yet is its own
 * text, `=A1`, and a failed one its error, `#REF!`: left out, a row of them would be blank, and whoever stands there on no list.
 */
export function cellValue(cell: Cell, workbook: Workbook): string | number | undefined {
  const { value, type } = cell
  if (value === '') return isUncalculated(cell) ? `=${cell.formula ?? ''}` : ''
  switch (type) {
    case 's':
      return workbook.texts.get(Number(value))
    case 'str':
      return unescapeText(value)
    case 'inlineStr':
    case 'e':
      return value
    case 'b':
      return /^(?:1|true)$/.test(value) ? 'TRUE' : 'FALSE'
    case 'd':
      return isoSerial(value)
    default:
      return numberOf(cell, workbook.datesOf1904)
  }
}

/** Some programs write `<v/>` beside every formula; only that of a text may be a calculated nothing. */
function isUncalculated({ formula, hasValue, type }: Cell): boolean {
  return formula !== null && !(hasValue && type === 'str')
}

function numberOf({ value, style }: Cell, datesOf1904: Workbook['datesOf1904']): string | number {
  const number = Number(value)
  if (!Number.isFinite(number) || value.trim() === '') return value
  return datesOf1904?.has(style) === true ? number + FROM_1904 : number
}

/** The serial number of an ISO 8601 date without a zone, which the strict variant of the format writes. */
function isoSerial(value: string): string | number {
  const time = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(value) ? value : value.replace(/Z?$/, 'Z'))
  return Number.isNaN(time) ? value : time / 86_400_000 + UNIX_EPOCH
}

/** The column of a reference, counted from 0: 27 for `AB12`. */
export function columnOf(reference: string): number {
  let column = 0
  for (let index = 0; index < reference.length; index++) {
    const code = reference.charCodeAt(index)
    if (code < 65 || code > 90) break
    column = column * 26 + code - 64
  }
  return column - 1
}

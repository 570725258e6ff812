// Writes workbooks: a title, notes, a header that stays visible, typed cells. They contain no formulas and no macros.
// Reading them is xlsx.ts; text tables are written in write.ts; the content belongs to the caller.

import writeXlsxFile, { type CellObject, type Row } from 'write-excel-file/node'
import type { Cell } from './write.ts'

/** The media type of a workbook. */
export const XLSX_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** A column of a sheet. */
export interface SheetColumn {
  title: string
  /** Width in characters (a Chinese character counts as two). Without it, as wide as the title. */
  width?: number
}

/** The content of one sheet. */
export interface SheetPlan {
  /** Name of the tab. It is cut to 31 characters, and characters that spreadsheets refuse are replaced. */
  name: string
  /** A bold line above everything. */
  title?: string
  /** Lines above the header, such as what the table is and how to fill it in. */
  notes?: readonly string[]
  /** Cells of a hidden row, for the program that reads the file. */
  hidden?: readonly Cell[]
  columns: readonly SheetColumn[]
  /** Texts stay texts (identity numbers keep their digits, `=1+1` is not computed), numbers are numbers. */
  rows: Iterable<readonly Cell[]>
  /** A bold row at the end. */
  totals?: readonly Cell[]
}

// Types of the library's last overload, which takes several sheets and options.
type Sheet = Parameters<typeof writeXlsxFile>[0][number]
type Options = NonNullable<Parameters<typeof writeXlsxFile>[1]>

/** Characters of one cell at most. A cell in Excel holds 32,767, and escaping makes texts longer. */
const MOST_CHARACTERS = 16_000
const MOST_ROWS = 1_048_576
const TEXT_FORMAT = '@'
/** Height of one line of a note, in points. */
const LINE_HEIGHT = 16
const HEADER: Partial<CellObject> = { fontWeight: 'bold', backgroundColor: '#DDE6F0', align: 'center', wrap: true, borderStyle: 'thin' }

/** Builds a workbook with these sheets in memory: for reports and templates, not for a list of a million entries. */
export async function writeXlsx(plans: readonly SheetPlan[]): Promise<Buffer> {
  const names = new Set<string>()
  const sheets = plans.map((plan) => sheetOf(plan, nameOf(plan.name, names)))
  const hidden = plans.map((plan) => (plan.hidden === undefined ? null : linesAbove(plan)))
  return writeXlsxFile(sheets, { features: [hideRows(hidden)] }).toBuffer()
}

function sheetOf(plan: SheetPlan, sheet: string): Sheet {
  const { columns, title, notes = [], hidden, totals } = plan
  const count = columns.length
  const widths = columns.map((column) => column.width ?? widthOf(column.title))
  const totalWidth = widths.reduce((sum, width) => sum + width, 0)
  const data: Row[] = []
  // Spreadsheets do not adapt the height of merged cells to their text, so it is computed.
  const addMergedLine = (text: string, style: Partial<CellObject>): void => {
    const height = LINE_HEIGHT * Math.max(1, Math.ceil(widthOf(text) / totalWidth))
    const span = count > 1 ? { columnSpan: count } : {}
    data.push([{ ...textCell(text), height, ...style, ...span }, ...Array.from({ length: count - 1 }, () => null)])
  }
  if (title !== undefined) addMergedLine(title, { fontWeight: 'bold', fontSize: 14, height: 24 })
  for (const note of notes) addMergedLine(note, { wrap: true })
  if (hidden !== undefined) data.push(hidden.map((cell) => cellOf(cell)))
  data.push(columns.map((column) => ({ ...textCell(column.title), ...HEADER })))
  const headerEnd = data.length
  for (const row of plan.rows) data.push(row.map((cell) => cellOf(cell)))
  if (totals !== undefined) data.push(totals.map((cell) => (isNothing(cell) ? null : { ...cellOf(cell), fontWeight: 'bold' as const })))
  if (data.length > MOST_ROWS) throw new RangeError(`a sheet has at most ${MOST_ROWS} rows`)
  return { sheet, data, columns: widths.map((width) => ({ width })), stickyRowsCount: headerEnd }
}

/** Number of rows above the hidden row. */
function linesAbove({ title, notes = [] }: SheetPlan): number {
  return notes.length + (title === undefined ? 0 : 1)
}

function isNothing(cell: Cell): cell is null | undefined | '' {
  return cell === null || cell === undefined || cell === '' || (typeof cell === 'number' && !Number.isFinite(cell))
}

function cellOf(cell: Cell): CellObject | null {
  if (isNothing(cell)) return null
  return typeof cell === 'number' ? { type: Number, value: cell, alignVertical: 'top' } : textCell(cell)
}

/** A cell of type text, formatted as text: editing does not turn it into a formula or a rounded number. */
function textCell(text: string): CellObject {
  return { type: String, value: safeText(text), format: TEXT_FORMAT, alignVertical: 'top', wrap: text.length > 20 }
}

/**
 * Escapes characters that XML cannot hold as spreadsheets do (`_x0007_`), and texts that look escaped already. Of a text such as
 * `constructor` the first letter is escaped, because the library looks texts up in a plain object.
 */
export function safeText(text: string): string {
  const safe = text
    .slice(0, MOST_CHARACTERS)
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/_x[0-9A-Fa-f]{4}_/g, (sequence) => `_x005F${sequence}`)
    .replace(CONTROL, escaped)
  return safe in Object.prototype ? escaped(safe.charAt(0)) + safe.slice(1) : safe
}

/** Characters that XML 1.0 refuses, and the carriage return, which it would turn into a line feed. */
const CONTROL = /[^\P{Cc}\t\n]|[\ufffe\uffff]/gu

function escaped(character: string): string {
  return `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`
}

/** A name that spreadsheets accept and that no other tab has. */
function nameOf(name: string, usedNames: Set<string>): string {
  const plain = name.replace(/[[\]/\\:*?']/g, ' ').trim() || 'Sheet'
  let unique = plain.slice(0, 31)
  for (let n = 2; usedNames.has(unique.toLowerCase()); n++) unique = `${plain.slice(0, 27)} ${n}`
  usedNames.add(unique.toLowerCase())
  return unique
}

function widthOf(title: string): number {
  return Math.max(
    8,
    [...title].reduce((width, character) => width + (character > '\u00ff' ? 2 : 1), 2),
  )
}

/** A feature of the library that hides rows. @param hidden the hidden row of each sheet, counted from 0, or null. */
function hideRows(hidden: readonly (number | null)[]): NonNullable<Options['features']>[number] {
  const sheet = 'xl/worksheets/sheet{id}.xml'
  return {
    files: {
      transform: {
        [sheet]: {
          transformElementAttributes: (tag, attributes, index, _options, { sheetIndex }) =>
            tag === 'row' && index !== undefined && index === hidden[sheetIndex] ? { ...attributes, hidden: 1 } : attributes,
        },
      },
    },
  }
}

// Writing workbooks that people open: a title, notes, a header that stays in sight, typed cells. Nothing in them can run.
// Reading them is in xlsx.ts; text tables are written in write.ts; what stands in the cells belongs to whoever asks.

import writeXlsxFile, { type CellObject, type Row } from 'write-excel-file/node'
import type { Cell } from './write.ts'

/** Sent with a workbook. */
export const XLSX_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

export interface SheetColumn {
  title: string
  /** In characters; without it as wide as the title. A Chinese character takes two. */
  width?: number
}

export interface SheetPlan {
  /** The tab's name: cut to 31 characters, without the signs that spreadsheets refuse. */
  name: string
  /** A line in bold above everything. */
  title?: string
  /** Lines above the header: what the table is, how to fill it in. */
  notes?: readonly string[]
  /** Cells of one line that the file's reader needs and its user does not see. */
  hidden?: readonly Cell[]
  columns: readonly SheetColumn[]
  /** A text stays a text (identity numbers keep their digits, `=1+1` stays what was typed), a number is a number. */
  rows: Iterable<readonly Cell[]>
  /** A last line in bold. */
  totals?: readonly Cell[]
}

// Of the library's last overload: several sheets, options.
type Sheet = Parameters<typeof writeXlsxFile>[0][number]
type Options = NonNullable<Parameters<typeof writeXlsxFile>[1]>

/** A cell in Excel holds 32,767; what is escaped below grows. */
const MOST_CHARACTERS = 16_000
const MOST_ROWS = 1_048_576
const TEXT_FORMAT = '@'
/** Of one line of a note, points. */
const LINE_HEIGHT = 16
const HEADER: Partial<CellObject> = { fontWeight: 'bold', backgroundColor: '#DDE6F0', align: 'center', wrap: true, borderStyle: 'thin' }

/** A workbook with these sheets, in memory: for reports and templates, not for a list of a million entries. */
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
  const wide = widths.reduce((sum, width) => sum + width, 0)
  const data: Row[] = []
  // Spreadsheets do not fit the height of merged cells to their text.
  const line = (text: string, style: Partial<CellObject>): void => {
    const height = LINE_HEIGHT * Math.max(1, Math.ceil(widthOf(text) / wide))
    const span = count > 1 ? { columnSpan: count } : {}
    data.push([{ ...textCell(text), height, ...style, ...span }, ...Array.from({ length: count - 1 }, () => null)])
  }
  if (title !== undefined) line(title, { fontWeight: 'bold', fontSize: 14, height: 24 })
  for (const note of notes) line(note, { wrap: true })
  if (hidden !== undefined) data.push(hidden.map((cell) => cellOf(cell)))
  data.push(columns.map((column) => ({ ...textCell(column.title), ...HEADER })))
  const above = data.length
  for (const row of plan.rows) data.push(row.map((cell) => cellOf(cell)))
  if (totals !== undefined) data.push(totals.map((cell) => (isNothing(cell) ? null : { ...cellOf(cell), fontWeight: 'bold' as const })))
  if (data.length > MOST_ROWS) throw new RangeError(`a sheet has at most ${MOST_ROWS} rows`)
  return { sheet, data, columns: widths.map((width) => ({ width })), stickyRowsCount: above }
}

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

/** Always of the type text and formatted as such: editing it does not turn it into a formula or a rounded number. */
function textCell(text: string): CellObject {
  return { type: String, value: safeText(text), format: TEXT_FORMAT, alignVertical: 'top', wrap: text.length > 20 }
}

/**
 * What XML cannot hold is written as spreadsheets write it (`_x0007_`), as is a text that looks so already, and the first letter of a word that
 * every JavaScript object knows: the library looks texts up in one.
 */
function safeText(text: string): string {
  const safe = text
    .slice(0, MOST_CHARACTERS)
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/_x[0-9A-Fa-f]{4}_/g, (found) => `_x005F${found}`)
    .replace(CONTROL, escaped)
  return safe in Object.prototype ? escaped(safe.charAt(0)) + safe.slice(1) : safe
}

/** What XML 1.0 refuses, and the return that it would turn into a new line. */
const CONTROL = /[^\P{Cc}\t\n]|[\ufffe\uffff]/gu

function escaped(character: string): string {
  return `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`
}

/** A name that spreadsheets take and that no other tab has. */
function nameOf(name: string, taken: Set<string>): string {
  const plain = name.replace(/[[\]/\\:*?']/g, ' ').trim() || 'Sheet'
  let unique = plain.slice(0, 31)
  for (let n = 2; taken.has(unique.toLowerCase()); n++) unique = `${plain.slice(0, 27)} ${n}`
  taken.add(unique.toLowerCase())
  return unique
}

function widthOf(title: string): number {
  return Math.max(
    8,
    [...title].reduce((width, character) => width + (character > '\u00ff' ? 2 : 1), 2),
  )
}

/** @param hidden of each sheet the line that is not shown, counted from 0. */
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

// Reads the rows of an .xlsx file as a stream.
// The archive is opened in zip.ts; the parts that describe the workbook are read in workbook.ts.

import { AppError, isAppError } from '../../core/errors.ts'
import {
  assertWidth,
  cellName,
  COLUMNS_READ,
  createBatch,
  cutText,
  readError,
  type Sheet,
  type SheetLimits,
  type SheetRow,
  type SheetSource,
  type SheetTab,
} from './sheet.ts'
import { filler, NO_LAYOUT, readLayout, type Layout } from './xlsx-layout.ts'
import { readWorkbook, textReader, type Workbook } from './workbook.ts'
import { addText, cellValue, columnOf, enterPart, openCell, type Cell } from './xlsx-cells.ts'
import { type Attributes, isTrue, readXml, type XmlReader } from './xml.ts'
import { openArchive, type Part } from './zip.ts'

/**
 * Opens the sheets that have a row.
 * @throws AppError `import_type_unknown`, `import_file_broken`, `import_empty`, `import_too_large`.
 */
export async function openXlsx(source: SheetSource, limits: SheetLimits): Promise<Sheet> {
  const archive = await openArchive(source, limits)
  try {
    const workbook = await readWorkbook(archive, limits)
    const reading = { workbook, sourceBytes: source.bytes, maxRows: limits.maxRows }
    const tabs: SheetTab[] = []
    for (const { name, isHidden, part } of workbook.sheets) {
      if (!(await hasRows(readRows(part, reading, NO_LAYOUT)))) continue
      const layout = layoutOf(part, limits)
      const rows = async function* (): AsyncGenerator<SheetRow[]> {
        yield* readRows(part, reading, await layout())
      }
      tabs.push({ name, isHidden, rows, hiddenColumns: async () => (await layout()).hiddenColumns })
    }
    const first = tabs.find((tab) => !tab.isHidden)
    if (first === undefined) throw new AppError('import_empty')
    const close = (): Promise<void> => {
      archive.close()
      return Promise.resolve()
    }
    return { kind: 'xlsx', tabs, rows: first.rows, close }
  } catch (error) {
    archive.close()
    throw readError(error)
  }
}

/** Searches a sheet for its layout at the first question. A sheet that is broken has none: its rows meet the fault and name the row. */
function layoutOf(part: Part, { maxMerges }: SheetLimits): () => Promise<Layout> {
  let layout: Promise<Layout> | undefined
  const orNone = (error: unknown): Layout => {
    if (isAppError(error, 'sheet_merges')) throw error
    return NO_LAYOUT
  }
  return () => (layout ??= readLayout(part, maxMerges).catch(orNone))
}

async function hasRows(rows: AsyncGenerator<SheetRow[]>): Promise<boolean> {
  const first = await rows.next()
  await rows.return(undefined)
  return first.done !== true
}

/** What the rows of all sheets of a file are read with. */
interface Reading {
  workbook: Workbook
  sourceBytes: number
  maxRows: number
}

async function* readRows(part: Part, { workbook, sourceBytes, maxRows }: Reading, { merges }: Layout): AsyncGenerator<SheetRow[]> {
  const batch = createBatch()
  let bytesRead = 0
  const fill = filler(merges)
  const reader = rowReader({ workbook, maxRows }, ({ row, cells, ...said }) => {
    fill(row, cells)
    batch.add({ row, cells, bytesRead, ...said })
  })
  try {
    for await (const bytes of readXml(part.content(), reader)) {
      bytesRead = Math.round((sourceBytes * bytes) / Math.max(part.bytes, 1))
      if (batch.isFull()) yield batch.take()
    }
    const rest = batch.take()
    if (rest.length > 0) yield rest
  } catch (error) {
    throw readError(error, reader.row())
  }
}

/** The number of a row after another. @throws AppError `import_file_broken`, `sheet_rows`. */
function rowNumber({ r }: Attributes, before: number, maxRows: number): number {
  const number = Number(r ?? before + 1)
  if (number > maxRows) throw new AppError('sheet_rows', { max: maxRows })
  if (!Number.isInteger(number) || number <= before) throw new AppError('import_file_broken', { row: before + 1 })
  return number
}

type OpenRow = Omit<SheetRow, 'bytesRead'>

/** Puts a value into its column; of one beyond those that are read the first place is noted. */
function putCell(open: OpenRow, column: number, value: string | number): void {
  if (value === '') return
  if (column >= COLUMNS_READ) {
    open.unread ??= cellName(column, open.row)
    return
  }
  while (open.cells.length < column) open.cells.push('')
  open.cells[column] = typeof value === 'string' ? cutText(value) : value
}

function isBlank({ cells, unread }: OpenRow): boolean {
  return unread === undefined && !cells.some((value) => typeof value === 'number' || value.trim() !== '')
}

/** Turns tags into rows; `onRow` is called for each row that is not blank. */
function rowReader({ workbook, maxRows }: Omit<Reading, 'sourceBytes'>, onRow: (row: OpenRow) => void): XmlReader & { row(): number } {
  let open: OpenRow = { row: 0, cells: [] }
  let column = -1
  let cell: Cell | null = null
  const inline = textReader((text) => {
    if (cell !== null) cell.value = text
  })

  const openRow = (attributes: Attributes): void => {
    open = { row: rowNumber(attributes, open.row, maxRows), cells: [], ...(isTrue(attributes.hidden) ? { isHidden: true } : {}) }
    column = -1
  }
  const enterCell = (attributes: Attributes): void => {
    column = attributes.r === undefined ? column + 1 : columnOf(attributes.r)
    assertWidth(column + 1, open.row)
    if (column < 0) throw new AppError('import_file_broken', { row: open.row })
    cell = openCell(column, attributes)
  }
  const closeCell = (done: Cell): void => {
    const value = cellValue(done, workbook)
    if (value === undefined) throw new AppError('import_file_broken', { row: open.row })
    putCell(open, done.column, value)
  }

  return {
    row: () => open.row,
    open(name, attributes) {
      if (name === 'c') enterCell(attributes)
      else if (name === 'row') openRow(attributes)
      else if (cell === null) return
      else if (name === 'v' || name === 'f') enterPart(cell, name)
      else if (cell.type === 'inlineStr') inline.open(name, attributes)
    },
    text(text) {
      if (cell === null) return
      if (cell.inside !== null) addText(cell, text)
      else if (cell.type === 'inlineStr') inline.text(text)
    },
    close(name) {
      if (name === 'row' && !isBlank(open)) onRow(open)
      if (cell === null) return
      if (name === 'v' || name === 'f') cell.inside = null
      else if (name === 'c') {
        closeCell(cell)
        cell = null
      } else if (cell.type === 'inlineStr') inline.close(name)
    },
  }
}

// Types of a table that somebody hands in: where its bytes come from, what its rows look like, how large it may be.
// Reading is read.ts and the files that it names; what the columns mean belongs to the features' rules.

import type { Readable } from 'node:stream'
import { AppError, isAppError, type Problem } from '../../core/errors.ts'

/** The bytes of a table. */
export interface SheetSource {
  /** For display only: the type of a file is recognised by its content. */
  name: string
  /** Length of the content in bytes. */
  bytes: number
  /** A new stream over the whole content. It is called more than once. */
  stream(): Readable
  /** Bytes `start` to `end` (exclusive). Without it, an .xlsx file is held in memory, compressed, while it is read. */
  range?: (start: number, end: number) => Readable
}

/** Encodings of text tables. */
export type SheetEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'gb18030'

/** One row of a table. */
export interface SheetRow {
  /** Number of the row, counted from 1 as a spreadsheet shows it. Blank rows are counted but not returned. */
  row: number
  /**
   * Numbers only for numeric cells; a date is its serial number in the 1900 system. An empty cell is ''. Trailing empty cells may be
   * missing.
   */
  cells: (string | number)[]
  /** Bytes of the source that are read so far, for a progress bar. */
  bytesRead: number
  /** The row is hidden, by hand or by a filter. */
  isHidden?: true
  /** The first cell beyond the columns that are read (`COLUMNS_READ`) that has something in it: `AMK7`. */
  unread?: string
}

/** One sheet of a workbook; a text table has one without a name. */
export interface SheetTab {
  name: string
  isHidden: boolean
  rows(): AsyncIterable<SheetRow[]>
  /** Positions of hidden columns, from 0. */
  hiddenColumns(): Promise<readonly number[]>
}

/** An open table. */
export interface Sheet {
  kind: 'csv' | 'xlsx'
  encoding?: SheetEncoding
  /** All sheets in the order of their tabs. */
  tabs: readonly SheetTab[]
  /** The first visible sheet with a row, in batches of about 500 rows. Can be called again to start over. @throws AppError `import_file_broken`, with `row` where it is known. */
  rows(): AsyncIterable<SheetRow[]>
  /** Ends all streams that are still read. */
  close(): Promise<void>
}

/** Limits that protect memory and disk. */
export interface SheetLimits {
  /** Bytes of the file. */
  maxBytes: number
  /** Uncompressed bytes of the parts of an .xlsx file that are read. */
  maxUnpacked: number
  /** Bytes of all shared texts of an .xlsx file together, which are held in memory. */
  maxTexts: number
  /** Number of shared texts. */
  maxTextCount: number
  /** Ratio of uncompressed to compressed bytes of one part, for parts over 10 MB. */
  maxRatio: number
  /** Rows of one sheet, blank ones too. */
  maxRows: number
  /** Characters of one row, after its cells were cut. */
  maxRowLength: number
  maxTabs: number
  /** Merged areas of one sheet. */
  maxMerges: number
  /** Styles of cells, and formats of numbers. */
  maxStyles: number
}

/** The limits that apply unless a caller sets others. */
export const SHEET_LIMITS: SheetLimits = {
  maxBytes: 200_000_000,
  maxUnpacked: 2_000_000_000,
  maxTexts: 200_000_000,
  // Six different texts in each of a million rows.
  maxTextCount: 6_000_000,
  maxRatio: 250,
  // What a spreadsheet has.
  maxRows: 1_048_576,
  // Forty cells of the greatest length.
  maxRowLength: 200_000,
  maxTabs: 256,
  // A third of the cells of a long list of families.
  maxMerges: 500_000,
  maxStyles: 65_536,
}

/** The columns of a spreadsheet: A to XFD. */
const MAX_COLUMNS = 16_384
/** Columns that are read: a list has some twenty. One cell in the last column of a spreadsheet would make each row of it 16,384 cells. */
export const COLUMNS_READ = 1_024
/** Characters of a cell that are read: more than any field of a list may have, so that what is longer is refused as too long. */
export const LONGEST_CELL = 5_000

/** A text of at most so many characters. It is a copy: a piece of a text would keep all of it in memory. */
export function cutText(text: string): string {
  return text.length > LONGEST_CELL ? Buffer.from(text.slice(0, LONGEST_CELL), 'utf16le').toString('utf16le') : text
}

/** The characters of a row, with one for each cell. */
function lengthOf(cells: readonly (string | number)[]): number {
  return cells.reduce<number>((sum, cell) => sum + (typeof cell === 'string' ? cell.length : 0), cells.length)
}

/** Characters of one batch, about: its rows are read by the server without a pause. */
const BATCH_LENGTH = 300_000
/** Rows of one batch. */
const BATCH = 500

/** Rows that a reader has and has not handed on. */
export interface RowBatch {
  add(row: SheetRow): void
  isFull(): boolean
  /** Hands them on; there may be none. */
  take(): SheetRow[]
}

/** Gathers rows until they are enough to hand on, by their number or their length. */
export function createBatch(): RowBatch {
  let rows: SheetRow[] = []
  let length = 0
  return {
    add(row) {
      rows.push(row)
      length += lengthOf(row.cells)
    },
    isFull: () => rows.length >= BATCH || length >= BATCH_LENGTH,
    take() {
      const taken = rows
      rows = []
      length = 0
      return taken
    },
  }
}

/**
 * The same rows in batches of a bounded length, because one piece of a file may have brought very many. Their cells are cut (`cutText`).
 * @throws AppError `sheet_row_long`.
 */
export async function* boundedRows(rows: AsyncIterable<SheetRow[]>, { maxRowLength }: SheetLimits): AsyncGenerator<SheetRow[]> {
  for await (const batch of rows) {
    let start = 0
    let length = 0
    for (const [at, { row, cells }] of batch.entries()) {
      const own = lengthOf(cells)
      if (own > maxRowLength) throw new AppError('sheet_row_long', { row, length: own, max: maxRowLength })
      length += own
      if (length < BATCH_LENGTH) continue
      yield batch.slice(start, at + 1)
      start = at + 1
      length = 0
    }
    if (start < batch.length) yield start === 0 ? batch : batch.slice(start)
  }
}

/** The refusal of a file that is larger than a surface takes, in megabytes. */
export function tooLarge(bytes: number, max: number): AppError {
  return new AppError('import_too_large', { megabytes: megabytesOf(bytes), max: megabytesOf(max) })
}

/** Megabytes with one digit after the point, rounded up. */
export function megabytesOf(bytes: number): number {
  return Math.ceil((bytes / 1_048_576) * 10) / 10
}

/**
 * The error to throw when reading failed: an AppError or an error of the disk as it is, anything else as `import_file_broken`.
 * The parser's own message is dropped, because it may quote the content.
 */
export function readError(error: unknown, row?: number): unknown {
  if (isAppError(error)) return error
  if (error instanceof Error && 'syscall' in error) return error
  return new AppError('import_file_broken', row === undefined ? {} : { row })
}

/** The name of a cell. @param column from 0. */
export function cellName(column: number, row: number): string {
  let letters = ''
  for (let left = column + 1; left > 0; left = Math.floor((left - 1) / 26)) letters = String.fromCharCode(65 + ((left - 1) % 26)) + letters
  return `${letters}${row}`
}

/** What is said of the cells of a sheet that were not read; nothing when all were. @param tab its name, empty for a text table. */
export function unreadNotes(tab: string, rows: readonly Pick<SheetRow, 'row' | 'unread'>[]): Problem[] {
  const [first, ...others] = rows.filter(({ unread }) => unread !== undefined)
  if (first?.unread === undefined) return []
  const place = tab === '' ? first.unread : `${tab}!${first.unread}`
  return [{ code: 'columns_unread', severity: 'warning', row: first.row, values: { most: COLUMNS_READ, count: others.length + 1, place } }]
}

/** @throws AppError `import_too_wide` for a row with more columns than a spreadsheet has. */
export function assertWidth(columns: number, row: number): void {
  if (columns > MAX_COLUMNS) throw new AppError('import_too_wide', { row, max: MAX_COLUMNS })
}

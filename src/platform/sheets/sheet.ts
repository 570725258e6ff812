// Types of a table that somebody hands in: where its bytes come from, what its rows look like, how large it may be.
// Reading is read.ts and the files that it names; what the columns mean belongs to the features' rules.

import type { Readable } from 'node:stream'
import { AppError, isAppError } from '../../core/errors.ts'

/** The bytes of a table. */
export interface SheetSource {
  /** For display only: the type of a file is recognised by its content. */
  name: string
  /** Length of the content in bytes. */
  bytes: number
  /** A new stream over the whole content. It is called more than once. */
  stream(): Readable
  /** Bytes `start` to `end` (exclusive). Without it and without `path`, an .xlsx file is held in memory, compressed, while it is read. */
  range?: (start: number, end: number) => Readable
  path?: string
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
  /** Ratio of uncompressed to compressed bytes of one part, for parts over 10 MB. */
  maxRatio: number
}

/** The limits that apply unless a caller sets others. */
export const SHEET_LIMITS: SheetLimits = { maxBytes: 200_000_000, maxUnpacked: 2_000_000_000, maxTexts: 200_000_000, maxRatio: 250 }

/** The columns of a spreadsheet: A to XFD. */
const MAX_COLUMNS = 16_384
/** Characters of a cell that are read: more than any field of a list may have, so that what is longer is refused as too long. */
export const LONGEST_CELL = 5_000

/** The same rows with their cells cut. It comes before every pattern that is searched in a cell. */
export async function* cutRows(rows: AsyncIterable<SheetRow[]>): AsyncGenerator<SheetRow[]> {
  for await (const batch of rows) {
    for (const { cells } of batch)
      for (const [at, cell] of cells.entries())
        if (typeof cell === 'string' && cell.length > LONGEST_CELL) cells[at] = cell.slice(0, LONGEST_CELL)
    yield batch
  }
}

/** Rows of one batch. */
export const BATCH = 500

/**
 * The error to throw when reading failed: an AppError or an error of the disk as it is, anything else as `import_file_broken`.
 * The parser's own message is dropped, because it may quote the content.
 */
export function readError(error: unknown, row?: number): unknown {
  if (isAppError(error)) return error
  if (error instanceof Error && 'syscall' in error) return error
  return new AppError('import_file_broken', row === undefined ? {} : { row })
}

/** @throws AppError `import_too_wide` for a row with more columns than a spreadsheet has. */
export function assertWidth(columns: number, row: number): void {
  if (columns > MAX_COLUMNS) throw new AppError('import_too_wide', { row, max: MAX_COLUMNS })
}

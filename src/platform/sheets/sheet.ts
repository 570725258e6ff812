// The contract of a table that somebody hands in: where its bytes come from, what its rows look like, how big it may be.
// Reading is in read.ts and the files it names; what the columns mean belongs to the rules.

import type { Readable } from 'node:stream'
import { AppError, isAppError } from '../../core/errors.ts'

export interface SheetSource {
  /** For people only: the type of a file is known by its content. */
  name: string
  /** The length of the content in bytes. */
  bytes: number
  /** A fresh stream over the whole content; it is called more than once. */
  stream(): Readable
  /** Bytes `start` to `end` (exclusive). Without it and without `path`, an .xlsx file is kept in memory, packed, while it is read. */
  range?: (start: number, end: number) => Readable
  path?: string
}

export type SheetEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'gb18030'

export interface SheetRow {
  /** Counted from 1 as a spreadsheet shows it. Blank rows are counted, not handed over. */
  row: number
  /** Numbers only for true numeric cells; a date is its 1900-system serial number. An empty cell is ''. Trailing empty cells may be missing. */
  cells: (string | number)[]
  /** How many of the source's bytes are behind us: for a progress bar. */
  bytesRead: number
}

export interface Sheet {
  kind: 'csv' | 'xlsx'
  encoding?: SheetEncoding
  /** Batches of about 500 rows. Throws `import_file_broken`, with `row` where it is known. May be called again to start over. */
  rows(): AsyncIterable<SheetRow[]>
  /** Stops what is still being read. */
  close(): Promise<void>
}

export interface SheetLimits {
  /** Bytes of the file. */
  maxBytes: number
  /** Bytes of the parts of an .xlsx file that are read, unpacked. */
  maxUnpacked: number
  /** Bytes of all texts of an .xlsx file together: they are held in memory. */
  maxTexts: number
  /** Unpacked bytes to packed bytes of one part, for parts over 10 MB. */
  maxRatio: number
}

export const SHEET_LIMITS: SheetLimits = { maxBytes: 200_000_000, maxUnpacked: 2_000_000_000, maxTexts: 200_000_000, maxRatio: 250 }

/** The columns of a spreadsheet: A to XFD. */
export const MAX_COLUMNS = 16_384
export const BATCH = 500

/**
 * What to throw when reading failed: errors of the house and of the disk as they are, anything else is a broken file.
 * The parser's own message is dropped, because it may quote the content.
 */
export function broken(error: unknown, row?: number): unknown {
  if (isAppError(error)) return error
  if (error instanceof Error && 'syscall' in error) return error
  return new AppError('import_file_broken', row === undefined ? {} : { row })
}

export function assertWidth(columns: number, row: number): void {
  if (columns > MAX_COLUMNS) throw new AppError('import_too_wide', { row, max: MAX_COLUMNS })
}

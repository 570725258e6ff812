// Reads text tables: comma, semicolon or tab, with quotes; rows are numbered as a spreadsheet numbers them.
// Finding the encoding is encoding.ts; writing is write.ts.

import { Readable } from 'node:stream'
import { CsvError, parse, type Parser } from 'csv-parse'
import { AppError } from '../../core/errors.ts'
import { decodeText, surveyText } from './encoding.ts'
import {
  assertWidth,
  cellName,
  COLUMNS_READ,
  createBatch,
  cutText,
  readError,
  type Sheet,
  type SheetEncoding,
  type SheetLimits,
  type SheetRow,
  type SheetSource,
} from './sheet.ts'
import { removeGuard } from './write.ts'

/** Bytes of one record at most. A quote that is never closed would otherwise take in the rest of the file. */
const MAX_RECORD = 4_000_000

const DELIMITERS = [',', '\t', ';'] as const

/**
 * Opens a text table; reads it once to find its encoding.
 * @throws AppError `import_encoding_unknown`, `import_empty`, `import_too_wide`.
 */
export async function openCsv(source: SheetSource, firstBytes: Buffer, { maxRows }: SheetLimits): Promise<Sheet> {
  const { encoding, head, hasContent } = await surveyText(source, firstBytes)
  if (!hasContent) throw new AppError('import_empty')
  const delimiter = detectDelimiter(head)
  const rows = (): AsyncIterable<SheetRow[]> => readRows(source, { encoding, delimiter, maxRows })
  const tab = { name: '', isHidden: false, rows, hiddenColumns: () => Promise.resolve([]) }
  return { kind: 'csv', encoding, tabs: [tab], rows, close: () => Promise.resolve() }
}

/** Finds the delimiter: the one that occurs equally often on most of the first 50 lines. Quoted text does not count. */
function detectDelimiter(head: string): string {
  const lines = head
    .replace(/"[^"]*"/g, '')
    .split(/\r\n|\n|\r/)
    .slice(0, 50)
  const score = (delimiter: string): number => {
    const lineCounts = new Map<number, number>()
    for (const line of lines) {
      const count = line.split(delimiter).length - 1
      if (count > 0) lineCounts.set(count, (lineCounts.get(count) ?? 0) + 1)
    }
    return Math.max(0, ...[...lineCounts].map(([count, times]) => count * times))
  }
  return DELIMITERS.reduce<string>((best, candidate) => (score(candidate) > score(best) ? candidate : best), ',')
}

async function* readRows(
  source: SheetSource,
  { encoding, delimiter, maxRows }: { encoding: SheetEncoding; delimiter: string; maxRows: number },
): AsyncGenerator<SheetRow[]> {
  const input = source.stream()
  let bytesRead = 0
  let row = 0
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of input as AsyncIterable<Buffer>) {
      bytesRead += chunk.length
      yield chunk
    }
  }
  async function* encoded(): AsyncGenerator<Buffer> {
    for await (const text of decodeText(counted(), encoding)) if (text !== '') yield Buffer.from(text, 'utf8')
  }
  const text = Readable.from(encoded(), { objectMode: false })
  const parser = parse({
    delimiter,
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: false,
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: MAX_RECORD,
  })
  acceptAnyLength(parser)
  const isSwallowed = swallowFinder(delimiter)
  text.on('error', (error) => parser.destroy(error))
  text.pipe(parser)
  const batch = createBatch()
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      // Blank ones count: a spreadsheet adds as many as it has rows.
      if (++row > maxRows) throw new AppError('sheet_rows', { max: maxRows })
      if (isSwallowed(record)) throw new AppError('sheet_row_swallowed', { row })
      const unread = unreadOf(record, row)
      const cells = cleaned(record, row)
      if (cells === null) continue
      batch.add({ row, cells, bytesRead, ...(unread === null ? {} : { unread }) })
      if (batch.isFull()) yield batch.take()
    }
    const rest = batch.take()
    if (rest.length > 0) yield rest
  } catch (error) {
    // The parser runs ahead of this loop, so its own count names the broken record.
    throw error instanceof CsvError ? readError(null, Number(error.records) + 1) : error
  } finally {
    parser.destroy()
    text.destroy()
    input.destroy()
  }
}

/**
 * Lets records have any number of cells. The option for it builds an error with copies of the parser's state for each record of another length,
 * which takes thirty times as long as the record: a file of ragged lines would hold up the server.
 */
function acceptAnyLength(parser: Parser): void {
  const { state } = parser as unknown as { state: { record: readonly string[] } }
  Object.defineProperty(state, 'expectedRecordLength', { get: () => state.record.length, set: () => undefined })
}

/** Columns from which the delimiters in one cell tell a swallowed row from prose; rows among which a table has its header. */
const LEAST_COLUMNS = 4
const HEADER_WITHIN = 20
/** Characters of one cell that are searched: one swallowed row shows. */
const SEARCHED = 20_000
/** A number as long as a person's or an organisation's, the end of a row before it or after it. */
const IDENTIFIER = /(?<![0-9A-Za-z])(?:[0-9]{15}|[0-9][0-9A-Z]{16}[0-9A-Zx])(?![0-9A-Za-z])/

/**
 * Tells whether a cell of a record holds another row: a quote that opens a cell and one that closes a cell of a later row make all between
 * them one text, and whoever stood there is on no list. Line breaks within a cell are allowed; with them, as many delimiters as the table
 * has, or an identifier, are not.
 */
function swallowFinder(delimiter: string): (record: readonly string[]) => boolean {
  let columns = 0
  let seen = 0
  const delimiters = new RegExp(delimiter === ',' ? '(?<![0-9]),|,(?![0-9]{3}(?![0-9]))' : delimiter, 'g')
  return (record) => {
    if (++seen <= HEADER_WITHIN) columns = Math.max(columns, record.filter((cell) => cell.trim() !== '').length)
    return record.some((cell) => {
      if (!cell.includes('\n') && !cell.includes('\r')) return false
      const text = cell.slice(0, SEARCHED)
      const found = text.match(delimiters)?.length ?? 0
      return (columns >= LEAST_COLUMNS && found >= columns - 1) || (found > 0 && IDENTIFIER.test(text))
    })
  }
}

/** Cuts a record to the columns that are read. @returns the first cell with something in it that is cut off; null when there is none. */
function unreadOf(record: string[], row: number): string | null {
  assertWidth(record.length, row)
  const column = record.splice(COLUMNS_READ).findIndex((cell) => cell.trim() !== '')
  return column === -1 ? null : cellName(COLUMNS_READ + column, row)
}

/** The cells of a record without guards, or null for a blank line. */
function cleaned(record: string[], row: number): string[] | null {
  let blank = true
  for (let index = 0; index < record.length; index++) {
    const cell = record[index] as string
    if (cell === '') continue
    if (cell.trim() !== '') blank = false
    if (cell.startsWith('"') && /[\r\n]/.test(cell)) throw quoteBroken(row)
    record[index] = cutText(removeGuard(cell))
  }
  return blank ? null : record
}

/** The parser accepts quotes inside a field. A quote that opens a field and takes in several lines would merge people into one row. */
function quoteBroken(row: number): unknown {
  return readError(null, row)
}

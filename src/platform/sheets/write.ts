// Writes text tables (CSV) that Excel opens correctly and that cannot run formulas.
// Reading them is csv.ts; workbooks are written in xlsx-write.ts.

import { Readable } from 'node:stream'

/** The content of a cell. */
export type Cell = string | number | null | undefined

/**
 * Texts that a spreadsheet takes for formulas (East Asian Excel also with full-width signs), whatever blanks, line ends and invisible
 * characters it passes over before the sign, and texts that look guarded already, so that they read back.
 */
const FORMULA = /^'*(?:[\t\r]|[\s\p{Cf}\p{Cc}]*[=+\-@＝＋－＠])/u
/**
 * Digits that a spreadsheet changes: it shows twelve as 4.479E+11, keeps fifteen, and drops a zero in front. As the formula `="…"`, which
 * Excel reads as text and LibreOffice keeps, they come back whole.
 */
const FRAGILE_NUMBER = /^(?:\d{12,}|0\d+)$/
/** The formula that holds a text, as this application and others write it. */
const TEXT_FORMULA = /^="((?:[^"]|"")*)"$/

const BOM = '\uFEFF'

/** One line of CSV with CRLF. Texts that look like formulas get an apostrophe, digits that a spreadsheet would change become the formula of a text. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

/** A stream of CSV in UTF-8, with the byte order mark that Excel needs. */
export function writeCsv(rows: AsyncIterable<readonly Cell[]> | Iterable<readonly Cell[]>): Readable {
  async function* lines(): AsyncGenerator<string> {
    let text = BOM
    for await (const row of rows) {
      text += csvLine(row)
      if (text.length < 32_768) continue
      yield text
      text = ''
    }
    if (text !== '') yield text
  }
  return Readable.from(encode(lines()), { objectMode: false })
}

/** Removes the guard that `csvLine` added, so that a file which the application wrote and somebody corrected reads back unchanged. */
export function removeGuard(cell: string): string {
  if (cell.startsWith("'")) return FORMULA.test(cell.slice(1)) ? cell.slice(1) : cell
  if (cell.startsWith('=')) return TEXT_FORMULA.exec(cell)?.[1]?.replaceAll('""', '"') ?? cell
  // Files of earlier versions have a tab before long digits.
  return cell.startsWith('\t') && FRAGILE_NUMBER.test(cell.slice(1)) ? cell.slice(1) : cell
}

async function* encode(texts: AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const text of texts) yield Buffer.from(text, 'utf8')
}

function csvCell(cell: Cell): string {
  if (cell === null || cell === undefined) return ''
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : ''
  const safe = guard(cell)
  return /[",;\t\r\n]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe
}

function guard(cell: string): string {
  if (FRAGILE_NUMBER.test(cell)) return `="${cell}"`
  return FORMULA.test(cell) ? `'${cell}` : cell
}

// Finds the encoding of a text file by decoding all of it, which is the only reliable test.
// Splitting the text into cells is csv.ts.

import { AppError } from '../../core/errors.ts'
import type { SheetEncoding, SheetSource } from './sheet.ts'

/** Characters of one line at most. A longer line is no table, and refusing it keeps memory flat. */
const MAX_LINE = 4_000_000

const BOMS: readonly (readonly [SheetEncoding, readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
]

/** The result of reading a whole text once. */
export interface TextSurvey {
  encoding: SheetEncoding
  /** About the first 65,536 characters, without the byte order mark. */
  head: string
  hasContent: boolean
}

/**
 * Decodes strictly, also characters that are split between chunks; drops the byte order mark.
 * @throws AppError `import_encoding_unknown`.
 */
export async function* decodeText(chunks: AsyncIterable<Buffer>, encoding: SheetEncoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  const decode = (chunk?: Buffer): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true })
    } catch {
      throw new AppError('import_encoding_unknown')
    }
  }
  for await (const chunk of chunks) yield decode(chunk)
  const rest = decode()
  if (rest !== '') yield rest
}

/**
 * Reads a text once or twice. A byte order mark decides the encoding; without one it is UTF-8 if the whole file is valid UTF-8, else
 * GB18030 (which includes GBK).
 * @throws AppError `import_encoding_unknown` when none fits or a NUL character shows that it is no text, `import_too_wide` for a line
 * without end.
 */
export async function surveyText(source: SheetSource, firstBytes: Buffer): Promise<TextSurvey> {
  const marked = BOMS.find(([, bytes]) => bytes.every((byte, index) => firstBytes[index] === byte))?.[0]
  const candidates: readonly SheetEncoding[] = marked === undefined ? ['utf-8', 'gb18030'] : [marked]
  for (const encoding of candidates) {
    const survey = await tryEncoding(source, encoding)
    if (survey !== null) return survey
  }
  throw new AppError('import_encoding_unknown')
}

async function tryEncoding(source: SheetSource, encoding: SheetEncoding): Promise<TextSurvey | null> {
  let head = ''
  let hasContent = false
  let line = 0
  try {
    for await (const text of decodeText(source.stream(), encoding)) {
      if (text.includes('\0')) return null
      if (head.length < 65_536) head += text
      hasContent ||= /[^\s,;"]/.test(text)
      const end = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r'))
      line = end < 0 ? line + text.length : text.length - end - 1
      if (line > MAX_LINE) throw new AppError('import_too_wide', { max: MAX_LINE })
    }
  } catch (error) {
    if (error instanceof AppError && error.code === 'import_encoding_unknown') return null
    throw error
  }
  return { encoding, head, hasContent }
}

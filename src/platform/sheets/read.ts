// Opens a table that somebody hands in. Its type is recognised by content, not by file name.
// Text tables are read in csv.ts, workbooks in xlsx.ts; which columns matter belongs to the features' rules.

import type { Readable } from 'node:stream'
import { AppError } from '../../core/errors.ts'
import { openCsv } from './csv.ts'
import { boundedRows, SHEET_LIMITS, tooLarge, type Sheet, type SheetLimits, type SheetSource } from './sheet.ts'
import { openXlsx } from './xlsx.ts'

const HEAD = 65_536

/** First bytes of known file types, in hexadecimal. Everything else is taken for text. */
const SIGNATURES: readonly (readonly [found: string, hex: string])[] = [
  ['pdf', '25504446'],
  ['image', '89504e47'],
  ['image', 'ffd8ff'],
  ['image', '47494638'],
  ['archive', '52617221'],
  ['archive', '377abcaf'],
  ['archive', '1f8b'],
  ['archive', '504b0506'],
  ['rtf', '7b5c727466'],
]

/**
 * Opens a table as a stream, in this thread: what people hand in is opened by apart.ts, which calls this in another. Memory stays flat whatever its length, except for the distinct texts of an .xlsx file.
 * @throws AppError `import_empty`, `import_too_large`, `import_type_unknown` (values: `found`, and `hint: 'save_as_xlsx'` where that
 * helps), `import_encoding_unknown`, `import_file_broken`, `import_too_wide`, and those of the limits, `sheet_…`.
 */
export async function openSheet(source: SheetSource, limits: Partial<SheetLimits> = {}): Promise<Sheet> {
  const allLimits = { ...SHEET_LIMITS, ...limits }
  if (source.bytes === 0) throw new AppError('import_empty')
  if (source.bytes > allLimits.maxBytes) throw tooLarge(source.bytes, allLimits.maxBytes)
  const openStreams = new Set<Readable>()
  const sheet = await openByContent(trackStreams(source, openStreams), allLimits)
  const close = async (): Promise<void> => {
    for (const stream of openStreams) stream.destroy(new Error('sheet closed'))
    await sheet.close()
  }
  const tabs = sheet.tabs.map((tab) => ({ ...tab, rows: () => boundedRows(tab.rows(), allLimits) }))
  return { ...sheet, tabs, rows: () => boundedRows(sheet.rows(), allLimits), close }
}

async function openByContent(source: SheetSource, limits: SheetLimits): Promise<Sheet> {
  const head = await readHead(source)
  if (head.length === 0) throw new AppError('import_empty')
  if (head.subarray(0, 4).toString('hex') === '504b0304') return openXlsx(source, limits)
  assertText(head)
  return openCsv(source, head, limits)
}

/** The same source, with its open streams collected in a set. */
function trackStreams(source: SheetSource, openStreams: Set<Readable>): SheetSource {
  const track = (stream: Readable): Readable => {
    openStreams.add(stream)
    return stream.once('close', () => openStreams.delete(stream))
  }
  const { name, bytes, range } = source
  const tracked: SheetSource = { name, bytes, stream: () => track(source.stream()) }
  return range === undefined ? tracked : { ...tracked, range: (start, end) => track(range(start, end)) }
}

async function readHead(source: SheetSource): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of source.stream() as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    length += chunk.length
    if (length >= HEAD) break
  }
  return Buffer.concat(chunks).subarray(0, HEAD)
}

/** @throws AppError `import_type_unknown` for a known type of file that is no text table. */
function assertText(head: Buffer): void {
  const hex = head.subarray(0, 8).toString('hex')
  if (hex.startsWith('d0cf11e0')) {
    // The old binary workbook and the encrypted new one share a container. A stream's name tells them apart if it is in the first bytes.
    const encrypted = head.includes(Buffer.from('EncryptedPackage', 'utf16le'))
    throw new AppError('import_type_unknown', { found: encrypted ? 'encrypted' : 'xls', hint: 'save_as_xlsx' })
  }
  const found = SIGNATURES.find(([, signature]) => hex.startsWith(signature))?.[0]
  if (found !== undefined) throw new AppError('import_type_unknown', { found })
  // Web systems export HTML or XML under a name ending in .xls. Excel opens it, so people do not notice.
  const start = head
    .toString('latin1')
    .replace(/^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '')
    .replaceAll('\0', '')
    .trimStart()
  if (/^(<[!?a-z]|MIME-Version:)/i.test(start)) throw new AppError('import_type_unknown', { found: 'html', hint: 'save_as_xlsx' })
}

// The parts of an .xlsx file: a zip archive opened with care for size and for archives that lie.
// What the parts say is in workbook.ts.

import { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl'
import { AppError } from '../../core/errors.ts'
import { broken, type SheetLimits, type SheetSource } from './sheet.ts'

const MAX_PARTS = 10_000
/** Small parts of the same few bytes pack very well; only a big one can hurt. */
const RATIO_MATTERS = 10_000_000

export interface Part {
  /** Unpacked. */
  bytes: number
  /** Fails when the content is not what the archive's table says: length or checksum. */
  content(): AsyncGenerator<Buffer>
}

export interface Archive {
  /** The part of a name, or null. Throws `import_too_large` for a bomb. */
  part(name: string): Part | null
  close(): void
}

type Range = (start: number, end: number) => Readable

/** The library asks for a subclass. */
class RangeReader extends RandomAccessReader {
  readonly range: Range

  constructor(range: Range) {
    super()
    this.range = range
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return this.range(start, end)
  }
}

/** Opens a zip archive of which only the table of contents is read. Throws `import_file_broken`; `import_type_unknown` when encrypted. */
export async function openArchive(source: SheetSource, limits: SheetLimits): Promise<Archive> {
  const entries = new Map<string, Entry>()
  let zip: ZipFile
  try {
    zip = await fromRandomAccessReaderPromise(new RangeReader(await rangeOf(source)), source.bytes, { lazyEntries: true, autoClose: false })
    if (zip.entryCount > MAX_PARTS) throw new Error('too many parts')
    for await (const entry of zip.eachEntry()) if (!entries.has(entry.fileName)) entries.set(entry.fileName, entry)
  } catch (error) {
    throw broken(error)
  }
  let unpacked = 0
  return {
    part(name) {
      const entry = entries.get(name)
      if (entry === undefined) return null
      assertHarmless(entry, limits)
      unpacked += entry.uncompressedSize
      if (unpacked > limits.maxUnpacked) throw new AppError('import_too_large', { max: limits.maxUnpacked })
      return { bytes: entry.uncompressedSize, content: () => unpack(zip, entry) }
    },
    close() {
      zip.close()
    },
  }
}

function assertHarmless(entry: Entry, limits: SheetLimits): void {
  if (entry.isEncrypted()) throw new AppError('import_type_unknown', { found: 'encrypted', hint: 'save_as_xlsx' })
  if (!entry.canDecodeFileData()) throw new AppError('import_file_broken')
  const { uncompressedSize, compressedSize } = entry
  if (uncompressedSize > RATIO_MATTERS && uncompressedSize > compressedSize * limits.maxRatio)
    throw new AppError('import_too_large', { max: limits.maxUnpacked })
}

async function* unpack(zip: ZipFile, entry: Entry): AsyncGenerator<Buffer> {
  let checksum = 0
  try {
    for await (const chunk of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
      checksum = crc32(chunk, checksum)
      yield chunk
    }
  } catch (error) {
    throw broken(error)
  }
  if (checksum !== entry.crc32) throw new AppError('import_file_broken')
}

/** The table of contents of a zip archive is at its end, so it takes jumping about. */
async function rangeOf(source: SheetSource): Promise<Range> {
  if (source.range !== undefined) return source.range
  const chunks: Buffer[] = []
  for await (const chunk of source.stream() as AsyncIterable<Buffer>) chunks.push(chunk)
  const whole = Buffer.concat(chunks)
  return (start, end) => Readable.from([whole.subarray(start, end)])
}

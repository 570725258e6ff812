// Opens the zip archive of an .xlsx file, with limits against archives that expand too far or misstate their sizes.
// What the parts contain is workbook.ts and xlsx.ts.

import { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl'
import { AppError } from '../../core/errors.ts'
import { megabytesOf, readError, type SheetLimits, type SheetSource } from './sheet.ts'

/** Parts of an archive: a workbook of the most tabs has about seven for each. */
const MAX_PARTS = 2_000
/** Bytes before the name of a part in its own header. */
const LOCAL_HEADER = 30
/** Bytes from which the compression ratio is checked. Small repetitive parts compress very well and do no harm. */
const RATIO_MATTERS = 10_000_000

/** One file of the archive. */
export interface Part {
  /** Uncompressed length. */
  bytes: number
  /** The uncompressed content. Fails when its length or checksum differs from the archive's table of contents. */
  content(): AsyncGenerator<Buffer>
}

/** An open archive. */
export interface Archive {
  /** The part of this name, in letters of any case, or null. @throws AppError `sheet_unpacked`, `sheet_ratio` for a part that expands too far. */
  part(name: string): Part | null
  close(): void
}

type Range = (start: number, end: number) => Readable

/** Random access for the library, which requires a subclass. */
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

/**
 * Opens an archive and reads its table of contents.
 * @throws AppError `import_file_broken`, also for one of too many parts, and for parts that share bytes: they are read again and again.
 */
export async function openArchive(source: SheetSource, limits: SheetLimits): Promise<Archive> {
  const entries = new Map<string, Entry>()
  let zip: ZipFile
  try {
    zip = await fromRandomAccessReaderPromise(new RangeReader(await rangeOf(source)), source.bytes, { lazyEntries: true, autoClose: false })
    if (zip.entryCount > MAX_PARTS) throw new Error('too many parts')
    for await (const entry of zip.eachEntry()) if (!entries.has(keyOf(entry.fileName))) entries.set(keyOf(entry.fileName), entry)
    refuseOverlaps([...entries.values()])
  } catch (error) {
    throw readError(error)
  }
  let unpacked = 0
  return {
    part(name) {
      const entry = entries.get(keyOf(name))
      if (entry === undefined) return null
      assertHarmless(entry, limits)
      unpacked += entry.uncompressedSize
      if (unpacked > limits.maxUnpacked) throw new AppError('sheet_unpacked', { max: megabytesOf(limits.maxUnpacked) })
      return { bytes: entry.uncompressedSize, content: () => unpack(zip, entry) }
    },
    close() {
      zip.close()
    },
  }
}

/** @throws Error for parts that lie over each other: no spreadsheet writes them, and of a small file they make as much work as one likes. */
function refuseOverlaps(entries: readonly Entry[]): void {
  let end = 0
  for (const entry of entries.toSorted((one, other) => one.relativeOffsetOfLocalHeader - other.relativeOffsetOfLocalHeader)) {
    if (entry.relativeOffsetOfLocalHeader < end) throw new Error('overlapping parts')
    end = entry.relativeOffsetOfLocalHeader + LOCAL_HEADER + entry.fileNameLength + entry.compressedSize
  }
}

/** Names of parts are compared without case (ECMA-376 part 2, 6.2.2.3): some exporters write SharedStrings.xml. */
function keyOf(name: string): string {
  return name.toLowerCase().replace(/^\/+/, '')
}

/** @throws AppError `import_type_unknown` for an encrypted part, `import_file_broken`, `sheet_ratio`. */
function assertHarmless(entry: Entry, limits: SheetLimits): void {
  if (entry.isEncrypted()) throw new AppError('import_type_unknown', { found: 'encrypted', hint: 'save_as_xlsx' })
  if (!entry.canDecodeFileData()) throw new AppError('import_file_broken')
  const { uncompressedSize, compressedSize } = entry
  if (uncompressedSize > RATIO_MATTERS && uncompressedSize > compressedSize * limits.maxRatio)
    throw new AppError('sheet_ratio', { ratio: Math.ceil(uncompressedSize / Math.max(compressedSize, 1)), max: limits.maxRatio })
}

async function* unpack(zip: ZipFile, entry: Entry): AsyncGenerator<Buffer> {
  let checksum = 0
  try {
    for await (const chunk of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
      checksum = crc32(chunk, checksum)
      yield chunk
    }
  } catch (error) {
    throw readError(error)
  }
  if (checksum !== entry.crc32) throw new AppError('import_file_broken')
}

/** Random access to the source; the table of contents of a zip archive is at its end. Without ranges the whole source is held in memory. */
async function rangeOf(source: SheetSource): Promise<Range> {
  if (source.range !== undefined) return source.range
  const chunks: Buffer[] = []
  for await (const chunk of source.stream() as AsyncIterable<Buffer>) chunks.push(chunk)
  const whole = Buffer.concat(chunks)
  return (start, end) => Readable.from([whole.subarray(start, end)])
}

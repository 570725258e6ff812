// Writes a ZIP archive part by part as a stream, for workbooks that are too long to be built in memory. fflate writes the format.
// Reading archives is zip.ts; what the parts of a workbook hold is xlsx-stream.ts.

import { Readable } from 'node:stream'
import { crc32, createDeflateRaw } from 'node:zlib'
import { Zip, type ZipInputFile } from 'fflate'

/** A part of an archive: its path, and its content as it comes. */
export interface NewPart {
  path: string
  content: AsyncIterable<string> | Iterable<string>
}

const DEFLATE = 8
/** The archive does not say when it was made. */
const NO_DATE = '1980-01-01T00:00:00'

/** An archive with these parts, in this order. Without Zip64 it holds at most 4 GB. */
export function zipStream(parts: readonly NewPart[]): Readable {
  return Readable.from(archive(parts), { objectMode: false })
}

async function* archive(parts: readonly NewPart[]): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = []
  const zip = new Zip((error, chunk) => {
    if (error !== null) throw error
    ready.push(chunk)
  })
  for (const { path, content } of parts) {
    const part: ZipInputFile = { filename: path, size: 0, crc: 0, compression: DEFLATE, mtime: NO_DATE }
    zip.add(part)
    for await (const chunk of deflated(content, part)) {
      part.ondata?.(null, new Uint8Array(chunk), false)
      yield* ready.splice(0)
    }
    part.ondata?.(null, new Uint8Array(), true)
    yield* ready.splice(0)
  }
  zip.end()
  yield* ready.splice(0)
}

/** The compressed content, by zlib outside the event loop; counts what went in. */
async function* deflated(content: NewPart['content'], part: ZipInputFile): AsyncGenerator<Buffer> {
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const text of content) {
      const bytes = Buffer.from(text, 'utf8')
      part.crc = crc32(bytes, part.crc)
      part.size += bytes.length
      yield bytes
    }
  }
  const source = Readable.from(counted(), { objectMode: false })
  const packer = createDeflateRaw()
  source.on('error', (error) => packer.destroy(error))
  yield* source.pipe(packer) as AsyncIterable<Buffer>
}

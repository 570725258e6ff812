// Writes a ZIP archive part by part as a stream, for workbooks that are too long to be built in memory.
// Reading archives is zip.ts; what the parts of a workbook hold is xlsx-stream.ts.

import { Readable } from 'node:stream'
import { crc32, createDeflateRaw } from 'node:zlib'

/** A part of an archive: its path, and its content as it comes. */
export interface NewPart {
  path: string
  content: AsyncIterable<string> | Iterable<string>
}

/** Sizes and checksum follow the content (bit 3); names are UTF-8 (bit 11). */
const FLAGS = 0x0808
const DEFLATE = 8
/** 1 January 1980: the archive does not say when it was made. */
const NO_DATE = 0x21
const VERSION = 20

interface Written {
  path: Buffer
  offset: number
  crc: number
  packed: number
  size: number
}

/** An archive with these parts, in this order. Without Zip64 it holds at most 4 GB. */
export function zipStream(parts: readonly NewPart[]): Readable {
  return Readable.from(archive(parts), { objectMode: false })
}

async function* archive(parts: readonly NewPart[]): AsyncGenerator<Buffer> {
  const written: Written[] = []
  let offset = 0
  for (const { path, content } of parts) {
    const part: Written = { path: Buffer.from(path, 'utf8'), offset, crc: 0, packed: 0, size: 0 }
    const head = header(0x04034b50, part, 'local')
    yield head
    for await (const chunk of deflated(content, part)) yield chunk
    const descriptor = numbers([0x08074b50, part.crc, part.packed, part.size])
    yield descriptor
    offset += head.length + part.packed + descriptor.length
    written.push(part)
  }
  const directory = Buffer.concat(written.map((part) => header(0x02014b50, part, 'central')))
  yield directory
  yield ending(written.length, directory.length, offset)
}

/** The compressed content; counts what went in and came out. */
async function* deflated(content: NewPart['content'], part: Written): AsyncGenerator<Buffer> {
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
  for await (const chunk of source.pipe(packer) as AsyncIterable<Buffer>) {
    part.packed += chunk.length
    yield chunk
  }
}

function numbers(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [at, value] of values.entries()) bytes.writeUInt32LE(value, at * 4)
  return bytes
}

function shorts(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2)
  for (const [at, value] of values.entries()) bytes.writeUInt16LE(value, at * 2)
  return bytes
}

/** The header before a part, or its entry in the directory at the end. */
function header(signature: number, { path, offset, crc, packed, size }: Written, kind: 'local' | 'central'): Buffer {
  const isCentral = kind === 'central'
  return Buffer.concat([
    numbers([signature]),
    shorts([...(isCentral ? [VERSION] : []), VERSION, FLAGS, DEFLATE, 0, NO_DATE]),
    numbers(isCentral ? [crc, packed, size] : [0, 0, 0]),
    shorts([path.length, 0, ...(isCentral ? [0, 0, 0] : [])]),
    ...(isCentral ? [numbers([0, offset])] : []),
    path,
  ])
}

function ending(parts: number, length: number, offset: number): Buffer {
  return Buffer.concat([numbers([0x06054b50]), shorts([0, 0, parts, parts]), numbers([length, offset]), shorts([0])])
}

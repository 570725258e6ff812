// Small media files built byte by byte: valid ones, and their parts for invalid ones.
// They are used in test/platform/media and test/features/complaints.

import { deflateSync, crc32 } from 'node:zlib'

/** A JPEG segment with its length. */
export function segment(marker: number, content: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(content.length + 2, 2)
  return Buffer.concat([head, content])
}

/** An Exif segment with an orientation and further bytes, such as a device would write. */
export function exif(orientation: number, more: Buffer = Buffer.alloc(0)): Buffer {
  return segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff(orientation), more]))
}

/** The directory of an Exif block with an orientation, which some programs write as a LONG. */
export function tiff(orientation: number, type: 'short' | 'long' = 'short'): Buffer {
  const block = Buffer.from('4d4d002a00000008000101120003000000010000000000000000', 'hex')
  if (type === 'short') block.writeUInt16BE(orientation, 18)
  else {
    block.writeUInt16BE(4, 12)
    block.writeUInt32BE(orientation, 18)
  }
  return block
}

/** A colour profile with one element that the colours need and three texts, one of each type that a text may have. */
export function profile(text: Buffer): Buffer {
  const count = Buffer.alloc(4)
  count.writeUInt32BE(text.length)
  const unicode = Buffer.alloc(28)
  unicode.writeUInt32BE(1, 8)
  unicode.writeUInt32BE(12, 12)
  const elements = [
    Buffer.from('XYZ \0\0\0\0colour'),
    Buffer.concat([Buffer.from('text\0\0\0\0'), text]),
    Buffer.concat([Buffer.from('desc\0\0\0\0'), count, text, Buffer.alloc(78)]),
    Buffer.concat([Buffer.from('mluc'), unicode.subarray(4), text]),
  ]
  const table = Buffer.alloc(128 + 4 + 12 * elements.length)
  table.writeUInt32BE(elements.length, 128)
  let at = table.length
  for (const [index, element] of elements.entries()) {
    table.writeUInt32BE(at, 132 + 12 * index + 4)
    table.writeUInt32BE(element.length, 132 + 12 * index + 8)
    at += element.length
  }
  return Buffer.concat([table, ...elements])
}

export function jpeg(options: { before?: readonly Buffer[]; width?: number; height?: number } = {}): Buffer {
  const frame = Buffer.from([8, 0, 0, 0, 0, 1, 1, 0x11, 0])
  frame.writeUInt16BE(options.height ?? 16, 1)
  frame.writeUInt16BE(options.width ?? 16, 3)
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    ...(options.before ?? []),
    segment(0xdb, Buffer.alloc(65, 1)),
    segment(0xc0, frame),
    segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
    Buffer.from('scan\xff\x00data\xff\xd0more', 'latin1'),
    Buffer.from([0xff, 0xd9]),
  ])
}

/** A PNG chunk with its length and checksum. */
export function chunk(name: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), content])
  const out = Buffer.alloc(body.length + 8)
  out.writeUInt32BE(content.length)
  body.copy(out, 4)
  out.writeUInt32BE(crc32(body), body.length + 4)
  return out
}

export function png(options: { before?: readonly Buffer[]; width?: number; height?: number } = {}): Buffer {
  const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0])
  head.writeUInt32BE(options.width ?? 2, 0)
  head.writeUInt32BE(options.height ?? 2, 4)
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    ...(options.before ?? []),
    chunk('IDAT', deflateSync(Buffer.alloc(6))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** A RIFF chunk, padded to an even length. */
export function riff(name: string, content: Buffer): Buffer {
  const head = Buffer.from(`${name}\0\0\0\0`, 'latin1')
  head.writeUInt32LE(content.length, 4)
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)])
}

export function webp(options: { flags: number; width?: number; height?: number; after?: readonly Buffer[] }): Buffer {
  const header = Buffer.alloc(10)
  header.writeUInt8(options.flags)
  header.writeUIntLE((options.width ?? 16) - 1, 4, 3)
  header.writeUIntLE((options.height ?? 16) - 1, 7, 3)
  const body = Buffer.concat([
    Buffer.from('WEBP'),
    riff('VP8X', header),
    riff('VP8 ', Buffer.from('picture data')),
    ...(options.after ?? []),
  ])
  return riff('RIFF', body)
}

/** A box of an MP4 with its size. */
export function box(name: string, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content)
  const head = Buffer.from(`\0\0\0\0${name}`, 'latin1')
  head.writeUInt32BE(body.length + 8)
  return Buffer.concat([head, body])
}

/** Numbers as MP4 writes them. */
export function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4)
  return bytes
}

/** A track of an MP4 by its handler, with these boxes in its table of samples. */
export function track(kind: string, table: readonly Buffer[] = [], more: readonly Buffer[] = [], name = Buffer.alloc(0)): Buffer {
  const handler = box('hdlr', Buffer.alloc(8), Buffer.from(`${kind}\0\0\0\0\0\0\0\0\0\0\0\0`, 'latin1'), name)
  return box('trak', ...more, box('mdia', handler, box('minf', box('stbl', ...table))))
}

/** The table of one chunk with one sample. */
export function oneChunk(at: number, length: number): Buffer[] {
  return [box('stsc', words(0, 1, 1, 1, 1)), box('stsz', words(0, length, 1)), box('stco', words(0, 1, at))]
}

/** A film with these boxes in `moov` besides its header, and these after the data. */
export function mp4(movie: readonly Buffer[], after: readonly Buffer[]): Buffer {
  return Buffer.concat([
    box('ftyp', Buffer.from('isom\0\0\x02\0isommp41', 'latin1')),
    box('moov', box('mvhd', Buffer.alloc(20)), ...movie),
    box('mdat', Buffer.from('film')),
    ...after,
  ])
}

/** A PDF with these objects, numbered from 2, and its document information in one of them. */
export function pdf(objects: readonly Buffer[] = [], information = 2): Buffer {
  return Buffer.concat([
    Buffer.from('%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n'),
    ...objects.flatMap((object, index) => [Buffer.from(`${index + 2} 0 obj\n`), object, Buffer.from('\nendobj\n')]),
    Buffer.from(`trailer\n<< /Root 1 0 R${objects.length === 0 ? '' : ` /Info ${information} 0 R`} >>\n%%EOF\n`),
  ])
}

/** A stream of a PDF. */
export function stream(dictionary: string, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`<< ${dictionary} /Length ${content.length} >>\nstream\n`), content, Buffer.from('\nendstream')])
}

/** One frame of 128 kbit/s at 44.1 kHz. */
export function mp3(): Buffer {
  return Buffer.concat([Buffer.from('fffb9064', 'hex'), Buffer.alloc(413, 1)])
}

/** A tag before the sound of an MP3. */
export function id3(content: Buffer): Buffer {
  const head = Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1')
  head[8] = content.length >>> 7
  head[9] = content.length & 0x7f
  return Buffer.concat([head, content])
}

/** Two frames of 12.2 kbit/s. */
export function amr(): Buffer {
  const frame = Buffer.concat([Buffer.from([0x3c]), Buffer.alloc(31, 1)])
  return Buffer.concat([Buffer.from('#!AMR\n'), frame, frame])
}

// Strips metadata from WebP: XMP and unknown chunks are removed, and the flags that announce them (RFC 9649). The colour profile is kept
// without its texts, and of EXIF the orientation. Animations are refused.

import { BrokenMedia, MOST_PARTS, MovingPicture, requireSaneSize } from './broken.ts'
import { exifOf, orientationOf } from './exif.ts'
import { withoutTexts } from './icc.ts'

const KEPT = ['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ICCP']
/** Bytes of a chunk before its content: name and length. */
const HEAD = 8
const FLAG = { xmp: 0x04, exif: 0x08, animation: 0x02 }

/** The picture without metadata. @throws BrokenMedia; RangeError for a read beyond the end. */
export function stripWebp(bytes: Buffer): Buffer {
  const end = 8 + bytes.readUInt32LE(4)
  if (end > bytes.length) throw new BrokenMedia('length')
  const kept: Buffer[] = []
  let hasPicture = false
  let orientation = 1
  let parts = 0
  for (let at = 12; at + HEAD <= end;) {
    if (++parts > MOST_PARTS) throw new BrokenMedia('too many chunks')
    const name = bytes.toString('latin1', at, at + 4)
    const length = bytes.readUInt32LE(at + 4)
    // Chunks are padded to an even length; a missing padding of the last chunk is accepted.
    const next = at + HEAD + length + (length % 2)
    if (at + HEAD + length > end) throw new BrokenMedia('chunk length')
    if (name === 'VP8 ' || name === 'VP8L') hasPicture = true
    if (name === 'EXIF') orientation = orientationOf(bytes.subarray(at + HEAD, at + HEAD + length))
    if (KEPT.includes(name)) kept.push(plain(name, bytes.subarray(at, next)))
    at = next
  }
  if (!hasPicture) throw new BrokenMedia('no picture')
  const body = Buffer.concat(orientation === 1 ? kept : turned(kept, orientation))
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1')
  head.writeUInt32LE(4 + body.length, 4)
  return Buffer.concat([head, body])
}

function plain(name: string, chunk: Buffer): Buffer {
  if (name === 'VP8X') return plainHeader(chunk)
  const whole = padded(chunk)
  if (name !== 'ICCP') return whole
  // Empty for a profile that cannot be read: the header has announced one.
  const profile = withoutTexts(whole.subarray(HEAD)) ?? Buffer.alloc(whole.length - HEAD)
  return Buffer.concat([whole.subarray(0, HEAD), profile])
}

/** The chunks with one that says the orientation; a picture without the header that announces it has none. */
function turned(chunks: readonly Buffer[], orientation: number): Buffer[] {
  const [header, ...others] = chunks
  if (header?.toString('latin1', 0, 4) !== 'VP8X') return [...chunks]
  const announcing = Buffer.from(header)
  announcing.writeUInt8(header.readUInt8(HEAD) | FLAG.exif, HEAD)
  const block = exifOf(orientation)
  const head = Buffer.from('EXIF\0\0\0\0', 'latin1')
  head.writeUInt32LE(block.length, 4)
  return [announcing, ...others, head, block]
}

/** The VP8X header without the flags of EXIF and XMP. */
function plainHeader(chunk: Buffer): Buffer {
  const copy = Buffer.from(chunk)
  const flags = copy.readUInt8(HEAD)
  if ((flags & FLAG.animation) !== 0) throw new MovingPicture()
  requireSaneSize(1 + copy.readUIntLE(12, 3), 1 + copy.readUIntLE(15, 3))
  copy.writeUInt8(flags & ~(FLAG.xmp | FLAG.exif), HEAD)
  return copy
}

function padded(chunk: Buffer): Buffer {
  return chunk.length % 2 === 0 ? chunk : Buffer.concat([chunk, Buffer.alloc(1)])
}

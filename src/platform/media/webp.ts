// Strips metadata from WebP: EXIF, XMP and unknown chunks are removed, and the flags that announce them (RFC 9649).
// The colour profile is kept. Animations are refused.

import { BrokenMedia, requireSaneSize } from './broken.ts'

const KEPT = ['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ICCP']
const FLAG = { xmp: 0x04, exif: 0x08, animation: 0x02 }

/** The picture without metadata. @throws BrokenMedia; RangeError for a read beyond the end. */
export function stripWebp(bytes: Buffer): Buffer {
  const end = 8 + bytes.readUInt32LE(4)
  if (end > bytes.length) throw new BrokenMedia('length')
  const kept: Buffer[] = []
  let hasPicture = false
  for (let at = 12; at + 8 <= end;) {
    const name = bytes.toString('latin1', at, at + 4)
    const length = bytes.readUInt32LE(at + 4)
    // Chunks are padded to an even length; a missing padding of the last chunk is accepted.
    const next = at + 8 + length + (length % 2)
    if (at + 8 + length > end) throw new BrokenMedia('chunk length')
    if (name === 'VP8 ' || name === 'VP8L') hasPicture = true
    if (KEPT.includes(name)) kept.push(name === 'VP8X' ? plainHeader(bytes.subarray(at, next)) : padded(bytes.subarray(at, next)))
    at = next
  }
  if (!hasPicture) throw new BrokenMedia('no picture')
  const body = Buffer.concat(kept)
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1')
  head.writeUInt32LE(4 + body.length, 4)
  return Buffer.concat([head, body])
}

/** The VP8X header without the flags of EXIF and XMP. */
function plainHeader(chunk: Buffer): Buffer {
  const plain = Buffer.from(chunk)
  const flags = plain.readUInt8(8)
  if ((flags & FLAG.animation) !== 0) throw new BrokenMedia('moving picture')
  requireSaneSize(1 + plain.readUIntLE(12, 3), 1 + plain.readUIntLE(15, 3))
  plain.writeUInt8(flags & ~(FLAG.xmp | FLAG.exif), 8)
  return plain
}

function padded(chunk: Buffer): Buffer {
  return chunk.length % 2 === 0 ? chunk : Buffer.concat([chunk, Buffer.alloc(1)])
}

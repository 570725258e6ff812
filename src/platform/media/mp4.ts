// Strips metadata from MP4, QuickTime and 3GP: boxes of user data, metadata and private data are turned into free space in place,
// so that no offset inside the file changes (ISO/IEC 14496-12). Film and sound stay untouched.

import { BrokenMedia } from './broken.ts'

const NESTED = ['moov', 'trak']
const BLANKED = ['udta', 'meta', 'uuid', 'XMP_']
/** Real files have dozens of boxes; a hostile one may hold millions of empty ones. */
const MOST_BOXES = 20_000

/** A copy of the file without metadata. @throws BrokenMedia; RangeError for a read beyond the end. */
export function stripMp4(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  const seen = { boxes: 0, movie: false }
  walk(copy, 0, copy.length, seen)
  if (!seen.movie) throw new BrokenMedia('no movie')
  return copy
}

function walk(bytes: Buffer, from: number, to: number, seen: { boxes: number; movie: boolean }): void {
  // A container may end with four zero bytes (QuickTime).
  for (let at = from; at + 8 <= to;) {
    if (++seen.boxes > MOST_BOXES) throw new BrokenMedia('too many boxes')
    const name = bytes.toString('latin1', at + 4, at + 8)
    const { head, size } = sizeOf(bytes, at, to)
    const end = at + size
    if (size < head || end > to) throw new BrokenMedia('box size')
    if (name === 'moov') seen.movie = true
    if (NESTED.includes(name)) walk(bytes, at + head, end, seen)
    if (BLANKED.includes(name)) {
      bytes.write('free', at + 4, 'latin1')
      bytes.fill(0, at + head, end)
    }
    at = end
  }
}

/** Lengths of a box's head and of the whole box. Size 1 means 64 bits after the name, size 0 means up to the end. */
function sizeOf(bytes: Buffer, at: number, to: number): { head: number; size: number } {
  const size = bytes.readUInt32BE(at)
  if (size === 1) return { head: 16, size: Number(bytes.readBigUInt64BE(at + 8)) }
  return { head: 8, size: size === 0 ? to - at : size }
}

// Strips metadata from MP4, QuickTime and 3GP: boxes of user data, metadata, private data and free space are blanked in place, and so are
// tracks that hold no film and no sound but what the device noted, such as places. No offset inside the file changes (ISO/IEC 14496-12).

import { BrokenMedia } from './broken.ts'
import { partsOf, rangesOfSamples } from './mp4-tracks.ts'

const NESTED = ['moov', 'trak']
const BLANKED = ['udta', 'meta', 'uuid', 'XMP_', 'free', 'skip', 'wide']
/** Real files have dozens of boxes; a hostile one may hold millions of empty ones. */
const MOST_BOXES = 20_000
/** Bytes of a handler box before its kind, and before its name, which some devices fill with their own. */
const [HANDLER_KIND, HANDLER_NAME] = [8, 24]

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
    const content = bytes.subarray(at + head, end)
    if (name === 'moov') seen.movie = true
    if (BLANKED.includes(name) || (name === 'trak' && holdsNotes(bytes, content))) {
      bytes.write('free', at + 4, 'latin1')
      content.fill(0)
    } else if (NESTED.includes(name)) walk(bytes, at + head, end, seen)
    at = end
  }
}

/** Whether a track holds what the device noted; its samples are blanked then. Of other tracks the name of the handler is. */
function holdsNotes(file: Buffer, track: Buffer): boolean {
  const [handler] = partsOf(track, ['mdia', 'hdlr'])
  if (handler === undefined) return false
  if (handler.toString('latin1', HANDLER_KIND, HANDLER_KIND + 4) !== 'meta') {
    handler.fill(0, HANDLER_NAME)
    return false
  }
  for (const [from, to] of rangesOfSamples(track)) file.fill(0, from, Math.min(to, file.length))
  return true
}

/** Lengths of a box's head and of the whole box. Size 1 means 64 bits after the name, size 0 means up to the end. */
function sizeOf(bytes: Buffer, at: number, to: number): { head: number; size: number } {
  const size = bytes.readUInt32BE(at)
  if (size === 1) return { head: 16, size: Number(bytes.readBigUInt64BE(at + 8)) }
  return { head: 8, size: size === 0 ? to - at : size }
}

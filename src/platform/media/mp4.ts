// Strips metadata from MP4, QuickTime and 3GP: only the boxes that film and sound need stay, all others are blanked in place, and so are tracks
// that hold neither, such as places and subtitles that a device noted. No offset inside the file changes (ISO/IEC 14496-12).

import { BrokenMedia } from './broken.ts'
import { partsOf, rangesOfSamples, type Range } from './mp4-tracks.ts'

/** The boxes that stay, by the box that holds them; those of the file itself under the empty name. */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  '': ['ftyp', 'styp', 'moov', 'mdat', 'moof', 'sidx', 'ssix', 'mfra', 'pdin'],
  moov: ['mvhd', 'iods', 'trak', 'mvex'],
  trak: ['tkhd', 'edts', 'mdia', 'tapt', 'clip', 'matt', 'load'],
  mdia: ['mdhd', 'hdlr', 'minf', 'elng'],
  minf: ['vmhd', 'smhd', 'hdlr', 'dinf', 'stbl'],
  stbl: [
    ...['stsd', 'stts', 'ctts', 'cslg', 'stss', 'stps', 'stsc', 'stsz', 'stz2', 'stco', 'co64', 'stsh', 'stdp', 'padb'],
    ...['sdtp', 'sbgp', 'sgpd', 'subs', 'saiz', 'saio'],
  ],
  mvex: ['mehd', 'trex', 'leva', 'trep'],
  moof: ['mfhd', 'traf'],
  traf: ['tfhd', 'tfdt', 'trun', 'sdtp', 'sbgp', 'sgpd', 'subs', 'saiz', 'saio', 'senc'],
}
const KEPT_TRACKS = ['vide', 'soun']
/** Real files have dozens of boxes; a hostile one may hold millions of empty ones. */
const MOST_BOXES = 20_000
/** Chunks of all tracks that are blanked. */
const MOST_CHUNKS = 200_000
/** Bytes of a handler box before its kind, and before its name, which some devices fill with their own. */
const [HANDLER_KIND, HANDLER_NAME] = [8, 24]
/** Where the first description of a film's samples names the program or the camera that packed it. */
const [PACKED_BY, PACKED_BY_END] = [58, 90]

interface Seen {
  boxes: number
  movie: boolean
  fragments: boolean
  /** Samples of tracks that are blanked. */
  notes: Range[]
  hasNotes: boolean
}

/** A copy of the file without metadata. @throws BrokenMedia; RangeError for a read beyond the end. */
export function stripMp4(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  const seen: Seen = { boxes: 0, movie: false, fragments: false, notes: [], hasNotes: false }
  walk(copy, { from: 0, to: copy.length, container: '' }, seen)
  if (!seen.movie) throw new BrokenMedia('no movie')
  // Where fragments keep the samples of such a track is not looked up.
  if (seen.fragments && seen.hasNotes) throw new BrokenMedia('notes in fragments')
  blankRanges(copy, seen.notes)
  blankPlaces(copy)
  return copy
}

function walk(bytes: Buffer, { from, to, container }: { from: number; to: number; container: string }, seen: Seen): void {
  // A container may end with four zero bytes (QuickTime).
  for (let at = from; at + 8 <= to;) {
    if (++seen.boxes > MOST_BOXES) throw new BrokenMedia('too many boxes')
    const name = bytes.toString('latin1', at + 4, at + 8)
    const { head, size } = sizeOf(bytes, at, to)
    const end = at + size
    if (size < head || end > to) throw new BrokenMedia('box size')
    const content = bytes.subarray(at + head, end)
    seen.movie ||= name === 'moov'
    seen.fragments ||= name === 'moof'
    if (!isKept(name, container) || (name === 'trak' && holdsNotes(content, seen))) {
      bytes.write('free', at + 4, 'latin1')
      content.fill(0)
    } else if (name === 'hdlr') content.subarray(HANDLER_NAME).fill(0)
    else if (KEPT[name] !== undefined) walk(bytes, { from: at + head, to: end, container: name }, seen)
    at = end
  }
}

function isKept(name: string, container: string): boolean {
  return KEPT[container]?.includes(name) === true
}

/** Whether a track holds neither film nor sound; its samples are noted then. */
function holdsNotes(track: Buffer, seen: Seen): boolean {
  const [handler] = partsOf(track, ['mdia', 'hdlr'])
  const kind = handler?.toString('latin1', HANDLER_KIND, HANDLER_KIND + 4) ?? ''
  if (KEPT_TRACKS.includes(kind)) {
    const [description] = partsOf(track, ['mdia', 'minf', 'stbl', 'stsd'])
    if (kind === 'vide') description?.subarray(PACKED_BY, PACKED_BY_END).fill(0)
    return false
  }
  seen.hasNotes = true
  for (const range of rangesOfSamples(track, MOST_CHUNKS - seen.notes.length)) seen.notes.push(range)
  return true
}

/** Blanks ranges, each byte once, however they overlap. */
function blankRanges(file: Buffer, ranges: readonly Range[]): void {
  let done = 0
  for (const [from, to] of ranges.toSorted(([left], [right]) => left - right)) {
    if (to <= done || from >= file.length) continue
    file.fill(0, Math.max(from, done), Math.min(to, file.length))
    done = to
  }
}

/** What cameras for cars put between the samples: free boxes with places, which no table names. */
function blankPlaces(file: Buffer): void {
  const mark = Buffer.from('freeGPS ')
  for (let at = file.indexOf(mark); at >= 0; at = file.indexOf(mark, at + mark.length)) {
    const size = at < 4 ? 0 : Math.min(file.readUInt32BE(at - 4), LONGEST_PLACES)
    file.fill(0, at + 4, Math.min(Math.max(at - 4 + size, at + mark.length), file.length))
  }
}
const LONGEST_PLACES = 65_536

/** Lengths of a box's head and of the whole box. Size 1 means 64 bits after the name, size 0 means up to the end. */
function sizeOf(bytes: Buffer, at: number, to: number): { head: number; size: number } {
  const size = bytes.readUInt32BE(at)
  if (size === 1) return { head: 16, size: Number(bytes.readBigUInt64BE(at + 8)) }
  return { head: 8, size: size === 0 ? to - at : size }
}

// Strips metadata from JPEG: APP and comment segments are removed, the picture's own bytes stay as they are (ITU-T T.81).
// The orientation is kept, because a picture that lies on its side is worth less as evidence. What viewers forgive is forgiven: bytes between
// segments, and a picture whose end was not saved.

import { BrokenMedia, MOST_PARTS, requireSaneSize } from './broken.ts'
import { EXIF, exifOf, orientationOf } from './exif.ts'
import { withoutTexts } from './icc.ts'

const SOI = 0xd8
const EOI = 0xd9
const SOS = 0xda
const ICC = 'ICC_PROFILE\0'
/** Bytes of an ICC segment before its piece of the profile: marker, length, name, number and count. */
const ICC_HEAD = 4 + ICC.length + 2
/** Bytes of JFIF and Adobe segments that mean something; a thumbnail or a text may follow. */
const JFIF_LENGTH = 18
const ADOBE_LENGTH = 16
/** Bytes between two segments that are passed over. */
const MOST_STRAY = 4096

/** The picture without metadata except its orientation. @throws BrokenMedia; RangeError for a read beyond the end. */
export function stripJpeg(bytes: Buffer): Buffer {
  const kept: Buffer[] = []
  const seen = new Set<'frame' | 'scan'>()
  let orientation = 1
  for (const { marker, segment, scan } of segmentsOf(bytes)) {
    if (isFrame(marker)) {
      seen.add('frame')
      requireSaneSize(segment.readUInt16BE(7), segment.readUInt16BE(5))
    }
    if (isExif(marker, segment)) orientation = Math.max(orientation, orientationOf(segment.subarray(4)))
    const rest = restOf(marker, segment)
    if (rest !== null) kept.push(rest)
    if (scan === null) continue
    seen.add('scan')
    kept.push(scan)
  }
  if (seen.size < 2) throw new BrokenMedia('no picture')
  const turned = orientation === 1 ? [] : [exifSegment(orientation)]
  return Buffer.concat([bytes.subarray(0, 2), ...turned, ...withPlainProfile(kept), Buffer.from([0xff, EOI])])
}

/** Blanks in place, in a JPEG inside another file, what `stripJpeg` would remove. @returns whether anything was blanked. */
export function blankJpeg(bytes: Buffer): boolean {
  let blanked = false
  try {
    for (const { marker, segment } of segmentsOf(bytes)) {
      const content = segment.subarray(4)
      if (restOf(marker, segment) !== null || content.every((byte) => byte === 0)) continue
      content.fill(0)
      blanked = true
    }
  } catch (error) {
    // What no viewer can show is left as it is.
    if (!(error instanceof BrokenMedia) && !(error instanceof RangeError)) throw error
  }
  return blanked
}

interface Segment {
  marker: number
  /** The segment with its marker and length. */
  segment: Buffer
  /** The compressed data that follows a start of scan; null for other segments. */
  scan: Buffer | null
}

/**
 * The segments between start and end of the image. Restart markers belong to scans; any number of FF bytes may precede a marker. Once there
 * is a scan, the image ends where the file ends as well.
 */
function* segmentsOf(bytes: Buffer): Generator<Segment> {
  let hasScan = false
  let parts = 0
  for (let at = markerFrom(bytes, 2); at !== null && bytes.readUInt8(at + 1) !== EOI;) {
    if (++parts > MOST_PARTS) throw new BrokenMedia('too many segments')
    const marker = bytes.readUInt8(at + 1)
    const end = endOfSegment(bytes, at, marker)
    if (hasScan && end > bytes.length) return
    if (end > bytes.length) throw new BrokenMedia('segment length')
    const next = marker === SOS ? endOfScan(bytes, end) : end
    hasScan ||= marker === SOS
    yield { marker, segment: bytes.subarray(at, end), scan: marker === SOS ? bytes.subarray(end, next) : null }
    at = markerFrom(bytes, next)
    if (at === null && !hasScan) throw new BrokenMedia('no marker')
  }
}

/** The position behind a segment by its length, which may lie behind the end of the file. */
function endOfSegment(bytes: Buffer, at: number, marker: number): number {
  if (marker < 0xc0 || (marker >= 0xd0 && marker <= SOI)) throw new BrokenMedia('marker out of place')
  const length = bytes.readUInt16BE(at + 2)
  if (length < 2) throw new BrokenMedia('segment length')
  return at + 2 + length
}

/** The position of the last FF of the next marker; null when the file ends before its length. */
function markerFrom(bytes: Buffer, from: number): number | null {
  const stray = bytes.subarray(from, from + MOST_STRAY).indexOf(0xff)
  if (stray < 0) return null
  let at = from + stray
  while (bytes[at + 1] === 0xff) at += 1
  return bytes[at + 1] === EOI || at + 4 <= bytes.length ? at : null
}

/** Whether a marker starts a frame; C4, C8 and CC in the same range do not. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
}

function isExif(marker: number, segment: Buffer): boolean {
  return marker === 0xe1 && segment.toString('latin1', 4, 10) === EXIF
}

/** Whether a marker belongs to the picture: frames, tables and scans. Comments and what is reserved for extensions do not. */
function isPictures(marker: number): boolean {
  return marker !== 0xc8 && marker <= 0xdf
}

/** What is kept of a segment; null for nothing. JFIF, Adobe and the colour profile are: without them colours would change. */
function restOf(marker: number, segment: Buffer): Buffer | null {
  if (marker < 0xe0 || marker > 0xef) return isPictures(marker) ? segment : null
  const name = segment.toString('latin1', 4, 16)
  if (marker === 0xe0 && name.startsWith('JFIF\0')) return shortened(segment, JFIF_LENGTH, [16, 17])
  if (marker === 0xee && name.startsWith('Adobe')) return shortened(segment, ADOBE_LENGTH, [])
  return isProfile(segment) ? segment : null
}

function isProfile(segment: Buffer): boolean {
  return segment[0] === 0xff && segment[1] === 0xe2 && segment.toString('latin1', 4, 4 + ICC.length) === ICC
}

/** The beginning of a segment as a whole one, some of its bytes zero: the sides of a thumbnail that is gone. Null for one too short. */
function shortened(segment: Buffer, length: number, zero: readonly number[]): Buffer | null {
  if (segment.length < length) return null
  const short = Buffer.from(segment.subarray(0, length))
  short.writeUInt16BE(length - 2, 2)
  for (const at of zero) short[at] = 0
  return short
}

/** The segments with a colour profile without texts. It may be spread over several segments; one that cannot be read is left out. */
function withPlainProfile(segments: readonly Buffer[]): Buffer[] {
  const pieces = segments.filter(isProfile).toSorted((left, right) => left.readUInt8(ICC_HEAD - 2) - right.readUInt8(ICC_HEAD - 2))
  if (pieces.length === 0) return [...segments]
  const profile = withoutTexts(Buffer.concat(pieces.map((piece) => piece.subarray(ICC_HEAD))))
  if (profile === null) return segments.filter((segment) => !isProfile(segment))
  const plain = new Map<Buffer, Buffer>()
  let at = 0
  for (const piece of pieces) {
    const length = piece.length - ICC_HEAD
    plain.set(piece, Buffer.concat([piece.subarray(0, ICC_HEAD), profile.subarray(at, at + length)]))
    at += length
  }
  return segments.map((segment) => plain.get(segment) ?? segment)
}

/** The position at which the compressed data ends: the next marker that is neither a stuffed byte nor a restart, or the end of the file. */
function endOfScan(bytes: Buffer, from: number): number {
  for (let at = from; at + 1 < bytes.length; at++) {
    if (bytes[at] !== 0xff) continue
    const next = bytes[at + 1] ?? 0
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at
  }
  if (bytes.length - from < 2) throw new BrokenMedia('no end')
  // A last FF is the first half of a marker whose second was not saved.
  return bytes.at(-1) === 0xff ? bytes.length - 1 : bytes.length
}

/** An Exif segment that holds only the orientation. */
function exifSegment(orientation: number): Buffer {
  const block = exifOf(orientation)
  const head = Buffer.alloc(4)
  head.writeUInt16BE(0xffe1)
  head.writeUInt16BE(2 + EXIF.length + block.length, 2)
  return Buffer.concat([head, Buffer.from(EXIF, 'latin1'), block])
}

// Strips metadata from JPEG: APP and comment segments are removed, the picture's own bytes stay as they are (ITU-T T.81).
// The orientation is kept, because a picture that lies on its side is worth less as evidence.

import { BrokenMedia, requireSaneSize } from './broken.ts'

const SOI = 0xd8
const EOI = 0xd9
const SOS = 0xda
const COM = 0xfe
const ICC = 'ICC_PROFILE\0'
const EXIF = 'Exif\0\0'

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
    if (isExif(marker, segment)) orientation = orientationOf(segment.subarray(10)) ?? orientation
    if (isKept(marker, segment)) kept.push(segment)
    if (scan === null) continue
    seen.add('scan')
    kept.push(scan)
  }
  if (seen.size < 2) throw new BrokenMedia('no picture')
  return Buffer.concat([bytes.subarray(0, 2), ...(orientation === 1 ? [] : [exifOf(orientation)]), ...kept, Buffer.from([0xff, EOI])])
}

interface Segment {
  marker: number
  /** The segment with its marker and length. */
  segment: Buffer
  /** The compressed data that follows a start of scan; null for other segments. */
  scan: Buffer | null
}

/** The segments between start and end of the image. Restart markers belong to scans; any number of FF bytes may precede a marker. */
function* segmentsOf(bytes: Buffer): Generator<Segment> {
  let at = 2
  for (;;) {
    if (bytes.readUInt8(at) !== 0xff) throw new BrokenMedia('no marker')
    while (bytes.readUInt8(at + 1) === 0xff) at += 1
    const marker = bytes.readUInt8(at + 1)
    if (marker === EOI) return
    if (marker < 0xc0 || (marker >= 0xd0 && marker <= SOI)) throw new BrokenMedia('marker out of place')
    const end = at + 2 + bytes.readUInt16BE(at + 2)
    if (end < at + 4 || end > bytes.length) throw new BrokenMedia('segment length')
    const segment = bytes.subarray(at, end)
    at = marker === SOS ? endOfScan(bytes, end) : end
    yield { marker, segment, scan: marker === SOS ? bytes.subarray(end, at) : null }
  }
}

/** Whether a marker starts a frame; C4, C8 and CC in the same range do not. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
}

function isExif(marker: number, segment: Buffer): boolean {
  return marker === 0xe1 && segment.toString('latin1', 4, 10) === EXIF
}

/** Whether a segment is kept. JFIF, Adobe and the colour profile are: without them colours would change. */
function isKept(marker: number, segment: Buffer): boolean {
  if (marker === COM) return false
  if (marker < 0xe0 || marker > 0xef) return true
  const name = segment.toString('latin1', 4, 16)
  return (
    (marker === 0xe0 && name.startsWith('JFIF\0')) || (marker === 0xe2 && name === ICC) || (marker === 0xee && name.startsWith('Adobe'))
  )
}

/** The position at which the compressed data ends: the next marker that is neither a stuffed byte nor a restart. */
function endOfScan(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0 && at + 1 < bytes.length; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes.readUInt8(at + 1)
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at
  }
  throw new BrokenMedia('no end')
}

/** The orientation (1–8), tag 0x0112 of the first directory (Exif 2.3, TIFF 6.0); null when it cannot be read. */
function orientationOf(tiff: Buffer): number | null {
  try {
    const little = tiff.toString('latin1', 0, 2) === 'II'
    const u16 = (at: number): number => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at))
    const u32 = (at: number): number => (little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at))
    const directory = u32(4)
    const entries = Math.min(u16(directory), 200)
    for (let index = 0; index < entries; index++) {
      const at = directory + 2 + index * 12
      if (u16(at) === 0x0112 && u16(at + 2) === 3) return u16(at + 8) >= 1 && u16(at + 8) <= 8 ? u16(at + 8) : null
    }
    return null
  } catch {
    return null
  }
}

/** An Exif segment that holds only the orientation. */
function exifOf(orientation: number): Buffer {
  const tiff = Buffer.from('4d4d002a000000080001' + '011200030000000100000000' + '00000000', 'hex')
  tiff.writeUInt16BE(orientation, 18)
  const head = Buffer.alloc(4)
  head.writeUInt16BE(0xffe1)
  head.writeUInt16BE(2 + EXIF.length + tiff.length, 2)
  return Buffer.concat([head, Buffer.from(EXIF, 'latin1'), tiff])
}

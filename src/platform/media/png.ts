// Strips metadata from PNG (third edition): only the chunks that a picture needs are kept; texts, times, profiles and unknown chunks go. Of
// Exif the orientation is kept in a chunk of its own.
// Compressed chunks are not unpacked; the size of the picture is checked here.

import { crc32 } from 'node:zlib'
import { BrokenMedia, MOST_PARTS, requireSaneSize } from './broken.ts'
import { exifOf, orientationOf } from './exif.ts'

const KEPT = ['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'sBIT', 'bKGD', 'pHYs']

/** The picture without metadata. @throws BrokenMedia; RangeError for a read beyond the end. */
export function stripPng(bytes: Buffer): Buffer {
  const kept: Buffer[] = []
  let hasPicture = false
  let orientation = 1
  let parts = 0
  for (let at = 8; ;) {
    const length = bytes.readUInt32BE(at)
    const name = bytes.toString('latin1', at + 4, at + 8)
    const end = at + 12 + length
    if (end > bytes.length || ++parts > MOST_PARTS) throw new BrokenMedia('chunk length or number')
    requireHeader(bytes, at, name)
    if (name === 'IDAT') hasPicture = true
    if (name === 'eXIf') orientation = orientationOf(bytes.subarray(at + 8, at + 8 + length))
    if (KEPT.includes(name)) kept.push(bytes.subarray(at, end))
    if (name === 'IEND') break
    at = end
  }
  if (!hasPicture) throw new BrokenMedia('no picture')
  const [header = Buffer.alloc(0), ...others] = kept
  return Buffer.concat([bytes.subarray(0, 8), header, ...(orientation === 1 ? [] : [exifChunk(orientation)]), ...others])
}

/** The first chunk is the header, and no other one is. */
function requireHeader(bytes: Buffer, at: number, name: string): void {
  if ((at === 8) !== (name === 'IHDR')) throw new BrokenMedia('header out of place')
  if (name === 'IHDR') requireSaneSize(bytes.readUInt32BE(at + 8), bytes.readUInt32BE(at + 12))
}

function exifChunk(orientation: number): Buffer {
  const content = Buffer.concat([Buffer.from('eXIf', 'latin1'), exifOf(orientation)])
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(content.length - 4)
  checksum.writeUInt32BE(crc32(content))
  return Buffer.concat([length, content, checksum])
}

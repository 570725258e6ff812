// Strips metadata from PNG (third edition): only the chunks that a picture needs are kept; texts, Exif, times, profiles and unknown chunks go.
// Compressed chunks are not unpacked; the size of the picture is checked here.

import { BrokenMedia, requireSaneSize } from './broken.ts'

const KEPT = ['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'sBIT', 'bKGD', 'pHYs']

/** The picture without metadata. @throws BrokenMedia; RangeError for a read beyond the end. */
export function stripPng(bytes: Buffer): Buffer {
  const kept: Buffer[] = [bytes.subarray(0, 8)]
  let hasPicture = false
  for (let at = 8; ;) {
    const length = bytes.readUInt32BE(at)
    const name = bytes.toString('latin1', at + 4, at + 8)
    const end = at + 12 + length
    if (end > bytes.length) throw new BrokenMedia('chunk length')
    if ((at === 8) !== (name === 'IHDR')) throw new BrokenMedia('header out of place')
    if (name === 'IHDR') requireSaneSize(bytes.readUInt32BE(at + 8), bytes.readUInt32BE(at + 12))
    if (name === 'IDAT') hasPicture = true
    if (KEPT.includes(name)) kept.push(bytes.subarray(at, end))
    if (name === 'IEND') break
    at = end
  }
  if (!hasPicture) throw new BrokenMedia('no picture')
  return Buffer.concat(kept)
}

// PNG with only the chunks a picture needs: texts, Exif, times, profiles and everything unknown go (PNG third edition).
// Compressed chunks are not opened: the reader of the picture does that, within the size checked here.

import { BrokenMedia, mustBeSane } from './broken.ts'

const KEPT = ['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'sBIT', 'bKGD', 'pHYs']

/** @throws BrokenMedia, RangeError beyond the end. */
export function stripPng(bytes: Buffer): Buffer {
  const kept: Buffer[] = [bytes.subarray(0, 8)]
  let pictured = false
  for (let at = 8; ;) {
    const length = bytes.readUInt32BE(at)
    const name = bytes.toString('latin1', at + 4, at + 8)
    const end = at + 12 + length
    if (end > bytes.length) throw new BrokenMedia('chunk length')
    if ((at === 8) !== (name === 'IHDR')) throw new BrokenMedia('header out of place')
    if (name === 'IHDR') mustBeSane(bytes.readUInt32BE(at + 8), bytes.readUInt32BE(at + 12))
    if (name === 'IDAT') pictured = true
    if (KEPT.includes(name)) kept.push(bytes.subarray(at, end))
    if (name === 'IEND') break
    at = end
  }
  if (!pictured) throw new BrokenMedia('no picture')
  return Buffer.concat(kept)
}

// Strips tags from MP3: ID3v2 before the sound, ID3v1 and APE behind it (id3.org; APEv2).
// The frames of the sound stay untouched.

import { BrokenMedia } from './broken.ts'

const [ID3V2_HEAD, ID3V1, APE_FOOT] = [10, 128, 32]

/** The sound alone. @throws BrokenMedia; RangeError for a read beyond the end. */
export function stripMp3(bytes: Buffer): Buffer {
  let from = 0
  while (textAt(bytes, from, 3) === 'ID3') from += lengthOfId3v2(bytes.subarray(from, from + ID3V2_HEAD))
  // The padding of a tag is zero, and so is what some recorders write before the first frame.
  while (bytes[from] === 0) from += 1
  let to = bytes.length
  for (let tag = lengthOfTagBefore(bytes, to); tag > 0; tag = lengthOfTagBefore(bytes, to)) to -= tag
  if (to - from < 4) throw new BrokenMedia('no sound')
  return bytes.subarray(from, to)
}

/** Four bytes of seven bits, without the head, and without the foot that a flag announces. */
function lengthOfId3v2(head: Buffer): number {
  const size = [6, 7, 8, 9].reduce((sum, at) => sum * 128 + (head.readUInt8(at) & 0x7f), 0)
  return ID3V2_HEAD + size + ((head.readUInt8(5) & 0x10) === 0 ? 0 : ID3V2_HEAD)
}

/** The length of the tag that ends at a position; 0 for none. */
function lengthOfTagBefore(bytes: Buffer, to: number): number {
  if (to >= ID3V1 && textAt(bytes, to - ID3V1, 3) === 'TAG') return ID3V1
  if (to < APE_FOOT || textAt(bytes, to - APE_FOOT, 8) !== 'APETAGEX') return 0
  const hasHead = (bytes.readUInt32LE(to - 12) & 0x8000_0000) !== 0
  return Math.max(bytes.readUInt32LE(to - 20), APE_FOOT) + (hasHead ? APE_FOOT : 0)
}

function textAt(bytes: Buffer, at: number, length: number): string {
  return bytes.toString('latin1', at, at + length)
}

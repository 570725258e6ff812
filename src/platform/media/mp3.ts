// Strips tags from MP3: what stands before the first frame of the sound and behind the last one, such as ID3, Lyrics3 and APE (id3.org; APEv2).
// The frames of the sound stay untouched.

import { BrokenMedia } from './broken.ts'

const ID3V2_HEAD = 10
/** Bytes before the first frame and between two frames that are passed over, as players do. */
const MOST_STRAY = 65_536

/** The sound alone. @throws BrokenMedia; RangeError for a read beyond the end. */
export function stripMp3(bytes: Buffer): Buffer {
  let tags = 0
  while (bytes.toString('latin1', tags, tags + 3) === 'ID3') tags += lengthOfId3v2(bytes.subarray(tags, tags + ID3V2_HEAD))
  // The padding of a tag is zero, and so is what some recorders write before the first frame.
  while (bytes[tags] === 0) tags += 1
  const from = frameFrom(bytes, tags)
  if (from === null) throw new BrokenMedia('no sound')
  let to = from
  for (let at: number | null = from; at !== null;) {
    to = at + frameLength(bytes, at)
    at = frameLength(bytes, to) > 0 && to + frameLength(bytes, to) <= bytes.length ? to : frameFrom(bytes, to)
  }
  return bytes.subarray(from, to)
}

/** Four bytes of seven bits, without the head, and without the foot that a flag announces. */
function lengthOfId3v2(head: Buffer): number {
  const size = [6, 7, 8, 9].reduce((sum, at) => sum * 128 + (head.readUInt8(at) & 0x7f), 0)
  return ID3V2_HEAD + size + ((head.readUInt8(5) & 0x10) === 0 ? 0 : ID3V2_HEAD)
}

/** The position of the next whole frame that is followed by another one or by the end; null for none within reach. */
function frameFrom(bytes: Buffer, from: number): number | null {
  const last = Math.min(bytes.length - 4, from + MOST_STRAY)
  for (let at = from; at <= last; at++) {
    const length = frameLength(bytes, at)
    if (length > 0 && (at + length === bytes.length || (at === from && isTag(bytes, at + length)) || frameLength(bytes, at + length) > 0))
      return at
  }
  return null
}

/** Whether a tag that stands behind the sound begins here. */
function isTag(bytes: Buffer, at: number): boolean {
  return /^(?:TAG|APETAGEX|LYRICSBEGIN)/.test(bytes.toString('latin1', at, at + 11))
}

/** Kilobits a second by the index of the head, for MPEG-1 and for the later ones, layer III. */
const RATES = [
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
]
/** By the bits of the version: 2.5, none, 2, 1. */
const VERSIONS = [{ rates: 1, factor: 288_000 }, undefined, { rates: 1, factor: 144_000 }, { rates: 0, factor: 144_000 }]
const SAMPLING = [44_100, 48_000, 32_000]

/** The length of the frame of layer III whose head stands here; 0 where none does. */
function frameLength(bytes: Buffer, at: number): number {
  if (at + 4 > bytes.length || bytes[at] !== 0xff) return 0
  const head = bytes.readUInt32BE(at)
  const version = VERSIONS[(head >>> 19) & 3]
  const sampling = SAMPLING[(head >>> 10) & 3]
  if (head >>> 21 !== 0x7ff || ((head >>> 17) & 3) !== 1 || version === undefined || sampling === undefined) return 0
  const rate = RATES[version.rates]?.[(head >>> 12) & 15] ?? 0
  return rate === 0 ? 0 : Math.floor((version.factor * rate) / sampling) + ((head >>> 9) & 1)
}

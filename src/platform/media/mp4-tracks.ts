// Finds where the samples of a track of an MP4 stand in the file, by its tables (ISO/IEC 14496-12, 8.7).
// What is done with them is mp4.ts.

import { BrokenMedia } from './broken.ts'

/** First byte and the byte after the last one. */
export type Range = readonly [from: number, to: number]

const HEAD = 8
/** Bytes of version and flags with which each table begins. */
const VERSION = 4

/** The contents of the boxes at a path of names, in their order. Boxes that reach beyond their container end the search. */
export function partsOf(container: Buffer, [name, ...rest]: readonly string[]): Buffer[] {
  if (name === undefined) return [container]
  const found: Buffer[] = []
  for (let at = 0; at + HEAD <= container.length;) {
    const size = container.readUInt32BE(at)
    if (size < HEAD || at + size > container.length) break
    if (container.toString('latin1', at + 4, at + HEAD) === name) found.push(...partsOf(container.subarray(at + HEAD, at + size), rest))
    at += size
  }
  return found
}

/**
 * The chunks of samples, at most `most`; positions in the file. Chunks may overlap.
 * @throws BrokenMedia; RangeError for a table that is cut off.
 */
export function rangesOfSamples(track: Buffer, most: number): Range[] {
  const [table] = partsOf(track, ['mdia', 'minf', 'stbl'])
  if (table === undefined) return []
  const chunks = chunkPositions(table, most)
  if (chunks.length === 0) return []
  const [sizes] = partsOf(table, ['stsz'])
  const [runs] = partsOf(table, ['stsc'])
  if (sizes === undefined || runs === undefined) throw new BrokenMedia('samples without size')
  const fixed = sizes.readUInt32BE(VERSION)
  const samples = sizes.readUInt32BE(VERSION + 4)
  let sample = 0
  return chunks.map((from, chunk) => {
    const count = Math.min(samplesOf(runs, chunk + 1), samples - sample)
    let length = fixed * count
    if (fixed === 0) for (let n = 0; n < count; n++) length += sizes.readUInt32BE(VERSION + 8 + 4 * (sample + n))
    sample += count
    return [from, from + length]
  })
}

function chunkPositions(table: Buffer, most: number): number[] {
  const [short] = partsOf(table, ['stco'])
  const [long] = partsOf(table, ['co64'])
  const positions = short ?? long
  if (positions === undefined) return []
  const width = short === undefined ? 8 : 4
  const count = Math.min(positions.readUInt32BE(VERSION), Math.floor((positions.length - VERSION - 4) / width))
  if (count > most) throw new BrokenMedia('too many chunks')
  return Array.from({ length: count }, (_, index) => {
    const at = VERSION + 4 + index * width
    return width === 4 ? positions.readUInt32BE(at) : Number(positions.readBigUInt64BE(at))
  })
}

/** Samples in a chunk, counted from 1: a run holds until the first chunk of the next one. */
function samplesOf(runs: Buffer, chunk: number): number {
  const count = Math.min(runs.readUInt32BE(VERSION), Math.floor((runs.length - VERSION - 4) / 12))
  let [low, high] = [0, count]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (runs.readUInt32BE(VERSION + 4 + middle * 12) <= chunk) low = middle + 1
    else high = middle
  }
  return low === 0 ? 0 : runs.readUInt32BE(VERSION + 4 + (low - 1) * 12 + 4)
}

// Detects texts that repeat the policy, without the project holding the policy: policy-runs.bin has a hash of each run of its characters.
// To write that file anew: writeFileSync('policy-runs.bin', hashes(policy)).

import { readFileSync } from 'node:fs'

/** Letters and digits in a row that count as copying. */
const RUN = 14

/** The runs of a text without blanks and punctuation, so that `甲,乙` repeats `甲乙`. */
export function runs(text: string): string[] {
  const characters = [...text.replace(/[^\p{L}\p{N}]/gu, '')]
  return characters.slice(RUN - 1).map((_, end) => characters.slice(end, end + RUN).join(''))
}

/** FNV-1a, 32 bits. */
function hash(run: string): number {
  let value = 0x811c9dc5
  for (const byte of Buffer.from(run)) value = Math.imul(value ^ byte, 0x01000193) >>> 0
  return value
}

/** Sorted little-endian 32-bit hashes of the runs, without repetition. */
export function hashes(text: string): Buffer {
  const values = Uint32Array.from(new Set(runs(text).map(hash))).sort()
  const buffer = Buffer.alloc(values.length * 4)
  values.forEach((value, index) => buffer.writeUInt32LE(value, index * 4))
  return buffer
}

/** The runs of `text` that occur in the policy, except those of `allowed` (a title, a name). */
export function copiedRuns(text: string, allowed = ''): string[] {
  const exempt = new Set(runs(allowed))
  return runs(text).filter((run) => policy().has(hash(run)) && !exempt.has(run))
}

let policyHashes: Set<number> | undefined

function policy(): Set<number> {
  policyHashes ??= load()
  return policyHashes
}

function load(): Set<number> {
  const buffer = readFileSync(new URL('policy-runs.bin', import.meta.url))
  return new Set(Array.from({ length: buffer.length / 4 }, (_, index) => buffer.readUInt32LE(index * 4)))
}

// Takes from an AMR file its frames alone (RFC 4867, section 5): what stands behind them is removed.
// The frames stay untouched.

import { BrokenMedia } from './broken.ts'

/** Bytes of a frame after its head, by its type; -1 for types that do not exist. */
const NARROW = [12, 13, 15, 17, 19, 20, 26, 31, 5, 6, 5, 5, -1, -1, -1, 0]
const WIDE = [17, 23, 32, 36, 40, 46, 50, 58, 60, 5, -1, -1, -1, -1, 0, 0]
/** Bits of a frame's head that are always zero. */
const ZERO_BITS = 0x83

/** The sound alone. @throws BrokenMedia. */
export function stripAmr(bytes: Buffer): Buffer {
  const isWide = bytes.toString('latin1', 0, 9) === '#!AMR-WB\n'
  const from = isWide ? 9 : 6
  let at = from
  while (at < bytes.length) {
    const head = bytes.readUInt8(at)
    const length = (isWide ? WIDE : NARROW)[(head >>> 3) & 15] ?? -1
    if ((head & ZERO_BITS) !== 0 || length < 0 || at + 1 + length > bytes.length) break
    at += 1 + length
  }
  if (at === from) throw new BrokenMedia('no sound')
  return bytes.subarray(0, at)
}

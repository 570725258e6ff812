// Which way is up: the one fact that stays of what a camera wrote into a picture. A block of Exif is a TIFF directory (Exif 2.3, TIFF 6.0).
// Where the block stands in a file is each format's: jpeg.ts, png.ts, webp.ts.

const ORIENTATION = 0x0112
const SHORT = 3
const LONG = 4
/** Entries of the first directory that are looked at; cameras write about fifteen. */
const MOST_ENTRIES = 200
/** What some programs write before the block outside JPEG as well. */
export const EXIF = 'Exif\0\0'

/** The orientation, 1–8, in the first directory of a block; 1, which is upright, when there is none or it cannot be read. */
export function orientationOf(block: Buffer): number {
  const tiff = block.toString('latin1', 0, EXIF.length) === EXIF ? block.subarray(EXIF.length) : block
  const little = tiff.toString('latin1', 0, 2) === 'II'
  // Not a number beyond the end. A thousand blocks that cannot be read must not cost a thousand exceptions.
  const u16 = (at: number): number => (!(at + 2 <= tiff.length) ? NaN : little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at))
  const u32 = (at: number): number => (!(at + 4 <= tiff.length) ? NaN : little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at))
  const directory = u32(4)
  const entries = Math.min(u16(directory), MOST_ENTRIES)
  for (let index = 0; index < entries; index++) {
    const at = directory + 2 + index * 12
    const type = u16(at + 2)
    if (u16(at) !== ORIENTATION || (type !== SHORT && type !== LONG)) continue
    const value = type === SHORT ? u16(at + 8) : u32(at + 8)
    return value >= 1 && value <= 8 ? value : 1
  }
  return 1
}

/** A block that holds only the orientation. */
export function exifOf(orientation: number): Buffer {
  const tiff = Buffer.from('4d4d002a000000080001' + '011200030000000100000000' + '00000000', 'hex')
  tiff.writeUInt16BE(orientation, 18)
  return tiff
}

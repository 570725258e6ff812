// Blanks the texts of a colour profile (ICC.1:2022, and the older ICC.1:2001): they may name a person's screen or a program's licensee.
// What the colours need stays, so the picture looks the same.

const HEADER = 128
const ENTRY = 12
/** Tags of a profile that are looked at; real ones have about twenty. */
const MOST_TAGS = 200

/** A copy of the same length with blank texts; null for a profile that cannot be read. */
export function withoutTexts(profile: Buffer): Buffer | null {
  const copy = Buffer.from(profile)
  // Tags may share an element, but elements do not overlap: each byte is blanked once.
  const seen = new Set<number>()
  let left = copy.length
  try {
    const tags = Math.min(copy.readUInt32BE(HEADER), MOST_TAGS)
    for (let index = 0; index < tags; index++) {
      const at = HEADER + 4 + index * ENTRY
      const [from, size] = [copy.readUInt32BE(at + 4), copy.readUInt32BE(at + 8)]
      if (seen.has(from)) continue
      seen.add(from)
      left -= size
      if (left < 0) return null
      blank(copy.subarray(from, from + size))
    }
    return copy
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/** Blanks an element whose type is text; others are left. */
function blank(element: Buffer): void {
  const type = element.toString('latin1', 0, 4)
  if (type === 'text' || type === 'desc') element.fill(0, 8)
  // An empty text of one byte, its end.
  if (type === 'desc') element.writeUInt32BE(1, 8)
  if (type === 'mluc') element.fill(Buffer.from([0, 0x20]), 16 + element.readUInt32BE(8) * element.readUInt32BE(12))
}

// The shared texts of an .xlsx file, held as bytes: a million JavaScript strings would take several times the room.
// Reading them out of the file is in workbook.ts.

import { AppError } from '../../core/errors.ts'

const CHUNK = 1 << 20
/** Recently asked texts are kept as strings, because courts, provinces and grounds repeat on every row. A power of two. */
const KEPT = 4096

export interface TextTable {
  add: (text: string) => void
  /** The text of an index, or undefined when there is none. */
  get(index: number): string | undefined
  readonly size: number
}

/** @param maxBytes what all texts together may take; more throws `import_too_large`. */
export function createTextTable(maxBytes: number): TextTable {
  const chunks: Buffer[] = []
  let ends = new Uint32Array(1024)
  let size = 0
  let used = 0
  const keptIndex = new Int32Array(KEPT).fill(-1)
  const keptText: string[] = new Array<string>(KEPT).fill('')

  const append = (bytes: Buffer): void => {
    for (let done = 0; done < bytes.length;) {
      const at = used % CHUNK
      if (at === 0) chunks.push(Buffer.allocUnsafeSlow(CHUNK))
      const copied = bytes.copy(chunks[chunks.length - 1] as Buffer, at, done)
      done += copied
      used += copied
    }
  }
  const decode = (start: number, end: number): string => {
    const first = Math.floor(start / CHUNK)
    const base = first * CHUNK
    if (end <= base + CHUNK) return chunks[first]?.toString('utf8', start - base, end - base) ?? ''
    const parts: Buffer[] = []
    for (let at = start; at < end;) {
      const index = Math.floor(at / CHUNK)
      const stop = Math.min(end, (index + 1) * CHUNK)
      parts.push((chunks[index] as Buffer).subarray(at - index * CHUNK, stop - index * CHUNK))
      at = stop
    }
    return Buffer.concat(parts).toString('utf8')
  }

  return {
    get size() {
      return size
    },
    add(text) {
      const bytes = Buffer.from(text, 'utf8')
      if (used + bytes.length > maxBytes) throw new AppError('import_too_large', { max: maxBytes })
      append(bytes)
      if (size === ends.length) {
        const longer = new Uint32Array(size * 2)
        longer.set(ends)
        ends = longer
      }
      ends[size++] = used
    },
    get(index) {
      if (!Number.isInteger(index) || index < 0 || index >= size) return undefined
      const slot = index & (KEPT - 1)
      if (keptIndex[slot] !== index) {
        keptText[slot] = decode(index === 0 ? 0 : (ends[index - 1] as number), ends[index] as number)
        keptIndex[slot] = index
      }
      return keptText[slot]
    },
  }
}

// The shared texts of an .xlsx file, held as bytes: a million JavaScript strings would take several times the memory.
// Reading them from the file is workbook.ts.

import { AppError } from '../../core/errors.ts'
import { megabytesOf, type SheetLimits } from './sheet.ts'

const CHUNK = 1 << 20
/** Number of recently read texts that are cached as strings, because courts, provinces and grounds repeat on every row. A power of two. */
const CACHED = 4096

/** Texts by index. */
export interface TextTable {
  add: (text: string) => void
  /** The text at an index, or undefined when there is none. */
  get(index: number): string | undefined
  readonly size: number
}

/** Creates an empty table. Beyond the limits `add` throws AppError `sheet_texts` or `sheet_texts_long`. */
export function createTextTable({ maxTexts, maxTextCount }: Pick<SheetLimits, 'maxTexts' | 'maxTextCount'>): TextTable {
  const chunks: Buffer[] = []
  let ends = new Uint32Array(1024)
  let size = 0
  let used = 0
  const cachedIndex = new Int32Array(CACHED).fill(-1)
  const cachedText: string[] = new Array<string>(CACHED).fill('')

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
      if (size >= maxTextCount) throw new AppError('sheet_texts', { max: maxTextCount })
      if (used + bytes.length > maxTexts) throw new AppError('sheet_texts_long', { max: megabytesOf(maxTexts) })
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
      const slot = index & (CACHED - 1)
      if (cachedIndex[slot] !== index) {
        cachedText[slot] = decode(index === 0 ? 0 : (ends[index - 1] as number), ends[index] as number)
        cachedIndex[slot] = index
      }
      return cachedText[slot]
    },
  }
}

// Sources of the bytes of a table: a file on the disk, and bytes in memory. Those of sealed files are made where the files are known.
// What a source is, is sheet.ts.

import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import type { SheetSource } from './sheet.ts'

/** A source over a file on the disk. */
export async function fileSource(path: string): Promise<SheetSource> {
  const { size } = await stat(path)
  return {
    name: basename(path),
    bytes: size,
    stream: () => createReadStream(path),
    range: (start, end) => createReadStream(path, { start, end: end - 1 }),
  }
}

/** A source over bytes in memory. */
export function bytesSource(name: string, bytes: Buffer): SheetSource {
  return {
    name,
    bytes: bytes.length,
    stream: () => Readable.from([bytes]),
    range: (start, end) => Readable.from([bytes.subarray(start, end)]),
  }
}

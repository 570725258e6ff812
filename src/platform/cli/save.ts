// Writes a file that a command was asked for. It may hold codes and people's data: only its owner reads it, and nothing is overwritten.
// Which command writes what is in the features' cli files.

import { createWriteStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../core/errors.ts'

/** Writes a stream to a new file of mode 0600. @throws `file_exists` for whatever stands at the path, a link included. */
export async function saveNew(path: string, content: Readable): Promise<void> {
  try {
    await pipeline(content, createWriteStream(path, { flags: 'wx', mode: 0o600 }))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new AppError('file_exists', { file: path }, [], error)
  }
}

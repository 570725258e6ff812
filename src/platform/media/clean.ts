// Reads a file that somebody handed in, finds out what it is, and removes what its device wrote into it.
// Kinds and cleaning are media.ts; the bytes on disk are platform/files/files.ts.

import { AppError } from '../../core/errors.ts'
import { newId } from '../../core/ids.ts'
import type { Files } from '../files/files.ts'
import { ActiveDocument, BrokenMedia, MovingPicture } from './broken.ts'
import { isHeic, kindOfMedia, stripMedia, type MediaKind } from './media.ts'

/** Files that are in memory at once, to be cleaned and stored. */
const MOST_AT_ONCE = 2
let atOnce = 0
const waiting: (() => void)[] = []

/** How the ids of files begin that are only here while they arrive. */
const INCOMING = 'incoming-'

/** Deletes files that arrived before an instant and that a crash kept from being removed. Returns how many. */
export function sweepReceived(files: Files, before: Date): Promise<number> {
  return files.sweep(INCOMING, before)
}

/**
 * Receives a file and does something with its bytes. While it arrives it is on the disk, sealed, and nothing of it in memory: a sender may take
 * minutes, and many send at once. @returns null for an empty file. @throws AppError `body_too_large` beyond `max`, and what `use` throws.
 */
export async function withReceived<Result>(
  files: Files,
  { content, max }: { content: AsyncIterable<Uint8Array>; max: number },
  use: (original: Buffer) => Promise<Result>,
): Promise<Result | null> {
  const fileId = `${INCOMING}${newId()}`
  try {
    const { bytes } = await files.put(fileId, content, { maxBytes: max })
    if (bytes === 0) return null
    return await inTurn(async () => use(await readBounded(files.open(fileId), max)))
  } finally {
    await files.remove(fileId)
  }
}

async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  if (atOnce >= MOST_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve))
  else atOnce += 1
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next === undefined) atOnce -= 1
    else next()
  }
}

/** All bytes of a stream. @throws AppError `body_too_large` beyond `max`. */
export async function readBounded(content: AsyncIterable<Uint8Array>, max: number): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of content) {
    bytes += part.length
    if (bytes > max) throw new AppError('body_too_large', { max, bytes })
    parts.push(part)
  }
  return Buffer.concat(parts)
}

/**
 * The kind of a file by its content, and its bytes without device metadata.
 * @throws AppError `evidence_type_refused`, `evidence_heic`, `evidence_moving`, `evidence_active`, `evidence_broken`.
 */
export function cleanMedia(original: Buffer): { kind: MediaKind; bytes: Buffer } {
  const kind = kindOfMedia(original)
  if (kind === null) throw new AppError(isHeic(original) ? 'evidence_heic' : 'evidence_type_refused')
  try {
    return { kind, bytes: stripMedia(original, kind) }
  } catch (error) {
    if (error instanceof MovingPicture) throw new AppError('evidence_moving', {}, [], error)
    if (error instanceof ActiveDocument) throw new AppError('evidence_active', {}, [], error)
    if (error instanceof BrokenMedia) throw new AppError('evidence_broken', { kind }, [], error)
    throw error
  }
}

/** A file in memory as a stream of one chunk. */
export async function* onePiece(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes)
}

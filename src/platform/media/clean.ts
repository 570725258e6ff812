// Reads a file that somebody handed in, finds out what it is, and removes what its device wrote into it.
// Kinds and cleaning are media.ts; the bytes on disk are platform/files/files.ts.

import { AppError } from '../../core/errors.ts'
import { ActiveDocument, BrokenMedia, MovingPicture } from './broken.ts'
import { isHeic, kindOfMedia, stripMedia, type MediaKind } from './media.ts'

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

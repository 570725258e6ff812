// Stores files on the disk, encrypted: imported lists and evidence. A file is written whole or not at all, never readable on the disk.
// What a file is for, and who may see it, is in the features' tables and commands.

import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { chmod, type FileHandle, mkdir, open as openFile, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { AppError } from '../../core/errors.ts'
import { newToken } from '../../core/ids.ts'
import type { Secrets } from '../../core/secrets.ts'

/** What is known of a file that was stored. */
export interface StoredFile {
  bytes: number
  /** SHA-256 of the plain content, hexadecimal. */
  sha256: string
}

/** The encrypted files of the application. Ids have 1–64 letters, digits, `-` and `_`; any other id is `request_invalid`. */
export interface Files {
  /**
   * Stores a stream under an id and replaces an earlier file of that id. The file appears whole or not at all.
   * @throws AppError `body_too_large` beyond `maxBytes`, and whatever the stream throws.
   */
  put(id: string, content: AsyncIterable<Uint8Array>, limits: { maxBytes: number }): Promise<StoredFile>
  /** The plain content. The stream fails with AppError `file_missing`, `key_missing`, or `cipher_broken` for anything altered. */
  open(id: string): Readable
  /** Bytes `start` to `end` (exclusive) of the plain content, for random access. Fails like `open`. */
  range(id: string, start: number, end: number): Readable
  /** Deletes a file. Does nothing when it does not exist. */
  remove(id: string): Promise<void>
  /** The ids of all files, sorted. */
  list(): Promise<string[]>
  /**
   * Deletes what a stopped process left: writes that never ended, and the files whose id begins with `prefix`, each last written before an
   * instant. Returns how many.
   */
  sweep(prefix: string, before: Date): Promise<number>
  /** Encrypts a file anew with the active key. @returns false when it already was. */
  reseal(id: string): Promise<boolean>
}

// Format of a file: MAGIC, the length of a full sealed frame (4 bytes), salt (16), then the sealed frames, all full but the last.
// Plain text of a frame: tag (16), number (4), last-frame mark (1: 1 or 0), content (64 KiB at most). The tag binds the frame to this file's
// id and salt, the number to its place, the mark to the end: frames cannot be cut off, moved, or taken from another file.
const MAGIC = Buffer.from('ZXTF\u0001', 'latin1')
const SALT = 16
const HEADER = MAGIC.length + 4 + SALT
const TAG = 16
const PREFIX = TAG + 5
const FRAME = 65_536
const MAX_SEALED = FRAME + 1024

interface Opened {
  handle: FileHandle
  tag: Buffer
  /** Length in bytes of a full sealed frame. */
  sealed: number
  /** Number of frames. */
  frames: number
  size: number
}

/** Opens the store of files in one folder, and creates the folder if it is missing. Folder and files are readable by this user only. */
export async function createFiles(folder: string, secrets: Secrets): Promise<Files> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
  const pathOf = (id: string): string => {
    if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(id)) throw new AppError('request_invalid', { field: 'id' })
    return join(folder, id)
  }

  const put: Files['put'] = async (id, content, { maxBytes }) => {
    const path = pathOf(id)
    const temporary = join(folder, `.${id}.${newToken(6)}`)
    try {
      const stored = await writeSealed(temporary, id, content, maxBytes, secrets)
      await rename(temporary, path)
      await syncFolder(folder)
      return stored
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
  }
  const range: Files['range'] = (id, start, end) => Readable.from(readSealed(pathOf(id), id, start, end, secrets), { objectMode: false })

  return {
    put,
    range,
    open: (id) => range(id, 0, Number.POSITIVE_INFINITY),
    async remove(id) {
      await rm(pathOf(id), { force: true })
    },
    async list() {
      return (await readdir(folder)).filter((name) => !name.startsWith('.')).sort()
    },
    sweep: (prefix, before) => sweep(folder, prefix, before),
    async reseal(id) {
      if (await sealedWithActive(pathOf(id), id, secrets)) return false
      await put(id, range(id, 0, Number.POSITIVE_INFINITY), { maxBytes: Number.POSITIVE_INFINITY })
      return true
    },
  }
}

async function sweep(folder: string, prefix: string, before: Date): Promise<number> {
  const left = (await readdir(folder)).filter((name) => name.startsWith('.') || name.startsWith(prefix))
  let removed = 0
  for (const name of left) {
    // Its upload may end meanwhile.
    const found = await stat(join(folder, name)).catch(() => null)
    if (found?.isFile() !== true || found.mtime >= before) continue
    await rm(join(folder, name), { force: true })
    removed += 1
  }
  return removed
}

async function writeSealed(
  path: string,
  id: string,
  content: AsyncIterable<Uint8Array>,
  maxBytes: number,
  secrets: Secrets,
): Promise<StoredFile> {
  const handle = await openFile(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
  try {
    const salt = Buffer.from(newToken(SALT), 'base64url')
    const tag = tagOf(id, salt)
    const hash = createHash('sha256')
    const length = Buffer.alloc(4)
    length.writeUInt32BE(secrets.sealBytes(Buffer.alloc(PREFIX + FRAME)).length)
    await handle.appendFile(Buffer.concat([MAGIC, length, salt]))
    let bytes = 0
    let number = 0
    let pendingBytes = Buffer.alloc(0)
    const writeFrame = async (part: Buffer, last: boolean): Promise<void> => {
      const place = Buffer.alloc(5)
      place.writeUInt32BE(number++)
      place[4] = last ? 1 : 0
      await handle.appendFile(secrets.sealBytes(Buffer.concat([tag, place, part])))
    }
    for await (const chunk of content) {
      bytes += chunk.length
      if (bytes > maxBytes) throw new AppError('body_too_large', { max: maxBytes, bytes })
      hash.update(chunk)
      pendingBytes = Buffer.concat([pendingBytes, chunk])
      // A frame is written only when more bytes than it holds have come: only then is it known not to be the last.
      let done = 0
      for (; pendingBytes.length - done > FRAME; done += FRAME) await writeFrame(pendingBytes.subarray(done, done + FRAME), false)
      pendingBytes = pendingBytes.subarray(done)
    }
    await writeFrame(pendingBytes, true)
    await handle.sync()
    return { bytes, sha256: hash.digest('hex') }
  } finally {
    await handle.close()
  }
}

async function* readSealed(path: string, id: string, start: number, end: number, secrets: Secrets): AsyncGenerator<Buffer> {
  const file = await openSealed(path, id)
  try {
    const first = Math.floor(start / FRAME)
    for (let number = first; number < file.frames && number * FRAME < end; number++) {
      const content = await readFrame(file, number, secrets)
      const base = number * FRAME
      const part = content.subarray(Math.max(start - base, 0), Math.min(end - base, content.length))
      if (part.length > 0) yield part
    }
  } finally {
    await file.handle.close()
  }
}

async function openSealed(path: string, id: string): Promise<Opened> {
  const handle = await openFile(path, 'r').catch((error: unknown) => {
    throw error instanceof Error && 'code' in error && error.code === 'ENOENT' ? new AppError('file_missing') : error
  })
  try {
    const { size } = await handle.stat()
    const header = await readAt(handle, 0, HEADER)
    const sealed = header.readUInt32BE(MAGIC.length)
    const isKnown = header.subarray(0, MAGIC.length).equals(MAGIC) && sealed > PREFIX + FRAME && sealed <= MAX_SEALED
    if (!isKnown || size <= HEADER) throw new AppError('cipher_broken')
    return { handle, tag: tagOf(id, header.subarray(MAGIC.length + 4)), sealed, frames: Math.ceil((size - HEADER) / sealed), size }
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function readFrame(file: Opened, number: number, secrets: Secrets): Promise<Buffer> {
  const at = HEADER + number * file.sealed
  const plain = secrets.openBytes(await readAt(file.handle, at, Math.min(file.sealed, file.size - at)))
  const isLast = number === file.frames - 1
  const fits =
    plain.length >= PREFIX &&
    plain.subarray(0, TAG).equals(file.tag) &&
    plain.readUInt32BE(TAG) === number &&
    plain[TAG + 4] === (isLast ? 1 : 0)
  if (!fits || (!isLast && plain.length !== PREFIX + FRAME)) throw new AppError('cipher_broken')
  return plain.subarray(PREFIX)
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  const { bytesRead } = await handle.read(buffer, 0, length, position)
  if (bytesRead !== length) throw new AppError('cipher_broken')
  return buffer
}

/**
 * Whether the active key sealed a file: all its frames have one key, whose id they start with. A broken file counts as old, and resealing
 * it fails.
 */
async function sealedWithActive(path: string, id: string, secrets: Secrets): Promise<boolean> {
  const file = await openSealed(path, id)
  try {
    return secrets.current((await readAt(file.handle, HEADER, Math.min(16, file.size - HEADER))).toString('latin1'))
  } finally {
    await file.handle.close()
  }
}

function tagOf(id: string, salt: Buffer): Buffer {
  return createHash('sha256').update(`file:${id}:`).update(salt).digest().subarray(0, TAG)
}

/** Flushes the folder: only then does a rename survive a power cut. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await openFile(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

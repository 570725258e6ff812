// The manifest of a backup: what was copied, with hashes, versions, counts and the fingerprints of the keys, signed with the data key.
// The key itself is never in it. Making and restoring a backup are src/backup.ts and src/restore.ts.

import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../core/errors.ts'
import type { Secrets } from '../../core/secrets.ts'

export const MANIFEST = 'manifest.json'
const FORMAT = 1

/** A file of the backup, by its path in it. */
export interface CopiedFile {
  path: string
  bytes: number
  sha256: string
}

export interface Manifest {
  format: number
  madeAt: string
  /** Version of the program. */
  program: string
  database: 'sqlite' | 'server'
  /** Names of the migrations that had run. */
  migrations: readonly string[]
  /** The keys that the data is encrypted with. */
  keys: readonly { id: string; fingerprint: string }[]
  /** Rows of tables that only grow, counted before the copy. */
  counts: Readonly<Record<string, number>>
  files: readonly CopiedFile[]
}

/** Copies a file and hashes what was copied. The copy is readable by this user alone. @throws what opening and writing throw. */
export async function copyFile(from: string, folder: string, path: string): Promise<CopiedFile> {
  const hash = createHash('sha256')
  let bytes = 0
  const watch = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      bytes += chunk.length
      done(null, chunk)
    },
  })
  await pipeline(createReadStream(from), watch, createWriteStream(join(folder, path), { flags: 'wx', mode: 0o600 }))
  return { path, bytes, sha256: hash.digest('hex') }
}

/** Size and hash of a file of a folder. @throws AppError `backup_file_missing`. */
export async function hashFile(folder: string, path: string): Promise<CopiedFile> {
  const hash = createHash('sha256')
  let bytes = 0
  try {
    for await (const chunk of createReadStream(join(folder, path)) as AsyncIterable<Buffer>) {
      hash.update(chunk)
      bytes += chunk.length
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new AppError('backup_file_missing', { file: path })
  }
  return { path, bytes, sha256: hash.digest('hex') }
}

/** Writes the manifest, as the last file: a folder without it is no backup. */
export async function writeManifest(folder: string, manifest: Omit<Manifest, 'format'>, secrets: Pick<Secrets, 'sign'>): Promise<void> {
  const content: Manifest = { format: FORMAT, ...manifest }
  const text = JSON.stringify({ content, signature: secrets.sign(JSON.stringify(content)) }, null, 1)
  const path = join(folder, MANIFEST)
  await writeFile(`${path}.part`, text, { flag: 'wx', mode: 0o600 })
  await rename(`${path}.part`, path)
}

/** A manifest as it was read, not yet believed. */
export interface ReadManifest {
  content: Manifest
  signature: string
}

/** Reads the manifest. @throws AppError `backup_file_missing`, `backup_damaged`, `backup_newer`. */
export async function readManifest(folder: string): Promise<ReadManifest> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(() => {
    throw new AppError('backup_file_missing', { file: MANIFEST })
  })
  const read = parsed(text)
  if (read === null) throw new AppError('backup_damaged', { file: MANIFEST })
  if (read.content.format !== FORMAT) throw new AppError('backup_newer', { format: read.content.format })
  return read
}

function parsed(text: string): ReadManifest | null {
  try {
    const read = JSON.parse(text) as Partial<ReadManifest>
    return typeof read.signature === 'string' && Array.isArray(read.content?.files) ? (read as ReadManifest) : null
  } catch {
    return null
  }
}

/** Believes a manifest whose signature fits. @throws AppError `backup_damaged`. */
export function requireSigned({ content, signature }: ReadManifest, secrets: Pick<Secrets, 'verify'>): void {
  if (!secrets.verify(JSON.stringify(content), signature)) throw new AppError('backup_damaged', { file: MANIFEST })
}

/** Compares every file with the manifest. @throws AppError `backup_file_missing`, `backup_damaged`, each with the file's name. */
export async function requireWhole(folder: string, { files }: Manifest, progress: (done: number) => void = () => undefined): Promise<void> {
  for (const [index, file] of files.entries()) {
    const found = await hashFile(folder, file.path)
    if (found.bytes !== file.bytes || found.sha256 !== file.sha256) throw new AppError('backup_damaged', { file: file.path })
    progress(index + 1)
  }
}

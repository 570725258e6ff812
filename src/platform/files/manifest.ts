// The manifest of a backup: what was copied, with hashes, versions, counts and the fingerprints of the keys, signed with the data key.
// The key itself is never in it. Making and restoring a backup are src/backup.ts and src/restore.ts.

import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { lstat, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import type { Secrets } from '../../core/secrets.ts'

const MANIFEST = 'manifest.json'
const FORMAT = 1
/** The copy of the database, by its kind. */
export const DATABASE_COPY = { sqlite: 'zxt.sqlite', server: 'database.sql.gz' } as const
/** The folder of the sealed files, the only one in a backup. */
const FILES = 'files'
/** Paths that a manifest may name: nothing outside the folder, nothing that this program does not write. */
const PATH = new RegExp(
  `^(?:${Object.values(DATABASE_COPY)
    .map((name) => name.replaceAll('.', '\\.'))
    .join('|')}|${FILES}/[A-Za-z0-9][A-Za-z0-9_-]{0,63})$`,
)
/** What SQLite leaves beside a database that was opened, and would play over it when it is opened again. */
const JOURNAL = /-(?:wal|shm|journal)$/

const count = z.int().min(0)
const copiedFile = z.strictObject({ path: z.string().regex(PATH), bytes: count, sha256: z.string().regex(/^[0-9a-f]{64}$/) })
const manifestContent = z.strictObject({
  format: z.literal(FORMAT),
  madeAt: z.iso.datetime(),
  /** Version of the program. */
  program: z.string().min(1),
  database: z.enum(['sqlite', 'server']),
  /** Names of the migrations that had run. */
  migrations: z.array(z.string().min(1)),
  /** The keys that the data is encrypted with. */
  keys: z.array(z.strictObject({ id: z.string().min(1), fingerprint: z.string().min(1) })).min(1),
  /** Rows of tables that only grow, counted before the copy. */
  counts: z.record(z.string(), count),
  files: z.array(copiedFile),
})

/** A file of the backup, by its path in it. */
export type CopiedFile = z.output<typeof copiedFile>
export type Manifest = z.output<typeof manifestContent>

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
  /** The text that was signed. */
  signed: string
  signature: string
}

/**
 * Reads the manifest. A newer format is named before its parts are looked at, since it may have others.
 * @throws AppError `backup_file_missing`, `backup_newer`, `backup_manifest` with the part that is missing or of another shape.
 */
export async function readManifest(folder: string): Promise<ReadManifest> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(() => {
    throw new AppError('backup_file_missing', { file: MANIFEST })
  })
  const read = z.object({ content: z.looseObject({ format: z.number() }), signature: z.string() }).safeParse(jsonOf(text))
  if (!read.success) throw new AppError('backup_manifest', { field: fieldOf(read.error) })
  const { content, signature } = read.data
  if (content.format > FORMAT) throw new AppError('backup_newer', { format: content.format })
  const checked = manifestContent.safeParse(content)
  if (!checked.success) throw new AppError('backup_manifest', { field: fieldOf(checked.error) })
  const { database, files } = checked.data
  const databases = files.filter(({ path }) => !path.startsWith(`${FILES}/`)).map(({ path }) => path)
  const isTwice = new Set(files.map(({ path }) => path)).size < files.length
  if (isTwice || databases.join() !== DATABASE_COPY[database]) throw new AppError('backup_manifest', { field: 'files' })
  return { content: checked.data, signed: JSON.stringify(content), signature }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function fieldOf({ issues }: z.ZodError): string {
  return issues[0]?.path.join('.') || MANIFEST
}

/**
 * Refuses a folder with anything that a backup has not: links and devices, which lead elsewhere, and folders of others.
 * @returns the paths of its files, the manifest aside. @throws AppError `backup_file_missing`, `backup_file_strange`.
 */
export async function listFolder(folder: string): Promise<string[]> {
  const paths: string[] = []
  for (const within of ['', FILES]) {
    for (const entry of await entriesOf(join(folder, within), within === '')) {
      const path = within === '' ? entry.name : `${within}/${entry.name}`
      if (entry.isDirectory() && path === FILES) continue
      if (!entry.isFile()) throw new AppError('backup_file_strange', { file: path })
      if (path !== MANIFEST) paths.push(path)
    }
  }
  return paths
}

async function entriesOf(folder: string, isNeeded: boolean) {
  return readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (!['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    if (isNeeded) throw new AppError('backup_file_missing', { file: MANIFEST })
    return []
  })
}

/** Refuses files that the manifest does not name. @throws AppError `backup_journal`, `backup_file_unlisted`. */
export function requireListed(paths: readonly string[], { files }: Manifest): void {
  const listed = new Set(files.map(({ path }) => path))
  const unlisted = paths.filter((path) => !listed.has(path))
  const journal = unlisted.find((path) => JOURNAL.test(path))
  if (journal !== undefined) throw new AppError('backup_journal', { file: journal })
  if (unlisted[0] !== undefined) throw new AppError('backup_file_unlisted', { file: unlisted[0] })
}

/** Believes a manifest whose signature fits. @throws AppError `backup_damaged`. */
export function requireSigned({ signed, signature }: ReadManifest, secrets: Pick<Secrets, 'verify'>): void {
  if (!secrets.verify(signed, signature)) throw new AppError('backup_damaged', { file: MANIFEST })
}

/**
 * Compares every file with the manifest, sizes first: a copy that was broken off is found before hours of reading.
 * @throws AppError `backup_file_missing`, `backup_size`, `backup_damaged`, each with the file's name.
 */
export async function requireWhole(folder: string, files: readonly CopiedFile[]): Promise<void> {
  for (const { path, bytes } of files) {
    const { size } = await lstat(join(folder, path)).catch(() => {
      throw new AppError('backup_file_missing', { file: path })
    })
    if (size !== bytes) throw new AppError('backup_size', { file: path, bytes: size, expected: bytes })
  }
  for (const { path, sha256 } of files) requireHash(path, sha256, (await hashFile(folder, path)).sha256)
}

/** @throws AppError `backup_damaged` with the file's name. */
export function requireHash(file: string, expected: string, found: string): void {
  if (found !== expected) throw new AppError('backup_damaged', { file })
}

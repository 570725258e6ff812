// Restores a backup into an empty place, after everything about it was checked: nothing is written for a backup that is not whole.
// Making one is backup.ts. With `verify` the audit is verified and evidence opened in the restored copy.

import { existsSync, readdirSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { migrations } from '../migrations/index.ts'
import { openApp, probeStore, SQLITE_FILE, type Edges, type OpenApp } from './app.ts'
import type { Config } from './config/config.ts'
import { readKeyring } from './config/data-key.ts'
import { systemClock } from './core/clock.ts'
import { AppError } from './core/errors.ts'
import { createSecrets, type Secrets } from './core/secrets.ts'
import { verifyAudit } from './features/audit/views.ts'
import { checkRestored } from './features/system/backup.commands.ts'
import type { Actor } from './platform/commands/permissions.ts'
import { loadServer } from './platform/database/database-backup.ts'
import { lockFolder } from './platform/database/database-lock.ts'
import {
  copyFile,
  DATABASE_COPY,
  listFolder,
  readManifest,
  requireHash,
  requireListed,
  requireSigned,
  requireWhole,
  type Manifest,
} from './platform/files/manifest.ts'

/** The name of the database until it was compared once more, so that a copy broken off is never opened. */
const UNCHECKED = `${SQLITE_FILE}.part`
/** What must not lie where a database is put: SQLite would play a journal over it. */
const IN_THE_WAY = [SQLITE_FILE, `${SQLITE_FILE}-wal`, `${SQLITE_FILE}-shm`, `${SQLITE_FILE}-journal`, UNCHECKED]

/** What was restored, and with `verify` what was checked in it. */
export interface RestoreReport {
  madeAt: string
  files: number
  counts: Readonly<Record<string, number>>
  /** Rows of the audit that were verified, and files that were opened; null without `verify`. */
  verified: { rows: number; opened: number } | null
}

/** What to restore and how. */
export interface RestoreOptions {
  folder: string
  verify: boolean
  /** Told when the whole backup was checked, and when its files were copied and are about to be compared once more. */
  progress?: (step: 'checked' | 'copied') => void
  edges?: Edges
}

/**
 * Restores a backup into the database and the folder of the configuration, which must be empty.
 * @throws AppError `backup_file_missing`, `backup_file_strange`, `backup_file_unlisted`, `backup_journal`, `backup_manifest`, `backup_size`,
 *   `backup_damaged`, `backup_newer`, `database_newer`, `key_refused`, `key_absent`, `backup_other_database`, `restore_place_used`,
 *   `backup_tool_missing`, `backup_tool_failed`; after restoring `audit_broken`.
 */
export async function restoreBackup(
  config: Config,
  actor: Actor,
  { folder, verify, progress = () => undefined, edges = {} }: RestoreOptions,
): Promise<RestoreReport> {
  const manifest = await checkedManifest(config, folder)
  await requireEmpty(config)
  await requireWhole(folder, manifest.files)
  const lock = config.databaseUrl === undefined ? lockFolder(config.dataFolder, systemClock.now()) : null
  try {
    progress('checked')
    await putBack(config, folder, manifest, () => progress('copied'))
    const opened = await openApp(config, edges)
    try {
      const verified = verify ? await verifyCopy(opened, actor, manifest) : null
      return { madeAt: manifest.madeAt, files: manifest.files.length - 1, counts: manifest.counts, verified }
    } finally {
      await opened.close()
    }
  } finally {
    lock?.release()
  }
}

/** The manifest, if this program with these keys can use the backup. */
async function checkedManifest(config: Config, folder: string): Promise<Manifest> {
  const paths = await listFolder(folder)
  const read = await readManifest(folder)
  const { content } = read
  requireSigned(read, requireKeys(config, content))
  requireListed(paths, content)
  const here = config.databaseUrl === undefined ? 'sqlite' : 'server'
  if (content.database !== here) throw new AppError('backup_other_database', { made: content.database, here })
  const own = new Set(migrations.map(({ name }) => name))
  const newer = content.migrations.find((name) => !own.has(name))
  if (newer !== undefined) throw new AppError('database_newer', { migration: newer })
  return content
}

/** The keys of this process, if they are those of the backup. */
function requireKeys(config: Config, { keys }: Manifest): Secrets {
  const named = (list: Iterable<readonly [string, string]>): string =>
    [...list].map(([id, fingerprint]) => `${id} ${fingerprint}`).join(', ')
  const keyring = readKeyring(config)
  const secrets = keyring === null ? null : createSecrets(keyring.keys)
  const missing = keys.filter(({ id, fingerprint }) => secrets?.fingerprints.get(id) !== fingerprint)
  const expected = named(missing.map(({ id, fingerprint }) => [id, fingerprint]))
  if (secrets === null) throw new AppError('key_absent', { expected })
  if (missing.length > 0) throw new AppError('key_refused', { expected, found: named(secrets.fingerprints) })
  return secrets
}

async function requireEmpty(config: Config): Promise<void> {
  const { dataFolder, databaseUrl } = config
  const files = join(dataFolder, 'files')
  if (existsSync(files) && readdirSync(files).length > 0) throw new AppError('restore_place_used', { place: files })
  if (databaseUrl === undefined) {
    const path = IN_THE_WAY.map((name) => join(dataFolder, name)).find((each) => existsSync(each))
    if (path !== undefined) throw new AppError('restore_place_used', { place: path })
  } else if (!(await probeStore(config)).empty) throw new AppError('restore_place_used', { place: new URL(databaseUrl).pathname.slice(1) })
}

/**
 * Copies the files before the database, without which they are nothing, and compares all of them where they lie now before any is used.
 * What was copied is taken away again when something did not fit: the place is as empty as before.
 */
async function putBack(config: Config, folder: string, { files }: Manifest, copied: () => void): Promise<void> {
  const { dataFolder, databaseUrl } = config
  await mkdir(join(dataFolder, 'files'), { recursive: true, mode: 0o700 })
  const dump = files.find(({ path }) => path === DATABASE_COPY.server)
  const database = files.filter(({ path }) => path === DATABASE_COPY.sqlite).map((file) => ({ ...file, path: UNCHECKED }))
  const kept = [...files.filter(({ path }) => path.startsWith('files/')), ...database]
  try {
    for (const file of kept) await copyFile(join(folder, file === database[0] ? DATABASE_COPY.sqlite : file.path), dataFolder, file.path)
    copied()
    await requireWhole(dataFolder, kept)
    if (dump !== undefined && databaseUrl !== undefined)
      requireHash(dump.path, dump.sha256, await loadServer(databaseUrl, join(folder, dump.path)))
  } catch (error) {
    // A file that was there already is another's, and so may be all others.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error
    for (const { path } of kept) await rm(join(dataFolder, path), { force: true })
    throw error
  }
  if (database.length > 0) await rename(join(dataFolder, UNCHECKED), join(dataFolder, SQLITE_FILE))
}

async function verifyCopy({ app }: OpenApp, actor: Actor, { counts }: Manifest): Promise<{ rows: number; opened: number }> {
  const opened = await checkRestored(app, actor, counts)
  const { rows, faults } = await verifyAudit(app, actor)
  if (faults.length > 0) throw new AppError('audit_broken', { count: faults.length })
  return { rows, opened }
}

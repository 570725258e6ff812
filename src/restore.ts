// Restores a backup into an empty place, after everything about it was checked: nothing is written for a backup that is not whole.
// Making one is backup.ts. With `verify` the audit is verified and evidence opened in the restored copy.

import { existsSync, readdirSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { migrations } from '../migrations/index.ts'
import { openApp, probeStore, SQLITE_FILE, type Edges, type OpenApp } from './app.ts'
import { SERVER_COPY, SQLITE_COPY } from './backup.ts'
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
import { copyFile, MANIFEST, readManifest, requireSigned, requireWhole, type Manifest } from './platform/files/manifest.ts'

/** Paths that a manifest may name: nothing outside the folder, nothing that this program does not write. */
const PATHS = new RegExp(`^(?:${SQLITE_COPY}|${SERVER_COPY}|files/[A-Za-z0-9][A-Za-z0-9_-]{0,63})$`)

/** What was restored, and with `verify` what was checked in it. */
export interface RestoreReport {
  madeAt: string
  files: number
  counts: Readonly<Record<string, number>>
  /** Rows of the audit that were verified, and files that were opened; null without `verify`. */
  verified: { rows: number; opened: number } | null
}

/**
 * Restores a backup into the database and the folder of the configuration, which must be empty.
 * @throws AppError `backup_file_missing`, `backup_damaged`, `backup_newer`, `database_newer`, `key_refused`, `key_absent`,
 *   `backup_other_database`, `restore_place_used`, `backup_tool_missing`, `backup_tool_failed`; after restoring `audit_broken`.
 */
export async function restoreBackup(
  config: Config,
  actor: Actor,
  { folder, verify, edges = {} }: { folder: string; verify: boolean; edges?: Edges },
): Promise<RestoreReport> {
  const manifest = await checkedManifest(config, folder)
  await requireEmpty(config)
  await requireWhole(folder, manifest)
  const lock = config.databaseUrl === undefined ? lockFolder(config.dataFolder, systemClock.now()) : null
  try {
    await putBack(config, folder, manifest)
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
  const read = await readManifest(folder)
  const { content } = read
  requireSigned(read, requireKeys(config, content))
  if (content.files.some(({ path }) => !PATHS.test(path))) throw new AppError('backup_damaged', { file: MANIFEST })
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
    const path = join(dataFolder, SQLITE_FILE)
    if (existsSync(path)) throw new AppError('restore_place_used', { place: path })
  } else if (!(await probeStore(config)).empty) throw new AppError('restore_place_used', { place: new URL(databaseUrl).pathname.slice(1) })
}

/** Copies the files first: a database without its files would look whole. */
async function putBack({ dataFolder, databaseUrl }: Config, folder: string, { files }: Manifest): Promise<void> {
  await mkdir(join(dataFolder, 'files'), { recursive: true, mode: 0o700 })
  for (const { path, sha256 } of files) {
    if (path === SERVER_COPY) continue
    const copied = await copyFile(join(folder, path), dataFolder, path)
    if (copied.sha256 !== sha256) throw new AppError('backup_damaged', { file: path })
  }
  if (databaseUrl !== undefined) await loadServer(databaseUrl, join(folder, SERVER_COPY))
}

async function verifyCopy({ app }: OpenApp, actor: Actor, { counts }: Manifest): Promise<{ rows: number; opened: number }> {
  const opened = await checkRestored(app, actor, counts)
  const { rows, faults } = await verifyAudit(app, actor)
  if (faults.length > 0) throw new AppError('audit_broken', { count: faults.length })
  return { rows, opened }
}

// Makes a backup of everything but the data key, while the application goes on: the database at one moment, then the sealed files.
// What is in a backup is platform/files/manifest.ts; restoring it is restore.ts.

import { chmod, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { migrations } from '../migrations/index.ts'
import { SQLITE_FILE } from './app.ts'
import { programVersion } from './config/config.ts'
import { AppError } from './core/errors.ts'
import { backupFacts, recordBackup } from './features/system/backup.commands.ts'
import type { AppContext } from './platform/commands/command.ts'
import type { Actor } from './platform/commands/permissions.ts'
import { copySqlite, dumpServer } from './platform/database/database-backup.ts'
import { copyFile, DATABASE_COPY, hashFile, writeManifest, type CopiedFile } from './platform/files/manifest.ts'

/** What a backup holds. */
export interface BackupReport {
  files: number
  bytes: number
  counts: Readonly<Record<string, number>>
  /** The keys without which it is useless, as `k1 3F2A-…`. */
  keys: string[]
}

/**
 * Copies database and files into a new or empty folder. A backup that was broken off has no manifest, and is refused when it is restored.
 * @throws AppError `backup_folder_used`, `backup_tool_missing`, `backup_tool_failed`.
 */
export async function makeBackup(app: AppContext, actor: Actor, folder: string): Promise<BackupReport> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if ((await readdir(folder)).length > 0) throw new AppError('backup_folder_used', { folder })
  await chmod(folder, 0o700)
  const madeAt = app.clock.now().toISOString()
  await recordBackup(app, actor, null)
  const { counts, keys } = await backupFacts(app, actor, null)
  const files = [await copyDatabase(app, folder), ...(await copyFiles(app, folder))]
  await writeManifest(
    folder,
    {
      madeAt,
      program: programVersion(),
      database: app.store.sqlite ? 'sqlite' : 'server',
      migrations: migrations.map(({ name }) => name),
      keys,
      counts,
      files,
    },
    app.secrets,
  )
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  return { files: files.length - 1, bytes, counts, keys: keys.map(({ id, fingerprint }) => `${id} ${fingerprint}`) }
}

async function copyDatabase({ config }: AppContext, folder: string): Promise<CopiedFile> {
  if (config.databaseUrl === undefined) {
    await copySqlite(join(config.dataFolder, SQLITE_FILE), join(folder, DATABASE_COPY.sqlite))
    return hashFile(folder, DATABASE_COPY.sqlite)
  }
  await dumpServer(config.databaseUrl, join(folder, DATABASE_COPY.server))
  return hashFile(folder, DATABASE_COPY.server)
}

/** Copies the sealed files after the database, whose rows then all have their file. One that is deleted meanwhile is left out. */
async function copyFiles({ config, files }: AppContext, folder: string): Promise<CopiedFile[]> {
  await mkdir(join(folder, 'files'), { mode: 0o700 })
  const copied: CopiedFile[] = []
  for (const id of await files.list()) {
    const file = await copyFile(join(config.dataFolder, 'files', id), folder, `files/${id}`).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    })
    if (file !== null) copied.push(file)
  }
  return copied
}

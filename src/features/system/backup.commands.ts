// What is recorded of a backup, what goes into its manifest, and what is checked in a restored copy.
// Copying is src/backup.ts, restoring src/restore.ts.

import { createHash } from 'node:crypto'
import { AppError } from '../../core/errors.ts'
import { command, query, type AppContext } from '../../platform/commands/command.ts'
import { knownKeys } from '../../platform/commands/key-checks.store.ts'
import type { Actor } from '../../platform/commands/permissions.ts'
import { countGrowing, handedIn, type HandedIn } from './backup.store.ts'

/** Files of a restored copy that are decrypted and compared with their hash. */
const SAMPLES = 20

/** Records that the operator takes a copy, before it is taken: the copy says so of itself. */
export const recordBackup = command('data.backup', async ({ audit, app }, _: null): Promise<void> => {
  await audit({ subject: 'backup', detail: { key: app.secrets.activeKey } })
})

/** Counts and keys for the manifest. */
export const backupFacts = query('data.backup', async ({ db }, _: null) => ({
  counts: await countGrowing(db),
  keys: (await knownKeys(db)).map(({ keyId, fingerprint }) => ({ id: keyId, fingerprint })),
}))

const listHandedIn = query('data.backup', ({ db }, _: null): Promise<HandedIn[]> => handedIn(db))

/**
 * Checks a restored copy: no fewer rows than were counted, a file for each row that names one, and some of them opened.
 * @returns how many files were opened. @throws AppError `backup_damaged`, `backup_file_missing`.
 */
export async function checkRestored(app: AppContext, actor: Actor, counts: Readonly<Record<string, number>>): Promise<number> {
  const found = await backupFacts(app, actor, null)
  for (const [name, count] of Object.entries(counts))
    if ((found.counts[name] ?? 0) < count) throw new AppError('backup_damaged', { file: `${name}: ${found.counts[name] ?? 0} < ${count}` })
  const files = new Set(await app.files.list())
  const rows = await listHandedIn(app, actor, null)
  const missing = rows.find(({ fileId }) => !files.has(fileId))
  if (missing !== undefined) throw new AppError('backup_file_missing', { file: `files/${missing.fileId}` })
  const step = Math.max(1, Math.floor(rows.length / SAMPLES))
  const samples = rows.filter((_row, index) => index % step === 0).slice(0, SAMPLES)
  for (const sample of samples) await requireSame(app, sample)
  return samples.length
}

async function requireSame({ files }: AppContext, { fileId, sha256 }: HandedIn): Promise<void> {
  const hash = createHash('sha256')
  for await (const chunk of files.open(fileId) as AsyncIterable<Buffer>) hash.update(chunk)
  if (hash.digest('hex') !== sha256) throw new AppError('backup_damaged', { file: `files/${fileId}` })
}

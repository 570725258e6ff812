// One step of an import as a process of its own, for tests that kill it in the middle:
//   node --import tsx test/support/import-child.ts '{"database":"mysql://…","folder":"…","step":"commit","id":"…","now":"…"}'
// Prints the number of rows done, line by line, and `done` at the end.

import { commitImport } from '../../src/features/imports/commit.commands.ts'
import { checkImport } from '../../src/features/imports/commands.ts'
import { openApp } from '../../src/app.ts'
import { readConfig } from '../../src/config/config.ts'
import { manualClock } from '../../src/core/clock.ts'
import { createLog } from '../../src/core/log.ts'
import { TEST_KEY } from './app.ts'

export interface ImportOrder {
  /** Undefined for the SQLite file of the folder. */
  database: string | undefined
  folder: string
  step: 'check' | 'commit'
  id: string
  confirmation?: string
  actor: string
  now: string
}

async function main({ database, folder, step, id, confirmation, actor: by, now }: ImportOrder): Promise<void> {
  const config = readConfig({
    NODE_ENV: 'test',
    DATA_DIR: folder,
    DATA_KEY: `${TEST_KEY.id}:${TEST_KEY.bytes.toString('base64')}`,
    DATABASE_URL: database,
  })
  const { app, close } = await openApp(config, { clock: manualClock(new Date(now)), log: createLog('error') })
  const actor = { id: by, roles: ['clerk' as const, 'approver' as const] }
  const progress = ({ rows }: { rows: number }): void => void process.stdout.write(`${rows}\n`)
  await (step === 'check' ? checkImport(app, actor, id, progress) : commitImport(app, actor, { id, confirmation }, progress))
  await close()
  process.stdout.write('done\n')
}

if (process.argv[1]?.endsWith('import-child.ts') === true) await main(JSON.parse(process.argv[2] ?? '') as ImportOrder)

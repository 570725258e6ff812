// A web process of its own, for tests that kill it: the real server on the given database, with the official account configured.
//   node --import tsx test/support/talk-child.ts '{"database":"mysql://…","folder":"…"}'
// Prints its address when it listens, and serves until it is ended.

import { migrations } from '../../migrations/index.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { readConfig } from '../../src/config/config.ts'
import { systemClock } from '../../src/core/clock.ts'
import { createLog } from '../../src/core/log.ts'
import { createSecrets } from '../../src/core/secrets.ts'
import { callerOf } from '../../src/features/sessions/access.ts'
import { createMetrics } from '../../src/platform/http/metrics.ts'
import { allRoutes } from '../../src/routes.ts'
import { createServer } from '../../src/platform/http/server.ts'
import { loadCatalog } from '../../src/catalog.ts'
import { openStore } from '../../src/platform/database/database.ts'
import { createFiles } from '../../src/platform/files/files.ts'
import { tables } from '../../src/tables.ts'
import { WECHAT_ENV } from './account.ts'
import { TEST_KEY } from './app.ts'
import { understanding } from './understanding.ts'

export interface TalkOrder {
  database: string
  folder: string
}

async function main({ database, folder }: TalkOrder): Promise<void> {
  const config = readConfig({ NODE_ENV: 'test', DATA_DIR: folder, DATABASE_URL: database, ...WECHAT_ENV })
  const log = createLog('error')
  const store = await openStore({ url: database, sqlitePath: '', log, tables, migrations, poolSize: 8, guarded: false })
  const secrets = createSecrets([TEST_KEY])
  const files = await createFiles(folder, secrets)
  const catalog = loadCatalog(config.templatesFolder)
  const app: AppContext = { config, store, files, clock: systemClock, catalog, log, secrets, understand: understanding }
  // The first message trains the understanding, so train it before messages arrive.
  understanding('你好')
  const metrics = createMetrics([])
  const server = createServer(app, allRoutes(config, metrics), { replies: 'trimmed', metrics, identify: callerOf })
  const { url } = await server.listen('127.0.0.1', 0)
  process.stdout.write(`${url}\n`)
}

if (process.argv[1]?.endsWith('talk-child.ts') === true) await main(JSON.parse(process.argv[2] ?? '') as TalkOrder)

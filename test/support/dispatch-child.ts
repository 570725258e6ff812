// A dispatcher as a process of its own, for tests that kill it. It sends what is due in the given database until it is ended.
//   node --import tsx test/support/dispatch-child.ts '{"database":"mysql://…","twilio":"http://…","wechat":"http://…"}'
// Prints `up` when it starts sending, and `idle` while no delivery is queued, being sent, or in doubt.

import { migrations } from '../../migrations/index.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { readConfig } from '../../src/config/config.ts'
import { systemClock } from '../../src/core/clock.ts'
import { createLog } from '../../src/core/log.ts'
import { createSecrets } from '../../src/core/secrets.ts'
import { createDispatcher } from '../../src/messaging/dispatcher.ts'
import { loadCatalog } from '../../src/catalog.ts'
import { openStore } from '../../src/platform/database/database.ts'
import { queueState } from '../../src/messaging/deliveries.store.ts'
import { createFiles } from '../../src/platform/files/files.ts'
import { tables } from '../../src/tables.ts'
import { openStandIns } from './delivery-setup.ts'
import { TEST_KEY } from './app.ts'
import { understanding } from './understanding.ts'
import { pause } from './until.ts'

/** Milliseconds. Short, so that the leases of a killed process end within the test. */
const CHILD_LEASE = 1_500

interface Order {
  database: string
  twilio: string
  wechat: string
  folder: string
}

async function main(order: Order): Promise<void> {
  const config = readConfig({ NODE_ENV: 'test', DATA_DIR: order.folder, DATABASE_URL: order.database, QUIET_HOURS: '00:00-00:00' })
  const log = createLog('error')
  const store = await openStore({ url: order.database, sqlitePath: '', log, tables, migrations, poolSize: 4 })
  const secrets = createSecrets([TEST_KEY])
  const files = await createFiles(order.folder, secrets)
  const app: AppContext = {
    config,
    store,
    files,
    clock: systemClock,
    catalog: loadCatalog(config.templatesFolder),
    log,
    secrets,
    understand: understanding,
  }
  // Half a second instead of a minute, because the stand-in accepts a message at once or never.
  const channels = await openStandIns(app, order, { settleAfter: 500 })
  const dispatcher = createDispatcher(app, channels, { wave: 20, commits: 3, batch: 60, lease: CHILD_LEASE, poll: 50 })
  dispatcher.start()
  process.stdout.write('up\n')
  for (;;) {
    await pause(200)
    await dispatcher.settleDoubts()
    const open = await store.read(queueState)
    if (!open.some((line) => ['queued', 'sending', 'unknown'].includes(line.state))) process.stdout.write('idle\n')
  }
}

if (process.argv[1]?.endsWith('dispatch-child.ts') === true) await main(JSON.parse(process.argv[2] ?? '') as Order)

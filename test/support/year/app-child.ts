// A process of the application in the simulated year: daily tasks, broadcaster and dispatcher. Its parent sets the time and may kill it.
//   node --import tsx test/support/year/app-child.ts '{"database":"mysql://…", …}'
// Answers each `{now}` with `{idle}` when everything due then is done.

import { migrations } from '../../../migrations/index.ts'
import { runDailyTasks } from '../../../src/daily.ts'
import type { AppContext } from '../../../src/platform/commands/command.ts'
import { readConfig } from '../../../src/config/config.ts'
import type { Clock } from '../../../src/core/clock.ts'
import { createLog } from '../../../src/core/log.ts'
import { createSecrets } from '../../../src/core/secrets.ts'
import { SYSTEM } from '../../../src/platform/commands/permissions.ts'
import { createDispatcher } from '../../../src/messaging/dispatcher.ts'
import { createSchedule } from '../../../src/platform/scheduler/schedule.ts'
import { nightlyTasks } from '../../../src/nightly.ts'
import { loadCatalog } from '../../../src/catalog.ts'
import { openStore } from '../../../src/platform/database/database.ts'
import { createFiles } from '../../../src/platform/files/files.ts'
import { tables } from '../../../src/tables.ts'
import { openStandIns } from '../delivery-setup.ts'
import { TEST_KEY } from '../app.ts'
import { createBroadcaster } from '../../../src/features/bulletins/tasks.ts'

export interface Order {
  database: string
  twilio: string
  wechat: string
  folder: string
  env: Readonly<Record<string, string>>
}

/** Milliseconds. Shorter than the simulated time between two steps, so that the leases of a killed process have ended at the next. */
const LEASE = 60_000

/** A clock that is set from outside and runs on by itself, so that a process that waits for a lease sees it end. */
function settableClock(): Clock & { set(to: number): void } {
  let base = 0
  let since = performance.now()
  return {
    now: () => new Date(base + Math.floor(performance.now() - since)),
    set(to) {
      base = to
      since = performance.now()
    },
  }
}

async function main(order: Order): Promise<void> {
  const config = readConfig({ NODE_ENV: 'test', DATA_DIR: order.folder, DATABASE_URL: order.database, ...order.env })
  const log = createLog('error')
  const store = await openStore({ url: order.database, sqlitePath: '', log, tables, migrations, poolSize: 4 })
  const secrets = createSecrets([TEST_KEY])
  const clock = settableClock()
  const neverCalled = (): never => {
    throw new Error('nobody writes to this process')
  }
  const app: AppContext = {
    ...{ config, store, clock, log, secrets },
    files: await createFiles(order.folder, secrets),
    catalog: loadCatalog(config.templatesFolder),
    understand: neverCalled,
  }
  const channels = await openStandIns(app, order, { settleAfter: 30_000 })
  const dispatcher = createDispatcher(app, channels, { lease: LEASE, poll: 50 })
  const broadcaster = createBroadcaster(app)
  const nightly = createSchedule(app, [], nightlyTasks(app))
  let working = Promise.resolve()
  process.on('message', ({ now }: { now: number }) => {
    working = working.then(async () => {
      clock.set(now)
      await runDailyTasks(app, SYSTEM)
      await nightly.catchUp()
      await broadcaster.processAll()
      await dispatcher.processAll()
      process.send?.({ idle: now })
    })
  })
  process.once('disconnect', () => process.exit(0))
  process.send?.({ up: true })
}

if (process.argv[1]?.endsWith('app-child.ts') === true) await main(JSON.parse(process.argv[2] ?? '') as Order)

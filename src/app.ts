// The composition root: builds the house from its config, and takes it down again. Nothing else constructs anything that lives.
// Which parts of it run in a process is main.ts.

import { join } from 'node:path'
import { createUnderstanding } from '../bot/understanding/understand.ts'
import { loadCatalogue, readCatalogue } from './features/units/catalogue.tasks.ts'
import type { AppContext } from './platform/commands/command.ts'
import { indexOfficers } from './features/listings/tasks.ts'
import { ConfigError, type Config } from './config/config.ts'
import type { Clock } from './core/clock.ts'
import { systemClock } from './core/clock.ts'
import { createLog, type Log } from './core/log.ts'
import { createSecrets } from './core/secrets.ts'
import { readKeyring } from './config/data-key.ts'
import { loadCatalog } from './catalog.ts'
import { loadUtterances } from '../bot/understanding/utterances.ts'
import { migrations } from '../migrations/index.ts'
import { Screening1763769600011 } from '../migrations/0011-screening.ts'
import { readClockSettings } from './features/deadlines/rules.ts'
import { SYSTEM } from './platform/commands/permissions.ts'
import { openStore } from './platform/database/database.ts'
import { createFiles } from './platform/files/files.ts'
import { tables } from './tables.ts'
import type { Understand } from './core/understanding.ts'

/** What a test or the demo replaces. */
export interface Edges {
  clock?: Clock
  log?: Log
}

export interface OpenApp {
  app: AppContext
  /** The data key's file, when it was made just now. */
  madeKey: string | null
  /** Migrations that were run just now. */
  migrated: string[]
  close(): Promise<void>
}

/** Opens the database, brings it up to date, loads words and catalogue. @throws ConfigError, AppError `database_unavailable`, `database_newer`. */
export async function openApp(config: Config, edges: Edges = {}): Promise<OpenApp> {
  checkConfig(config)
  const log = edges.log ?? createLog(config.logLevel)
  const { keys, made } = readKeyring(config)
  const secrets = createSecrets(keys)
  const catalog = loadCatalog(config.templatesFolder)
  const store = await openStore({
    ...(config.databaseUrl === undefined ? {} : { url: config.databaseUrl }),
    sqlitePath: join(config.dataFolder, 'zxt.sqlite'),
    log,
    tables,
    migrations,
    poolSize: config.poolSize,
    guarded: !config.production,
  })
  try {
    const migrated = await store.migrate()
    const files = await createFiles(join(config.dataFolder, 'files'), secrets)
    const understand = lazily(() => openUnderstanding(config))
    const app: AppContext = { config, store, files, clock: edges.clock ?? systemClock, catalog, log, secrets, understand }
    await loadCatalogue(app, await readCatalogue(config.templatesFolder))
    // Listings that are older than the index of their officers: no migration could open what is sealed.
    if (migrated.includes(Screening1763769600011.name)) await indexOfficers(app, SYSTEM)
    return { app, madeKey: made, migrated, close: () => store.close() }
  } catch (error) {
    await store.close()
    throw error
  }
}

/** Checks the settings that only the table of clocks can judge. @throws ConfigError */
export function checkConfig({ clockDays }: Pick<Config, 'clockDays'>): void {
  try {
    readClockSettings(clockDays)
  } catch (error) {
    throw new ConfigError([`CLOCK_DAYS: ${error instanceof Error ? error.message : String(error)}`])
  }
}

/** What the bot understands messages with, trained on the sentences of the templates: about 0.3 s, so only where somebody talks to it. */
export function openUnderstanding({ templatesFolder }: Pick<Config, 'templatesFolder'>): Understand {
  return createUnderstanding(loadUtterances(join(templatesFolder, 'utterances', 'zh-CN')))
}

/** Trained with the first message: commands and roles that nobody talks to need no understanding. */
function lazily(open: () => Understand): Understand {
  let opened: Understand | undefined
  return (text, role) => (opened ??= open())(text, role)
}

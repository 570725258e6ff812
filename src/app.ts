// The composition root: builds the application from its configuration and closes it again. Nothing else constructs long-lived objects.
// Which roles run in a process is decided in main.ts and serve.ts.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { learning, type Learning } from './learning.ts'
import { createUnderstanding, training } from '../bot/understanding/understand.ts'
import { loadCatalogue, readCatalogue } from './features/units/catalogue.tasks.ts'
import type { AppContext } from './platform/commands/command.ts'
import { indexComplaints } from './features/complaints/indexes.tasks.ts'
import { indexNames, indexOfficers } from './features/listings/tasks.ts'
import type { Config } from './config/config.ts'
import { ConfigError } from './config/problems.ts'
import type { Clock } from './core/clock.ts'
import { AppError } from './core/errors.ts'
import { createLog, type Log } from './core/log.ts'
import { createSecrets, type Secrets } from './core/secrets.ts'
import { makeKeyring, readKeyring, type Keyring } from './config/data-key.ts'
import { loadCatalog } from './catalog.ts'
import { loadUtterances } from '../bot/understanding/utterances.ts'
import { migrations } from '../migrations/index.ts'
import { Screening1763769600011 } from '../migrations/0011-screening.ts'
import { NameKeys1795910700068 } from '../migrations/0168-name-keys.ts'
import { ComplaintIndexes1795910700141 } from '../migrations/0241-complaint-indexes.ts'
import { KeyChecks1795910700085 } from '../migrations/0185-key-checks.ts'
import { ClockFault, readClockSettings } from './features/deadlines/rules.ts'
import { SYSTEM } from './platform/commands/permissions.ts'
import { convertOnce } from './platform/commands/conversions.ts'
import { recordKeys, refuseNewKey, refuseOtherKeys } from './platform/commands/key-checks.ts'
import { startFault } from './platform/database/start-faults.ts'
import { openStore, type Store } from './platform/database/database.ts'
import { databaseTime, openClock } from './platform/database/database-clock.ts'
import type { OnMissing } from './platform/texts/fill.ts'
import { loadLogWords } from './platform/texts/log-words.ts'
import { createFiles } from './platform/files/files.ts'
import { tables } from './tables.ts'
import type { Understand, Utterances } from './core/understanding.ts'

/** The SQLite database under DATA_DIR. */
export const SQLITE_FILE = 'zxt.sqlite'

/** Parts that a test or the demo replaces. */
export interface Edges {
  clock?: Clock
  log?: Log
  /** False: only what exists is opened, so that a wrong DATA_DIR does not become a second, empty database. */
  create?: boolean
  /** Milliseconds without a byte from the database in which a statement fails; the usual unless given. */
  silence?: number
}

/** The application, opened, and what opening it changed. */
export interface OpenApp {
  app: AppContext
  /** Path of the data key's file, when this start created it; null otherwise. */
  madeKey: string | null
  /** Names of the migrations that this start ran. */
  migrated: string[]
  /** Trains the understanding of messages before the first one comes. */
  learn: Learning['learn']
  close(): Promise<void>
}

/**
 * Opens the database, runs pending migrations, loads the texts and the catalogue of units and measures.
 * @throws ConfigError, AppError `start_…` for what the operator can mend, `database_newer`, `key_refused`, `key_absent`; without
 *   `create` also `data_missing`.
 */
export async function openApp(config: Config, edges: Edges = {}): Promise<OpenApp> {
  checkConfig(config)
  try {
    return await openChecked(config, edges)
  } catch (error) {
    throw startFault(config, error)
  }
}

async function openChecked(config: Config, edges: Edges): Promise<OpenApp> {
  const log = edges.log ?? logOf(config)
  if (edges.create === false) requireData(config)
  const given = readKeyring(config)
  const catalog = loadCatalog(config.templatesFolder, dashForMissing(config, log))
  const { store, clock, close } = await openData(config, edges, log)
  try {
    if (edges.create === false && (await store.pending()).length === migrations.length) throw dataMissing(config)
    const { secrets, migrated, made } = await prepareTables(store, config, { given, clock, log })
    const files = await createFiles(join(config.dataFolder, 'files'), secrets)
    const { understand, learn } = learning(() => training(utterancesOf(config)))
    const app: AppContext = { config, store, files, clock, catalog, log, secrets, understand }
    await loadCatalogue(app, await readCatalogue(config.templatesFolder))
    // Listings older than the index of officers are indexed here, because a migration cannot open sealed columns.
    if (migrated.includes(Screening1763769600011.name)) await indexOfficers(app, SYSTEM)
    if (migrated.includes(NameKeys1795910700068.name)) await indexNames(app, SYSTEM)
    if (migrated.includes(ComplaintIndexes1795910700141.name)) await indexComplaints(app, SYSTEM)
    return { app, madeKey: made, migrated, learn, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** The database, and the time that its processes share. */
async function openData(config: Config, edges: Edges, log: Log): Promise<{ store: Store; clock: Clock; close(): Promise<void> }> {
  const store = await storeOf(config, log, edges.silence)
  if (edges.clock !== undefined) return { store, clock: edges.clock, close: () => store.close() }
  try {
    const opened = await openClock({ store, log })
    const close = (): Promise<void> => {
      opened.close()
      return store.close()
    }
    return { store, clock: opened.clock, close }
  } catch (error) {
    await store.close()
    throw error
  }
}

/**
 * Runs pending migrations, and holds this process to the data keys of the database: before anything is changed where the database knows
 * them already, else before anything is read or sealed.
 */
async function prepareTables(
  store: Store,
  config: Config,
  { given, clock, log }: { given: Keyring | null; clock: Clock; log: Log },
): Promise<{ secrets: Secrets; migrated: string[]; made: string | null }> {
  if (!(await store.pending()).includes(KeyChecks1795910700085.name))
    await refuseOtherKeys(store, given === null ? null : createSecrets(given.keys))
  const migrated = await store.migrate()
  if (given === null) await refuseNewKey(store)
  const { keys, made } = given ?? makeKeyring(config)
  const secrets = createSecrets(keys)
  await recordKeys(store, secrets, { clock, log })
  await convertOnce({ store, secrets, log, folder: config.dataFolder })
  return { secrets, migrated, made }
}

/**
 * What becomes of a value that a text lacks: in production a dash, so that whoever reads gets the rest, and an error in the log; else the
 * defect is thrown.
 */
export function dashForMissing({ production }: Pick<Config, 'production'>, log: Log): OnMissing | undefined {
  return production ? (text, value) => log.error('texts.missing', { text, value }) : undefined
}

/** The log of an installation, in the language of its operators. */
export function logOf({ logLevel, logLanguage, templatesFolder }: Pick<Config, 'logLevel' | 'logLanguage' | 'templatesFolder'>): Log {
  return createLog(logLevel, loadLogWords(templatesFolder, logLanguage))
}

/** A start makes the folder of files; without it, this is another place than the server's. @throws AppError `data_missing`. */
function requireData({ dataFolder, databaseUrl }: Config): void {
  if (!existsSync(join(dataFolder, 'files')) || (databaseUrl === undefined && !existsSync(join(dataFolder, SQLITE_FILE))))
    throw new AppError('data_missing', { folder: dataFolder })
}

function dataMissing(config: Config): AppError {
  return new AppError('data_missing', { folder: placeOf(config) })
}

/** Where the data is, as an operator may see it: the folder, or host and database without user and password. */
export function placeOf({ databaseUrl, dataFolder }: Config): string {
  return databaseUrl === undefined ? dataFolder : new URL(databaseUrl).host + new URL(databaseUrl).pathname
}

function storeOf({ databaseUrl, dataFolder, poolSize, production }: Config, log: Log, silence?: number): Promise<Store> {
  return openStore({
    ...(databaseUrl === undefined ? {} : { url: databaseUrl }),
    sqlitePath: join(dataFolder, SQLITE_FILE),
    log,
    tables,
    migrations,
    poolSize,
    guarded: !production,
    ...(silence === undefined ? {} : { silence }),
  })
}

/** What a look at the database shows. */
export interface Probe {
  /** Migrations that have not run. */
  pending: number
  /** Whether it has none of our tables. */
  empty: boolean
  /** The server's time; null for SQLite, which has none of its own. */
  now: Date | null
}

/** Looks at the database without changing it. @throws AppError `start_…`, and `data_missing` where SQLite has no file. */
export async function probeStore(config: Config): Promise<Probe> {
  if (config.databaseUrl === undefined) requireData(config)
  try {
    const store = await storeOf(config, logOf(config))
    try {
      const pending = (await store.pending()).length
      return { pending, empty: pending === migrations.length, now: await store.read(databaseTime) }
    } finally {
      await store.close()
    }
  } catch (error) {
    throw startFault(config, error)
  }
}

/** Checks CLOCK_DAYS against the table of deadlines. @throws ConfigError */
export function checkConfig({ clockDays }: Pick<Config, 'clockDays'>): void {
  try {
    readClockSettings(clockDays)
  } catch (error) {
    throw error instanceof ClockFault ? new ConfigError([{ setting: 'CLOCK_DAYS', ...error.problem }]) : error
  }
}

/** Trains the understanding of messages on the utterances under `templates`. Takes about a second, so call it only where messages arrive. */
export function openUnderstanding(config: Pick<Config, 'templatesFolder'>): Understand {
  return createUnderstanding(utterancesOf(config))
}

function utterancesOf({ templatesFolder }: Pick<Config, 'templatesFolder'>): Utterances {
  return loadUtterances(join(templatesFolder, 'utterances', 'zh-CN'))
}

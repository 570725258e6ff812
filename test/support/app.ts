// A complete application for tests: real store, files, catalog and secrets on a fresh database, with a clock that the test sets.
// `eachDatabase` decides on which databases a suite runs.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrations } from '../../migrations/index.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { readConfig } from '../../src/config/config.ts'
import { manualClock, type ManualClock } from '../../src/core/clock.ts'
import type { Facts, Log } from '../../src/core/log.ts'
import { createSecrets, type DataKey } from '../../src/core/secrets.ts'
import { loadCatalog } from '../../src/catalog.ts'
import { openStore, type Store } from '../../src/platform/database/database.ts'
import { createFiles } from '../../src/platform/files/files.ts'
import { tables as everyTable } from '../../src/tables.ts'
import { lendDatabase, mariadbAnswers, SQLITE_ALONE } from './mariadb.ts'
import { understanding } from './understanding.ts'
import type { Catalog } from '../../src/platform/texts/catalog.ts'

export type DatabaseName = 'sqlite' | 'mariadb'

export interface TestAppOptions {
  db?: DatabaseName
  /** Environment variables in addition to the defaults: `{ CLOCK_PROFILE: 'statute' }`. */
  env?: Readonly<Record<string, string>>
  /** Time of the clock; 2026-11-22 10:00 in Shanghai unless given. */
  now?: Date
  /** `empty`: the migrations are not run. */
  tables?: 'migrated' | 'empty'
}

export interface LogLine {
  level: keyof Log
  event: string
  facts: Facts
  cause: unknown
}

export interface TestApp {
  app: AppContext
  clock: ManualClock
  /** Everything that was logged, oldest first. */
  logged: LogLine[]
  folder: string
  /** URL of the MariaDB database, for a second store on the same tables; undefined on SQLite. */
  url: string | undefined
  /** Closes the store, returns the database and removes the folder. `eachDatabase` calls it; a second call does nothing. */
  close(): Promise<void>
}

export type MakeApp = (options?: Omit<TestAppOptions, 'db'>) => Promise<TestApp>

/** The data key of all tests, so that another process can open what one has sealed. */
export const TEST_KEY: DataKey = { id: 't1', bytes: Buffer.alloc(32, 7) }

const SQLITE_FILE = 'zxt.sqlite'

const mariadbRuns = await mariadbAnswers()

/**
 * Runs a suite on SQLite and on MariaDB, each in a `describe` of its own. An application made by a test or its `beforeEach` is closed
 * before the next test; one made by a `before` is closed after the suite.
 */
export function eachDatabase(suite: (db: DatabaseName, make: MakeApp) => void): void {
  for (const db of ['sqlite', 'mariadb'] as const) {
    if (db === 'mariadb' && !mariadbRuns) continue
    describe(mariadbRuns ? `on ${db}` : SQLITE_ALONE, () => {
      const ofSuite: TestApp[] = []
      const ofTest: TestApp[] = []
      let inTest = false
      const closeOfTest = async (): Promise<void> => {
        for (const each of ofTest.splice(0)) await each.close()
      }
      // Not in afterEach: hooks of outer suites run later and may still use the application.
      beforeEach(async () => {
        await closeOfTest()
        inTest = true
      })
      afterEach(() => {
        inTest = false
      })
      after(async () => {
        await closeOfTest()
        for (const each of ofSuite.splice(0)) await each.close()
      })
      suite(db, async (options = {}) => {
        const made = await makeApp({ ...options, db })
        ;(inTest ? ofTest : ofSuite).push(made)
        return made
      })
    })
  }
}

/** An application on a fresh database, SQLite unless given. The caller closes it. */
export async function makeApp(options: TestAppOptions = {}): Promise<TestApp> {
  const folder = await mkdtemp(join(tmpdir(), 'zxt-'))
  const tables = options.tables ?? 'migrated'
  const lent = options.db === 'mariadb' ? await lendDatabase(tables) : undefined
  const url = lent?.url
  const config = readConfig({ NODE_ENV: 'test', DATA_DIR: folder, ...(url === undefined ? {} : { DATABASE_URL: url }), ...options.env })
  const logged: LogLine[] = []
  const log = recorder(logged)
  if (url === undefined && tables === 'migrated') await writeFile(join(folder, SQLITE_FILE), await migratedFile())
  const store = await openTables(folder, log, url)
  if (tables === 'migrated' && lent?.migrated === false) await store.migrate()
  const clock = manualClock(options.now ?? new Date('2026-11-22T02:00:00.000Z'))
  const secrets = createSecrets([TEST_KEY])
  const app: AppContext = {
    config,
    store,
    files: await createFiles(join(folder, 'files'), secrets),
    clock,
    catalog: catalog(config.templatesFolder),
    log,
    secrets,
    understand: understanding,
  }

  let closed = false
  const close = async (): Promise<void> => {
    if (closed) return
    closed = true
    await store.close()
    await lent?.giveBack()
    await rm(folder, { recursive: true, force: true })
  }
  return { app, clock, logged, folder, url, close }
}

/** The store of another process on the same tables. The caller closes it. */
export function openTables(folder: string, log: Log, url?: string): Promise<Store> {
  const place = { ...(url === undefined ? {} : { url }), sqlitePath: join(folder, SQLITE_FILE) }
  return openStore({ ...place, log, tables: everyTable, migrations, poolSize: 4 })
}

let emptyDatabase: Promise<Buffer> | undefined

/** A SQLite file with every table and no rows, made by the migrations once in each process. schema.test.ts runs them each time. */
function migratedFile(): Promise<Buffer> {
  emptyDatabase ??= (async () => {
    const folder = await mkdtemp(join(tmpdir(), 'zxt-'))
    const store = await openTables(folder, recorder([]))
    await store.migrate()
    await store.close()
    const file = await readFile(join(folder, SQLITE_FILE))
    await rm(folder, { recursive: true, force: true })
    return file
  })()
  return emptyDatabase
}

let loaded: Catalog | undefined

function catalog(folder: string): Catalog {
  loaded ??= loadCatalog(folder)
  return loaded
}

function recorder(lines: LogLine[]): Log {
  const at =
    (level: keyof Log) =>
    (event: string, facts: Facts = {}, cause?: unknown): void =>
      void lines.push({ level, event, facts, cause })
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

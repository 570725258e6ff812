// A whole house for tests: real store, files, catalog and secrets on a fresh database, with a clock that the test moves.
// Which databases a suite runs on is decided here; what it says about them is the suite's.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrations } from '../../migrations/index.ts'
import type { AppContext } from '../../src/platform/commands/command.ts'
import { readConfig } from '../../src/config/config.ts'
import { handClock, type HandClock } from '../../src/core/clock.ts'
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
  /** Environment variables beside the defaults: `{ CLOCK_PROFILE: 'statute' }`. */
  env?: Readonly<Record<string, string>>
  /** Where the hand clock stands: 2026-11-22 10:00 in Shanghai unless said. */
  now?: Date
  /** `empty`: without running the migrations. */
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
  clock: HandClock
  /** Everything the house logged, oldest first. */
  logged: LogLine[]
  folder: string
  /** Of this house's MariaDB database; undefined on SQLite. For a second store on the same tables. */
  url: string | undefined
  /** Closes the store, gives the database back, removes the folder. Once is enough; `eachDatabase` does it after the suite. */
  close(): Promise<void>
}

export type MakeApp = (options?: Omit<TestAppOptions, 'db'>) => Promise<TestApp>

/** What every test house seals with: another process on the same database can open it. */
export const TEST_KEY: DataKey = { id: 't1', bytes: Buffer.alloc(32, 7) }

const SQLITE_FILE = 'zxt.sqlite'

const mariadbRuns = await mariadbAnswers()

/**
 * Runs a suite on SQLite and on MariaDB, each in a `describe` of its own. A house that a test or its `beforeEach` made is closed before the
 * next test begins, one that a `before` made after the suite.
 */
export function eachDatabase(suite: (db: DatabaseName, make: MakeApp) => void): void {
  for (const db of ['sqlite', 'mariadb'] as const) {
    if (db === 'mariadb' && !mariadbRuns) continue
    describe(mariadbRuns ? `on ${db}` : SQLITE_ALONE, () => {
      const kept: TestApp[] = []
      const used: TestApp[] = []
      let inTest = false
      const closeUsed = async (): Promise<void> => {
        for (const each of used.splice(0)) await each.close()
      }
      // Not in afterEach: what the suites around this one stop after each test comes later, and may still ask the house.
      beforeEach(async () => {
        await closeUsed()
        inTest = true
      })
      afterEach(() => {
        inTest = false
      })
      after(async () => {
        await closeUsed()
        for (const each of kept.splice(0)) await each.close()
      })
      suite(db, async (options = {}) => {
        const made = await makeApp({ ...options, db })
        ;(inTest ? used : kept).push(made)
        return made
      })
    })
  }
}

/** A house on a fresh database, SQLite unless said. The caller closes it. */
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
  const clock = handClock(options.now ?? new Date('2026-11-22T02:00:00.000Z'))
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

function openTables(folder: string, log: Log, url?: string): Promise<Store> {
  const place = { ...(url === undefined ? {} : { url }), sqlitePath: join(folder, SQLITE_FILE) }
  return openStore({ ...place, log, tables: everyTable, migrations, poolSize: 4 })
}

let migrated: Promise<Buffer> | undefined

/** A SQLite file with every table and no row, made by the migrations once a process. test/platform/database/schema.test.ts runs them each time. */
function migratedFile(): Promise<Buffer> {
  migrated ??= (async () => {
    const folder = await mkdtemp(join(tmpdir(), 'zxt-'))
    const store = await openTables(folder, recorder([]))
    await store.migrate()
    await store.close()
    const file = await readFile(join(folder, SQLITE_FILE))
    await rm(folder, { recursive: true, force: true })
    return file
  })()
  return migrated
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

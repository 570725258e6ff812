// A whole house for tests: real store, files, catalog and secrets on a fresh database, with a clock that the test moves.
// Which databases a suite runs on is decided here; what it says about them is the suite's.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mysql from 'mysql2/promise'
import { migrations } from '../../migrations/index.ts'
import type { House } from '../../src/actions/context.ts'
import { readConfig } from '../../src/config.ts'
import { handClock, systemClock, type HandClock } from '../../src/core/clock.ts'
import { newToken } from '../../src/core/ids.ts'
import type { Facts, Log } from '../../src/core/log.ts'
import { createSecrets, type DataKey } from '../../src/core/secrets.ts'
import { loadCatalog } from '../../src/messages/catalog.ts'
import { openStore } from '../../src/store/database.ts'
import { createFiles } from '../../src/store/files.ts'
import { tables } from '../../src/store/tables.ts'
import { understanding } from './understanding.ts'
import { type Catalog } from '../../src/messages/catalog-type.ts'

export type DatabaseName = 'sqlite' | 'mariadb'

export interface HouseOptions {
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

export interface TestHouse {
  house: House
  clock: HandClock
  /** Everything the house logged, oldest first. */
  logged: LogLine[]
  folder: string
  /** Of this house's MariaDB database; undefined on SQLite. For a second store on the same tables. */
  url: string | undefined
  /** Closes the store, drops the database, removes the folder. Once is enough; `eachDatabase` does it after the suite. */
  close(): Promise<void>
}

export type MakeHouse = (options?: Omit<HouseOptions, 'db'>) => Promise<TestHouse>

/** What every test house seals with: another process on the same database can open it. */
export const TEST_KEY: DataKey = { id: 't1', bytes: Buffer.alloc(32, 7) }

const SERVER = process.env['TEST_MARIADB_URL'] ?? 'mysql://root@127.0.0.1:3306/'
const PREFIX = 'zxt_test_'
const STALE = 2 * 3_600_000

const mariadbRuns = await mariadbAnswers()

/** Runs a suite on SQLite and on MariaDB, each in a `describe` of its own; houses that it makes are closed after it. */
export function eachDatabase(suite: (db: DatabaseName, make: MakeHouse) => void): void {
  for (const db of ['sqlite', 'mariadb'] as const) {
    if (db === 'mariadb' && !mariadbRuns) continue
    describe(`on ${db}`, () => {
      const houses: TestHouse[] = []
      after(async () => {
        for (const each of houses.splice(0)) await each.close()
      })
      suite(db, async (options = {}) => {
        const made = await makeHouse({ ...options, db })
        houses.push(made)
        return made
      })
    })
  }
}

/** A house on a fresh database, SQLite unless said. The caller closes it. */
export async function makeHouse(options: HouseOptions = {}): Promise<TestHouse> {
  const folder = await mkdtemp(join(tmpdir(), 'zxt-'))
  const url = options.db === 'mariadb' ? await createDatabase() : undefined
  const config = readConfig({ NODE_ENV: 'test', DATA_DIR: folder, ...(url === undefined ? {} : { DATABASE_URL: url }), ...options.env })
  const logged: LogLine[] = []
  const log = recorder(logged)
  const store = await openStore({
    ...(url === undefined ? {} : { url }),
    sqlitePath: join(folder, 'zxt.sqlite'),
    log,
    tables,
    migrations,
    poolSize: 4,
  })
  if (options.tables !== 'empty') await store.migrate()
  const clock = handClock(options.now ?? new Date('2026-11-22T02:00:00.000Z'))
  const secrets = createSecrets([TEST_KEY])
  const house: House = {
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
    if (url !== undefined) await atServer((connection, name) => connection.query(`drop database if exists ${name}`), url)
    await rm(folder, { recursive: true, force: true })
  }
  return { house, clock, logged, folder, url, close }
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

async function createDatabase(): Promise<string> {
  const url = new URL(SERVER)
  // The time in the name lets a later run sweep what a killed one left.
  url.pathname = `/${PREFIX}${systemClock.now().getTime().toString(36)}_${Buffer.from(newToken(6), 'base64url').toString('hex')}`
  await atServer((connection, name) => connection.query(`create database ${name} character set utf8mb4 collate utf8mb4_bin`), url.href)
  return url.href
}

async function atServer(run: (connection: mysql.Connection, name: string) => Promise<unknown>, url: string): Promise<void> {
  const connection = await mysql.createConnection({ uri: SERVER, connectTimeout: 2_000 })
  try {
    await run(connection, mysql.escapeId(new URL(url).pathname.slice(1)))
  } finally {
    await connection.end()
  }
}

/** Looks once a run. Without MariaDB its suites are left out, and one line says so; with TEST_MARIADB=required they stay in, and fail. */
async function mariadbAnswers(): Promise<boolean> {
  try {
    await atServer(sweep, SERVER)
    return true
  } catch {
    if (process.env['TEST_MARIADB'] === 'required') return true
    process.stderr.write('MariaDB does not answer: its suites are skipped (TEST_MARIADB_URL names another server).\n')
    return false
  }
}

async function sweep(connection: mysql.Connection): Promise<void> {
  const [rows] = await connection.query<mysql.RowDataPacket[]>('select schema_name as name from information_schema.schemata')
  const old = systemClock.now().getTime() - STALE
  for (const name of rows.map((row) => String(row['name']))) {
    const made = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 36) : Number.NaN
    if (made < old) await connection.query(`drop database if exists ${mysql.escapeId(name)}`)
  }
}

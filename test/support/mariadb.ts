// MariaDB databases for tests. Creating seventy tables takes most of a second, so used databases are emptied and lent again.
// The databases of a run are dropped at its end (setup.ts); those of a killed run are dropped by a later run.

import { setTimeout as sleep } from 'node:timers/promises'
import mysql from 'mysql2/promise'
import { systemClock } from '../../src/core/clock.ts'
import { newToken } from '../../src/core/ids.ts'

export interface LentDatabase {
  url: string
  /** Whether it has all tables already. */
  migrated: boolean
  /** Empties the database for the next test, or drops it when it cannot be used again. */
  giveBack(): Promise<void>
}

/** The title of a SQLite suite whose MariaDB twin is left out because no server answers; the reporter counts them. */
export const SQLITE_ALONE = 'on sqlite alone'

const SERVER = process.env['TEST_MARIADB_URL'] ?? 'mysql://root@127.0.0.1:3306/'
const PREFIX = 'zxt_test_'
/** Milliseconds after which a database must belong to a killed run. */
const STALE = 2 * 3_600_000
/** How often, and after how many milliseconds, to check whether closed connections have left the server's list. */
const LEAVING = { times: 25, pause: 20 }

// Worker processes inherit this variable, so that the process that started them finds their databases.
const RUN = (process.env['ZXT_TEST_RUN'] ??= hex(6))

/** Databases of this process with all tables and no rows. */
const free: string[] = []

/**
 * Lends a database to one test. `migrated`: its tables may be there already, and are empty; the test must not change them.
 * `empty`: a new database without tables, which is dropped afterwards.
 */
export async function lendDatabase(tables: 'migrated' | 'empty'): Promise<LentDatabase> {
  const used = tables === 'migrated' ? free.pop() : undefined
  const name = used ?? (await createDatabase())
  const url = new URL(SERVER)
  url.pathname = `/${name}`
  const giveBack = (): Promise<void> =>
    atServer(async (connection) => {
      if (tables === 'migrated' && (await hasNoConnections(connection, name))) {
        await emptyTables(connection, name)
        free.push(name)
      } else {
        await dropDatabase(connection, name)
      }
    })
  return { url: url.href, migrated: used !== undefined, giveBack }
}

/** Whether a server answers; asked once in each process. With TEST_MARIADB=required always true, so that suites fail without a server. */
export async function mariadbAnswers(): Promise<boolean> {
  try {
    await atServer(dropStale)
    return true
  } catch {
    return process.env['TEST_MARIADB'] === 'required'
  }
}

/** Drops the databases of this run and of its worker processes. */
export async function dropDatabases(): Promise<void> {
  free.length = 0
  await atServer(async (connection) => {
    for (const name of await namesOf(connection)) if (name.includes(`_${RUN}_`)) await dropDatabase(connection, name)
  }).catch(() => undefined)
}

async function createDatabase(): Promise<string> {
  // The time in the name lets a later run drop the databases of a killed one.
  const name = `${PREFIX}${systemClock.now().getTime().toString(36)}_${RUN}_${hex(4)}`
  await atServer((connection) => connection.query(`create database ${mysql.escapeId(name)} character set utf8mb4 collate utf8mb4_bin`))
  return name
}

async function dropDatabase(connection: mysql.Connection, name: string): Promise<void> {
  await connection.query(`drop database if exists ${mysql.escapeId(name)}`)
}

/** Whether no connection is left; one that is could write into the next test. */
async function hasNoConnections(connection: mysql.Connection, name: string): Promise<boolean> {
  for (let time = 0; time < LEAVING.times; time++) {
    const [rows] = await connection.query<mysql.RowDataPacket[]>('select id from information_schema.processlist where db = ? limit 1', [
      name,
    ])
    if (rows.length === 0) return true
    await sleep(LEAVING.pause)
  }
  return false
}

async function emptyTables(connection: mysql.Connection, name: string): Promise<void> {
  const [tables] = await connection.query<mysql.RowDataPacket[]>(
    "select table_name as name from information_schema.tables where table_schema = ? and table_name <> 'migrations'",
    [name],
  )
  const probes = tables
    .map((row) => String(row['name']))
    .map((table) => `(select ${mysql.escape(table)} as name from ${mysql.escapeId(table)} limit 1)`)
  if (probes.length === 0) return
  await connection.query(`use ${mysql.escapeId(name)}`)
  const [filled] = await connection.query<mysql.RowDataPacket[]>(probes.join(' union all '))
  await connection.query('set foreign_key_checks = 0')
  await connection.beginTransaction()
  for (const row of filled) await connection.query(`delete from ${mysql.escapeId(String(row['name']))}`)
  await connection.commit()
}

async function dropStale(connection: mysql.Connection): Promise<void> {
  const old = systemClock.now().getTime() - STALE
  for (const name of await namesOf(connection)) {
    if (Number.parseInt(name.slice(PREFIX.length), 36) < old) await dropDatabase(connection, name)
  }
}

/** Every test database of the server, of other runs as well. */
async function namesOf(connection: mysql.Connection): Promise<string[]> {
  const [rows] = await connection.query<mysql.RowDataPacket[]>('select schema_name as name from information_schema.schemata')
  return rows.map((row) => String(row['name'])).filter((name) => name.startsWith(PREFIX))
}

async function atServer(run: (connection: mysql.Connection) => Promise<unknown>): Promise<void> {
  const connection = await mysql.createConnection({ uri: SERVER, connectTimeout: 2_000 })
  try {
    await run(connection)
  } finally {
    await connection.end()
  }
}

function hex(bytes: number): string {
  return Buffer.from(newToken(bytes), 'base64url').toString('hex')
}

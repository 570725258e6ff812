// MariaDB databases for tests. Seventy tables cost most of a second to make, so a database that a test has done with is emptied and lent again.
// All of one run's databases are dropped when the run ends (setup.ts); those of a run that was killed are dropped by a later one.

import { setTimeout as sleep } from 'node:timers/promises'
import mysql from 'mysql2/promise'
import { systemClock } from '../../src/core/clock.ts'
import { newToken } from '../../src/core/ids.ts'

export interface LentDatabase {
  url: string
  /** Whether it holds every table already. */
  migrated: boolean
  /** Empties the database for the next test, or drops it when it cannot be used again. */
  giveBack(): Promise<void>
}

/** The title of a SQLite suite whose MariaDB twin is left out because no server answers; the reporter counts them. */
export const SQLITE_ALONE = 'on sqlite alone'

const SERVER = process.env['TEST_MARIADB_URL'] ?? 'mysql://root@127.0.0.1:3306/'
const PREFIX = 'zxt_test_'
const STALE = 2 * 3_600_000
/** How long closed connections may take to leave the server's list. */
const LEAVING = { times: 25, pause: 20 }

// Worker processes inherit the environment: the process that started them finds their databases by this name.
const RUN = (process.env['ZXT_TEST_RUN'] ??= hex(6))

/** Databases of this process that hold every table and no row. */
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
      if (tables === 'migrated' && (await isLeft(connection, name))) {
        await emptyTables(connection, name)
        free.push(name)
      } else {
        await dropDatabase(connection, name)
      }
    })
  return { url: url.href, migrated: used !== undefined, giveBack }
}

/** Asked once a process. With TEST_MARIADB=required the suites stay in although nobody answers, and fail. */
export async function mariadbAnswers(): Promise<boolean> {
  try {
    await atServer(sweep)
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
  // The time in the name lets a later run drop what a killed one left.
  const name = `${PREFIX}${systemClock.now().getTime().toString(36)}_${RUN}_${hex(4)}`
  await atServer((connection) => connection.query(`create database ${mysql.escapeId(name)} character set utf8mb4 collate utf8mb4_bin`))
  return name
}

async function dropDatabase(connection: mysql.Connection, name: string): Promise<void> {
  await connection.query(`drop database if exists ${mysql.escapeId(name)}`)
}

/** Whether nobody is connected to the database any more: somebody who still is could write into the next test. */
async function isLeft(connection: mysql.Connection, name: string): Promise<boolean> {
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

async function sweep(connection: mysql.Connection): Promise<void> {
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

// Connects to the database and runs migrations; sets what differs between SQLite, MariaDB and MySQL before the first query.
// Reading and writing is database.ts.

import { chmodSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import mysql from 'mysql2/promise'
import { DataSource, type DataSourceOptions, type MixedList } from 'typeorm'
import { AppError } from '../../core/errors.ts'
import type { AnyTable } from './columns.ts'
import { withDatabaseErrors } from './faults.ts'

/** Where the database is and what it holds. */
export interface ConnectOptions {
  /** `mysql://…` or `mariadb://…`; without it, a SQLite file is used. */
  url?: string
  sqlitePath: string
  /** Every table of the application. */
  tables: readonly AnyTable[]
  migrations: MixedList<new () => object>
  poolSize?: number
  /** Milliseconds without a byte from the server in which a statement fails; 30 seconds unless given. */
  silence?: number
}

/** A server that says nothing for this long while it was asked something is away. A lock is waited for longer by nobody. */
const SILENCE = 30_000

/** Sources whose migrations run: those may take as long as they need. */
const migrating = new WeakSet<DataSource>()

/** Connects, without touching tables. @throws AppError `database_unavailable`. */
export async function connect(options: ConnectOptions): Promise<DataSource> {
  const common = {
    entities: options.tables.map(({ schema }) => schema),
    migrations: options.migrations,
    migrationsTransactionMode: 'each' as const,
    synchronize: false,
    logging: false,
  }
  const source = options.url === undefined ? sqliteOptions(options.sqlitePath) : await mysqlOptions(options.url, options.poolSize ?? 10)
  return withDatabaseErrors(async () => {
    const connected = await new DataSource({ ...source, ...common }).initialize()
    if (options.url !== undefined) await prepareConnections(connected, options.silence ?? SILENCE)
    return connected
  })
}

/** A connection of the pool, as mysql2 has it. */
interface PoolConnection {
  query(sql: string, done: () => void): void
  /** The socket. */
  stream: { setTimeout(milliseconds: number, listener: () => void): unknown; destroy(error: Error): unknown }
  /** The statement that is running; null while the connection is idle. */
  _command: unknown
}

interface Pool {
  on(event: 'connection', listener: (connection: PoolConnection) => void): void
}

/**
 * Sets READ COMMITTED: fewer gap locks, so fewer deadlocks; every race that matters is decided by a version, a lease or a unique key.
 * It is set once for each connection: for each transaction, it would cost every write a round trip. Each connection is given up when the
 * server is silent: a frozen one accepts connections and never answers, and every request would wait for it without end.
 */
async function prepareConnections(source: DataSource, silence: number): Promise<void> {
  const sql = 'set session transaction isolation level read committed'
  // A connection queues its statements, so this one runs before its first user's. If it fails here, it fails for its user as well.
  ;(source.driver as unknown as { pool: Pool }).pool.on('connection', (connection) => {
    giveUpInSilence(source, connection, silence)
    connection.query(sql, () => undefined)
  })
  // The connection that asked for the version is in the pool already, and is the only one.
  const runner = source.createQueryRunner()
  try {
    giveUpInSilence(source, (await runner.connect()) as PoolConnection, silence)
    await runner.query(sql)
  } finally {
    await runner.release()
  }
}

function giveUpInSilence(source: DataSource, connection: PoolConnection, silence: number): void {
  connection.stream.setTimeout(silence, () => {
    if (connection._command === null || migrating.has(source)) return
    connection.stream.destroy(Object.assign(new Error('the database is silent'), { code: 'ETIMEDOUT' }))
  })
}

function sqliteOptions(path: string): DataSourceOptions {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  return {
    type: 'better-sqlite3',
    database: path,
    enableWAL: true,
    timeout: 10_000,
    prepareDatabase: (database: { pragma(text: string): unknown }) => {
      // In a folder that others may read; SQLite gives its log and index files the same mode.
      chmodSync(path, 0o600)
      database.pragma('synchronous = FULL')
      database.pragma('foreign_keys = ON')
    },
  }
}

async function mysqlOptions(url: string, poolSize: number): Promise<DataSourceOptions> {
  const { hostname, port, username, password, pathname } = new URL(url)
  const target = { host: hostname, port: Number(port || 3306), user: decodeURIComponent(username), password: decodeURIComponent(password) }
  const database = decodeURIComponent(pathname.slice(1))
  const version = await withDatabaseErrors(() => prepare(target, database))
  return {
    // The actual product, whatever the URL says: TypeORM sees false drift when MariaDB is called MySQL.
    type: version.includes('MariaDB') ? 'mariadb' : 'mysql',
    host: target.host,
    port: target.port,
    username: target.user,
    password: target.password,
    database,
    charset: 'utf8mb4_bin',
    timezone: 'Z',
    poolSize,
    connectTimeout: 5_000,
    extra: { enableKeepAlive: true, maxIdle: poolSize },
  }
}

/** Sets the binary collation, which tells k from K and 臺 from 台, before the first table is created. @returns the server's version. */
async function prepare(target: mysql.ConnectionOptions, database: string): Promise<string> {
  const connection = await mysql.createConnection({ ...target, database, connectTimeout: 5_000 })
  try {
    const [rows] = await connection.query<mysql.RowDataPacket[]>('select version() as version, @@collation_database as collation')
    const first = rows[0] as { version: string; collation: string }
    if (first.collation !== 'utf8mb4_bin')
      await connection.query(`alter database ${mysql.escapeId(database)} character set utf8mb4 collate utf8mb4_bin`)
    return first.version
  } finally {
    await connection.end()
  }
}

function namesOf(source: DataSource): string[] {
  return source.migrations.map((migration) => migration.name ?? migration.constructor.name)
}

/** Names of this program's migrations that have not run. */
export async function pending(source: DataSource): Promise<string[]> {
  const runner = source.createQueryRunner()
  try {
    if (!(await runner.hasTable('migrations'))) return namesOf(source)
    const done = (await runner.query('select name from migrations')) as { name: string }[]
    return namesOf(source).filter((name) => !done.some((row) => row.name === name))
  } finally {
    await runner.release()
  }
}

/**
 * Runs the pending migrations, on MySQL and MariaDB under a named lock. @returns their names.
 * @throws AppError `database_newer` when the database has a migration that this program does not know.
 */
export async function migrate(source: DataSource, sqlite: boolean): Promise<string[]> {
  const ownNames = new Set(namesOf(source))
  const runner = source.createQueryRunner()
  migrating.add(source)
  try {
    if (!sqlite) await runner.query("select get_lock(concat('zhixintong_migrate:', sha1(database())), 60)")
    if (await runner.hasTable('migrations')) {
      const done = (await runner.query('select name from migrations')) as { name: string }[]
      const newer = done.find((row) => !ownNames.has(row.name))
      if (newer !== undefined) throw new AppError('database_newer', { migration: newer.name })
    }
    return (await source.runMigrations()).map((migration) => migration.name)
  } finally {
    if (!sqlite) await runner.query("select release_lock(concat('zhixintong_migrate:', sha1(database())))").catch(() => undefined)
    migrating.delete(source)
    await runner.release()
  }
}

// The doorway to the database: read(fn) and write(fn), the same on SQLite, MariaDB and MySQL. No other file uses the DataSource.
// Tables and their SQL are in the store.ts of each feature; connecting and migrations are connect.ts.

import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import pLimit from 'p-limit'
import type { DataSource, EntityManager, QueryRunner } from 'typeorm'
import { AppError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import { columnName, type AnyTable, type TableOf } from './columns.ts'
import { connect, migrate, pending, type ConnectOptions } from './connect.ts'
import { isContention, isDuplicate, withDatabaseErrors } from './faults.ts'
import { placeholders } from './placeholders.ts'

/** A parameter of a statement. */
export type Param = string | number | boolean | Date | Buffer | null

/** A handle for reading. It is valid only inside the function that it was given to. */
export interface Db {
  readonly sqlite: boolean
  readonly manager: EntityManager
  /** Runs a parameterised query (`?` placeholders on every database). */
  query<Row extends object>(sql: string, params?: readonly Param[]): Promise<Row[]>
  /** The same for a frequent query, which the server keeps prepared. Parameters are texts only: MySQL refuses a number bound to `limit`. */
  lookup<Row extends object>(sql: string, params: readonly string[]): Promise<Row[]>
}

/** A handle inside one transaction. */
export interface Tx extends Db {
  /** Runs one statement. @returns the number of rows it changed. */
  run(sql: string, params?: readonly Param[]): Promise<number>
  /** Inserts many rows at once, in statements of bounded size. `undefined` and missing values become null. */
  insert<Row extends object>(table: TableOf<Row>, rows: readonly Row[]): Promise<void>
}

/** The database of the application. */
export interface Store {
  readonly sqlite: boolean
  /** Every table of the application, for code that walks the schema. */
  readonly tables: readonly AnyTable[]
  /** Runs queries without a transaction. @throws AppError `database_unavailable`. */
  read<T>(question: (db: Db) => Promise<T>): Promise<T>
  /**
   * Runs one transaction. The whole function runs again after a deadlock or a lost race for a key, so it must have no other effects.
   * @throws AppError `database_unavailable`, and `database_busy` when the retries are used up.
   */
  write<T>(change: (tx: Tx) => Promise<T>): Promise<T>
  /** Runs this program's pending migrations. @throws AppError `database_newer` when a newer program has changed the database. */
  migrate(): Promise<string[]>
  /** Names of this program's migrations that have not run. */
  pending(): Promise<string[]>
  /** Statements that would make the tables equal to the schemas. Anything but an empty list is a defect. */
  drift(): Promise<string[]>
  ping(): Promise<void>
  close(): Promise<void>
}

/** What opening the database needs. */
export interface StoreOptions extends ConnectOptions {
  log: Log
  /** Whether a read or write inside another one throws at once. The check slows every promise down, so production switches it off. */
  guarded?: boolean
}

const SQLITE_PARAMETERS = 30_000
/** Rows of one insert statement. The longest rows of any table then stay within a packet of 16 MB. */
const MYSQL_ROWS = 500
const RETRIES = 6

/** Opens the database. @throws AppError `database_unavailable` when it cannot be reached. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const source = await connect(options)
  const sqlite = source.options.type === 'better-sqlite3'
  const gate = createGate(sqlite, options.guarded !== false)
  return {
    sqlite,
    tables: options.tables,
    read: (question) => gate.enter('read', () => withDatabaseErrors(async () => question(reader(source, sqlite)))),
    write: (change) => gate.enter('write', () => withRetries(options.log, () => inTransaction(source, sqlite, change))),
    migrate: () => withDatabaseErrors(() => migrate(source, sqlite)),
    pending: () => gate.enter('read', () => withDatabaseErrors(() => pending(source))),
    async drift() {
      const { upQueries } = await source.driver.createSchemaBuilder().log()
      return upQueries.map(({ query }) => query)
    },
    ping: () => gate.enter('read', () => withDatabaseErrors(() => source.query('select 1').then(() => undefined))),
    close() {
      gate.close()
      return source.destroy()
    },
  }
}

type Mode = 'read' | 'write'

interface Gate {
  enter<T>(mode: Mode, run: () => Promise<T>): Promise<T>
  close(): void
}

/** Lets one read or write in at a time on SQLite. A guarded gate throws for a read or write inside another one. */
function createGate(sqlite: boolean, guarded: boolean): Gate {
  // TypeORM's SQLite driver shares one connection, so two open transactions would mix. They run one at a time, in order of arrival.
  const single = pLimit(1)
  const queued = <T>(run: () => Promise<T>): Promise<T> => (sqlite ? single(run) : run())
  const inside = new AsyncLocalStorage<Mode>()
  return {
    enter(mode, run) {
      if (!guarded) return queued(run)
      if (inside.getStore() !== undefined) throw new Error(`store.${mode} inside store.${inside.getStore()}: pass the handle on instead`)
      return queued(() => inside.run(mode, run))
    },
    // A storage that is not disabled slows every promise of the process down for as long as the process lives.
    close: () => inside.disable(),
  }
}

/** Runs a change in one transaction on a connection of its own. */
async function inTransaction<T>(source: DataSource, sqlite: boolean, change: (tx: Tx) => Promise<T>): Promise<T> {
  const runner = source.createQueryRunner()
  try {
    await runner.startTransaction()
    try {
      const result = await change(handle(runner, sqlite))
      await runner.commitTransaction()
      return result
    } catch (error) {
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined)
      throw error
    }
  } finally {
    await runner.release()
  }
}

/** Runs a transaction again after a deadlock or a duplicate key, up to `RETRIES` times in all. */
async function withRetries<T>(log: Log, run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await withDatabaseErrors(run)
    } catch (error) {
      // A duplicate is mostly a race for the same place in a chain: in the next attempt the rules see the other row and refuse clearly.
      if (!isContention(error) && !isDuplicate(error)) throw error
      if (attempt === RETRIES) throw isDuplicate(error) ? error : new AppError('database_busy', {}, [], error)
      log.debug('store.retried', { attempt })
      await sleep(attempt * attempt * 5)
    }
  }
}

interface Pool {
  execute(sql: string, params: readonly string[], done: (error: Error | null, rows: unknown) => void): void
}

/** A handle without a transaction; each query takes any connection of the pool. */
function reader(source: DataSource, sqlite: boolean): Db {
  const query = async <Row extends object>(sql: string, params: readonly Param[] = []): Promise<Row[]> =>
    source.query(sql, sqlite ? params.map(sqliteParam) : [...params])
  if (sqlite) return { sqlite, manager: source.manager, query, lookup: query }
  const { pool } = source.driver as unknown as { pool: Pool | undefined }
  // A closed driver has no pool.
  if (pool === undefined) throw new AppError('database_unavailable', { code: 'closed' })
  return {
    sqlite,
    manager: source.manager,
    query,
    lookup: <Row extends object>(sql: string, params: readonly string[]) =>
      new Promise<Row[]>((resolve, reject) => {
        pool.execute(sql, params, (error, rows) => (error === null ? resolve(rows as Row[]) : reject(error)))
      }),
  }
}

function handle(runner: QueryRunner, sqlite: boolean): Tx {
  const convert = (params: readonly Param[]): Param[] => (sqlite ? params.map(sqliteParam) : [...params])
  const run = async (sql: string, params: readonly Param[] = []): Promise<number> => {
    const result = (await runner.query(sql, convert(params), true)) as { affected?: number; raw?: { affectedRows?: number } }
    return result.affected ?? result.raw?.affectedRows ?? 0
  }
  const query = async <Row extends object>(sql: string, params: readonly Param[] = []): Promise<Row[]> =>
    (await runner.query(sql, convert(params))) as Row[]
  return {
    sqlite,
    manager: runner.manager,
    query,
    lookup: query,
    run,
    async insert(table, rows) {
      const size = sqlite ? Math.max(1, Math.floor(SQLITE_PARAMETERS / table.properties.length)) : MYSQL_ROWS
      for (let start = 0; start < rows.length; start += size) {
        const chunk = rows.slice(start, start + size)
        // Columns that are null in every row are left out, which keeps the statement short.
        const filled = table.properties.filter((property) => chunk.some((row) => (row[property] ?? null) !== null))
        const columns = filled.map((property) => `\`${columnName(property)}\``).join(', ')
        const values = chunk.map((row) => filled.map((property) => (row[property] ?? null) as Param))
        const into = `insert into \`${table.name}\` (${columns}) values`
        // The MySQL driver expands an array of rows in half the time that one placeholder for each value takes.
        if (!sqlite) await runner.query(`${into} ?`, [values])
        else await run(`${into} ${values.map((row) => `(${placeholders(row)})`).join(', ')}`, values.flat())
      }
    },
  }
}

/** SQLite stores instants as UTC text, in the form that TypeORM writes. */
function sqliteParam(value: Param): Param {
  if (value instanceof Date) return value.toISOString().replace('T', ' ').slice(0, 23)
  return typeof value === 'boolean' ? Number(value) : value
}

/** An instant of a raw query's row: SQLite returns UTC text, MySQL a Date. */
export function toInstant(value: Date | string): Date
export function toInstant(value: Date | string | null): Date | null
export function toInstant(value: Date | string | null): Date | null {
  return typeof value === 'string' ? new Date(`${value.replace(' ', 'T')}Z`) : value
}

/** A pattern for `like … escape '!'` that finds this text anywhere; its wildcards are escaped. */
export function likePattern(part: string): string {
  return `%${part.replace(/[!%_]/g, (wildcard) => `!${wildcard}`)}%`
}

// The doorway to the database: read(fn) and write(fn), the same on SQLite, MariaDB and MySQL. Nothing else reaches the DataSource.
// Subjects' tables and questions live in the files beside this one.

import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import pLimit from 'p-limit'
import type { DataSource, EntityManager, QueryRunner } from 'typeorm'
import { AppError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import { columnName, type AnyTable, type TableOf } from './columns.ts'
import { connect, migrate, pending, type ConnectOptions } from './connect.ts'
import { isContention, isDuplicate, translated } from './faults.ts'
import { placeholders } from './placeholders.ts'

export type Param = string | number | boolean | Date | Buffer | null

/** A handle inside one read or write. It ends with the function it was given to. */
export interface Db {
  readonly sqlite: boolean
  readonly manager: EntityManager
  /** Rows of a parameterised question (`?` placeholders on every dialect). */
  query<Row extends object>(sql: string, params?: readonly Param[]): Promise<Row[]>
  /** The same for a question that is asked all the time: the server keeps it prepared. Texts only: MySQL refuses a number bound to `limit`. */
  lookup<Row extends object>(sql: string, params: readonly string[]): Promise<Row[]>
}

export interface Tx extends Db {
  /** Runs one statement and answers how many rows it touched. */
  run(sql: string, params?: readonly Param[]): Promise<number>
  /** Inserts many rows at once, in statements of bounded size. `undefined` and missing values become null. */
  insert<Row extends object>(table: TableOf<Row>, rows: readonly Row[]): Promise<void>
}

export interface Store {
  readonly sqlite: boolean
  /** Every table of the application, for work that walks the schema. */
  readonly tables: readonly AnyTable[]
  /** Questions without a transaction. */
  read<T>(question: (db: Db) => Promise<T>): Promise<T>
  /** One transaction. The whole function runs again after a deadlock or a lost race for a key: it must have no other effects. */
  write<T>(change: (tx: Tx) => Promise<T>): Promise<T>
  /** Brings the tables up to this program's migrations; refuses (`database_newer`) a database that a newer program has changed. */
  migrate(): Promise<string[]>
  /** Names of this program's migrations that have not run. */
  pending(): Promise<string[]>
  /** Statements that would make the tables equal to the schemas: empty, or a defect. */
  drift(): Promise<string[]>
  ping(): Promise<void>
  close(): Promise<void>
}

export interface StoreOptions extends ConnectOptions {
  log: Log
  /** Whether a doorway opened inside a doorway is told at once. It slows every promise down, so production goes without. */
  guarded?: boolean
}

const SQLITE_PARAMETERS = 30_000
/** Rows of one statement: the longest rows that any table holds stay within a packet of 16 MB. */
const MYSQL_ROWS = 500
const RETRIES = 6

/** Opens the database. @throws AppError `database_unavailable` when it cannot be reached. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const source = await connect(options)
  const sqlite = source.options.type === 'better-sqlite3'
  // TypeORM's SQLite driver shares one connection: two open transactions would mix. One at a time, in order of arrival.
  const single = pLimit(1)
  const gate = <T>(run: () => Promise<T>): Promise<T> => (sqlite ? single(run) : run())
  const inside = new AsyncLocalStorage<'read' | 'write'>()

  const enter = <T>(mode: 'read' | 'write', run: () => Promise<T>): Promise<T> => {
    if (options.guarded === false) return gate(run)
    if (inside.getStore() !== undefined) throw new Error(`store.${mode} inside store.${inside.getStore()}: pass the handle on instead`)
    return gate(() => inside.run(mode, run))
  }
  const withRunner = async <T>(run: (runner: QueryRunner) => Promise<T>): Promise<T> => {
    const runner = source.createQueryRunner()
    try {
      return await run(runner)
    } finally {
      await runner.release()
    }
  }
  const once = <T>(change: (tx: Tx) => Promise<T>): Promise<T> =>
    withRunner(async (runner) => {
      await runner.startTransaction()
      try {
        const result = await change(handle(runner, sqlite))
        await runner.commitTransaction()
        return result
      } catch (error) {
        if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined)
        throw error
      }
    })

  return {
    sqlite,
    tables: options.tables,
    read: (question) => enter('read', () => translated(async () => question(reader(source, sqlite)))),
    write: (change) =>
      enter('write', async () => {
        for (let attempt = 1; ; attempt++) {
          try {
            return await translated(() => once(change))
          } catch (error) {
            // A duplicate is mostly a race for the same place in a chain: looked at again, it becomes a clear refusal.
            if (!isContention(error) && !isDuplicate(error)) throw error
            if (attempt === RETRIES) throw isDuplicate(error) ? error : new AppError('database_busy', {}, [], error)
            options.log.debug('store.retried', { attempt })
            await sleep(attempt * attempt * 5)
          }
        }
      }),
    migrate: () => translated(() => migrate(source, sqlite)),
    pending: () => enter('read', () => translated(() => pending(source))),
    async drift() {
      const { upQueries } = await source.driver.createSchemaBuilder().log()
      return upQueries.map((each) => each.query)
    },
    ping: () => enter('read', () => translated(() => source.query('select 1').then(() => undefined))),
    close() {
      // A storage that nobody ends goes on costing every promise of the process, for as long as it lives.
      inside.disable()
      return source.destroy()
    },
  }
}

interface Pool {
  execute(sql: string, params: readonly string[], done: (error: Error | null, rows: unknown) => void): void
}

/** Questions without a transaction take any connection of the pool. */
function reader(source: DataSource, sqlite: boolean): Db {
  const query = async <Row extends object>(sql: string, params: readonly Param[] = []): Promise<Row[]> =>
    source.query(sql, sqlite ? params.map(sqliteParam) : [...params])
  if (sqlite) return { sqlite, manager: source.manager, query, lookup: query }
  const { pool } = source.driver as unknown as { pool: Pool | undefined }
  // The driver lets go of its pool when it is closed.
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
        // What nobody filled in is null by itself; saying so costs text in every row.
        const filled = table.properties.filter((property) => chunk.some((row) => (row[property] ?? null) !== null))
        const columns = filled.map((property) => `\`${columnName(property)}\``).join(', ')
        const values = chunk.map((row) => filled.map((property) => (row[property] ?? null) as Param))
        const into = `insert into \`${table.name}\` (${columns}) values`
        // The driver writes rows of rows in half the time it takes to find a question mark for each value.
        if (!sqlite) await runner.query(`${into} ?`, [values])
        else await run(`${into} ${values.map((row) => `(${placeholders(row)})`).join(', ')}`, values.flat())
      }
    },
  }
}

/** SQLite holds instants as UTC text, the way TypeORM writes them there. */
function sqliteParam(value: Param): Param {
  if (value instanceof Date) return value.toISOString().replace('T', ' ').slice(0, 23)
  return typeof value === 'boolean' ? Number(value) : value
}

/** An instant from a raw question: SQLite answers text, MySQL a Date. */
export function toInstant(value: Date | string): Date
export function toInstant(value: Date | string | null): Date | null
export function toInstant(value: Date | string | null): Date | null {
  return typeof value === 'string' ? new Date(`${value.replace(' ', 'T')}Z`) : value
}

/** Escapes the wildcards of `like … escape '!'`. */
export function likePattern(part: string): string {
  return `%${part.replace(/[!%_]/g, (sign) => `!${sign}`)}%`
}

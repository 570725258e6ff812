// Column helpers that work on every database, read twice: as EntitySchema for queries and as TypeORM's Table for migrations.
// Columns that hold ciphertexts, blind indexes or signatures declare it here, so that sealing and key rotation can walk the schema.
// Tables are declared in the store.ts of each feature.

import { EntitySchema, Table, TableIndex, type EntitySchemaColumnOptions, type EntitySchemaOptions, type QueryRunner } from 'typeorm'
import { bearerKey, type BearerKind, type IndexKind, type Secrets } from '../../core/secrets.ts'

/** One column of a table. */
export interface Column<Row extends object = object> {
  type: 'varchar' | 'text' | 'int' | 'bigint' | 'datetime' | 'boolean'
  length?: number
  nullable?: true
  primary?: true
  /** The table whose `id` this column references; RESTRICT on update and delete. */
  references?: string
  /** Set when the column's content depends on the data key. */
  protection?: Sealed | BlindIndex<Row> | TransientIndex | Signature<Row> | Proof
}

/**
 * A ciphertext of `Secrets.seal`: of a text, of a value's JSON, of a hash, which earlier versions stored bare, or of the hash of a credential
 * (`key`): bare, that one is not accepted, because anybody who writes to the database can make it.
 */
export interface Sealed {
  kind: 'sealed'
  form: 'text' | 'json' | 'hash' | 'key'
}

/** A blind index of `Secrets.index`, and where its value is found again when the key changes. */
export interface BlindIndex<Row extends object = object> {
  kind: 'index'
  /** The sealed column that holds the value, in the same row or in the row that column `by` references. */
  source: { column: string; in?: { table: string; by: string } }
  indexKind(row: Row): IndexKind
  /**
   * The indexed value, taken from the decrypted source. Of several candidates, the one whose index the row holds is meant; empty means no
   * index.
   */
  values(plain: string, row: Row): readonly string[]
}

/**
 * A blind index whose value is stored nowhere. It is not rotated; a bare hash of an earlier version is keyed: by a rotation, or, where it is
 * a credential's (`bearer`), once by the first start after the update and never again (commands/bearers.ts).
 */
export interface TransientIndex {
  kind: 'passing'
  keyed?: (hash: string) => { indexKind: IndexKind; value: string }
  bearer?: true
}

/** A keyed signature of `Secrets.sign` over the row and the last hash of its audit chain. */
export interface Signature<Row extends object = object> {
  kind: 'signature'
  /** The subject of the row's audit chain. */
  chain(row: Row): string
  /** The signed text. `secrets` decrypt the row's sealed columns; `chainEnd` is the hash of the chain's last row, or empty. */
  text(row: Row, secrets: Pick<Secrets, 'open'>, chainEnd: string): string
}

/** A keyed proof of `Secrets.sign` that this application wrote the row (proofs.ts). */
export interface Proof {
  kind: 'proof'
  /** Columns that it does not cover. */
  except: readonly string[]
}

/** A row with a proof. It is null in rows of earlier versions until the first start after the update. */
export interface Proven {
  proof: string | null
}

/** An identifier of core/ids.ts. */
export const id = (): Column => ({ type: 'varchar', length: 26 })
/** Text of up to `length` characters (all columns of a MySQL row together hold 16,383). */
export const text = (length: number): Column => ({ type: 'varchar', length })
/** Text of up to 65,535 bytes, for JSON and ciphertexts. */
export const long = (): Column => ({ type: 'text' })
/** A legal day, `YYYY-MM-DD`. */
export const day = (): Column => ({ type: 'varchar', length: 10 })
/** An instant in UTC, to the millisecond. */
export const instant = (): Column => ({ type: 'datetime' })
/** A whole number below 2^31. */
export const int = (): Column => ({ type: 'int' })
/** Numbers beyond 2^31 (journal numbers, bytes). Read back as a string or number: pass them through `Number`. */
export const big = (): Column => ({ type: 'bigint' })
/** A boolean. SQLite and raw queries read it back as 0 or 1. */
export const flag = (): Column => ({ type: 'boolean' })

/** Makes a column part of the primary key. */
export const primary = <Row extends object>(column: Column<Row>): Column<Row> => ({ ...column, primary: true })
/** Makes a column a foreign key to the `id` of another table. */
export const references = (other: string, column: Column): Column => ({ ...column, references: other })
/** Lets a column be null. */
export const optional = <Row extends object>(column: Column<Row>): Column<Row> => ({ ...column, nullable: true })

/** Personal data: the column holds the ciphertext of a text. */
export const sealed = (column: Column): Column => ({ ...column, protection: { kind: 'sealed', form: 'text' } })
/** Personal data: the column holds the ciphertext of a value's JSON. */
export const sealedJson = (column: Column): Column => ({ ...column, protection: { kind: 'sealed', form: 'json' } })

/** The ciphertext of a SHA-256 of something that could be found by trying all values: a code, a number in a short text. */
export const sealedHash = (): Column => ({ ...text(200), protection: { kind: 'sealed', form: 'hash' } })

/** The same of a credential: a query code, the secret of a unit's key. */
export const sealedKey = (): Column => ({ ...text(200), protection: { kind: 'sealed', form: 'key' } })

const INDEX_LENGTH = 22

/** The blind index of the sealed column `of` in the same row. `value` picks the indexed part when it is not the whole text. */
export const blindIndex = <Row extends object>(
  kind: IndexKind | ((row: Row) => IndexKind),
  of: string & keyof NoInfer<Row>,
  value: (plain: string, row: Row) => string | null | undefined = (plain) => plain,
): Column<Row> => ({
  ...text(INDEX_LENGTH),
  protection: {
    kind: 'index',
    source: { column: of },
    indexKind: typeof kind === 'string' ? () => kind : kind,
    values(plain, row) {
      const indexed = value(plain, row)
      return indexed == null ? [] : [indexed]
    },
  },
})

/** The blind index of a value in a sealed column of the row that this row references. */
export const blindIndexElsewhere = <Row extends object>(
  kind: IndexKind,
  source: { table: string; by: string & keyof NoInfer<Row>; column: string },
  values: (plain: string) => readonly string[],
): Column<Row> => ({
  ...text(INDEX_LENGTH),
  protection: {
    kind: 'index',
    source: { column: source.column, in: { table: source.table, by: source.by } },
    indexKind: () => kind,
    values,
  },
})

/** A blind index that lives for an hour at most and whose value is stored nowhere. */
export const transientIndex = (length = INDEX_LENGTH): Column => ({ ...text(length), protection: { kind: 'passing' } })

/** A keyed index of a hash that is stored nowhere else. Earlier versions stored the bare hash, which a re-keying replaces. */
export const keyedHash = (keyed: NonNullable<TransientIndex['keyed']>): Column => ({ ...text(64), protection: { kind: 'passing', keyed } })

/** What is stored of a code that is a credential: a keyed index of its hash. */
export const keyedCode = (keyed: NonNullable<TransientIndex['keyed']>): Column => ({
  ...text(64),
  protection: { kind: 'passing', keyed, bearer: true },
})

/** What is stored of a bearer's token (`bearerHash`). */
export const bearer = (kind: BearerKind): Column => keyedCode((hash) => bearerKey(kind, hash))

/** A keyed signature over the row and the last hash of its audit chain. */
export const signature = <Row extends object>(
  chain: (row: Row) => string,
  signed: (row: Row, secrets: Pick<Secrets, 'open'>, chainEnd: string) => string,
): Column<Row> => ({ ...text(60), protection: { kind: 'signature', chain, text: signed } })

/** A keyed proof that this application wrote the row: of all its columns but those that change without need of one. Named `proof`. */
export const proof = (except: readonly string[] = []): Column => ({
  ...optional(text(60)),
  protection: { kind: 'proof', except },
})

/** An index of a table. */
export interface IndexSpec {
  name: string
  columns: readonly string[]
  unique?: true
}

/** A table as a migration creates it. */
export interface TableSpec {
  name: string
  columns: Readonly<Record<string, Column>>
  indexes?: readonly IndexSpec[]
}

/** `debtorKind` in code is `debtor_kind` in the database. */
export function columnName(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/**
 * A table as its store.ts exports it: the schema for TypeORM, and the column order of bulk inserts.
 * @template Content what the columns of `sealedJson` hold, by property, as sealing.ts hands it out.
 */
export interface TableOf<Row extends object, Content extends object = object> {
  name: string
  /** For the compiler alone: no table has it. */
  content?: Content
  schema: EntitySchema<Row>
  properties: readonly (keyof Row & string)[]
  /** The columns that depend on the data key. */
  protection: ProtectedColumns
}

/** A table without the type of its rows, for code that walks all tables. */
export interface AnyTable {
  name: string
  schema: EntitySchema<object>
  properties: readonly string[]
  protection: ProtectedColumns
}

/** The properties of a table's rows that depend on the data key, by content. */
export interface ProtectedColumns {
  primary: readonly string[]
  sealed: ReadonlyMap<string, Sealed>
  indexes: ReadonlyMap<string, BlindIndex>
  signatures: ReadonlyMap<string, Signature>
  passing: readonly string[]
  /** Those of `passing` in which a bare hash of an earlier version may stand. */
  keyed: ReadonlyMap<string, NonNullable<TransientIndex['keyed']>>
  /** The same of credentials. */
  bearers: ReadonlyMap<string, NonNullable<TransientIndex['keyed']>>
  /** The columns that the row's `proof` covers; null in a table without one. */
  proof: { columns: readonly string[] } | null
}

/**
 * Declares a table to TypeORM, without decorators, relations or cascades.
 * @template Content what the columns of `sealedJson` hold, by property.
 * @throws Error for an index of a column that is not sealed, and for a column named `…Index` that is none.
 */
export function table<Row extends object, Content extends { [Property in keyof Row]?: unknown } = object>(
  name: string,
  columns: { readonly [Property in keyof Row & string]-?: Column<Row> },
  indexes: readonly IndexSpec[] = [],
): TableOf<Row, Content> {
  const properties = Object.keys(columns) as (keyof Row & string)[]
  const options = Object.fromEntries(properties.map((property) => [property, entityColumn(columnName(property), columns[property])]))
  const schema = new EntitySchema<Row>({
    name,
    tableName: name,
    columns: options as { [Property in keyof Row]: EntitySchemaColumnOptions },
    foreignKeys: properties.flatMap((property) => foreignKey(name, property, columns[property])),
    indices: indexes.map((index) => ({ name: index.name, columns: [...index.columns], unique: index.unique === true })),
  })
  return { name, schema, properties, protection: protectedColumns(name, columns) }
}

function protectedColumns(name: string, columns: Readonly<Record<string, Column>>): ProtectedColumns {
  const sealedColumns = new Map<string, Sealed>()
  const indexes = new Map<string, BlindIndex>()
  const signatures = new Map<string, Signature>()
  const passing: string[] = []
  const keyed = new Map<string, NonNullable<TransientIndex['keyed']>>()
  const bearers = new Map<string, NonNullable<TransientIndex['keyed']>>()
  for (const [property, { protection }] of Object.entries(columns))
    if (protection?.kind === 'sealed') sealedColumns.set(property, protection)
    else if (protection?.kind === 'index') indexes.set(property, protection)
    else if (protection?.kind === 'signature') signatures.set(property, protection)
    else if (protection?.kind === 'passing') {
      passing.push(property)
      if (protection.keyed !== undefined) (protection.bearer === true ? bearers : keyed).set(property, protection.keyed)
    }
  const primaryKey = Object.keys(columns).filter((property) => columns[property]?.primary === true)
  const proof = coveredByProof(columns)
  const columnsByContent = { primary: primaryKey, sealed: sealedColumns, indexes, signatures, passing, keyed, bearers, proof }
  refuseUnsealedSources(name, columnsByContent)
  refuseMisnamed(name, Object.keys(columns), columnsByContent)
  return columnsByContent
}

function coveredByProof(columns: Readonly<Record<string, Column>>): ProtectedColumns['proof'] {
  const declared = columns['proof']?.protection
  if (declared?.kind !== 'proof') return null
  const free = new Set(['proof', ...declared.except])
  return {
    columns: Object.keys(columns)
      .filter((property) => !free.has(property))
      .sort(),
  }
}

/** The types of sealing.ts tell blind indexes by their name. */
function refuseMisnamed(name: string, properties: readonly string[], { indexes }: ProtectedColumns): void {
  const misnamed = properties.find((property) => property.endsWith('Index') && !indexes.has(property))
  if (misnamed !== undefined) throw new Error(`${name}.${misnamed} is named like a blind index and is none`)
}

function refuseUnsealedSources(name: string, { sealed: sources, indexes }: ProtectedColumns): void {
  for (const [property, { source }] of indexes)
    if (source.in === undefined && !sources.has(source.column))
      throw new Error(`${name}.${property} indexes ${source.column}, which is not sealed`)
}

function entityColumn(name: string, column: Column): EntitySchemaColumnOptions {
  return {
    name,
    type: column.type,
    nullable: column.nullable === true,
    primary: column.primary === true,
    ...(column.length === undefined ? {} : { length: column.length }),
    ...(column.type === 'datetime' ? { precision: 3 } : {}),
  }
}

function foreignKeyName(tableName: string, property: string): string {
  return `fk_${tableName}_${columnName(property)}`
}

function foreignKey(tableName: string, property: string, column: Column): NonNullable<EntitySchemaOptions<object>['foreignKeys']> {
  if (column.references === undefined) return []
  return [
    {
      name: foreignKeyName(tableName, property),
      target: column.references,
      columnNames: [columnName(property)],
      referencedColumnNames: ['id'],
      onDelete: 'RESTRICT',
      onUpdate: 'RESTRICT',
    },
  ]
}

/** The type as the database reports it; any other type would be seen as drift. */
function nativeType(type: Column['type'], sqlite: boolean): string {
  if (type === 'int' && sqlite) return 'integer'
  return type === 'boolean' && !sqlite ? 'tinyint' : type
}

/** Creates a table in a migration. Does nothing when the table exists: MariaDB keeps the DDL of a migration that failed later on. */
export async function createTable(runner: QueryRunner, spec: TableSpec): Promise<void> {
  const columns = Object.entries(spec.columns).map(([property, column]) => ({
    name: columnName(property),
    type: nativeType(column.type, runner.dataSource.options.type === 'better-sqlite3'),
    isNullable: column.nullable === true,
    isPrimary: column.primary === true,
    ...(column.length === undefined ? {} : { length: String(column.length) }),
    ...(column.type === 'datetime' ? { precision: 3 } : {}),
  }))
  const indices = (spec.indexes ?? []).map(
    (index) => new TableIndex({ name: index.name, columnNames: index.columns.map(columnName), isUnique: index.unique === true }),
  )
  const foreignKeys = Object.entries(spec.columns).flatMap(([property, column]) =>
    column.references === undefined
      ? []
      : [
          {
            name: foreignKeyName(spec.name, property),
            columnNames: [columnName(property)],
            referencedTableName: column.references,
            referencedColumnNames: ['id'],
            onDelete: 'RESTRICT',
            onUpdate: 'RESTRICT',
          },
        ],
  )
  await runner.createTable(new Table({ name: spec.name, columns, indices, foreignKeys }), true)
}

/** Adds a nullable column to a table of an earlier migration. Does nothing when it exists. */
export async function addColumn(runner: QueryRunner, tableName: string, property: string, column: Column): Promise<void> {
  const name = columnName(property)
  if (await runner.hasColumn(tableName, name)) return
  const type = nativeType(column.type, runner.dataSource.options.type === 'better-sqlite3')
  const size = column.length === undefined ? (column.type === 'datetime' ? '(3)' : '') : `(${column.length})`
  await runner.query(`alter table \`${tableName}\` add column \`${name}\` ${type}${size}`)
}

/** Lets a column of an earlier migration be null. Does nothing when it may be. */
export async function makeOptional(runner: QueryRunner, tableName: string, property: string): Promise<void> {
  const column = (await runner.getTable(tableName))?.findColumnByName(columnName(property))
  if (column === undefined || column.isNullable) return
  const nullable = column.clone()
  nullable.isNullable = true
  await runner.changeColumn(tableName, column, nullable)
}

/** Makes a text column of an earlier migration longer. Does nothing when it is. */
export async function lengthen(runner: QueryRunner, tableName: string, property: string, length: number): Promise<void> {
  const name = columnName(property)
  const column = (await runner.getTable(tableName))?.findColumnByName(name)
  if (column === undefined || Number(column.length) >= length) return
  if (runner.dataSource.options.type === 'better-sqlite3') {
    const longer = column.clone()
    longer.length = String(length)
    await runner.changeColumn(tableName, column, longer)
    // TypeORM would drop the column and add an empty one.
  } else
    await runner.query(`alter table \`${tableName}\` modify column \`${name}\` varchar(${length})${column.isNullable ? '' : ' not null'}`)
}

/** Adds an index to a table of an earlier migration. Does nothing when it exists. */
export async function addIndex(runner: QueryRunner, tableName: string, spec: IndexSpec): Promise<void> {
  const table = await runner.getTable(tableName)
  if (table === undefined || table.indices.some((index) => index.name === spec.name)) return
  await runner.createIndex(
    table,
    new TableIndex({ name: spec.name, columnNames: spec.columns.map(columnName), isUnique: spec.unique === true }),
  )
}

// The columns that both dialects agree on, and two readers of them: EntitySchema for questions, TypeORM's Table for migrations.
// No table is described here: each subject's file owns its own.

import { EntitySchema, Table, TableIndex, type EntitySchemaColumnOptions, type EntitySchemaOptions, type QueryRunner } from 'typeorm'

export interface Column {
  type: 'varchar' | 'text' | 'int' | 'bigint' | 'datetime' | 'boolean'
  length?: number
  nullable?: true
  primary?: true
  /** The table whose `id` this column names; RESTRICT both ways. */
  references?: string
}

/** An identifier made by core/ids. */
export const id = (): Column => ({ type: 'varchar', length: 26 })
/** Up to `length` characters (a row of MySQL holds 16,383 in all). */
export const text = (length: number): Column => ({ type: 'varchar', length })
/** Up to 65,535 bytes: JSON and ciphertexts. */
export const long = (): Column => ({ type: 'text' })
/** A legal day, `YYYY-MM-DD`. */
export const day = (): Column => ({ type: 'varchar', length: 10 })
/** An instant, UTC, to the millisecond. */
export const instant = (): Column => ({ type: 'datetime' })
export const int = (): Column => ({ type: 'int' })
/** Numbers beyond 2^31 (journal numbers, bytes). Read back as a string or number: pass through `Number`. */
export const big = (): Column => ({ type: 'bigint' })
export const flag = (): Column => ({ type: 'boolean' })

export const primary = (column: Column): Column => ({ ...column, primary: true })
export const references = (other: string, column: Column): Column => ({ ...column, references: other })
export const optional = (column: Column): Column => ({ ...column, nullable: true })

export interface IndexSpec {
  name: string
  columns: readonly string[]
  unique?: true
}

export interface TableSpec {
  name: string
  columns: Readonly<Record<string, Column>>
  indexes?: readonly IndexSpec[]
}

/** `debtorKind` in code is `debtor_kind` in the database. */
export function columnName(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** What a subject's file exports: the schema TypeORM reads, and the column order bulk inserts use. */
export interface TableOf<Row extends object> {
  name: string
  schema: EntitySchema<Row>
  properties: readonly (keyof Row & string)[]
}

/** Describes a table to TypeORM: no decorators, no relations, no cascades. */
export function table<Row extends object>(
  name: string,
  columns: { readonly [Property in keyof Row & string]-?: Column },
  indexes: readonly IndexSpec[] = [],
): TableOf<Row> {
  const properties = Object.keys(columns) as (keyof Row & string)[]
  const options = Object.fromEntries(properties.map((property) => [property, entityColumn(columnName(property), columns[property])]))
  const schema = new EntitySchema<Row>({
    name,
    tableName: name,
    columns: options as { [Property in keyof Row]: EntitySchemaColumnOptions },
    foreignKeys: properties.flatMap((property) => foreignKey(name, property, columns[property])),
    indices: indexes.map((index) => ({ name: index.name, columns: [...index.columns], unique: index.unique === true })),
  })
  return { name, schema, properties }
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

/** The type as the database reads it back: anything else is seen as drift. */
function nativeType(type: Column['type'], sqlite: boolean): string {
  if (type === 'int' && sqlite) return 'integer'
  return type === 'boolean' && !sqlite ? 'tinyint' : type
}

/** Creates a table from a migration; harmless when it exists, because MariaDB keeps DDL of a migration that failed later. */
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

/** Adds a column that may be null to a table of an earlier migration; harmless when it is there. */
export async function addColumn(runner: QueryRunner, tableName: string, property: string, column: Column): Promise<void> {
  const name = columnName(property)
  if (await runner.hasColumn(tableName, name)) return
  const type = nativeType(column.type, runner.dataSource.options.type === 'better-sqlite3')
  const size = column.length === undefined ? (column.type === 'datetime' ? '(3)' : '') : `(${column.length})`
  await runner.query(`alter table \`${tableName}\` add column \`${name}\` ${type}${size}`)
}

/** Adds an index to a table of an earlier migration; harmless when it is there. */
export async function addIndex(runner: QueryRunner, tableName: string, spec: IndexSpec): Promise<void> {
  const table = await runner.getTable(tableName)
  if (table === undefined || table.indices.some((index) => index.name === spec.name)) return
  await runner.createIndex(
    table,
    new TableIndex({ name: spec.name, columnNames: spec.columns.map(columnName), isUnique: spec.unique === true }),
  )
}

// Rewrites rows under the active data key: ciphertexts, blind indexes and signatures, as the schema declares them (database/columns.ts).
// Which tables are rewritten, and what the audit records of it, is key-rotation.ts.

import { isBareHash, type Secrets } from '../../core/secrets.ts'
import { auditHeads } from './audit.store.ts'
import { columnName, type AnyTable, type BlindIndex } from '../database/columns.ts'
import type { Db, Param, Tx } from '../database/database.ts'
import { proofFits, proofOf } from '../database/proofs.ts'
import { openSealed, placeOf } from '../database/sealing.ts'

/** The result of one portion. */
export interface Resealed {
  /** Rows that were rewritten. */
  changed: number
  /** Rows whose signature was wrong. They are left as they are. */
  damaged: number
  /** Primary key of the portion's last row; null when no rows are left. */
  last: readonly string[] | null
}

/** A row as it is stored, by property. */
export type Row = Record<string, Param>

/** Whether a table has columns that depend on the data key. */
export function dependsOnKey({ protection }: AnyTable): boolean {
  const { sealed, indexes, signatures, keyed, proof } = protection
  return proof !== null || sealed.size + indexes.size + signatures.size + keyed.size > 0
}

/**
 * Rewrites up to `limit` rows that follow a primary key, in its order; null starts at the first row. Rows of the active key are left alone,
 * so a portion can be run again.
 */
export async function resealAfter(
  tx: Tx,
  secrets: Secrets,
  table: AnyTable,
  { after, limit }: { after: readonly string[] | null; limit: number },
): Promise<Resealed> {
  const rows = await rowsAfter(tx, table, after, limit)
  const chains = await chainEnds(tx, secrets, table, rows)
  const parents = await sourcesElsewhere(tx, secrets, table, rows)
  let changed = 0
  let damaged = 0
  for (const row of rows) {
    if (!signaturesFit(secrets, table, row, chains) || !provenBefore(secrets, table, row)) {
      damaged += 1
      continue
    }
    const changes = renewed(secrets, table, row, { chains, parents })
    if (Object.keys(changes).length === 0) continue
    if (!(await mergedIntoNewer(tx, table, row, changes))) await replaceRow(tx, table, row, changes)
    changed += 1
  }
  const lastRow = rows.length < limit ? undefined : rows.at(-1)
  return { changed, damaged, last: lastRow === undefined ? null : table.protection.primary.map((property) => String(lastRow[property])) }
}

/** Up to `limit` rows that follow a primary key, in its order; null starts at the first row. */
export async function rowsAfter(db: Db, table: AnyTable, after: readonly string[] | null, limit: number): Promise<Row[]> {
  const { primary } = table.protection
  const query = db.manager.getRepository(table.schema).createQueryBuilder('t').limit(limit)
  for (const property of primary) query.addOrderBy(`t.${property}`)
  if (after !== null) {
    const equalBefore = (index: number): string[] => primary.slice(0, index).map((property) => `t.${property} = :${property}`)
    const ways = primary.map((property, index) => [...equalBefore(index), `t.${property} > :${property}`].join(' and '))
    query.where(`(${ways.join(' or ')})`, Object.fromEntries(primary.map((property, index) => [property, after[index]])))
  }
  return (await query.getMany()) as Row[]
}

/** The ends of the audit chains of rows whose signature is of an older key, by subject. */
async function chainEnds(db: Db, secrets: Secrets, table: AnyTable, rows: readonly Row[]): Promise<Map<string, string>> {
  const { signatures } = table.protection
  const subjects = [...signatures].flatMap(([, { chain }]) => rows.filter((row) => stale(secrets, table, row)).map((row) => chain(row)))
  const heads = await auditHeads(db, subjects)
  return new Map([...heads].map(([subject, { hash }]) => [subject, hash]))
}

/** Opened values of other tables that this table's indexes index, by `table.column id`. */
async function sourcesElsewhere(db: Db, secrets: Secrets, table: AnyTable, rows: readonly Row[]): Promise<Map<string, string>> {
  const values = new Map<string, string>()
  const places = new Map(
    [...table.protection.indexes].flatMap(([, { source }]) => (source.in === undefined ? [] : [[sourceKey(source), source]])),
  )
  for (const [place, source] of places) {
    const by = source.in?.by ?? ''
    const ids = [...new Set(rows.map((row) => String(row[by])))]
    if (ids.length === 0) continue
    const column = columnName(source.column)
    const parents = await db.query<{ id: string; sealed: string | null }>(
      `select id, ${column} as sealed from ${source.in?.table ?? ''} where id in (${ids.map(() => '?').join(', ')})`,
      ids,
    )
    const home = { name: source.in?.table ?? '', protection: { primary: ['id'] } }
    for (const parent of parents)
      if (parent.sealed !== null) values.set(`${place} ${parent.id}`, secrets.open(parent.sealed, placeOf(home, source.column, parent)))
  }
  return values
}

function sourceKey(source: BlindIndex['source']): string {
  return `${source.in?.table ?? ''}.${source.column}`
}

/** Whether a row has a ciphertext or signature of an older key. */
function stale(secrets: Secrets, { protection }: AnyTable, row: Row): boolean {
  const isUnsealed = [...protection.sealed.keys()].some((property) => isStale(secrets, row[property]))
  return isUnsealed || [...protection.signatures.keys()].some((property) => isSignedBefore(secrets, row[property]))
}

/** Whether a ciphertext is of an older key, or of an earlier version and so bound to no row. */
function isStale(secrets: Secrets, value: Param | undefined): value is string {
  return typeof value === 'string' && !secrets.sealedNow(value)
}

function isSignedBefore(secrets: Secrets, value: Param | undefined): boolean {
  return typeof value === 'string' && !secrets.current(value)
}

function signaturesFit(secrets: Secrets, table: AnyTable, row: Row, chains: ReadonlyMap<string, string>): boolean {
  if (table.protection.signatures.size === 0 || !stale(secrets, table, row)) return true
  return [...table.protection.signatures].every(([property, { chain, text }]) =>
    secrets.verify(text(row, secrets, chains.get(chain(row)) ?? ''), String(row[property])),
  )
}

/** Whether a row's proof fits, where it is of an older key or would have to be made anew. */
function provenBefore(secrets: Secrets, table: AnyTable, row: Row): boolean {
  if (typeof row['proof'] !== 'string' || table.protection.proof === null) return true
  return !(stale(secrets, table, row) || isSignedBefore(secrets, row['proof'])) || proofFits(secrets, table, row)
}

/** The keyed hashes in place of those that an earlier version left bare. */
function keyedAnew(secrets: Secrets, { protection }: AnyTable, row: Row): Row {
  const changes: Row = {}
  for (const [property, keyOf] of protection.keyed) {
    const hash = row[property]
    if (typeof hash !== 'string' || !isBareHash(hash)) continue
    const { indexKind, value } = keyOf(hash)
    changes[property] = secrets.index(indexKind, value)
  }
  return changes
}

/** The columns of a row that change under the active key, with their new content. */
function renewed(
  secrets: Secrets,
  table: AnyTable,
  row: Row,
  { chains, parents }: { chains: ReadonlyMap<string, string>; parents: ReadonlyMap<string, string> },
): Row {
  const { sealed, signatures } = table.protection
  const changes = keyedAnew(secrets, table, row)
  const opened = new Map<string, string>()
  for (const [property, { form }] of sealed) {
    const value = row[property]
    // A bare hash of a credential is not accepted: whoever writes to the database can have put it there.
    if (!isStale(secrets, value) || (form === 'key' && isBareHash(value))) continue
    opened.set(property, openSealed(secrets, form, value, placeOf(table, property, row)))
  }
  Object.assign(changes, reindexed(secrets, table, row, { opened, parents }))
  // After the indexes, because one can be part of the key that the row is bound to.
  for (const [property, plain] of opened) changes[property] = secrets.seal(plain, placeOf(table, property, { ...row, ...changes }))
  for (const [property, { chain, text }] of signatures)
    if (isSignedBefore(secrets, row[property])) changes[property] = secrets.sign(text(row, secrets, chains.get(chain(row)) ?? ''))
  return { ...changes, ...provenAnew(secrets, table, row, changes) }
}

/** The proof of a row that changes, or whose proof is of an older key. A row without one gets none. */
function provenAnew(secrets: Secrets, table: AnyTable, row: Row, changes: Row): Row {
  const { proof } = row
  if (table.protection.proof === null || typeof proof !== 'string') return {}
  if (Object.keys(changes).length === 0 && !isSignedBefore(secrets, proof)) return {}
  return { proof: proofOf(secrets, table, { ...row, ...changes }) }
}

/** The indexes of values that were opened, and of those in other tables. */
function reindexed(
  secrets: Secrets,
  { protection }: AnyTable,
  row: Row,
  { opened, parents }: { opened: ReadonlyMap<string, string>; parents: ReadonlyMap<string, string> },
): Row {
  const changes: Row = {}
  for (const [property, index] of protection.indexes) {
    if (index.source.in !== undefined) {
      const source = parents.get(`${sourceKey(index.source)} ${String(row[index.source.in.by])}`)
      const moved = source === undefined ? null : movedIndex(secrets, index, { row, property, plain: source })
      if (moved !== null) changes[property] = moved
      continue
    }
    const plain = opened.get(index.source.column)
    if (plain === undefined) continue
    const [value] = index.values(plain, row)
    changes[property] = value === undefined ? null : secrets.index(index.indexKind(row), value)
  }
  return changes
}

/**
 * The active key's index of the value whose older index a row holds; null when the index is of the active key already, or of no known
 * value.
 */
function movedIndex(
  secrets: Secrets,
  index: BlindIndex,
  { row, property, plain }: { row: Row; property: string; plain: string },
): string | null {
  const current = row[property]
  if (typeof current !== 'string') return null
  for (const value of index.values(plain, row)) {
    const [active, ...older] = secrets.indexes(index.indexKind(row), value)
    if (active === current) return null
    if (older.includes(current)) return active
  }
  return null
}

/**
 * Merges a row into the row that was written for the same value under the active key, which can exist where an index is part of the primary
 * key. The newer row stays, and takes from the older row only what is null in it.
 * @returns false when there is no newer row.
 */
async function mergedIntoNewer(tx: Tx, table: AnyTable, row: Row, changes: Row): Promise<boolean> {
  const { primary } = table.protection
  if (!primary.some((property) => property in changes)) return false
  const key = (property: string): Param => changes[property] ?? row[property] ?? null
  const where = primary.map((property) => `${quoted(property)} = ?`).join(' and ')
  const params = primary.map(key)
  const newer = await tx.query(`select 1 as found from \`${table.name}\` where ${where}`, params)
  if (newer.length === 0) return false
  const gaps = table.properties.filter(
    (property) => !primary.includes(property) && !(property in changes) && (row[property] ?? null) !== null,
  )
  if (gaps.length > 0)
    await tx.run(
      `update \`${table.name}\` set ${gaps.map((property) => `${quoted(property)} = coalesce(${quoted(property)}, ?)`).join(', ')} where ${where}`,
      [...gaps.map((property) => row[property] ?? null), ...params],
    )
  await tx.run(
    `delete from \`${table.name}\` where ${where}`,
    primary.map((property) => row[property] ?? null),
  )
  return true
}

/** Updates a row only if it still holds what was read: another process that changed it has used the active key. */
export async function replaceRow(tx: Tx, table: AnyTable, row: Row, changes: Row): Promise<void> {
  const changed = Object.keys(changes)
  const conditions: string[] = []
  const params: Param[] = []
  for (const property of new Set([...table.protection.primary, ...changed])) {
    const value = row[property] ?? null
    conditions.push(value === null ? `${quoted(property)} is null` : `${quoted(property)} = ?`)
    if (value !== null) params.push(value)
  }
  await tx.run(
    `update \`${table.name}\` set ${changed.map((property) => `${quoted(property)} = ?`).join(', ')} where ${conditions.join(' and ')}`,
    [...changed.map((property) => changes[property] ?? null), ...params],
  )
}

function quoted(property: string): string {
  return `\`${columnName(property)}\``
}

// Keys the bare hashes that earlier versions stored of credentials: of sessions, known browsers, units' keys, links, codes and forms.
// Once, by the first start after the update: later a bare hash is not accepted, because whoever writes to the database can make one.

import { isBareHash, type Secrets } from '../../core/secrets.ts'
import type { Log } from '../../core/log.ts'
import { columnName, type AnyTable, type TransientIndex } from '../database/columns.ts'
import { hasCounter, takeAway } from '../database/counters.ts'
import type { Store, Tx } from '../database/database.ts'
import { placeOf } from '../database/sealing.ts'
import { replaceRow, type Row } from './reseal.ts'

type Indexed = ReturnType<NonNullable<TransientIndex['keyed']>>

/** The counter that stands in the database until this has been done. */
export const TO_DO = 'bearers.bare'

/** Columns that were keyed before, some rows by `zxt keys rotate` alone: there bare and keyed hashes stand side by side in an honest database. */
const KEYED_BEFORE = new Set(['complaint', 'creditor_matter', 'liaison_code'])

/** Keys the bare hashes, if that is still to be done, in one transaction: processes that start meanwhile wait for it. */
export async function keyBearers({ store, secrets, log }: { store: Store; secrets: Secrets; log: Log }): Promise<void> {
  if (!(await store.read((db) => hasCounter(db, TO_DO)))) return
  const { keyed, refused } = await store.write(async (tx) => {
    if (!(await takeAway(tx, TO_DO))) return { keyed: 0, refused: [] }
    let sum = 0
    const doubtful: string[] = []
    for (const table of store.tables.filter(hasBearers)) {
      const rows = await bareRows(tx, table)
      if (rows.length === 0) continue
      // Nothing of this kind was ever keyed by an earlier version: this is no update, and somebody has put the rows there.
      if (!KEYED_BEFORE.has(table.name) && (await hasKeyed(tx, table))) {
        doubtful.push(table.name)
        continue
      }
      for (const row of rows) await replaceRow(tx, table, row, keyedRow(secrets, table, row))
      sum += rows.length
    }
    return { keyed: sum, refused: doubtful }
  })
  if (keyed > 0) log.warn('bearers.keyed', { count: keyed })
  if (refused.length > 0) log.error('bearers.refused', { tables: refused.join(' ') })
}

/** The columns of a table in which a bare hash of a credential may stand. */
function bearersOf({ protection }: AnyTable): string[] {
  const sealed = [...protection.sealed].filter(([, { form }]) => form === 'key').map(([property]) => property)
  const indexed = [...protection.indexes].filter(([, { source }]) => source.in === undefined && sealed.includes(source.column))
  return [...sealed, ...indexed.map(([property]) => property), ...protection.bearers.keys()]
}

function hasBearers(table: AnyTable): boolean {
  return bearersOf(table).length > 0
}

/** A bare hash has 64 characters, a ciphertext more, an index fewer. */
const LENGTH_OF_BARE = 64

async function bareRows(tx: Tx, table: AnyTable): Promise<Row[]> {
  const where = bearersOf(table).map((property) => `length(\`${columnName(property)}\`) = ${LENGTH_OF_BARE}`)
  const columns = table.properties.map((property) => `\`${columnName(property)}\` as \`${property}\``).join(', ')
  const rows = await tx.query<Row>(`select ${columns} from \`${table.name}\` where ${where.join(' or ')}`)
  return rows.filter((row) => bearersOf(table).some((property) => isBareHash(String(row[property]))))
}

async function hasKeyed(tx: Tx, table: AnyTable): Promise<boolean> {
  const where = bearersOf(table).map((property) => `length(\`${columnName(property)}\`) <> ${LENGTH_OF_BARE}`)
  return (await tx.query(`select 1 as found from \`${table.name}\` where ${where.join(' or ')} limit 1`)).length > 0
}

/** The columns of a row that change. */
function keyedRow(secrets: Secrets, table: AnyTable, row: Row): Row {
  const { indexed, plain } = bareHashes(table, row)
  const changes: Row = {}
  for (const [property, { indexKind, value }] of indexed) changes[property] = secrets.index(indexKind, value)
  // Values that are bound to a key that has changed are bound anew.
  if (table.protection.primary.some((property) => property in changes))
    for (const property of table.protection.sealed.keys()) {
      const value = row[property]
      if (typeof value === 'string' && !plain.has(property)) plain.set(property, secrets.open(value, placeOf(table, property, row)))
    }
  for (const [property, text] of plain) changes[property] = secrets.seal(text, placeOf(table, property, { ...row, ...changes }))
  return changes
}

/** The bare hashes of a row: what is to be indexed of them, and what is to be sealed, by property. */
function bareHashes(table: AnyTable, row: Row): { indexed: Map<string, Indexed>; plain: Map<string, string> } {
  const { bearers, indexes } = table.protection
  const indexed = new Map<string, Indexed>()
  const plain = new Map<string, string>()
  for (const property of bearersOf(table)) {
    const hash = String(row[property])
    if (!isBareHash(hash)) continue
    const index = indexes.get(property)
    const keyOf = bearers.get(property)
    if (keyOf !== undefined) indexed.set(property, keyOf(hash))
    if (keyOf === undefined) plain.set(index?.source.column ?? property, hash)
    if (index !== undefined) indexed.set(property, { indexKind: index.indexKind(row), value: index.values(hash, row)[0] ?? '' })
  }
  return { indexed, plain }
}

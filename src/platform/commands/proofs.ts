// Proves, once, the rows that earlier versions wrote without a proof (database/proofs.ts), by the first start after the update; and finds
// those whose proof does not fit. Later a row without a proof opens nothing, because whoever writes to the database can make one.

import type { Log } from '../../core/log.ts'
import type { Secrets } from '../../core/secrets.ts'
import { columnName, type AnyTable } from '../database/columns.ts'
import { hasCounter, takeAway } from '../database/counters.ts'
import type { Store, Tx } from '../database/database.ts'
import { proofFits, proofOf } from '../database/proofs.ts'
import { auditEndTable, endlessChains } from './audit-ends.store.ts'
import { auditHeads } from './audit.store.ts'
import { replaceRow, rowsAfter, type Row } from './reseal.ts'

/** The counter that stands in the database until this has been done. */
export const TO_DO = 'proofs.missing'

/** Rows read at once. */
const PORTION = 500

/** Proves the rows, if that is still to be done, in one transaction: processes that start meanwhile wait for it. */
export async function proveRows({ store, secrets, log }: { store: Store; secrets: Secrets; log: Log }): Promise<void> {
  if (!(await store.read((db) => hasCounter(db, TO_DO)))) return
  const { proven, refused } = await store.write(async (tx) => {
    if (!(await takeAway(tx, TO_DO))) return { proven: 0, refused: false }
    if (await hasWritten(tx, store.tables)) return { proven: 0, refused: true }
    await writeEnds(tx)
    let sum = 0
    for (const table of store.tables.filter(hasProof))
      for await (const row of rowsOf(table, (after) => rowsAfter(tx, table, after, PORTION))) {
        await replaceRow(tx, table, row, { proof: proofOf(secrets, table, row) })
        sum += 1
      }
    return { proven: sum, refused: false }
  })
  if (proven > 0) log.warn('proofs.made', { count: proven })
  if (refused) log.error('proofs.refused')
}

/** The ends of the chains that earlier versions wrote, still without a proof. */
async function writeEnds(tx: Tx): Promise<void> {
  for (let after = ''; ;) {
    const subjects = await endlessChains(tx, after, PORTION)
    const heads = await auditHeads(tx, subjects)
    await tx.insert(
      auditEndTable,
      [...heads].map(([subject, head]) => ({ subject, ...head, proof: null })),
    )
    const last = subjects.at(-1)
    if (last === undefined) return
    after = last
  }
}

/**
 * Whether this version has written here before: then it is no update that asks for proofs. It leaves proofs, and signatures of a form that
 * earlier versions did not make and that nobody makes without the key; to take these away, listings would have to go back as well.
 */
async function hasWritten(tx: Tx, tables: readonly AnyTable[]): Promise<boolean> {
  for (const { name, protection } of tables) {
    const signed = [...protection.signatures.keys()].map((property) => `\`${columnName(property)}\` like '%.~%'`)
    const written = [...(protection.proof === null ? [] : ['proof is not null']), ...signed]
    if (written.length === 0) continue
    if ((await tx.query(`select 1 as found from \`${name}\` where ${written.join(' or ')} limit 1`)).length > 0) return true
  }
  return false
}

/** Rows whose proof is missing or wrong, as `table:key`. */
export async function unprovenRows({ store, secrets }: { store: Store; secrets: Pick<Secrets, 'verify'> }): Promise<string[]> {
  const wrong: string[] = []
  for (const table of store.tables.filter(hasProof))
    for await (const row of rowsOf(table, (after) => store.read((db) => rowsAfter(db, table, after, PORTION))))
      if (!proofFits(secrets, table, row)) wrong.push(`${table.name}:${keyOf(table, row).join(' ')}`)
  return wrong
}

function hasProof({ protection }: AnyTable): boolean {
  return protection.proof !== null
}

function keyOf({ protection }: AnyTable, row: Row): string[] {
  return protection.primary.map((property) => String(row[property]))
}

/** Every row of a table, in portions. */
async function* rowsOf(table: AnyTable, portion: (after: string[] | null) => Promise<Row[]>): AsyncGenerator<Row> {
  let after: string[] | null = null
  do {
    const rows: Row[] = await portion(after)
    yield* rows
    const last = rows.at(-1)
    after = last === undefined ? null : keyOf(table, last)
  } while (after !== null)
}

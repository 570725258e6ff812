// Keys the digests that earlier versions left bare in the audit, and links their chains anew; the listings at their ends are signed again.
// A chain or a signature that was wrong before is left as it is, so that nothing covers it up. Run by key-rotation.ts.

import { isBareHash, type DigestPurpose, type Secrets } from '../../core/secrets.ts'
import { columnName, type AnyTable, type Signature } from '../database/columns.ts'
import type { Db, Param, Tx } from '../database/database.ts'
import { moveEnd } from './audit-ends.store.ts'
import { auditHash, auditOf, type AuditHead, type AuditRow } from './audit.store.ts'

/** Subjects whose chain was relinked, those left because something in them was wrong, and where the next portion begins. */
export interface Relinked {
  changed: number
  damaged: number
  last: string | null
}

/** Of which subjects a detail held a bare digest, and what it was of. Evidence is not among them: nobody finds a photo by trying. */
const PURPOSES: Readonly<Record<string, DigestPurpose>> = { listing: 'content', import: 'file', push: 'file', liaisons: 'sheet' }

const HASH = '_'.repeat(64)
/** Of a sheet the first sixteen digits were recorded. */
const SHEET = '_'.repeat(16)

/** Keys the bare digests in up to `limit` chains whose subject follows `after`. */
export async function keyDigestsAfter(
  tx: Tx,
  secrets: Secrets,
  tables: readonly AnyTable[],
  { after, limit }: { after: string; limit: number },
): Promise<Relinked> {
  const found = await tx.query<{ subject: string }>(
    `select distinct subject from audit where subject > ? and (detail like ? or detail like ?) order by subject limit ?`,
    [after, `%":"${HASH}"%`, `%"sheet":"${SHEET}"%`, limit],
  )
  let changed = 0
  let damaged = 0
  for (const { subject } of found) {
    const outcome = await keyChain(tx, secrets, tables, subject)
    if (outcome === 'changed') changed += 1
    if (outcome === 'damaged') damaged += 1
  }
  return { changed, damaged, last: found.length < limit ? null : (found.at(-1)?.subject ?? null) }
}

async function keyChain(tx: Tx, secrets: Secrets, tables: readonly AnyTable[], subject: string): Promise<'changed' | 'damaged' | 'kept'> {
  const rows = await auditOf(tx, subject)
  const linked = relinked(secrets, rows)
  if (linked === null) return 'kept'
  const signed = await signedRow(tx, tables, subject)
  if (isBroken(rows) || (signed !== null && !fits(secrets, signed, endOf(rows)))) return 'damaged'
  if (!(await moveEnd(tx, secrets, subject, { from: headOf(rows), to: headOf(linked) }))) return 'damaged'
  await replaceRows(tx, linked)
  if (signed !== null) await sign(tx, secrets, signed, endOf(linked))
  return 'changed'
}

function headOf(rows: readonly AuditRow[]): AuditHead {
  return { n: rows.length, hash: endOf(rows) }
}

function endOf(rows: readonly AuditRow[]): string {
  return rows.at(-1)?.hash ?? ''
}

/** The chain with keyed digests; null when none of them is bare. */
function relinked(secrets: Secrets, rows: readonly AuditRow[]): AuditRow[] | null {
  const details = rows.map((row) => keyed(secrets, row))
  if (rows.every(({ detail }, index) => detail === details[index])) return null
  let previous = ''
  return rows.map((row, index) => {
    const next = { ...row, detail: details[index] ?? row.detail, previous }
    previous = auditHash(next)
    return { ...next, hash: previous }
  })
}

function keyed(secrets: Secrets, { subject, detail }: AuditRow): string {
  const purpose = PURPOSES[subject.split(':')[0] ?? '']
  if (purpose === undefined) return detail
  const facts = JSON.parse(detail) as Record<string, unknown>
  const entries = Object.entries(facts).map(([name, value]) => {
    const isBare = typeof value === 'string' && (isBareHash(value) || (purpose === 'sheet' && name === 'sheet' && value.length === 16))
    return [name, isBare ? secrets.digest(purpose, value) : value]
  })
  return JSON.stringify(Object.fromEntries(entries))
}

function isBroken(rows: readonly AuditRow[]): boolean {
  return rows.some((row, index) => row.n !== index + 1 || row.previous !== (rows[index - 1]?.hash ?? '') || row.hash !== auditHash(row))
}

async function replaceRows(tx: Tx, rows: readonly AuditRow[]): Promise<void> {
  for (const { subject, n, detail, previous, hash } of rows)
    await tx.run('update audit set detail = ?, previous = ?, hash = ? where subject = ? and n = ?', [detail, previous, hash, subject, n])
}

interface Signed {
  table: AnyTable
  property: string
  signature: Signature
  row: Record<string, Param>
}

/** The row that is signed over the end of a subject's chain; null when there is none. */
async function signedRow(db: Db, tables: readonly AnyTable[], subject: string): Promise<Signed | null> {
  const rowId = subject.slice(subject.indexOf(':') + 1)
  for (const table of tables)
    for (const [property, signature] of table.protection.signatures) {
      const row = (await db.manager.getRepository(table.schema).findOneBy({ id: rowId })) as Record<string, Param> | null
      if (row !== null && signature.chain(row) === subject) return { table, property, signature, row }
    }
  return null
}

function fits(secrets: Secrets, { property, signature, row }: Signed, chainEnd: string): boolean {
  try {
    return secrets.verify(signature.text(row, secrets, chainEnd), String(row[property]))
  } catch {
    return false
  }
}

async function sign(tx: Tx, secrets: Secrets, { table, property, signature, row }: Signed, chainEnd: string): Promise<void> {
  const text = signature.text(row, secrets, chainEnd)
  await tx.run(`update \`${table.name}\` set \`${columnName(property)}\` = ? where id = ?`, [secrets.sign(text), row['id'] ?? null])
}

// Rows that open a door carry a proof that this application wrote them: an HMAC under the data key, declared in columns.ts (`proof`).
// Every insert and change of such a row goes through here. The first start after an update proves older rows: commands/proofs.ts.

import type { FindOptionsWhere } from 'typeorm'
import type { Log } from '../../core/log.ts'
import type { Secrets } from '../../core/secrets.ts'
import type { AnyTable, Proven, TableOf } from './columns.ts'
import type { Tx } from './database.ts'

/** What proving and checking needs. */
export interface Prover {
  secrets: Pick<Secrets, 'sign' | 'verify'>
  log: Log
}

/** The proof of a row as it is stored. */
export function proofOf(secrets: Pick<Secrets, 'sign'>, table: Pick<AnyTable, 'name' | 'protection'>, row: object): string {
  return secrets.sign(provenText(table, row), 'row')
}

/** Whether a stored row, whole, is as this application last wrote it. */
export function proofFits(secrets: Pick<Secrets, 'verify'>, table: Pick<AnyTable, 'name' | 'protection'>, row: object): boolean {
  const { proof } = row as Partial<Proven>
  return typeof proof === 'string' && secrets.verify(provenText(table, row), proof, 'row')
}

/** The same where the row would open a door: what does not fit is in the log. */
function isProven({ secrets, log }: Prover, table: Pick<AnyTable, 'name' | 'protection'>, row: object): boolean {
  const fits = proofFits(secrets, table, row)
  if (!fits) log.error('rows.unproven', { table: table.name })
  return fits
}

/** The row, or null for one that this application has not written like that. */
export function provenOrNull<Row extends Proven>(prover: Prover, table: TableOf<Row>, row: Row | null): Row | null {
  return row !== null && isProven(prover, table, row) ? row : null
}

/** Inserts a row with its proof. */
export async function insertProven<Row extends Proven>(
  tx: Tx,
  { secrets }: Pick<Prover, 'secrets'>,
  table: TableOf<Row>,
  row: Omit<Row, 'proof'>,
): Promise<void> {
  await tx.insert(table, [{ ...row, proof: proofOf(secrets, table, row) } as Row])
}

/**
 * Changes columns of one row, and its proof with them. A row whose proof does not fit gets no new one: that would approve of what somebody
 * else has written there.
 * @returns whether there was such a row.
 */
export async function updateProven<Row extends Proven>(
  tx: Tx,
  prover: Prover,
  table: TableOf<Row>,
  { key, changes }: { key: FindOptionsWhere<Row>; changes: Partial<Omit<Row, 'proof'>> },
): Promise<boolean> {
  const repository = tx.manager.getRepository(table.schema)
  // Locked, because the proof is of all columns. SQLite has one writer anyway.
  const row = await repository.findOne({ where: key, ...(tx.sqlite ? {} : { lock: { mode: 'pessimistic_write' } }) })
  if (row === null) return false
  const proof = isProven(prover, table, row) ? { proof: proofOf(prover.secrets, table, { ...row, ...changes }) } : {}
  await repository.update(key, { ...changes, ...proof } as Parameters<typeof repository.update>[1])
  return true
}

/** Nulls are left out, so that a column that a later version adds changes no proof. */
function provenText({ name, protection }: Pick<AnyTable, 'name' | 'protection'>, row: object): string {
  const columns = protection.proof?.columns ?? []
  const values = columns.map((property) => [property, plainValue((row as Readonly<Record<string, unknown>>)[property])] as const)
  return JSON.stringify([name, values.filter(([, value]) => value !== null)])
}

/** A value as both databases give it back: instants and booleans differ by driver and query. */
function plainValue(value: unknown): unknown {
  if (value === undefined) return null
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'boolean' ? Number(value) : value
}

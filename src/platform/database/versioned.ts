// Updates many rows that carry a version, in few statements, each row on the condition that it still has the version that was read.
// What the rows then hold is the caller's; single updates and other conditions are in each store.ts.

import { columnName, type TableOf } from './columns.ts'
import type { Param, Tx } from './database.ts'
import { placeholders, portions } from './placeholders.ts'

/** A row as it is to be, and as it was read. */
export interface RowChange<Row> {
  row: Row
  before: Row
}

/** Rows of one statement: each row is looked for among the values of all. */
const ROWS = 100

/**
 * Writes the columns that differ from what was read.
 * @returns the number of rows written; a row that was changed in between is left alone, and so missing in the number.
 */
export async function updateVersioned<Row extends { id: string; version: number }>(
  tx: Tx,
  table: TableOf<Row>,
  changes: readonly RowChange<Row>[],
): Promise<number> {
  let written = 0
  for (const part of portions(changes, ROWS)) {
    const altered = table.properties.filter((property) => part.some(({ row, before }) => !isSame(row[property], before[property])))
    if (altered.length === 0) continue
    const values = altered.map((property) => valueOf(part, (change) => change.row[property] as Param))
    const version = valueOf(part, ({ before }) => before.version)
    const ids = part.map(({ row }) => row.id)
    const set = altered.map((property, at) => `\`${columnName(property)}\` = ${values[at]?.text ?? ''}`).join(', ')
    written += await tx.run(`update \`${table.name}\` set ${set} where id in (${placeholders(ids)}) and version = ${version.text}`, [
      ...values.flatMap(({ params }) => params),
      ...ids,
      ...version.params,
    ])
  }
  return written
}

function isSame(left: unknown, right: unknown): boolean {
  return left instanceof Date && right instanceof Date ? left.getTime() === right.getTime() : left === right
}

/** The value of a column: one for all, or by id. */
function valueOf<Row extends { id: string }>(
  part: readonly RowChange<Row>[],
  of: (change: RowChange<Row>) => Param,
): { text: string; params: Param[] } {
  const each = part.map(of)
  const [first = null] = each
  if (each.every((value) => isSame(value, first))) return { text: '?', params: [first] }
  const cases = part.flatMap(({ row }, at): Param[] => [row.id, each[at] ?? null])
  return { text: `case id ${part.map(() => 'when ? then ?').join(' ')} end`, params: cases }
}

// SQL statements that take a list of values: placeholders (`?, ?, ?`), and long lists in portions.
// The values themselves are passed as parameters, never in the statement.

/** One placeholder for each value. */
export function placeholders(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ')
}

/** Values of one statement at most: far below the limits of both databases, and few enough to be planned quickly. */
const PORTION = 1000

/** The values in portions of at most `size`, in order. */
export function* portions<Value>(values: readonly Value[], size = PORTION): Generator<Value[]> {
  for (let start = 0; start < values.length; start += size) yield values.slice(start, start + size)
}

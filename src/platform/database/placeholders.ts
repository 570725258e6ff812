// Placeholders of an SQL statement that takes a list of values: `?, ?, ?`.
// The values themselves are passed as parameters, never in the statement.

/** One placeholder for each value. */
export function placeholders(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ')
}

// The question marks of a statement that takes a list of values: `?, ?, ?`.
// The values themselves are handed over beside the statement.

/** One placeholder for each value. */
export function placeholders(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ')
}

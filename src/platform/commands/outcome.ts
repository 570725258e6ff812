// What commands and lists answer of a stored record: which one it is and its state, and everything but the text that people wrote.
// The records themselves are each feature's own.

/** The facts of a record that a command answers with. */
interface Numbered {
  id: string
  number: string | null
  state: string
  version: number
}

/** What a command answers of the record that it changed. */
export function outcomeOf<T extends Numbered>({ id, number, state, version }: T): Pick<T, keyof Numbered> {
  return { id, number, state, version }
}

/** A record without its sealed text, as lists show it. */
export function withoutRecord<T extends { record: unknown }>({ record: _record, ...rest }: T): Omit<T, 'record'> {
  return rest
}

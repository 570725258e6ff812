// Seals and opens rows by what their table declares (columns.ts): ciphertexts in, readable values out, blind indexes computed on the way.
// Pure. Key rotation, which moves stored ciphertexts to another key, is commands/reseal.ts.

import { AppError } from '../../core/errors.ts'
import { isBareHash, type Secrets } from '../../core/secrets.ts'
import type { ProtectedColumns, Proven, Sealed, TableOf } from './columns.ts'

/**
 * The columns of a row that are computed: its indexes when it is sealed, by their name, which `table` checks; its proof when it is written
 * (proofs.ts).
 */
type ComputedOf<Row> = Extract<keyof Row, `${string}Index` | (Row extends Proven ? 'proof' : never)>

/**
 * A row, or a part of one, as code works with it: sealed columns hold readable values, and blind indexes and the proof are absent.
 * @template Content what the columns of `sealedJson` hold, by property. A column that may be null in the row may be null here.
 */
export type Opened<Row, Content extends object> = {
  [Property in Exclude<keyof Row, ComputedOf<Row>>]: Property extends keyof Content
    ? Content[Property] | Extract<Row[Property], null>
    : Row[Property]
}

/** What a row, or a part of one, is told apart by: without it nothing opens, because every ciphertext is bound to its row. */
export type Keyed<Row> = Row extends { id: string } ? { id: string } : object

/**
 * The place that a ciphertext is bound to: table, column and primary key of its row.
 * @throws Error for a row without a part of its key.
 */
export function placeOf(
  { name, protection: { primary } }: { name: string; protection: Pick<ProtectedColumns, 'primary'> },
  property: string,
  row: object,
): string {
  const key = primary.map((each) => (row as Readonly<Record<string, unknown>>)[each])
  const missing = primary.find((_, at) => key[at] === undefined)
  if (missing !== undefined) throw new Error(`${name}.${property} is bound to its row: ${missing} is missing`)
  return `${name}.${property} ${JSON.stringify(key.map(String))}`
}

type Sealing = Pick<Secrets, 'seal' | 'index'>

/** The row to insert: sealed columns as ciphertexts, blind indexes computed from what the table declares. Null stays null. */
export function sealRow<Row extends object, Content extends object>(
  table: TableOf<Row, Content>,
  secrets: Sealing,
  row: Opened<Row, NoInfer<Content>>,
): Row {
  return sealed(table, secrets, row, row) as Row
}

/**
 * The columns to update: those given, sealed, and the blind indexes of what is given. An index whose kind or value depends on further
 * columns needs these too.
 * @param key the row's primary key.
 */
export function sealPart<Row extends object, Content extends object, Property extends Exclude<keyof Row, ComputedOf<Row>>>(
  table: TableOf<Row, Content>,
  secrets: Sealing,
  key: Keyed<Row>,
  part: Pick<Opened<Row, NoInfer<Content>>, Property>,
): Pick<Row, Property> & Partial<Pick<Row, ComputedOf<Row>>> {
  return sealed(table, secrets, part, { ...part, ...key }) as Pick<Row, Property> & Partial<Pick<Row, ComputedOf<Row>>>
}

/**
 * A stored row, or some of its columns, in readable form and without blind indexes. Give only the sealed columns that are needed: each
 * is decrypted.
 * @throws AppError `key_missing`, `cipher_broken`.
 */
export function openRow<Row extends object, Content extends object, Part extends Partial<Row>>(
  table: TableOf<Row, Content>,
  secrets: Pick<Secrets, 'open'>,
  row: Part & Keyed<Row>,
): Opened<Part, Content> {
  const { protection } = table
  const stored = row as Readonly<Record<string, unknown>>
  const opened: Record<string, unknown> = {}
  for (const [property, value] of Object.entries(stored)) {
    if (protection.indexes.has(property)) continue
    const form = protection.sealed.get(property)?.form
    if (form === undefined || typeof value !== 'string') opened[property] = value
    else {
      const plain = openSealed(secrets, form, value, placeOf(table, property, row))
      opened[property] = form === 'json' ? JSON.parse(plain) : plain
    }
  }
  return opened as Opened<Part, Content>
}

/**
 * The text of a sealed value. A hash that an earlier version stored bare is its own text, unless it is of a credential.
 * @throws AppError `cipher_broken`.
 */
export function openSealed(secrets: Pick<Secrets, 'open'>, form: Sealed['form'], value: string, place: string): string {
  if (form === 'key' && isBareHash(value)) throw new AppError('cipher_broken')
  return form === 'hash' && isBareHash(value) ? value : secrets.open(value, place)
}

function sealed(
  table: { name: string; protection: ProtectedColumns },
  secrets: Sealing,
  row: object,
  key: object,
): Record<string, unknown> {
  const { sealed: columns, indexes } = table.protection
  const plain: Readonly<Record<string, unknown>> = { ...row }
  const columnsOfRow: Record<string, unknown> = { ...plain }
  const texts = new Map<string, string | null>()
  for (const [property, { form }] of columns) {
    const value = plain[property]
    if (value === undefined) continue
    const text = value === null ? null : form === 'json' ? JSON.stringify(value) : (value as string)
    texts.set(property, text)
  }
  for (const [property, { source, values, indexKind }] of indexes) {
    const text = source.in === undefined ? texts.get(source.column) : undefined
    if (text === undefined) continue
    const [value] = text === null ? [] : values(text, plain)
    columnsOfRow[property] = value === undefined ? null : secrets.index(indexKind(plain), value)
  }
  // Last, because an index can be part of the key.
  for (const [property, text] of texts)
    columnsOfRow[property] = text === null ? null : secrets.seal(text, placeOf(table, property, { ...key, ...columnsOfRow }))
  return columnsOfRow
}

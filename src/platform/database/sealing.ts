// Seals and opens rows by what their table declares (columns.ts): ciphertexts in, readable values out, blind indexes computed on the way.
// Pure. Key rotation, which moves stored ciphertexts to another key, is commands/reseal.ts.

import { isBareHash, type Secrets } from '../../core/secrets.ts'
import type { ProtectedColumns, Sealed, TableOf } from './columns.ts'

/** The columns of a row that are computed when it is sealed; by their name, which `table` checks. */
type IndexOf<Row> = Extract<keyof Row, `${string}Index`>

/**
 * A row, or a part of one, as code works with it: sealed columns hold readable values, and blind indexes are absent.
 * @template Content what the columns of `sealedJson` hold, by property. A column that may be null in the row may be null here.
 */
export type Opened<Row, Content extends object> = {
  [Property in Exclude<keyof Row, IndexOf<Row>>]: Property extends keyof Content
    ? Content[Property] | Extract<Row[Property], null>
    : Row[Property]
}

type Sealing = Pick<Secrets, 'seal' | 'index'>

/** The row to insert: sealed columns as ciphertexts, blind indexes computed from what the table declares. Null stays null. */
export function sealRow<Row extends object, Content extends object>(
  table: TableOf<Row, Content>,
  secrets: Sealing,
  row: Opened<Row, NoInfer<Content>>,
): Row {
  return sealed(table.protection, secrets, row) as Row
}

/**
 * The columns to update: those given, sealed, and the blind indexes of what is given. An index whose kind or value depends on further
 * columns needs these too.
 */
export function sealPart<Row extends object, Content extends object, Property extends Exclude<keyof Row, IndexOf<Row>>>(
  table: TableOf<Row, Content>,
  secrets: Sealing,
  part: Pick<Opened<Row, NoInfer<Content>>, Property>,
): Pick<Row, Property> & Partial<Pick<Row, IndexOf<Row>>> {
  return sealed(table.protection, secrets, part) as Pick<Row, Property> & Partial<Pick<Row, IndexOf<Row>>>
}

/**
 * A stored row, or some of its columns, in readable form and without blind indexes. Give only the sealed columns that are needed: each
 * is decrypted.
 * @throws AppError `key_missing`, `cipher_broken`.
 */
export function openRow<Row extends object, Content extends object, Part extends Partial<Row>>(
  { protection }: TableOf<Row, Content>,
  secrets: Pick<Secrets, 'open'>,
  row: Part,
): Opened<Part, Content> {
  const stored = row as Readonly<Record<string, unknown>>
  const opened: Record<string, unknown> = {}
  for (const [property, value] of Object.entries(stored)) {
    if (protection.indexes.has(property)) continue
    const form = protection.sealed.get(property)?.form
    if (form === undefined || typeof value !== 'string') opened[property] = value
    else {
      const plain = openSealed(secrets, form, value)
      opened[property] = form === 'json' ? JSON.parse(plain) : plain
    }
  }
  return opened as Opened<Part, Content>
}

/** The text of a sealed value. A hash that an earlier version stored bare is its own text. */
export function openSealed(secrets: Pick<Secrets, 'open'>, form: Sealed['form'], value: string): string {
  return form === 'hash' && isBareHash(value) ? value : secrets.open(value)
}

function sealed({ sealed: columns, indexes }: ProtectedColumns, secrets: Sealing, row: object): Record<string, unknown> {
  const plain: Readonly<Record<string, unknown>> = { ...row }
  const columnsOfRow: Record<string, unknown> = { ...plain }
  const texts = new Map<string, string | null>()
  for (const [property, { form }] of columns) {
    const value = plain[property]
    if (value === undefined) continue
    const text = value === null ? null : form === 'json' ? JSON.stringify(value) : (value as string)
    texts.set(property, text)
    columnsOfRow[property] = text === null ? null : secrets.seal(text)
  }
  for (const [property, { source, values, indexKind }] of indexes) {
    const text = source.in === undefined ? texts.get(source.column) : undefined
    if (text === undefined) continue
    const [value] = text === null ? [] : values(text, plain)
    columnsOfRow[property] = value === undefined ? null : secrets.index(indexKind(plain), value)
  }
  return columnsOfRow
}

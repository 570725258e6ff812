// The desk on which one row or draft is checked: its cells by field, and every problem found so far.
// What is a problem is rows.ts and debtor.ts.

import type { Day } from '../../core/calendar.ts'
import type { Problem, Values } from '../../core/errors.ts'
import { squeeze, tidy } from '../../core/text.ts'
import { CHECKS, type Check } from './checks.rules.ts'
import { FIELDS, type Cell, type Field } from './columns.rules.ts'
import { maskIdentifier, maskDigits } from '../../core/identifiers.ts'
import { maskName, tidyName } from '../../core/person-names.ts'
import { maskPhone } from '../../core/phone.ts'

/**
 * What the content is for. `draft`: our own, to be decided. `takeover`: our own list already in force. `snapshot` and `delta`: a higher court's list, whose
 * terms are that court's to state. All but drafts need the publication date that the file gives.
 */
export const ROW_MODES = ['draft', 'snapshot', 'delta', 'takeover'] as const
export type RowMode = (typeof ROW_MODES)[number]

export interface RowOptions {
  /** The Beijing day on which the row is checked. */
  today: Day
  mode: RowMode
}

/** A fact per field as typed; absent, empty and dashes are all "not given". */
export type RawContent = Partial<Readonly<Record<Field, Cell>>>

/** Where the problems of one row are collected and its cells are fetched from. */
export interface RowReader extends RowOptions {
  problems: Problem[]
  /** The cell as given, a reader's leading apostrophe and placeholder dashes removed. */
  cell(field: Field): Cell
  given(field: Field): boolean
  /** A short or long text, normalised; '' when not given. Notes `field_too_long`. */
  text(field: Field, limit: number): string
  /** The same, and notes `field_missing`. */
  needed(field: Field, limit: number): string
  note(code: Check, field: Field, values?: Values): void
}

/** A cell's text without a reader's leading apostrophe; '' for blanks and for the dashes that stand for nothing. */
export function plainText(cell: Cell): string {
  const text = String(cell)
  if (!/^[\s\p{Cf}'‘’\-–—_/\\*]/u.test(text)) return text
  return BLANK.test(text) ? '' : text.replace(/^[\s\p{Cf}]*['‘’]/u, '')
}
const BLANK = /^[\s\p{Cf}]*['‘’]?[\s\p{Cf}\-–—_/\\*]*$/u

/** Where a word for nothing means that nothing is given. Of a required field it may be the answer: no performance, for one. */
const OPTIONAL: ReadonlySet<Field> = new Set([
  'sex',
  'age',
  'legalRepresentative',
  'representativeIdentifier',
  'officers',
  'term',
  'employer',
  'official',
  'superior',
  'phone',
  'address',
  'applicantName',
  'applicantPhone',
  'openid',
])
const NOTHING = /^\s*(?:暂?无|没有|不适用|无期限)\s*$/

const SENSITIVE: Partial<Readonly<Record<Field, (text: string) => string>>> = {
  identifier: maskIdentifier,
  uscc: maskIdentifier,
  name: maskName,
  organisation: maskName,
  legalRepresentative: maskName,
  representativeIdentifier: maskIdentifier,
  officers: maskName,
  applicantName: maskName,
  phone: maskPhone,
  applicantPhone: maskPhone,
  address: maskName,
  openid: maskIdentifier,
}
const SHOWN = 40
const PROSE: readonly Field[] = ['obligation', 'performance']

export function openRowReader(raw: RawContent, options: RowOptions): RowReader {
  const cells = new Map<Field, Cell>()
  for (const field of FIELDS) {
    const cell = raw[field]
    if (cell === undefined || cell === '') continue
    const text = plainText(cell)
    if (text !== '' && !(OPTIONAL.has(field) && NOTHING.test(text))) cells.set(field, typeof cell === 'number' ? cell : text)
  }
  const desk: RowReader = {
    ...options,
    problems: [],
    cell: (field) => cells.get(field) ?? '',
    given: (field) => cells.has(field),
    text(field, limit) {
      const text = (PROSE.includes(field) ? tidy : tidyName)(String(desk.cell(field)))
      if (text.length > limit) desk.note('field_too_long', field, { limit })
      return text
    },
    needed(field, limit) {
      const text = desk.text(field, limit)
      if (text === '') desk.note('field_missing', field)
      return text
    },
    note(code, field, values) {
      const text = squeeze(String(desk.cell(field)))
      const value = (SENSITIVE[field] ?? maskDigits)(text).slice(0, SHOWN)
      desk.problems.push({
        code,
        severity: CHECKS[code],
        field,
        ...(value === '' ? {} : { value }),
        ...(values === undefined ? {} : { values }),
      })
    },
  }
  return desk
}

/** The field that holds a fact which a sheet may keep in one of two columns. */
export function oneOf(desk: RowReader, field: Field, other: Field): Field {
  if (!desk.given(other)) return field
  if (desk.given(field) && squeeze(String(desk.cell(field))) !== squeeze(String(desk.cell(other)))) desk.note('field_given_twice', other)
  return desk.given(field) ? field : other
}

// The row reader: gives the cells of one row or draft by field and collects the problems found in it.
// Which problems there are is checked in features/listings/rows.rules.ts and identity.rules.ts.

import type { Day } from '../../core/calendar.ts'
import type { Problem, Values } from '../../core/errors.ts'
import { squeeze, tidy, UNSEEN } from '../../core/text.ts'
import { CHECKS, type Check } from './checks.rules.ts'
import { FIELDS, type Field } from './columns.rules.ts'
import { formulaIn, type Cell } from './headings.rules.ts'
import { maskIdentifier, maskDigits } from '../../core/identifiers.ts'
import { maskName, tidyName } from '../../core/person-names.ts'
import { hasPersonalNumber, maskPersonalNumbers } from '../../core/personal-numbers.ts'
import { maskPhone } from '../../core/phone.ts'

/**
 * What the rows are for. `draft`: our own entries, to be decided on. `takeover`: our own list that is already in force. `snapshot` and
 * `delta`: a higher court's list, whose terms that court states. All modes except `draft` need the publication date in the file.
 */
export const ROW_MODES = ['draft', 'snapshot', 'delta', 'takeover'] as const
export type RowMode = (typeof ROW_MODES)[number]

/** How a row is checked. */
export interface RowOptions {
  /** The Beijing day on which the row is checked. */
  today: Day
  mode: RowMode
  /** How the court's own case numbers begin after the year; without it they are not compared. */
  courtCode?: string
}

/** One value per field as typed. Absent, empty and dashes all mean "not given". */
export type RawContent = Partial<Readonly<Record<Field, Cell>>>

/** Gives the cells of one row and collects its problems. */
export interface RowReader extends RowOptions {
  problems: Problem[]
  /** The cell as given, without a leading apostrophe (text marker of spreadsheets) and without placeholder dashes; '' when not given. */
  cell(field: Field): Cell
  given(field: Field): boolean
  /** The normalised text; '' when not given. Notes `field_too_long` above `limit` characters. */
  text(field: Field, limit: number): string
  /** As `text`, and notes `field_missing` when not given. */
  needed(field: Field, limit: number): string
  /** Adds a problem; the shown value is masked. */
  note(code: Check, field: Field, values?: Values): void
}

/** A cell's text without a leading apostrophe (text marker of spreadsheets); '' for blanks and placeholder dashes. */
export function plainText(cell: Cell): string {
  const text = String(cell)
  if (!DOUBTFUL_START.test(text)) return text
  const bare = text.replace(TEXT_MARK, '')
  return BLANK.test(bare) ? '' : bare
}
const DOUBTFUL_START = new RegExp(`^[\\s${UNSEEN}'‘’\\-–—_/\\\\*]`, 'u')
const TEXT_MARK = new RegExp(`^[\\s${UNSEEN}]*['‘’]`, 'u')
const BLANK = new RegExp(`^[\\s${UNSEEN}\\-–—_/\\\\*]*$`, 'u')

/** What a spreadsheet would run besides what begins with `=`. Numbers and addresses may look like it, prose does not. */
const RUN = /^\s*(?:[+\-@][A-Za-z][A-Za-z0-9.]{0,30}[(|!].*|[+-]\d{1,15}[+*/]\d.*)\s*$/is
const PROSE: readonly Field[] = [
  'court',
  'province',
  'basisNo',
  'basisMaker',
  'obligation',
  'performance',
  'address',
  'employer',
  'superior',
  'applicantName',
  'ownMotion',
]

/** Addresses of which one that cannot be read is dropped with a warning: a failed look-up of a phone refuses nobody. */
const DROPPED: readonly Field[] = ['phone', 'applicantPhone', 'openid']

/** Names and numbers of what is public or stored as it is: no number of a person belongs there. */
const IMPERSONAL: readonly Field[] = ['court', 'province', 'basisNo', 'basisMaker', 'employer', 'superior', 'applicantName']
/** Prose of a judgment, which may name people with their numbers. */
const MASKED: readonly Field[] = ['obligation', 'performance', 'ownMotion']

/** Fields in which words like 无 mean "not given". In a required field they may be the answer, such as no performance. */
const OPTIONAL_FIELDS: ReadonlySet<Field> = new Set([
  'documentType',
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
  'ownMotion',
  'openid',
])
const NOTHING = /^\s*(?:暂?无|没有|不适用|无期限)\s*$/

const MASKS: Partial<Readonly<Record<Field, (text: string) => string>>> = {
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
const VALUE_LENGTH = 40
const LONG_TEXTS: readonly Field[] = ['obligation', 'performance', 'ownMotion']

/** Opens a reader over the typed values of one row or draft. */
export function openRowReader(raw: RawContent, options: RowOptions): RowReader {
  const cells = new Map<Field, Cell>()
  for (const field of FIELDS) {
    const cell = raw[field]
    if (cell === undefined || cell === '') continue
    const text = plainText(cell)
    if (text !== '' && !(OPTIONAL_FIELDS.has(field) && NOTHING.test(text))) cells.set(field, typeof cell === 'number' ? cell : text)
  }
  const formulas = new Set([...cells].filter(([field, cell]) => isFormula(field, cell)).map(([field]) => field))
  const reader: RowReader = {
    ...options,
    problems: [],
    cell: (field) => cells.get(field) ?? '',
    given: (field) => cells.has(field),
    text(field, limit) {
      const text = (LONG_TEXTS.includes(field) ? tidy : tidyName)(String(reader.cell(field)))
      if (text.length > limit) reader.note('field_too_long', field, { limit })
      return text.length <= limit && MASKED.includes(field) ? maskPersonalNumbers(text) : text
    },
    needed(field, limit) {
      const text = reader.text(field, limit)
      if (text === '') reader.note('field_missing', field)
      return text
    },
    note(code, field, values) {
      // Nothing else can be said of a formula.
      if (code !== 'cell_formula' && formulas.has(field)) return
      const text = squeeze(String(reader.cell(field)))
      const value = (MASKS[field] ?? maskNumbers)(text).slice(0, VALUE_LENGTH)
      reader.problems.push({
        code,
        severity: CHECKS[code],
        field,
        ...(value === '' ? {} : { value }),
        ...(values === undefined ? {} : { values }),
      })
    },
  }
  for (const field of formulas) reader.note('cell_formula', field)
  noteWhatIsMisplaced(reader)
  return reader
}

/** How such a cell begins; most do not, and a list has millions of them. */
const DOUBTFUL = /^\s*[#=＝+\-@]/

function isFormula(field: Field, cell: Cell): boolean {
  if (!DOUBTFUL.test(String(cell))) return false
  const found = formulaIn(cell)
  if (found === 'error') return !DROPPED.includes(field)
  return found === 'formula' || (PROSE.includes(field) && RUN.test(String(cell)))
}

function noteWhatIsMisplaced(reader: RowReader): void {
  for (const field of IMPERSONAL) if (holdsNumber(reader, field)) reader.note('personal_number', field)
  for (const field of MASKED) if (holdsNumber(reader, field)) reader.note('personal_number_masked', field)
}

/** Characters of a cell that are searched; a longer one is refused. */
const SEARCHED = 5000

function holdsNumber(reader: RowReader, field: Field): boolean {
  return reader.given(field) && hasPersonalNumber(String(reader.cell(field)).slice(0, SEARCHED))
}

function maskNumbers(text: string): string {
  return maskDigits(maskPersonalNumbers(text.slice(0, VALUE_LENGTH * 4)))
}

/** The field that is given, of two columns that mean the same. Notes `field_given_twice` when both are given and differ. */
export function givenField(reader: RowReader, field: Field, other: Field): Field {
  if (!reader.given(other)) return field
  if (reader.given(field) && squeeze(String(reader.cell(field))) !== squeeze(String(reader.cell(other))))
    reader.note('field_given_twice', other)
  return reader.given(field) ? field : other
}

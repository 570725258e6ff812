// Pure rules of screening by file: which columns a unit's sheet has, how one row becomes a question, and what is wrong with it.
// The question is answered by rules.ts, like every other; receiving a file and working through it is files.commands.ts.

import { isAppError, type Problem, type Values } from '../../core/errors.ts'
import { maskDigits, maskIdentifier } from '../../core/identifiers.ts'
import { maskName } from '../../core/person-names.ts'
import { squeeze } from '../../core/text.ts'
import { CHECKS, type Check } from '../debtors/checks.rules.ts'
import { findHeadings, formulaIn, headingsByName, type Cell, type FoundHeadings } from '../debtors/headings.rules.ts'
import { readOfficerList } from '../debtors/officers.rules.ts'
import type { Officer } from '../debtors/rules.ts'
import { plainText } from '../debtors/row-reader.rules.ts'
import { readSubject, type Subject } from './rules.ts'

/** What a column of the sheet means. */
const FILE_FIELDS = ['name', 'identifier', 'measure', 'business', 'officers', 'nominees'] as const
export type FileField = (typeof FILE_FIELDS)[number]

/** Rows that one file may hold. */
export const FILE_ROWS = 10_000
/** Bytes of one file: enough for that many rows with officers. */
export const FILE_BYTES = 20 * 1_048_576
/** Files of one unit that may wait or be worked through at a time. */
export const FILES_AT_ONCE = 3

/**
 * `checking` and `running` are continued after a crash. `checked`: rows have problems, and the unit says whether the others are asked about.
 * `refused`: the file cannot be used. `removed`: the files are deleted, the counts stay.
 */
export const FILE_STATES = ['checking', 'checked', 'running', 'done', 'refused', 'removed'] as const
export type FileState = (typeof FILE_STATES)[number]

export const FILE_ACTS = ['start', 'download', 'remove'] as const
export type FileAct = (typeof FILE_ACTS)[number]

/** What the unit can do with a file in this state. */
export function fileActs(state: FileState): FileAct[] {
  if (state === 'checked') return ['start', 'download', 'remove']
  if (state === 'done') return ['download', 'remove']
  return state === 'refused' ? ['remove'] : []
}

/** The measure and business of the whole file; a row may name its own. */
export interface FileDefaults {
  measureId: string | null
  business: string | null
}

/** One row that can be asked about. */
export interface FileQuestion {
  subject: Subject
  measureId: string | null
  /** As the row or the file writes it; null where neither does. */
  business: string | null
}

/** One row of the file. */
export interface FileRow {
  /** As a spreadsheet numbers it. */
  row: number
  cells: readonly Cell[]
  /** Null where a problem is an error. */
  question: FileQuestion | null
  problems: readonly Problem[]
}

export type FileColumns = FoundHeadings<FileField>['columns']

/**
 * Finds the header of a unit's sheet. @param names the headings of each field, separated by blanks, the usual one first.
 * @throws AppError as `findHeadings`.
 */
export function fileHeader(rows: readonly (readonly Cell[])[], names: Readonly<Record<FileField, string>>): FoundHeadings<FileField> {
  const labelOf = (field: FileField): string => names[field].split(' ')[0] ?? ''
  return findHeadings(rows, { fieldOf: headingsByName(names), required: [['name'], ['identifier']], least: 2, labelOf })
}

/** Reads one row. `checkBusiness` says what is wrong with a measure and business; null when nothing is. */
export function readFileRow(
  sheetRow: { row: number; cells: readonly Cell[] },
  columns: FileColumns,
  defaults: FileDefaults,
  checkBusiness: (asked: FileDefaults) => { code: Check; values: Values } | null,
): FileRow {
  const problems: Problem[] = []
  const cellOf = (field: FileField): Cell => {
    const column = columns.get(field)
    const cell = column === undefined ? '' : (sheetRow.cells[column.index] ?? '')
    return typeof cell === 'number' ? cell : plainText(cell).trim()
  }
  const note = (code: Check, field: FileField, values?: Values): void => {
    const heading = columns.get(field)?.heading
    const value = maskOf(field)(squeeze(String(cellOf(field)))).slice(0, SHOWN_LENGTH)
    problems.push({
      code,
      severity: CHECKS[code],
      field,
      row: sheetRow.row,
      ...(heading === undefined ? {} : { column: heading }),
      ...(value === '' ? {} : { value }),
      ...(values === undefined ? {} : { values }),
    })
  }
  const formulas = [...columns.keys()].filter((field) => formulaIn(cellOf(field)) !== null)
  for (const field of formulas) note('cell_formula', field)
  if (formulas.length > 0) return { row: sheetRow.row, cells: sheetRow.cells, question: null, problems }
  const subject = subjectOf(cellOf, note)
  const asked = { measureId: measureIn(cellOf('measure')) ?? defaults.measureId, business: textIn(cellOf('business')) ?? defaults.business }
  const wrong = checkBusiness(asked)
  if (wrong !== null) note(wrong.code, wrong.code === 'screening_measure' ? 'measure' : 'business', wrong.values)
  const refused = subject === null || problems.some((problem) => problem.severity !== 'warning')
  return { row: sheetRow.row, cells: sheetRow.cells, question: refused ? null : { subject, ...asked }, problems }
}

const SHOWN_LENGTH = 40

function maskOf(field: FileField): (text: string) => string {
  if (field === 'identifier') return maskIdentifier
  return field === 'measure' || field === 'business' ? maskDigits : maskName
}

function textIn(cell: Cell): string | null {
  const text = String(cell).trim().slice(0, MOST_BUSINESS)
  return text === '' ? null : text
}

/** The number of a measure, also where its title follows. */
function measureIn(cell: Cell): string | null {
  const text = textIn(cell)
  return text === null ? null : (/^(\d+\.\d+)(?!\d)/.exec(text)?.[1] ?? text).slice(0, MOST_MEASURE)
}

/** Characters of a measure's number. */
const MOST_MEASURE = 10
/** Characters of a business that are kept. */
const MOST_BUSINESS = 200

type Note = (code: Check, field: FileField, values?: Values) => void

function subjectOf(cellOf: (field: FileField) => Cell, note: Note): Subject | null {
  const [name, number] = [String(cellOf('name')), cellOf('identifier')]
  if (name === '') {
    note('field_missing', 'name')
    return null
  }
  if (typeof number === 'number' && number > Number.MAX_SAFE_INTEGER) {
    note('identifier_rounded', 'identifier')
    return null
  }
  const identifier = String(number)
  if (identifier === '') note('number_missing', 'identifier')
  const officers = holdersOf('officers', cellOf, note)
  const nominees = holdersOf('nominees', cellOf, note)
  try {
    return readSubject({ name: name.slice(0, MOST_NAME), ...(identifier === '' ? {} : { identifier }), officers, nominees })
  } catch (error) {
    if (!isAppError(error, 'screening_subject_wrong')) throw error
    for (const problem of error.problems) note(problem.code as Check, fieldOfProblem(problem.field ?? ''))
    return null
  }
}

/** Characters of a name that are kept. */
const MOST_NAME = 100

function fieldOfProblem(field: string): FileField {
  return FILE_FIELDS.find((each) => field === each || field.startsWith(`${each}.`)) ?? 'name'
}

function holdersOf(field: 'officers' | 'nominees', cellOf: (field: FileField) => Cell, note: Note): Officer[] {
  const parsed = readOfficerList(String(cellOf(field)))
  // An officer who is left out would be asked about by nobody, so the row is refused instead.
  if (parsed.includes(null)) note('holder_unreadable', field)
  return parsed.filter((each) => each !== null)
}

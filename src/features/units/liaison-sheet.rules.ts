// Reads a sheet of units' liaisons: which columns there are, what one row says, and what is wrong with it. Pure.
// Comparing with the liaisons there are, and entering them, is liaison-import.commands.ts.

import type { Problem, Values } from '../../core/errors.ts'
import { maskName, tidyName } from '../../core/person-names.ts'
import { maskPhone, toE164 } from '../../core/phone.ts'
import { squeeze } from '../../core/text.ts'
import { CHECKS, type Check } from '../debtors/checks.rules.ts'
import { findHeadings, formulaIn, headingsByName, type Cell, type FoundHeadings } from '../debtors/headings.rules.ts'
import { plainText } from '../debtors/row-reader.rules.ts'

/** What a column of the sheet means. */
export type SheetField = 'unitId' | 'unit' | 'name' | 'phone' | 'head'

/** Rows that one sheet may hold: every unit with its class members and several liaisons each. */
export const SHEET_ROWS = 2_000
/** Bytes of one sheet. */
export const SHEET_BYTES = 2 * 1_048_576

/** A unit as far as a row can name it. */
export interface NamedUnit {
  id: string
  name: string
  isClass: boolean
  active: boolean
}

/** A liaison as a row states them. */
export interface StatedLiaison {
  unitId: string
  unitName: string
  name: string
  /** E.164. */
  phone: string
  head: boolean
}

/** One row. */
export interface LiaisonRowRead {
  row: number
  /** Null where a problem is an error. */
  stated: StatedLiaison | null
  problems: readonly Problem[]
}

type SheetColumns = FoundHeadings<SheetField>['columns']

/** Finds the header. @param names the headings of each field, the usual one first. @throws AppError as `findHeadings`. */
export function liaisonHeader(rows: readonly (readonly Cell[])[], names: Readonly<Record<SheetField, string>>): FoundHeadings<SheetField> {
  const labelOf = (field: SheetField): string => names[field].split(' ')[0] ?? ''
  const required = [['unit', 'unitId'], ['name'], ['phone']] as const
  return findHeadings(rows, { fieldOf: headingsByName(names), required, least: 3, labelOf })
}

/** The units by everything that a sheet may call them, without blanks; null for a name that several have. */
export function unitsByName(units: readonly NamedUnit[], aliases: ReadonlyMap<string, readonly string[]>): Map<string, NamedUnit | null> {
  const found = new Map<string, NamedUnit | null>()
  for (const unit of units)
    for (const name of new Set([unit.id, unit.name, ...(aliases.get(unit.id) ?? [])].map(squeeze)))
      found.set(name, found.has(name) && found.get(name)?.id !== unit.id ? null : unit)
  return found
}

/** Words for yes and no in the column of the head. */
export interface HeadWords {
  yes: readonly string[]
  no: readonly string[]
}

/** Reads one row. */
export function readLiaisonRow(
  { row, cells }: { row: number; cells: readonly Cell[] },
  columns: SheetColumns,
  known: { units: ReadonlyMap<string, NamedUnit | null>; headWords: HeadWords },
): LiaisonRowRead {
  const problems: Problem[] = []
  const textOf = (field: SheetField): string => {
    const column = columns.get(field)
    return column === undefined ? '' : plainText(cells[column.index] ?? '').trim()
  }
  const note = (code: Check, field: SheetField, values?: Values): void => {
    const heading = columns.get(field)?.heading
    const value = shown(field, textOf(field))
    problems.push({
      code,
      severity: CHECKS[code],
      field,
      row,
      ...(heading === undefined ? {} : { column: heading }),
      ...(value === '' ? {} : { value }),
      ...(values === undefined ? {} : { values }),
    })
  }
  const formulas = [...columns.keys()].filter((field) => formulaIn(textOf(field)) !== null)
  for (const field of formulas) note('cell_formula', field)
  if (formulas.length > 0) return { row, stated: null, problems }
  const unit = unitOf(textOf, known.units, note)
  const name = tidyName(textOf('name'))
  if (name === '') note('field_missing', 'name')
  else if (name.length > MOST_NAME) note('field_too_long', 'name', { limit: MOST_NAME })
  const phone = toE164(textOf('phone'))
  if (phone === null) note(textOf('phone') === '' ? 'field_missing' : 'phone_invalid', 'phone')
  const head = headOf(textOf('head'), known.headWords)
  if (head === null) note('head_unreadable', 'head')
  const whole = unit !== null && phone !== null && head !== null && problems.length === 0
  return { row, stated: whole ? { unitId: unit.id, unitName: unit.name, name, phone, head } : null, problems }
}

/** Characters of a liaison's name. */
const MOST_NAME = 60
const SHOWN_LENGTH = 40

function shown(field: SheetField, text: string): string {
  if (field === 'phone') return maskPhone(text).slice(0, SHOWN_LENGTH)
  return (field === 'name' ? maskName(text) : text).slice(0, SHOWN_LENGTH)
}

function unitOf(
  textOf: (field: SheetField) => string,
  units: ReadonlyMap<string, NamedUnit | null>,
  note: (code: Check, field: SheetField, values?: Values) => void,
): NamedUnit | null {
  const field = textOf('unitId') === '' ? 'unit' : 'unitId'
  const text = squeeze(textOf(field))
  if (text === '') {
    note('field_missing', 'unit')
    return null
  }
  const unit = units.get(text)
  if (unit === undefined || unit?.active === false) note('unit_unknown', field)
  else if (unit === null) note('unit_several', field)
  else if (unit.isClass) note('unit_is_class', field)
  else return unit
  return null
}

function headOf(text: string, { yes, no }: HeadWords): boolean | null {
  const word = squeeze(text)
  if (word === '' || no.includes(word)) return false
  return yes.includes(word) ? true : null
}

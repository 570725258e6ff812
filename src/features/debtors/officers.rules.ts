// Reads the officers of a listed organisation as lists and clerks write them; measures may reach them too (debtor_side).
// The organisation itself is read in identity.rules.ts; whom a measure reaches is features/units/measures.rules.ts.

import { squeeze } from '../../core/text.ts'
import type { RowReader } from './row-reader.rules.ts'
import type { Office, Officer } from './rules.ts'
import { readHolder } from '../../core/documents.ts'
import { readIdentifier } from '../../core/identifiers.ts'
import { tidyName } from '../../core/person-names.ts'
import { hasPersonalNumber, splitNameAndNumber } from '../../core/personal-numbers.ts'

/** Names of offices, longer names first: 高级管理人员 before 经理. */
const OFFICE_NAMES: readonly (readonly [name: string, office: Office])[] = (
  [
    ['影响债务履行的直接责任人员', 'directly_responsible'],
    ['直接责任人员', 'directly_responsible'],
    ['直接责任人', 'directly_responsible'],
    ['法定代表人', 'legal_representative'],
    ['主要负责人', 'principal'],
    ['负责人', 'principal'],
    ['实际控制人', 'actual_controller'],
    ['高级管理人员', 'senior_manager'],
    ['总经理', 'senior_manager'],
    ['经理', 'senior_manager'],
    ['董事长', 'director'],
    ['董事', 'director'],
    ['监事', 'supervisor'],
  ] as const
).toSorted(([left], [right]) => right.length - left.length)

/** How an office is written: its general name, because a director need not be the chairman, nor a senior manager the general manager. */
const WRITTEN_OFFICES: Readonly<Record<Office, string>> = {
  legal_representative: '法定代表人',
  principal: '主要负责人',
  actual_controller: '实际控制人',
  directly_responsible: '直接责任人员',
  director: '董事',
  supervisor: '监事',
  senior_manager: '高级管理人员',
}

/**
 * Reads the officers of an organisation: its legal representative with the number of their identity document, and others written as
 * `实际控制人 姓名 号码；董事 姓名`. What cannot be read is noted as a warning and left out: a name without a number would only ever lead to a review.
 */
export function readOfficers(reader: RowReader, { name: legalRepresentative, number: written }: Representative): Officer[] {
  if (legalRepresentative === '') reader.note('representative_missing', 'legalRepresentative')
  else if (hasPersonalNumber(legalRepresentative)) reader.note('personal_number', 'legalRepresentative')
  const number = readRepresentativeNumber(reader) ?? written ?? undefined
  if (written !== null && number !== written) reader.note('representative_numbers_differ', 'representativeIdentifier')
  const representative = legalRepresentative === '' ? [] : [makeOfficer('legal_representative', legalRepresentative, number)]
  const listed = readOfficerList(String(reader.cell('officers'))).flatMap((officer) => {
    if (officer === null) reader.note('officer_unreadable', 'officers')
    return officer ?? []
  })
  const others = listed.filter((each) => each.office !== 'legal_representative' || each.name !== legalRepresentative)
  return [...representative, ...others]
}

/** The legal representative as one cell names them, with the number that was written beside the name. */
export interface Representative {
  name: string
  number: string | null
}

/** Takes a number that stands beside the name, as in `张三（身份证号：…）`: the name is published, the number is not. */
export function readRepresentative(reader: RowReader): Representative {
  const text = reader.text('legalRepresentative', 100)
  return splitNameAndNumber(text)
}

/** The office holders of one cell; null for each part that cannot be read. */
export function readOfficerList(cell: string): (Officer | null)[] {
  return cell
    .split(/[；;、,，\n]/)
    .filter((part) => squeeze(part) !== '')
    .map(readOfficer)
}

/** Officers as a list writes them, so that `readOfficers` reads the same again; the colon keeps an office apart from the name after it. */
export function writeOfficers(officers: readonly Officer[]): string {
  return officers.map(({ office, name, identifier = '' }) => `${WRITTEN_OFFICES[office]}：${name} ${identifier}`).join('；')
}

function readRepresentativeNumber(reader: RowReader): string | undefined {
  if (!reader.given('representativeIdentifier')) return undefined
  const identifier = readHolder(String(reader.cell('representativeIdentifier')))
  if (identifier.kind === 'person') return identifier.number
  reader.note('officer_unreadable', 'representativeIdentifier')
  return undefined
}

/** Returns null without a known office, without a name, or with an invalid number. */
function readOfficer(part: string): Officer | null {
  const text = squeeze(part)
  const [word, office] = OFFICE_NAMES.find(([name]) => text.startsWith(name)) ?? []
  if (word === undefined || office === undefined) return null
  const rest = text.slice(word.length).replace(/[:：()（）]/g, '')
  const number = /[0-9][0-9A-Z]{14,17}$/i.exec(rest)?.[0]
  const name = tidyName(number === undefined ? rest : rest.slice(0, -number.length))
  if (Array.from(name).length < 2 || /\d/.test(name)) return null
  if (number === undefined) return makeOfficer(office, name, undefined)
  const identifier = readIdentifier(number)
  return identifier.kind === 'none' ? null : makeOfficer(office, name, identifier.number)
}

function makeOfficer(office: Office, name: string, identifier: string | undefined): Officer {
  return { office, name, ...(identifier === undefined ? {} : { identifier }) }
}

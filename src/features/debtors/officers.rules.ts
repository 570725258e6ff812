// The people around a listed organisation, as lists and clerks write them: whom a measure reaches besides it (debtor_side).
// The organisation itself is debtor.ts; whom a measure reaches measures.ts.

import { squeeze } from '../../core/text.ts'
import type { RowReader } from './row-reader.rules.ts'
import type { Office, Officer } from './rules.ts'
import { readIdentifier } from '../../core/identifiers.ts'
import { tidyName } from '../../core/person-names.ts'

/** What an office is called, longer names first: 高级管理人员 before 经理. */
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
).toSorted(([one], [other]) => other.length - one.length)

/**
 * The officers of an organisation: its legal representative with the number of their document, and others as `实际控制人 姓名 号码；董事 姓名`. What cannot be
 * read is noted and left out: without its number a name alone never leads to more than a second look.
 */
export function readOfficers(desk: RowReader, legalRepresentative: string): Officer[] {
  const number = representativeNumber(desk)
  const own = legalRepresentative === '' ? [] : [officer('legal_representative', legalRepresentative, number)]
  const named = String(desk.cell('officers'))
    .split(/[；;、,，\n]/)
    .filter((part) => squeeze(part) !== '')
    .flatMap((part) => {
      const read = readOfficer(part)
      if (read === null) desk.note('officer_unreadable', 'officers')
      return read ?? []
    })
  const others = named.filter((each) => each.office !== 'legal_representative' || each.name !== legalRepresentative)
  return [...own, ...others]
}

function representativeNumber(desk: RowReader): string | undefined {
  if (!desk.given('representativeIdentifier')) return undefined
  const read = readIdentifier(String(desk.cell('representativeIdentifier')))
  if (read.kind === 'person') return read.number
  desk.note('officer_unreadable', 'representativeIdentifier')
  return undefined
}

/** Null: no office that is known, no name, or a number that cannot be right. */
function readOfficer(part: string): Officer | null {
  const text = squeeze(part)
  const [word, office] = OFFICE_NAMES.find(([name]) => text.startsWith(name)) ?? []
  if (word === undefined || office === undefined) return null
  const rest = text.slice(word.length).replace(/[:：()（）]/g, '')
  const number = /[0-9][0-9A-Z]{14,17}$/i.exec(rest)?.[0]
  const name = tidyName(number === undefined ? rest : rest.slice(0, -number.length))
  if (Array.from(name).length < 2 || /\d/.test(name)) return null
  if (number === undefined) return officer(office, name, undefined)
  const read = readIdentifier(number)
  return read.kind === 'none' ? null : officer(office, name, read.number)
}

function officer(office: Office, name: string, identifier: string | undefined): Officer {
  return { office, name, ...(identifier === undefined ? {} : { identifier }) }
}

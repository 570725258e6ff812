// Reads and checks the debtor of one row: identifier, name, sex, age, addresses, and whether they agree (法释〔2017〕7号 arts. 4 and 6).
// The case and the listing are checked in features/listings/rows.rules.ts.

import { ageOn, type Day } from '../../core/calendar.ts'
import {
  isStated,
  mayBeDocument,
  readDocument,
  readDocumentNumber,
  type Document,
  type DocumentNumber,
  type StatedDocument,
} from '../../core/documents.ts'
import { hasPersonalNumber } from '../../core/personal-numbers.ts'
import { maskPhone, phoneKind, readPhones, takesSms } from '../../core/phone.ts'
import { nameFault, type NameFault } from '../../core/person-names.ts'
import { squeeze } from '../../core/text.ts'
import type { Check } from './checks.rules.ts'
import type { Field } from './columns.rules.ts'
import { givenField, type RowReader } from './row-reader.rules.ts'
import { readOfficers, readRepresentative } from './officers.rules.ts'
import type { Debtor, Sex } from './rules.ts'
import { readAge, readCapacity, readDay, readSex } from './values.rules.ts'
import { decideKind, namesOrganisation, type Evidence } from './kind.rules.ts'
import { readingsOf, type IdentifierFault } from '../../core/identifiers.ts'

/** Fields about the people of an organisation. */
const PEOPLE_FIELDS = ['legalRepresentative', 'representativeIdentifier', 'officers'] as const

/** Returns the debtor as far as it can be read and notes problems on the reader. All evidence of the row decides whether it is a person. */
export function checkDebtor(reader: RowReader): Debtor {
  const name = reader.needed(givenField(reader, 'name', 'organisation'), 100)
  const field = givenField(reader, 'identifier', 'uscc')
  const representative = readRepresentative(reader)
  const legalRepresentative = representative.name
  const identity = identify(reader, { field, name, legalRepresentative })
  checkNames(reader, name, identity?.kind ?? (namesOrganisation(name) ? 'organisation' : 'person'))
  const shared = { name, ...readAddresses(reader) }
  if (identity === null) return { ...shared, kind: 'person', identifier: '', officers: [] }
  if (identity.kind === 'person') {
    for (const peopleField of PEOPLE_FIELDS) if (reader.given(peopleField)) reader.note('representative_of_person', peopleField)
    return {
      ...shared,
      ...readOfficial(reader, 'person', shared.employer),
      kind: 'person',
      identifier: identity.number,
      ...documentOf(identity),
      ...checkPerson(reader, field, identity),
      officers: [],
    }
  }
  for (const personal of ['sex', 'age'] as const) if (reader.given(personal)) reader.note('person_field_of_organisation', personal)
  return {
    ...shared,
    ...readOfficial(reader, 'organisation', shared.employer),
    kind: 'organisation',
    identifier: identity.number,
    ...documentOf(identity),
    ...(legalRepresentative === '' ? {} : { legalRepresentative }),
    officers: readOfficers(reader, representative),
  }
}

/** The number of a debtor, with what it says of them and the document that it is of, if that is no resident's card and no USCC. */
type Identity = DocumentNumber & { document?: StatedDocument; upgraded?: boolean }

interface Named {
  field: Field
  name: string
  legalRepresentative: string
}

/** Who the debtor is; null when that cannot be told, with the reason noted. */
function identify(reader: RowReader, named: Named): Identity | null {
  const { field } = named
  if (!reader.given(field)) {
    reader.note('field_missing', field)
    return null
  }
  const found = identityOf(reader, named)
  if (typeof found !== 'string') return found
  reader.note(found, found === 'document_unknown' ? 'documentType' : field)
  return null
}

/** The identity that number and type state, or what is wrong with them. */
function identityOf(reader: RowReader, named: Named): Identity | Check {
  const cell = reader.cell(named.field)
  // A numeric cell of this size has lost digits in the spreadsheet, even when the remaining ones look like an identifier.
  if (typeof cell === 'number' && cell > Number.MAX_SAFE_INTEGER) return 'identifier_rounded'
  if (!reader.given('documentType')) return identityByNumber(reader, named, undefined)
  const type = readDocument(String(reader.cell('documentType')))
  if (type === null) return 'document_unknown'
  return isStated(type) ? identityByDocument(reader, named, type) : identityByNumber(reader, named, type)
}

/** @param type the type that was stated although the number tells it by itself: it must be right. */
function identityByNumber(reader: RowReader, named: Named, type: Document | undefined): Identity | Check {
  const written = String(reader.cell(named.field))
  const readings = readingsOf(written)
  const verdict = decideKind({ ...evidenceOf(reader, named), written, readings })
  if (verdict === null) {
    const isOther = (readings.fault === 'form' || readings.fault === 'code') && mayBeDocument(written)
    return isOther ? 'document_needed' : IDENTIFIER_PROBLEMS[readings.fault]
  }
  if (verdict.kind === 'none') return verdict.fault === 'contradiction' ? 'kind_doubtful' : IDENTIFIER_PROBLEMS[verdict.fault]
  return type === undefined || readDocumentNumber(type, written)?.kind === verdict.kind ? verdict : 'document_disagrees'
}

function identityByDocument(reader: RowReader, named: Named, type: StatedDocument): Identity | Check {
  const found = readDocumentNumber(type, String(reader.cell(named.field)))
  if (found === null) return 'document_number_wrong'
  const { name, isCodeColumn, hasPersonal, hasRepresentative } = evidenceOf(reader, named)
  const isDoubtful = found.kind === 'organisation' ? hasPersonal : namesOrganisation(name) || isCodeColumn || hasRepresentative
  return isDoubtful ? 'kind_doubtful' : { ...found, document: type }
}

function evidenceOf(reader: RowReader, { field, name, legalRepresentative }: Named): Omit<Evidence, 'written' | 'readings'> {
  return {
    name,
    isCodeColumn: field === 'uscc',
    hasPersonal: reader.given('sex') || reader.given('age'),
    hasRepresentative: legalRepresentative !== '' && legalRepresentative !== name,
  }
}

function documentOf({ document }: Identity): Pick<Debtor, 'document'> {
  return document === undefined ? {} : { document }
}

/** The problem code of each fault of an identifier. */
export const IDENTIFIER_PROBLEMS: Readonly<Record<IdentifierFault, Check>> = {
  form: 'identifier_form',
  rounded: 'identifier_rounded',
  code: 'identifier_old_code',
  registration: 'identifier_registration',
  tax: 'identifier_tax',
  id_region: 'id_region_impossible',
  id_birth: 'id_birth_impossible',
  id_check: 'id_check_wrong',
  uscc_letter: 'uscc_letter_wrong',
  uscc_check: 'uscc_check_wrong',
}

/** The problem code of each fault of a name. */
export const NAME_PROBLEMS: Readonly<Record<NameFault, Check>> = { damaged: 'name_damaged', several: 'name_several', form: 'name_form' }

/** Names are published, so what a code page has damaged or what is no name is refused. */
function checkNames(reader: RowReader, name: string, kind: Debtor['kind']): void {
  const fault = name === '' ? null : nameFault(name, kind)
  const problem = fault === null ? (hasPersonalNumber(name) ? 'personal_number' : null) : NAME_PROBLEMS[fault]
  if (problem !== null) reader.note(problem, reader.given('name') ? 'name' : 'organisation')
  const representative = reader.text('legalRepresentative', 100)
  if (representative !== '' && nameFault(representative, 'organisation') === 'damaged') reader.note('name_damaged', 'legalRepresentative')
}

/** Compares sex and age with the number, and answers both as far as they are known. */
function checkPerson(reader: RowReader, field: Field, { upgraded, birth, sex }: Identity): Pick<Debtor, 'sex' | 'birth'> {
  if (upgraded === true) reader.note('id_upgraded', field)
  if (birth === undefined) checkStatedAge(reader)
  else checkBirth(reader, field, birth)
  const known = checkSex(reader, sex)
  return { ...(known === undefined ? {} : { sex: known }), ...(birth === undefined ? {} : { birth }) }
}

/** The age of somebody whose document does not tell it. */
function checkStatedAge(reader: RowReader): void {
  if (!reader.given('age')) return
  const age = readAge(reader.cell('age'))
  if (age !== null && age < 18) reader.note('minor', 'age')
}

function checkBirth(reader: RowReader, field: Field, birth: Day): void {
  const { today } = reader
  if (birth > today) reader.note('id_birth_impossible', field)
  else if (ageOn(birth, today) < 18) reader.note('minor', field)
  if (!reader.given('age')) return
  const age = readAge(reader.cell('age'))
  // A list states the age on some day between its publication and today, so one year of tolerance is allowed on both sides.
  const published = readDay(reader.cell('publishedOn'))
  const youngest = ageOn(birth, published !== null && published < today ? published : today) - 1
  const oldest = ageOn(birth, today) + 1
  if (age === null || age < youngest || age > oldest) reader.note('age_disagrees', 'age')
}

/** The sex by the number, or else as stated. */
function checkSex(reader: RowReader, fromNumber: Sex | undefined): Sex | undefined {
  if (!reader.given('sex')) return fromNumber
  const sex = readSex(reader.cell('sex'))
  if (sex === null) reader.note('sex_unreadable', 'sex')
  else if (fromNumber !== undefined && sex !== fromNumber) reader.note('sex_disagrees', 'sex')
  return fromNumber ?? sex ?? undefined
}

function readAddresses(reader: RowReader): Pick<Debtor, 'phone' | 'wechat' | 'address' | 'employer'> {
  const phone = checkPhone(reader, 'phone')
  const openid = squeeze(String(reader.cell('openid')))
  const wechat = /^[\w-]{20,64}$/.test(openid) ? openid : ''
  if (openid !== '' && wechat === '') reader.note('openid_dropped', 'openid')
  const address = reader.text('address', 300)
  const employer = reader.text('employer', 100)
  return {
    ...(phone === null ? {} : { phone }),
    ...(wechat === '' ? {} : { wechat }),
    ...(address === '' ? {} : { address }),
    ...(employer === '' ? {} : { employer }),
  }
}

/** An official or a public body, and who must be notified of it (法释〔2017〕7号 第八条): the superiors given, else the employer. */
function readOfficial(reader: RowReader, kind: Debtor['kind'], employer: string | undefined): Pick<Debtor, 'official'> {
  const superiors = reader
    .text('superior', 300)
    .split(/[、,;，；/]/)
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (!reader.given('official')) {
    if (superiors.length > 0) reader.note('official_missing', 'official')
    return {}
  }
  const capacity = readCapacity(reader.cell('official'))
  if (capacity === null) {
    reader.note('official_unreadable', 'official')
    return {}
  }
  if ((kind === 'organisation') !== (capacity === 'public_body')) reader.note('official_kind', 'official')
  const recipients = superiors.length > 0 || employer === undefined ? superiors : [employer]
  if (recipients.length === 0) reader.note('superior_missing', 'superior')
  return { official: { capacity, superiors: [...new Set(recipients)] } }
}

/**
 * Returns the telephone number of a cell in E.164, one that takes text messages before others, or null. Numbers that are not used, and one
 * that takes no text message, are noted as problems.
 */
export function checkPhone(reader: RowReader, field: 'phone' | 'applicantPhone'): string | null {
  if (!reader.given(field)) return null
  const { numbers, isUnreadable } = readPhones(String(reader.cell(field)))
  const first = numbers[0] ?? null
  if (first === null) reader.note('phone_dropped', field)
  else if (numbers.length > 1 || isUnreadable) reader.note('phone_several', field, { taken: maskPhone(first) })
  if (first !== null && !takesSms(first)) reader.note(phoneKind(first) === 'hotline' ? 'phone_hotline' : 'phone_landline', field)
  return first
}

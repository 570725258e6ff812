// The debtor of one row: identifier, name, sex, age, addresses, and whether they agree (法释〔2017〕7号 arts. 4 and 6).
// The case and the listing are rows.ts.

import { ageOn } from '../../core/calendar.ts'
import { toE164, maskPhone } from '../../core/phone.ts'
import { squeeze } from '../../core/text.ts'
import type { Check } from './checks.rules.ts'
import type { Cell, Field } from './columns.rules.ts'
import { oneOf, type RowReader } from './row-reader.rules.ts'
import { readOfficers } from './officers.rules.ts'
import type { Debtor, Sex } from './rules.ts'
import { readAge, readCapacity, readDay, readSex } from './values.rules.ts'
import { readIdentifier, type Identifier, type IdentifierFault, type PersonNumber } from '../../core/identifiers.ts'

const ORGANISATION_NAME = /(?:公司|合作社|事务所|委员会|协会|集团|银行|工厂|商行|经营部)$/

/** Fields of an organisation's people. */
const AROUND = ['legalRepresentative', 'representativeIdentifier', 'officers'] as const

/** The debtor as far as readable; problems are noted on the desk. The identifier alone decides whether it is a person. */
export function checkDebtor(desk: RowReader): Debtor {
  const name = checkName(desk)
  const field = oneOf(desk, 'identifier', 'uscc')
  const identity = identify(desk.cell(field))
  const legalRepresentative = desk.text('legalRepresentative', 100)
  const shared = { name, ...reach(desk) }
  if (identity.kind === 'none') {
    if (desk.given(field)) desk.note(FAULTS[identity.fault], field)
    else desk.note('field_missing', field)
    return { ...shared, kind: 'person', identifier: '', officers: [] }
  }
  if (identity.kind === 'person') {
    if (ORGANISATION_NAME.test(name)) desk.note('kind_doubtful', field)
    for (const around of AROUND) if (desk.given(around)) desk.note('representative_of_person', around)
    checkPerson(desk, field, identity)
    return {
      ...shared,
      ...official(desk, 'person', shared.employer),
      kind: 'person',
      identifier: identity.number,
      sex: identity.sex,
      birth: identity.birth,
      officers: [],
    }
  }
  for (const personal of ['sex', 'age'] as const) if (desk.given(personal)) desk.note('person_field_of_organisation', personal)
  if (legalRepresentative === '') desk.note('representative_missing', 'legalRepresentative')
  return {
    ...shared,
    ...official(desk, 'organisation', shared.employer),
    kind: 'organisation',
    identifier: identity.number,
    ...(legalRepresentative === '' ? {} : { legalRepresentative }),
    officers: readOfficers(desk, legalRepresentative),
  }
}

/** A number of this size has lost digits whether or not what is left passes for an identifier. */
function identify(cell: Cell): Identifier {
  return typeof cell === 'number' && cell > Number.MAX_SAFE_INTEGER ? { kind: 'none', fault: 'rounded' } : readIdentifier(String(cell))
}

/** What is said of each fault. */
export const FAULTS: Readonly<Record<IdentifierFault, Check>> = {
  form: 'identifier_form',
  rounded: 'identifier_rounded',
  code: 'identifier_old_code',
  id_birth: 'id_birth_impossible',
  id_check: 'id_check_wrong',
  uscc_letter: 'uscc_letter_wrong',
  uscc_check: 'uscc_check_wrong',
}

function checkName(desk: RowReader): string {
  const field = oneOf(desk, 'name', 'organisation')
  const name = desk.needed(field, 100)
  if (name !== '' && (Array.from(name).length < 2 || !/\p{L}/u.test(name))) desk.note('name_form', field)
  return name
}

function checkPerson(desk: RowReader, field: Field, identity: PersonNumber): void {
  const { today } = desk
  if (identity.upgraded) desk.note('id_upgraded', field)
  if (identity.birth > today) desk.note('id_birth_impossible', field)
  else if (ageOn(identity.birth, today) < 18) desk.note('minor', field)
  checkSex(desk, identity.sex)
  if (!desk.given('age')) return
  const age = readAge(desk.cell('age'))
  // A list states the age at some day between its making and now: a year of leeway on both sides of that span.
  const published = readDay(desk.cell('publishedOn'))
  const youngest = ageOn(identity.birth, published !== null && published < today ? published : today) - 1
  const oldest = ageOn(identity.birth, today) + 1
  if (age === null || age < youngest || age > oldest) desk.note('age_disagrees', 'age')
}

function checkSex(desk: RowReader, fromNumber: Sex): void {
  if (!desk.given('sex')) return
  const sex = readSex(desk.cell('sex'))
  if (sex === null) desk.note('sex_unreadable', 'sex')
  else if (sex !== fromNumber) desk.note('sex_disagrees', 'sex')
}

function reach(desk: RowReader): Pick<Debtor, 'phone' | 'wechat' | 'address' | 'employer'> {
  const phone = checkPhone(desk, 'phone')
  const openid = squeeze(String(desk.cell('openid')))
  const wechat = /^[\w-]{20,64}$/.test(openid) ? openid : ''
  if (openid !== '' && wechat === '') desk.note('openid_dropped', 'openid')
  const address = desk.text('address', 300)
  const employer = desk.text('employer', 100)
  return {
    ...(phone === null ? {} : { phone }),
    ...(wechat === '' ? {} : { wechat }),
    ...(address === '' ? {} : { address }),
    ...(employer === '' ? {} : { employer }),
  }
}

/** An official or a public body, and who must be told (法释〔2017〕7号 第八条): the superiors given, else the employer. */
function official(desk: RowReader, kind: Debtor['kind'], employer: string | undefined): Pick<Debtor, 'official'> {
  const superiors = desk
    .text('superior', 300)
    .split(/[、,;，；/]/)
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (!desk.given('official')) {
    if (superiors.length > 0) desk.note('official_missing', 'official')
    return {}
  }
  const capacity = readCapacity(desk.cell('official'))
  if (capacity === null) {
    desk.note('official_unreadable', 'official')
    return {}
  }
  if ((kind === 'organisation') !== (capacity === 'public_body')) desk.note('official_kind', 'official')
  const told = superiors.length > 0 || employer === undefined ? superiors : [employer]
  if (told.length === 0) desk.note('superior_missing', 'superior')
  return { official: { capacity, superiors: [...new Set(told)] } }
}

/** The first telephone number of a cell in E.164. What cannot be taken over is noted, never dropped in silence. */
export function checkPhone(desk: RowReader, field: 'phone' | 'applicantPhone'): string | null {
  const parts = String(desk.cell(field))
    .normalize('NFKC')
    .split(/[、,;/\n]/)
    .filter((part) => squeeze(part) !== '')
  const numbers = [...new Set(parts.map(toE164))]
  const first = numbers.find((number) => number !== null) ?? null
  if (first === null && parts.length > 0) desk.note('phone_dropped', field)
  else if (numbers.length > 1) desk.note('phone_several', field, { taken: maskPhone(first ?? '') })
  return first
}

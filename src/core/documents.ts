// Numbers of documents other than the resident's card: passports, travel permits of Hong Kong, Macau and Taiwan, the card of permanent
// residence, and the old codes of organisations. Residence permits of Hong Kong, Macau and Taiwan have numbers of the resident's form.

import { makeDay, type Day } from './calendar.ts'
import { birthOf, idCheckDigit, isOrganisationCode, readIdentifier, readingsOf, sexOf, type Identifier } from './identifiers.ts'
import { squeeze } from './text.ts'

/** The types of documents that a list names; `resident` and `uscc` are what a number is without a type. */
export const DOCUMENTS = [
  'resident',
  'residence_permit',
  'passport',
  'hk_macau_permit',
  'taiwan_permit',
  'foreigner_card',
  'uscc',
  'organisation_code',
] as const
export type Document = (typeof DOCUMENTS)[number]

/** The types that have to be stated: the others a number tells by itself. */
export const STATED_DOCUMENTS = [
  'passport',
  'hk_macau_permit',
  'taiwan_permit',
  'foreigner_card',
  'organisation_code',
] as const satisfies readonly Document[]
export type StatedDocument = (typeof STATED_DOCUMENTS)[number]

/** Whether a type has to be stated. */
export function isStated(document: Document): document is StatedDocument {
  return (STATED_DOCUMENTS as readonly Document[]).includes(document)
}

/** How lists and people call each. */
const NAMES: Readonly<Record<Document, string>> = {
  resident: '居民身份证 身份证 二代身份证 公民身份证 中华人民共和国居民身份证 临时居民身份证 临时身份证',
  residence_permit:
    '港澳台居民居住证 港澳居民居住证 台湾居民居住证 港澳台居住证 港澳居住证 台湾居住证 香港居民居住证 澳门居民居住证 居住证 中华人民共和国港澳居民居住证 中华人民共和国台湾居民居住证',
  passport: '护照 普通护照 外国护照 外国人护照 中国护照 外籍护照 因私护照 因公护照 公务护照 外交护照',
  hk_macau_permit:
    '港澳居民来往内地通行证 港澳通行证 回乡证 港澳居民通行证 港澳居民来往通行证 港澳来往内地通行证 香港居民来往内地通行证 澳门居民来往内地通行证 来往内地通行证 港澳同胞回乡证',
  taiwan_permit: '台湾居民来往大陆通行证 台胞证 台湾通行证 台湾居民通行证 台湾来往大陆通行证 来往大陆通行证',
  foreigner_card:
    '外国人永久居留身份证 外国人永久居留证 永久居留身份证 永久居留证 外国人永居证 外国人居留证 五星卡 中华人民共和国外国人永久居留身份证',
  uscc: '统一社会信用代码 统一社会信用代码证 营业执照 社会信用代码 信用代码',
  organisation_code: '组织机构代码 组织机构代码证 机构代码 机构代码证',
}

const BY_NAME: ReadonlyMap<string, Document> = new Map(
  DOCUMENTS.flatMap((document) => [document, ...NAMES[document].split(' ')].map((name) => [name, document] as const)),
)

/** The type that a cell names, in words or by its key; null for one that is not known. Brackets with a country after it do not matter: 护照（美国）. */
export function readDocument(text: string): Document | null {
  return BY_NAME.get(squeeze(text).replace(/[（(].*$/, '')) ?? null
}

/** A number by its document: the form in which it is compared, and what it says of its holder. */
export interface DocumentNumber {
  kind: 'person' | 'organisation'
  number: string
  birth?: Day
  sex?: 'male' | 'female'
}

/** The number of a debtor as it was typed, or why it is none. */
export type Holder = DocumentNumber | Extract<Identifier, { kind: 'none' }>

/** Reads a number of a document whose type is given; null when it cannot be one. Blanks, hyphens, width and case do not matter. */
export function readDocumentNumber(document: Document, text: string): DocumentNumber | null {
  return READERS[document](squeeze(text).toUpperCase().replace(/[-–—]/g, ''))
}

const READERS: Readonly<Record<Document, (plain: string) => DocumentNumber | null>> = {
  resident: (plain) => cardOf(plain, false),
  residence_permit: (plain) => cardOf(plain, true),
  passport: (plain) => (isPassport(plain) ? { kind: 'person', number: plain } : null),
  hk_macau_permit: (plain) => ofPermit(/^([HM]\d{8})(?:\d{2})?$/.exec(plain)),
  taiwan_permit: (plain) => ofPermit(/^(\d{8})(?:\d{2})?(?:[（(]?[A-Z][)）]?)?$/.exec(plain)),
  foreigner_card: readForeignerCard,
  uscc(plain) {
    const { organisation } = readingsOf(plain)
    return organisation === null ? null : { kind: 'organisation', number: organisation }
  },
  organisation_code: (plain) => (isOrganisationCode(plain) ? { kind: 'organisation', number: plain } : null),
}

/** Areas 81 to 83 are those of the permits of residents of Hong Kong, Macau and Taiwan. */
function cardOf(plain: string, isPermit: boolean): DocumentNumber | null {
  const { person } = readingsOf(plain)
  return person !== null && /^8[123]/.test(person.number) === isPermit ? person : null
}

/**
 * The number without what changes when the permit is renewed: two digits, a letter in brackets. Permits of Hong Kong and Macau: letter and
 * eight digits. Permits of Taiwan: eight digits.
 */
function ofPermit(found: RegExpExecArray | null): DocumentNumber | null {
  return found?.[1] === undefined ? null : { kind: 'person', number: found[1] }
}

/** Six to nine letters and digits (ICAO Doc 9303), digits among them. */
function isPassport(plain: string): boolean {
  return /^[A-Z0-9]{6,9}$/.test(plain) && /\d{4}/.test(plain)
}

/**
 * The card of permanent residence: since 2023 eighteen characters that begin with 9 and end with the check digit of GB 11643, before that
 * three letters of a state and twelve digits, the fifth to tenth of which are the birthday without its century.
 */
function readForeignerCard(plain: string): DocumentNumber | null {
  if (/^9\d{16}[\dX]$/.test(plain)) return readNewCard(plain)
  const [, year, month, day] = /^[A-Z]{3}\d{4}(\d{2})(\d{2})(\d{2})\d{2}$/.exec(plain) ?? []
  const isDay = [1900, 2000].some((century) => makeDay(century + Number(year), Number(month), Number(day)) !== null)
  return isDay ? { kind: 'person', number: plain } : null
}

function readNewCard(number: string): DocumentNumber | null {
  const birth = birthOf(number)
  if (birth === null || idCheckDigit(number.slice(0, 17)) !== number[17]) return null
  return { kind: 'person', number, birth, sex: sexOf(number) }
}

/** A word for a type of document, before a number that somebody typed. */
const NAMED = new RegExp(
  `^(${[...BY_NAME.keys()]
    .filter((name) => !/\w/.test(name))
    .toSorted((left, right) => right.length - left.length)
    .join('|')})(?:号码?|编号)?[:：是为]?`,
)

/** The forms that tell themselves without the type, because letters stand before the digits. */
const TELLING: readonly Document[] = ['hk_macau_permit', 'foreigner_card', 'passport']

/**
 * Reads what somebody types as the number of a debtor: an identity number, a USCC, or the number of another document, of which a type of
 * digits alone needs its word before it (台胞证01234567), because such a number may as well be a mistyped one.
 */
export function readHolder(text: string): Holder {
  const read = readIdentifier(text)
  if (read.kind !== 'none') return read
  const plain = squeeze(text).toUpperCase()
  const named = BY_NAME.get(NAMED.exec(plain)?.[1] ?? '')
  if (named !== undefined) return readDocumentNumber(named, plain.replace(NAMED, '')) ?? read
  // A code of an organisation as they were given out last is called that: somebody has to be told what to type instead.
  return (/^MA/.test(plain) && isOrganisationCode(plain.replace(/-/g, '')) ? null : tellingNumber(plain)) ?? read
}

/** Whether a number without a type may be that of another document, so that a list has to name the type. */
export function mayBeDocument(text: string): boolean {
  const plain = squeeze(text).toUpperCase()
  return /^\d{8}(?:\d{2})?$/.test(plain) || tellingNumber(plain) !== null
}

function tellingNumber(plain: string): DocumentNumber | null {
  if (!/^[A-Z]/.test(plain)) return /^9\d{16}[\dX]$/.test(plain) ? readNewCard(plain) : null
  const found = TELLING.map((document) => readDocumentNumber(document, plain))
  return found.find((number) => number !== null) ?? null
}

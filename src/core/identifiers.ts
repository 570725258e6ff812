// Identity numbers of persons (GB 11643-1999) and unified social credit codes (GB 32100-2015): parsing, check digits, masking.
// Which of them a debtor must have is decided in features/debtors.

import { squeeze, QUOTES } from './text.ts'
import type { Day } from './calendar.ts'
import { makeDay } from './calendar.ts'

/** The check digit (18th character) of a resident ID number (GB 11643) for its first 17 digits. */
export function idCheckDigit(first: string): string {
  const sum = ID_WEIGHTS.reduce((total, weight, at) => total + weight * Number(first[at]), 0)
  return '10X98765432'.charAt(sum % 11)
}

/** The check digit (18th character) of a unified social credit code (GB 32100) for its first 17 characters. */
export function usccCheckDigit(first: string): string {
  let sum = 0
  let weight = 1
  for (const character of first) {
    sum += USCC_SIGNS.indexOf(character) * weight
    weight = (weight * 3) % 31
  }
  return USCC_SIGNS.charAt((31 - (sum % 31)) % 31)
}

/** Whether an upper-case text is a unified social credit code with the correct check digit. */
export function isUscc(text: string): boolean {
  return USCC_SHAPE.test(text) && usccCheckDigit(text.slice(0, 17)) === text[17]
}

/** A valid resident ID number and what it says. */
export interface PersonNumber {
  kind: 'person'
  /** 18 characters, upper case. */
  number: string
  birth: Day
  sex: 'male' | 'female'
  /** It was given in the 15-digit form, which has no check digit. */
  upgraded: boolean
}

/**
 * Why a text is no identifier. `code` is a 9-character organisation code, `registration` an old number of a business licence or of tax
 * registration, `tax` an ID number with two characters of the tax office after it, `rounded` a number that lost its last digits in a
 * spreadsheet.
 */
export type IdentifierFault =
  'form' | 'rounded' | 'code' | 'registration' | 'tax' | 'id_region' | 'id_birth' | 'id_check' | 'uscc_letter' | 'uscc_check'

/** What a text was read as: a person's number, an organisation's code, or neither. */
export type Identifier = PersonNumber | { kind: 'organisation'; number: string } | { kind: 'none'; fault: IdentifierFault }

/** Everything that a number could be by its own content. */
export interface Readings {
  person: PersonNumber | null
  /** The USCC, when its form and check digit are right. */
  organisation: string | null
  /** Why it is neither; without a meaning when it is one. */
  fault: IdentifierFault
}

/**
 * Reads a resident ID number (18 characters, or 15 digits, which are upgraded) and a USCC; blanks, width, case and hyphens do not matter.
 * One valid ID number in 340 is a valid USCC too, so check digits alone never tell a person from an organisation.
 */
export function readingsOf(text: string): Readings {
  const squeezed = squeeze(text).toUpperCase().replace(QUOTES, '')
  const plain = squeezed.replace(/[-–—]/g, '')
  const long = /^[1-9]\d{14}$/.test(plain) ? `${plain.slice(0, 6)}19${plain.slice(6)}` : null
  const eighteen = long === null ? plain : long + idCheckDigit(long)
  const person = /^[1-9]\d{16}[\dX]$/.test(eighteen) ? readPerson(eighteen, long !== null) : null
  const organisation = isUscc(plain) ? plain : null
  return { person, organisation, fault: person === null && organisation === null ? faultOf(squeezed, plain) : 'form' }
}

/**
 * The identifier that a text is when nothing else is known of its holder. A number that is valid as both is a person's: a code of an
 * organisation hardly ever has a day of birth in it. Rows of a list are read with all their evidence in features/debtors/kind.rules.ts.
 */
export function readIdentifier(text: string): Identifier {
  const { person, organisation, fault } = readingsOf(text)
  if (person !== null) return person
  return organisation === null ? { kind: 'none', fault } : { kind: 'organisation', number: organisation }
}

/** An identifier as the public may see it: a USCC is public (法释〔2017〕7号 art. 6), of everything that could be a person's number nothing. */
export function publicIdentifier(kind: 'person' | 'organisation', identifier: string): string {
  if (kind === 'person') return maskForPublic(identifier)
  const { person, organisation } = readingsOf(identifier)
  return person === null && organisation !== null ? identifier : maskForPublic(identifier)
}

/**
 * Masks the whole text: whoever asks by name and last four characters is answered, so each character shown makes the others ten times easier to
 * guess (docs/adr/0053).
 */
export function maskForPublic(text: string): string {
  return maskBut(text, 0)
}

function maskBut(text: string, shown: number): string {
  const characters = Array.from(text)
  return '*'.repeat(characters.length - shown) + characters.slice(characters.length - shown).join('')
}

/** An ID number, 15 or 18 characters, in digits of any width or script. */
const ID_NUMBER = /(?<![\p{Nd}A-Za-z])(?:\p{Nd}{15}|\p{Nd}{17}[\p{Nd}XxＸｘ])(?![\p{Nd}A-Za-z])/gu

/** Masks every ID number in a text that people write, as the public may see it. */
export function maskIdNumbers(text: string): string {
  return text.replace(ID_NUMBER, maskForPublic)
}

/** For the court and units: masks all but the last four characters, or the last third of a short text: `**************0222`. */
export function maskIdentifier(text: string): string {
  return maskBut(text, Math.min(4, Math.floor(Array.from(text).length / 3)))
}

/** Weights of the first 17 digits of a resident ID number (GB 11643). */
const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]

/** The characters of a USCC; the position of each is its value (GB 32100). */
const USCC_SIGNS = '0123456789ABCDEFGHJKLMNPQRTUWXY'

/** The form of a USCC, without its check digit. */
const USCC_SHAPE = /^[0-9A-HJ-NP-RTUWXY]{18}$/

const CODE_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2]

/** Whether nine upper-case characters are an organisation code with its correct check digit (GB 11714). */
export function isOrganisationCode(code: string): boolean {
  if (!/^[0-9A-Z]{8}[0-9X]$/.test(code)) return false
  const sum = CODE_WEIGHTS.reduce((total, weight, at) => total + weight * parseInt(code.charAt(at), 36), 0)
  return '0123456789X'.charAt((11 - (sum % 11)) % 11) === code[8]
}

/** Whether fifteen digits end with the check digit of a business licence (ISO 7064, MOD 11,10), used since 2007. */
function isRegistrationNumber(text: string): boolean {
  if (!/^\d{15}$/.test(text)) return false
  let carry = 10
  for (const digit of text.slice(0, 14)) {
    const sum = (carry + Number(digit)) % 10
    carry = ((sum === 0 ? 10 : sum) * 2) % 11
  }
  return (11 - carry) % 10 === Number(text[14])
}

/** The first two digits of areas (GB/T 2260), of Taiwan, Hong Kong and Macau too, whose residents have permits with such numbers. */
const PROVINCES = new Set(
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83'.split(' '),
)

/** Nobody alive was born before this year. */
const EARLIEST_BIRTH = '1895-01-01'

/** Parses an 18-character resident ID number; null when its area, birthday or check digit is wrong. */
function readPerson(number: string, upgraded: boolean): PersonNumber | null {
  const birth = birthOf(number)
  if (birth === null || !PROVINCES.has(number.slice(0, 2)) || idCheckDigit(number.slice(0, 17)) !== number[17]) return null
  return { kind: 'person', number, birth, sex: sexOf(number), upgraded }
}

/** The sex in an 18-character number of a person. */
export function sexOf(number: string): 'male' | 'female' {
  return Number(number[16]) % 2 === 1 ? 'male' : 'female'
}

/** The day of birth in an 18-character number of a person; null when it is none. */
export function birthOf(number: string): Day | null {
  const day = makeDay(Number(number.slice(6, 10)), Number(number.slice(10, 12)), Number(number.slice(12, 14)))
  return day === null || day < EARLIEST_BIRTH ? null : day
}

/** Why a text is no identifier. @param squeezed the normalised text. @param plain the same without hyphens. */
function faultOf(squeezed: string, plain: string): IdentifierFault {
  if (/^\d(\.\d+)?E\+?\d+$/.test(squeezed) || /^\d{15}000$/.test(plain)) return 'rounded'
  if (/^(?=.*\d)[0-9A-Z]{8}[0-9X]$/.test(plain)) return 'code'
  if (isOldNumber(plain)) return 'registration'
  if (/^\d{15}$/.test(plain)) return PROVINCES.has(plain.slice(0, 2)) ? 'id_birth' : 'id_region'
  return /^[0-9A-Z]{18}$/.test(plain) ? faultOf18(plain) : isTaxNumber(plain) ? 'tax' : 'form'
}

function faultOf18(plain: string): IdentifierFault {
  if (/^\d{17}[\dX]$/.test(plain) && !/^9[123]/.test(plain)) return personFault(plain)
  return USCC_SHAPE.test(plain) ? 'uscc_check' : 'uscc_letter'
}

/** An ID number with two characters of the tax office after it. */
function isTaxNumber(plain: string): boolean {
  return /^[1-9]\d{16}[\dX][0-9A-Z]{2}$/.test(plain) && readPerson(plain.slice(0, 18), false) !== null
}

/** An old number of a business licence or of tax registration: an area and an organisation code. */
function isOldNumber(plain: string): boolean {
  return isRegistrationNumber(plain) || /字第?\d{4,}号?$/.test(plain) || (/^\d{6}/.test(plain) && isOrganisationCode(plain.slice(6)))
}

function personFault(number: string): IdentifierFault {
  if (!PROVINCES.has(number.slice(0, 2))) return 'id_region'
  return birthOf(number) === null ? 'id_birth' : 'id_check'
}

/** Masks every run of eleven or more digits in a text of unknown content: a shifted column may put an ID number anywhere. */
export function maskDigits(text: string): string {
  return text.replace(/\d{11,}[Xx]?/g, maskIdentifier)
}

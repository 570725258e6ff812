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
 * Why a text is no identifier. `code` is a 9-character organisation code, `rounded` a number that lost its last digits in a spreadsheet.
 */
export type IdentifierFault = 'form' | 'rounded' | 'code' | 'id_birth' | 'id_check' | 'uscc_letter' | 'uscc_check'

/** What a text was read as: a person's number, an organisation's code, or neither. */
export type Identifier = PersonNumber | { kind: 'organisation'; number: string } | { kind: 'none'; fault: IdentifierFault }

/**
 * Parses a resident ID number (18 characters, or 15 digits, which are upgraded) or a USCC; blanks, width, case and hyphens do not matter.
 * The identifier alone decides whether its holder is a person. Eighteen digits valid as both belong to an organisation if they contain a
 * valid organisation code.
 */
export function readIdentifier(text: string): Identifier {
  const squeezed = squeeze(text).toUpperCase().replace(QUOTES, '')
  const plain = squeezed.replace(/[-–—]/g, '')
  if (/^[1-9]\d{14}$/.test(plain)) {
    const long = `${plain.slice(0, 6)}19${plain.slice(6)}`
    return readPerson(long + idCheckDigit(long), true) ?? { kind: 'none', fault: 'id_birth' }
  }
  const person = /^[1-9]\d{16}[\dX]$/.test(plain) ? readPerson(plain, false) : null
  const uscc = isUscc(plain)
  if (uscc && (person === null || holdsOrganisationCode(plain))) return { kind: 'organisation', number: plain }
  return person ?? { kind: 'none', fault: faultOf(squeezed, plain) }
}

/** Masks all but the last four characters, or the last third of a short text: `**************0222`. */
export function maskIdentifier(text: string): string {
  const characters = Array.from(text)
  const shown = Math.min(4, Math.floor(characters.length / 3))
  return '*'.repeat(characters.length - shown) + characters.slice(characters.length - shown).join('')
}

/** Weights of the first 17 digits of a resident ID number (GB 11643). */
const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]

/** The characters of a USCC; the position of each is its value (GB 32100). */
const USCC_SIGNS = '0123456789ABCDEFGHJKLMNPQRTUWXY'

/** The form of a USCC, without its check digit. */
const USCC_SHAPE = /^[0-9A-HJ-NP-RTUWXY]{18}$/

const CODE_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2]

/** Whether characters 9–17 of a USCC are an organisation code with its own correct check digit (GB 11714). */
function holdsOrganisationCode(uscc: string): boolean {
  const code = uscc.slice(8, 17)
  const sum = CODE_WEIGHTS.reduce((total, weight, at) => total + weight * parseInt(code.charAt(at), 36), 0)
  return '0123456789X'.charAt((11 - (sum % 11)) % 11) === code[8]
}

/** Parses an 18-character resident ID number; null when its birthday or check digit is wrong. */
function readPerson(number: string, upgraded: boolean): PersonNumber | null {
  const birth = birthOf(number)
  if (birth === null || idCheckDigit(number.slice(0, 17)) !== number[17]) return null
  return { kind: 'person', number, birth, sex: Number(number[16]) % 2 === 1 ? 'male' : 'female', upgraded }
}

function birthOf(number: string): Day | null {
  return makeDay(Number(number.slice(6, 10)), Number(number.slice(10, 12)), Number(number.slice(12, 14)))
}

/** Why a text is no identifier. @param squeezed the normalised text. @param plain the same without hyphens. */
function faultOf(squeezed: string, plain: string): IdentifierFault {
  if (/^\d(\.\d+)?E\+?\d+$/.test(squeezed) || /^\d{15}000$/.test(plain)) return 'rounded'
  if (/^(?=.*\d)[0-9A-Z]{8}[0-9X]$/.test(plain)) return 'code'
  if (!/^[0-9A-Z]{18}$/.test(plain)) return 'form'
  if (/^\d{17}[\dX]$/.test(plain) && !/^9[123]/.test(plain)) return birthOf(plain) === null ? 'id_birth' : 'id_check'
  return USCC_SHAPE.test(plain) ? 'uscc_check' : 'uscc_letter'
}

/** Masks every run of eleven or more digits in a text of unknown content: a shifted column may put an ID number anywhere. */
export function maskDigits(text: string): string {
  return text.replace(/\d{11,}[Xx]?/g, maskIdentifier)
}

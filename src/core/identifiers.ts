// Identity numbers of persons (GB 11643-1999) and unified social credit codes (GB 32100-2015): reading, check digits, masking.
// Which of them a debtor must have is decided by the rules of debtors.

import { squeeze, QUOTES } from './text.ts'
import type { Day } from './calendar.ts'
import { makeDay } from './calendar.ts'

/** The 18th sign of a resident ID number (GB 11643) for its first 17 digits. */
export function idCheckDigit(first: string): string {
  const sum = ID_WEIGHTS.reduce((total, weight, at) => total + weight * Number(first[at]), 0)
  return '10X98765432'.charAt(sum % 11)
}

/** The 18th sign of a unified social credit code (GB 32100) for its first 17 signs. */
export function usccCheckDigit(first: string): string {
  let sum = 0
  let weight = 1
  for (const sign of first) {
    sum += USCC_SIGNS.indexOf(sign) * weight
    weight = (weight * 3) % 31
  }
  return USCC_SIGNS.charAt((31 - (sum % 31)) % 31)
}

/** Whether an upper-case text is a unified social credit code with a right check digit. */
export function isUscc(text: string): boolean {
  return USCC_SHAPE.test(text) && usccCheckDigit(text.slice(0, 17)) === text[17]
}

export interface PersonNumber {
  kind: 'person'
  /** 18 signs, upper case. */
  number: string
  birth: Day
  sex: 'male' | 'female'
  /** It was given in the 15-digit form, which has no check digit. */
  upgraded: boolean
}

/** Why a text is no identifier. `code` is a 9-sign organisation code, `rounded` a number that a spreadsheet has robbed of its last digits. */
export type IdentifierFault = 'form' | 'rounded' | 'code' | 'id_birth' | 'id_check' | 'uscc_letter' | 'uscc_check'

export type Identifier = PersonNumber | { kind: 'organisation'; number: string } | { kind: 'none'; fault: IdentifierFault }

/**
 * Reads a resident ID number (18 signs, or 15 which are upgraded) or a USCC, however blanks, width, case and hyphens are written. The identifier alone
 * decides whether its holder is a person. Eighteen digits that are right as both are an organisation's if they hold a right organisation code.
 */
export function readIdentifier(text: string): Identifier {
  const sign = squeeze(text).toUpperCase().replace(QUOTES, '')
  const plain = sign.replace(/[-–—]/g, '')
  if (/^[1-9]\d{14}$/.test(plain)) {
    const long = `${plain.slice(0, 6)}19${plain.slice(6)}`
    return readPerson(long + idCheckDigit(long), true) ?? { kind: 'none', fault: 'id_birth' }
  }
  const person = /^[1-9]\d{16}[\dX]$/.test(plain) ? readPerson(plain, false) : null
  const uscc = isUscc(plain)
  if (uscc && (person === null || holdsOrganisationCode(plain))) return { kind: 'organisation', number: plain }
  return person ?? { kind: 'none', fault: faultOf(sign, plain) }
}

/** Keeps at most the last four signs: `**************0222`. */
export function maskIdentifier(text: string): string {
  const signs = Array.from(text)
  const shown = Math.min(4, Math.floor(signs.length / 3))
  return '*'.repeat(signs.length - shown) + signs.slice(signs.length - shown).join('')
}

export const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]

export const USCC_SIGNS = '0123456789ABCDEFGHJKLMNPQRTUWXY'

export const USCC_SHAPE = /^[0-9A-HJ-NP-RTUWXY]{18}$/

const CODE_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2]

/** Whether signs 9–17 of a USCC are an organisation code with its own right check digit (GB 11714). */
export function holdsOrganisationCode(uscc: string): boolean {
  const code = uscc.slice(8, 17)
  const sum = CODE_WEIGHTS.reduce((total, weight, at) => total + weight * parseInt(code.charAt(at), 36), 0)
  return '0123456789X'.charAt((11 - (sum % 11)) % 11) === code[8]
}

export function readPerson(number: string, upgraded: boolean): PersonNumber | null {
  const birth = birthOf(number)
  if (birth === null || idCheckDigit(number.slice(0, 17)) !== number[17]) return null
  return { kind: 'person', number, birth, sex: Number(number[16]) % 2 === 1 ? 'male' : 'female', upgraded }
}

function birthOf(number: string): Day | null {
  return makeDay(Number(number.slice(6, 10)), Number(number.slice(10, 12)), Number(number.slice(12, 14)))
}

export function faultOf(sign: string, plain: string): IdentifierFault {
  if (/^\d(\.\d+)?E\+?\d+$/.test(sign) || /^\d{15}000$/.test(plain)) return 'rounded'
  if (/^(?=.*\d)[0-9A-Z]{8}[0-9X]$/.test(plain)) return 'code'
  if (!/^[0-9A-Z]{18}$/.test(plain)) return 'form'
  if (/^\d{17}[\dX]$/.test(plain) && !/^9[123]/.test(plain)) return birthOf(plain) === null ? 'id_birth' : 'id_check'
  return USCC_SHAPE.test(plain) ? 'uscc_check' : 'uscc_letter'
}

/** A text of unknown content with every run of eleven or more digits masked: a shifted column may put an ID number anywhere. */
export function maskDigits(text: string): string {
  return text.replace(/\d{11,}[Xx]?/g, maskIdentifier)
}

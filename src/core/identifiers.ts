import { ID_WEIGHTS, USCC_SIGNS, USCC_SHAPE, squeeze, QUOTES, readPerson, holdsOrganisationCode, faultOf } from './text.ts'
import type { Day } from './calendar.ts'

// Identity numbers of persons (GB 11643-1999) and unified social credit codes (GB 32100-2015): reading, check digits, masking.
// Which of them a debtor must have is decided by the rules of debtors.

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

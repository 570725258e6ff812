// Text as people type it: normalising, what an identifier says and whether its check digit is right, masking.
// Phone numbers live in phone.ts, cells that must not run as formulas in sheets/write.ts; what a list's columns mean lives in domain.

import { makeDay, type Day } from './calendar.ts'
import { idCheckDigit, type PersonNumber, type IdentifierFault, maskIdentifier } from './identifiers.ts'

const INVISIBLE = /\p{Cf}/gu
export const QUOTES = /['‘’`"“”]/g
export const HAN = /\p{Script=Han}/u

/** What most cells of a list are made of and what normalising leaves alone: looked at first, because files have millions of cells. */
const SQUEEZED = /^[!-~\u4e00-\u9fff]*$/
const TIDY = /^[!-~\u4e00-\u9fff、。，；：（）·]*$/
export const TIDY_NAME = /^[\u4e00-\u9fff（）·]*$/

/** NFKC without any blank, line break or invisible character, for what is compared or parsed: identifiers, numbers, headings. Not for prose. */
export function squeeze(text: string): string {
  if (SQUEEZED.test(text)) return text
  return text.normalize('NFKC').replace(/[\s\p{Cf}\p{Cc}]/gu, '')
}

/**
 * Prose as it will be published: full-width letters and digits become half-width, copied radicals become characters, invisible characters go, blanks shrink
 * to one, line breaks stay. Punctuation and signs such as ① and ㎡ stay as written: NFKC would change what a judgment says.
 */
export function tidy(text: string): string {
  if (TIDY.test(text)) return text
  return text
    .normalize('NFC')
    .replace(/[\u2f00-\u2fd5\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]/g, (sign) => sign.normalize('NFKC'))
    .replace(INVISIBLE, '')
    .replace(/\r\n?/g, '\n')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n[ \n]*/g, '\n')
    .trim()
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

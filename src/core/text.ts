// Text as people type it: normalising, what an identifier says and whether its check digit is right, masking.
// Phone numbers live in phone.ts, cells that must not run as formulas in sheets/write.ts; what a list's columns mean lives in domain.

import { makeDay, type Day } from './calendar.ts'

const INVISIBLE = /\p{Cf}/gu
const QUOTES = /['‘’`"“”]/g
const HAN = /\p{Script=Han}/u

/** What most cells of a list are made of and what normalising leaves alone: looked at first, because files have millions of cells. */
const SQUEEZED = /^[!-~\u4e00-\u9fff]*$/
const TIDY = /^[!-~\u4e00-\u9fff、。，；：（）·]*$/
const TIDY_NAME = /^[\u4e00-\u9fff（）·]*$/

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

/** A name on one line: no blanks beside Chinese characters, `·` for every kind of middle dot, full-width brackets in Chinese names. Latin names keep their blanks. */
export function tidyName(text: string): string {
  if (TIDY_NAME.test(text)) return text
  const line = tidy(text).replace(/\n/g, ' ')
  if (!HAN.test(line)) return line
  return line
    .replace(/\(/g, '（')
    .replace(/\)/g, '）')
    .replace(/(?<=[^\u0020-\u024f]) +| +(?=[^\u0020-\u024f])/g, '')
    .replace(/(?<=\p{Script=Han})[.．•‧・･⋅∙●](?=\p{Script=Han})/gu, '·')
}

const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const USCC_SIGNS = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const USCC_SHAPE = /^[0-9A-HJ-NP-RTUWXY]{18}$/
const CODE_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2]

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

/** Whether signs 9–17 of a USCC are an organisation code with its own right check digit (GB 11714). */
function holdsOrganisationCode(uscc: string): boolean {
  const code = uscc.slice(8, 17)
  const sum = CODE_WEIGHTS.reduce((total, weight, at) => total + weight * parseInt(code.charAt(at), 36), 0)
  return '0123456789X'.charAt((11 - (sum % 11)) % 11) === code[8]
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

function readPerson(number: string, upgraded: boolean): PersonNumber | null {
  const birth = birthOf(number)
  if (birth === null || idCheckDigit(number.slice(0, 17)) !== number[17]) return null
  return { kind: 'person', number, birth, sex: Number(number[16]) % 2 === 1 ? 'male' : 'female', upgraded }
}

function birthOf(number: string): Day | null {
  return makeDay(Number(number.slice(6, 10)), Number(number.slice(10, 12)), Number(number.slice(12, 14)))
}

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

function faultOf(sign: string, plain: string): IdentifierFault {
  if (/^\d(\.\d+)?E\+?\d+$/.test(sign) || /^\d{15}000$/.test(plain)) return 'rounded'
  if (/^(?=.*\d)[0-9A-Z]{8}[0-9X]$/.test(plain)) return 'code'
  if (!/^[0-9A-Z]{18}$/.test(plain)) return 'form'
  if (/^\d{17}[\dX]$/.test(plain) && !/^9[123]/.test(plain)) return birthOf(plain) === null ? 'id_birth' : 'id_check'
  return USCC_SHAPE.test(plain) ? 'uscc_check' : 'uscc_letter'
}

/** Keeps at most the last four signs: `**************0222`. */
export function maskIdentifier(text: string): string {
  const signs = Array.from(text)
  const shown = Math.min(4, Math.floor(signs.length / 3))
  return '*'.repeat(signs.length - shown) + signs.slice(signs.length - shown).join('')
}

/** Keeps the first character: `扎**`. */
export function maskName(text: string): string {
  const signs = Array.from(text)
  return signs.slice(0, 1).join('') + '*'.repeat(Math.max(signs.length - 1, 0))
}

/** `139****5279` for a Chinese mobile, with or without country code; any other number keeps its last four digits at most. */
export function maskPhone(text: string): string {
  const mobile = /^(?:\+?86)?(1\d{10})$/.exec(text)?.[1]
  return mobile === undefined ? maskIdentifier(text) : `${mobile.slice(0, 3)}****${mobile.slice(7)}`
}

/** A text of unknown content with every run of eleven or more digits masked: a shifted column may put an ID number anywhere. */
export function maskDigits(text: string): string {
  return text.replace(/\d{11,}[Xx]?/g, maskIdentifier)
}

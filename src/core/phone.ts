// Telephone numbers: parses any spelling to E.164, tells what a number can take, reads cells of lists, and masks numbers for display.
// Consent, quiet hours and refused addresses are decided in messaging.

import { parsePhoneNumberFromString, type PhoneNumber } from 'libphonenumber-js/max'
import { maskIdentifier } from './identifiers.ts'

/** Mainland mobile ranges that are assigned as a whole. They skip the library, which is slow on a list of 200,000 numbers. */
const MOBILE = /^1(?:3\d|5[0-35-9]|8\d)\d{8}$/

/**
 * Parses a number as people write it to E.164; without a country code it is Chinese.
 * @returns null when no such number can exist, or when it has an extension, which E.164 cannot hold.
 */
export function toE164(text: string): string | null {
  if (MOBILE.test(text)) return `+86${text}`
  const plain = text.normalize('NFKC').replace(/[\p{Cf}'‘’`]/gu, '')
  const number = parse(plain)
  if (number === null || number.ext !== undefined) return null
  return number.number
}

function parse(text: string): PhoneNumber | null {
  const number = parsePhoneNumberFromString(text, { defaultCountry: 'CN', extract: false })
  return number?.isValid() === true ? number : null
}

/** What a number is: only a mobile one and most foreign ones take text messages, and a hotline (400, 800, 95…) is no person's. */
export type PhoneKind = 'mobile' | 'landline' | 'hotline' | 'foreign' | 'foreign_landline'

/** The kind of a number in E.164; null for what is no number. */
export function phoneKind(number: string): PhoneKind | null {
  if (number.startsWith('+86') && MOBILE.test(number.slice(3))) return 'mobile'
  const parsed = parse(number)
  if (parsed === null) return null
  const type = parsed.getType() ?? ''
  if (HOTLINES.has(type)) return 'hotline'
  if (parsed.countryCallingCode !== '86') return LANDLINES.has(type) ? 'foreign_landline' : 'foreign'
  return MOBILES.has(type) ? 'mobile' : 'landline'
}

/** Types of numbers as the library calls them. */
const HOTLINES: ReadonlySet<string> = new Set(['TOLL_FREE', 'SHARED_COST', 'PREMIUM_RATE', 'UAN'])
const LANDLINES: ReadonlySet<string> = new Set(['FIXED_LINE', 'PAGER'])
const MOBILES: ReadonlySet<string> = new Set(['MOBILE', 'FIXED_LINE_OR_MOBILE'])

/** Whether a text message can arrive at a number, as far as the number tells. */
export function takesSms(number: string): boolean {
  const kind = phoneKind(number)
  return kind === null || kind === 'mobile' || kind === 'foreign'
}

/** Whether a call can reach a person at a number: a hotline's menu is none. */
export function takesCalls(number: string): boolean {
  return phoneKind(number) !== 'hotline'
}

/** The numbers of one cell, and whether it has digits of others that are none. */
export interface PhonesRead {
  /** E.164, each once, in the order of the cell; numbers that take text messages first. */
  numbers: string[]
  isUnreadable: boolean
}

/** A number among words: mobile, hotline, landline with its area, or with a country code. */
const AMONG_WORDS =
  /\+?(?:00)?(?:86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)|[48]00[ -]?\d{3}[ -]?\d{4}(?!\d)|0\d{2,3}[ -]?\d{7,8}(?!\d)|\+\d{1,3}(?:[ -]?\d){6,12}(?!\d)/g

/** Reads a cell as lists have them: several numbers, remarks in brackets, a country code in brackets, digits that a spreadsheet made `.0`. */
export function readPhones(cell: string): PhonesRead {
  const plain = cell
    .slice(0, 400)
    .normalize('NFKC')
    .replace(/[\p{Cf}'‘’`]/gu, '')
    .replace(/\(\s*(\+?\d{2,4})\s*\)/g, '$1 ')
    .replace(/(\d)\.0+(?!\d)/g, '$1')
  const numbers = new Set<string>()
  let isUnreadable = false
  for (const part of plain.split(/[、,;/\n|]/)) {
    if (part.trim() === '') continue
    const whole = toE164(part.trim())
    const found = whole === null ? Array.from(part.matchAll(AMONG_WORDS), ([text]) => toE164(text)) : [whole]
    for (const number of found) if (number !== null) numbers.add(number)
    if (found.includes(null) || found.length === 0) isUnreadable = true
  }
  return { numbers: [...numbers].sort((left, right) => Number(takesSms(right)) - Number(takesSms(left))), isUnreadable }
}

/** `139****5279` for a Chinese mobile, with or without country code; any other number keeps its last four digits at most. */
export function maskPhone(text: string): string {
  const mobile = /^(?:\+?86)?(1\d{10})$/.exec(text)?.[1]
  return mobile === undefined ? maskIdentifier(text) : `${mobile.slice(0, 3)}****${mobile.slice(7)}`
}

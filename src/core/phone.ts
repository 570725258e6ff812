// Telephone numbers: any spelling to E.164.
// Whether a person may be called or written to is decided elsewhere.

import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { maskIdentifier } from './identifiers.ts'

/** Mainland mobile ranges that are assigned as a whole: no need to ask the library, which takes its time over a list of 200,000 numbers. */
const MOBILE = /^1(?:3\d|5[0-35-9]|8\d)\d{8}$/

/** E.164 of a number as people write it, Chinese unless it says otherwise; null when no such number can exist. Extensions cannot be kept and are refused. */
export function toE164(text: string): string | null {
  if (MOBILE.test(text)) return `+86${text}`
  const plain = text.normalize('NFKC').replace(/[\p{Cf}'‘’`]/gu, '')
  const number = parsePhoneNumberFromString(plain, { defaultCountry: 'CN', extract: false })
  if (number === undefined || !number.isValid() || number.ext !== undefined) return null
  return number.number
}

/** `139****5279` for a Chinese mobile, with or without country code; any other number keeps its last four digits at most. */
export function maskPhone(text: string): string {
  const mobile = /^(?:\+?86)?(1\d{10})$/.exec(text)?.[1]
  return mobile === undefined ? maskIdentifier(text) : `${mobile.slice(0, 3)}****${mobile.slice(7)}`
}

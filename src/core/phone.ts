// Telephone numbers: parses any spelling to E.164, and masks numbers for display.
// Consent, quiet hours and refused addresses are decided in messaging.

import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
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
  const number = parsePhoneNumberFromString(plain, { defaultCountry: 'CN', extract: false })
  if (number === undefined || !number.isValid() || number.ext !== undefined) return null
  return number.number
}

/** `139****5279` for a Chinese mobile, with or without country code; any other number keeps its last four digits at most. */
export function maskPhone(text: string): string {
  const mobile = /^(?:\+?86)?(1\d{10})$/.exec(text)?.[1]
  return mobile === undefined ? maskIdentifier(text) : `${mobile.slice(0, 3)}****${mobile.slice(7)}`
}

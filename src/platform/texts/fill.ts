// Placeholders `{name}` in texts, and how values are made safe before they are inserted.
// Texts with placeholders are words.ts, dialogs.ts and messaging/template-reader.ts; the final form of a message is messaging/rendering.ts.

import type { Values } from '../../core/errors.ts'
import { maskIdentityNumbers } from '../../core/personal-numbers.ts'

const PLACEHOLDER = /\{([A-Za-z][A-Za-z0-9]*)\}/g

/** The names of the placeholders of a text, each once. */
export function placeholders(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(PLACEHOLDER), (match) => match[1] ?? ''))]
}

/** Whether a text has a brace that belongs to no placeholder, which is a typing error that people would read. */
export function strayBrace(text: string): boolean {
  return /[{}]/.test(text.replace(PLACEHOLDER, ''))
}

/** Is told of a value, or a whole text, that is missing. When it returns, `MISSING` is written in its place; while texts are being written, it throws. */
export type OnMissing = (text: string, value: string) => void

/** What stands where a value is missing. No other text has it, so that a notice with one inside a value is not sent (messaging/rendering.ts). */
export const MISSING = '〔—〕'

/** A defect of a text must not pass while it is being written. @throws Error always. */
export function refuseMissing(text: string, value: string): never {
  throw new Error(`${text}: no value for {${value}}`)
}

/**
 * Replaces every placeholder in one pass, so that a placeholder inside a value is not replaced. Values are inserted as they are.
 * @throws Error for a missing value, unless `onMissing` returns: then `MISSING` is written.
 */
export function fill(text: string, values: Values, onMissing: (name: string) => void = (name) => refuseMissing('text', name)): string {
  return text.replace(PLACEHOLDER, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? (values[name] as string | number | null | undefined) : undefined
    if (value === undefined || value === null) {
      onMissing(name)
      return MISSING
    }
    return String(value)
  })
}

/**
 * Makes a value one plain line: without control and invisible characters, markup and signature brackets; of an ID number, which
 * a clerk's free text may hold, only its length stays.
 */
export function plainLine(value: string | number): string {
  const plain = String(value)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Zs}]+/gu, ' ')
    .replace(/\p{Cf}/gu, '')
    .replace(/\p{Cs}/gu, '\uFFFD')
    .replace(/[【〖︻︗]/g, '[')
    .replace(/[】〗︼︘]/g, ']')
    .replace(/</g, '＜')
    .replace(/>/g, '＞')
  return maskIdentityNumbers(plain).trim()
}

/** Makes a value plain like `plain`, but keeps its line breaks. */
export function plainLines(value: string | number): string {
  return String(value).split(/\r?\n/).map(plainLine).join('\n').trim()
}

/** An address of the internet by its four numbers. A decimal point and the points of a date have fewer. */
const IP_ADDRESS = /\d{1,3}(?:\.\d{1,3}){3}/g

/**
 * Makes a value plain, and so that no phone turns it into a link: a party's name must not bring a link into a message of the court. Names of
 * hosts may be Chinese, and a point of any width separates their parts.
 */
export function withoutLinks(value: string | number): string {
  return plainLine(value)
    .replace(/:\/\//g, '：//')
    .replace(/(?<=\S)([。｡．])(?=[A-Za-zＡ-Ｚａ-ｚ]{2})/g, '$1 ')
    .replace(IP_ADDRESS, (address) => address.replaceAll('.', '．'))
    .replace(/(?<=[^\s.])\.(?=[^\s\d.])|(?<=[^\s\d.])\.(?=\d)/g, '．')
}

/** Cuts a text to at most `limit` UTF-16 units, with an ellipsis at the end; never splits a character. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text
  let kept = ''
  for (const character of text) {
    if (kept.length + character.length > limit - 1) break
    kept += character
  }
  return `${kept}…`
}

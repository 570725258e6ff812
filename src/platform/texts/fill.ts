// Placeholders `{name}` in texts, and what is done to a value before it may stand in one.
// Which values a text has is parse.ts and words.ts; the shape of a message is render.ts.

import type { Values } from '../../core/errors.ts'
import { maskIdentifier } from '../../core/identifiers.ts'

const PLACEHOLDER = /\{([A-Za-z][A-Za-z0-9]*)\}/g

/** The names of a text's placeholders, each once. */
export function placeholders(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(PLACEHOLDER), (match) => match[1] ?? ''))]
}

/** Whether braces stand in a text that are no placeholder: a typing slip people would otherwise read. */
export function strayBrace(text: string): boolean {
  return /[{}]/.test(text.replace(PLACEHOLDER, ''))
}

/** Fills every placeholder in one pass, so a value that looks like a placeholder stays what it is. The values are taken as they are. */
export function fill(text: string, values: Values): string {
  return text.replace(PLACEHOLDER, (_, name: string) => {
    if (!Object.hasOwn(values, name)) throw new Error(`no value for {${name}}`)
    return String(values[name])
  })
}

/** 15 or 18 signs that stand alone, in any width or script's digits: a clerk's free text may hold one. */
const ID_NUMBER = /(?<![\p{Nd}A-Za-z])(?:\p{Nd}{15}|\p{Nd}{17}[\p{Nd}XxＸｘ])(?![\p{Nd}A-Za-z])/gu

/** A value as one plain line: no control or invisible characters, no markup, no signature brackets, no ID number beyond its last four digits. */
export function plain(value: string | number): string {
  return String(value)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Zs}]+/gu, ' ')
    .replace(/\p{Cf}/gu, '')
    .replace(/\p{Cs}/gu, '\uFFFD')
    .replace(/[【〖︻︗]/g, '[')
    .replace(/[】〗︼︘]/g, ']')
    .replace(/</g, '＜')
    .replace(/>/g, '＞')
    .replace(ID_NUMBER, maskIdentifier)
    .trim()
}

/** A plain value that keeps its line ends. */
export function lines(value: string | number): string {
  return String(value).split(/\r?\n/).map(plain).join('\n').trim()
}

/** A plain value that no phone turns into a link: a party's name must not carry one into a court's message. */
export function unlinked(value: string | number): string {
  return plain(value)
    .replace(/:\/\//g, '：//')
    .replace(/(?<=[A-Za-z0-9-])\.(?=[A-Za-z]{2})/g, '．')
}

/** At most `limit` UTF-16 units, ending with an ellipsis when cut; never cuts a character in two. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text
  let kept = ''
  for (const character of text) {
    if (kept.length + character.length > limit - 1) break
    kept += character
  }
  return `${kept}…`
}

// Finds identity numbers and mobile numbers of persons in texts that people write, and masks them. Pure.
// What a cell says that holds nothing but a number is identifiers.ts and phone.ts.

import { maskForPublic, maskIdNumbers, readingsOf } from './identifiers.ts'

/** A number of a person in a text. */
export interface PersonalNumber {
  kind: 'identity' | 'mobile'
  /** Where it begins, and its characters there with blanks and hyphens between them. */
  at: number
  length: number
  /** Digits alone, and an X in upper case. */
  number: string
}

/** What people put between the digits of one number. */
const GAP = '[\\s\\p{Cf}\\p{Cc}.·_–—－-]{0,3}'
const IDENTITY = new RegExp(`(?<![0-9])[1-9](?:${GAP}[0-9]){16}${GAP}[0-9Xx](?![0-9])`, 'gu')
/** The old form has no check digit, so that only a run of digits by itself counts. */
const OLD_IDENTITY = /(?<![0-9A-Za-z])[1-9][0-9]{14}(?![0-9A-Za-z])/gu
/** In one run or in the groups that people write; a sum of money is none. */
const MOBILE =
  /(?<![0-9])(?:\+?86[ －-]?)?1[3-9][0-9](?:[ －-]?[0-9]{4}[ －-]?[0-9]{4}|[0-9][ －-][0-9]{4}[ －-][0-9]{3}|[0-9][ －-][0-9]{3}[ －-][0-9]{4})(?![0-9])(?!(?:[.,，][0-9]{1,6})?\s?(?:元|万|亿|圆|股|美元|港元|吨))/gu
const WIDE = /[０-９Ｘｘ]/g
const HAS_NUMBER = /[0-9０-９][^0-9０-９]{0,3}[0-9０-９]/

/** The numbers of persons in a text, in its order: identity numbers that can exist, and mobile numbers of the mainland. */
export function personalNumbersIn(text: string): PersonalNumber[] {
  if (!HAS_NUMBER.test(text)) return []
  // Of the same length, so that what is found is found in the text too.
  let rest = text.replace(WIDE, (character) => character.normalize('NFKC'))
  const found: PersonalNumber[] = []
  for (const [kind, pattern] of [
    ['identity', IDENTITY],
    ['identity', OLD_IDENTITY],
    ['mobile', MOBILE],
  ] as const) {
    const matches = matchesOf(rest, kind, pattern)
    found.push(...matches)
    rest = replaceAt(rest, matches, (part) => '\n'.repeat(part.length))
  }
  return found.sort((left, right) => left.at - right.at)
}

/** @param places in the order of the text. */
function replaceAt(text: string, places: readonly PersonalNumber[], replaced: (part: string) => string): string {
  const parts: string[] = []
  let end = 0
  for (const { at, length } of places) {
    parts.push(text.slice(end, at), replaced(text.slice(at, at + length)))
    end = at + length
  }
  return [...parts, text.slice(end)].join('')
}

function matchesOf(text: string, kind: PersonalNumber['kind'], pattern: RegExp): PersonalNumber[] {
  const found: PersonalNumber[] = []
  const search = new RegExp(pattern)
  for (let match = search.exec(text); match !== null; match = search.exec(text)) {
    const number = match[0].replace(/[^0-9Xx]/g, '').toUpperCase()
    if (kind === 'mobile' || readingsOf(number).person !== null) found.push({ kind, at: match.index, length: match[0].length, number })
    // Digits before a number, such as one of a list, are tried with it and given up.
    else search.lastIndex = match.index + 1
  }
  return found
}

/** Whether a text holds a number of a person. */
export function hasPersonalNumber(text: string): boolean {
  return personalNumbersIn(text).length > 0
}

/** Masks every identity number, also one that only looks like it, and every mobile number, as the public may see them. */
export function maskPersonalNumbers(text: string): string {
  return maskIdNumbers(replaceAt(text, personalNumbersIn(text), maskForPublic))
}

/** These texts of an object, each as `maskPersonalNumbers` leaves it; one that is null stays so. */
export function maskedTexts<Row extends { [Each in Key]: string | null }, Key extends keyof Row>(
  row: Row,
  keys: readonly Key[],
): Pick<Row, Key> {
  const masked = keys.map((key) => [key, row[key] === null ? null : maskPersonalNumbers(row[key])] as const)
  return Object.fromEntries(masked) as Pick<Row, Key>
}

/** Masks identity numbers alone: messages and pages of the court name the court's own phones, and a talker's. */
export function maskIdentityNumbers(text: string): string {
  const found = personalNumbersIn(text).filter(({ kind }) => kind === 'identity')
  return maskIdNumbers(replaceAt(text, found, maskForPublic))
}

/** Words that stand before the number of somebody's identity document. */
const LABEL = /(?:居民|公民)?身份(?:证|证件)?(?:号码|号|编号)?|证件(?:号码|号)|[\s:：,，;；、()（）[\]【】]/g

/** A name that was written together with its identity number; the number is null when there is none, or something else beside it. */
export function splitNameAndNumber(text: string): { name: string; number: string | null } {
  const [first, ...more] = personalNumbersIn(text)
  if (first === undefined || more.length > 0 || first.kind !== 'identity') return { name: text, number: null }
  const around = [text.slice(0, first.at), text.slice(first.at + first.length)].map((part) => part.replace(LABEL, ''))
  const named = around.filter((part) => part !== '')
  const [name = ''] = named
  const isNamed = named.length === 1 && !/[0-9０-９]/.test(name)
  return isNamed ? { name, number: readingsOf(first.number).person?.number ?? null } : { name: text, number: null }
}

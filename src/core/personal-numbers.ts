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
/** What may stand there as well. Not looked for in messages: in them a code of six digits, a day and a time fit the check digit one time in eleven. */
const ANY_GAP = '[\\s\\p{Cf}\\p{Cc}.·_–—－()（）/、，,：:~～|年月日-]{0,3}'
const identityWith = (gap: string): RegExp => new RegExp(`(?<![0-9])[1-9](?:${gap}[0-9]){16}${gap}[0-9Xx](?![0-9])`, 'gu')
const [IDENTITY, LOOSE_IDENTITY] = [identityWith(GAP), identityWith(ANY_GAP)]
/** The old form has no check digit, so that only a run of digits by itself counts. */
const OLD_IDENTITY = /(?<![0-9A-Za-z])[1-9][0-9]{14}(?![0-9A-Za-z])/gu
const OLD_IN_GROUPS = /(?<![0-9A-Za-z])[1-9][0-9]{5}[ -][0-9]{6}[ -]?[0-9]{3}(?![0-9A-Za-z])/gu
/** In one run or in the groups that people write; a sum of money is none. */
const MOBILE =
  /(?<![0-9])(?:\+?86[ －-]?)?1[3-9][0-9](?:[ －-]?[0-9]{4}[ －-]?[0-9]{4}|[0-9][ －-][0-9]{4}[ －-][0-9]{3}|[0-9][ －-][0-9]{3}[ －-][0-9]{4})(?![0-9])(?!(?:[.,，][0-9]{1,6})?\s?(?:元|万|亿|圆|股|美元|港元|吨))/gu
const BRACKETED_MOBILE = /[(（]1[3-9][0-9][)）][ －-]?[0-9]{4}[ －-]?[0-9]{4}(?![0-9])/gu
/** What judgments leave of a number: `5334211984****0222`, `139****2222`. */
const HALF_MASKED = /(?<![0-9A-Za-z])[0-9]{3,14}[*xX×＊•●○]{2,14}[0-9]{0,6}[Xx]?(?![0-9A-Za-z])/gu
/** The last characters of an identity number by themselves: with them and a name the enquiry answers. */
const END_OF_IDENTITY = /(?<=(?:身份|证件)[^0-9\n]{0,12}(?:尾号|尾数|[后末][四4六6]位)[^0-9\n]{0,4})[0-9]{3,6}[Xx]?/gu
/** Fifteen digits or more in a row, written out. */
const WRITTEN_OUT = /[〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖]{15,}|[⓪①-⑨]{15,}/gu
const WIDE = /[０-９Ｘｘ]/g
const WRITTEN_OTHERWISE = [HALF_MASKED, END_OF_IDENTITY, WRITTEN_OUT, BRACKETED_MOBILE, OLD_IN_GROUPS]
const HAS_NUMBER = /[0-9０-９][^0-9０-９]{0,3}[0-9０-９]/

/** The text with narrow digits, of the same length, so that what is found in it is found in the text too. */
function narrow(text: string): string {
  return text.replace(WIDE, (character) => character.normalize('NFKC'))
}

/** The numbers of persons in a text, in its order: identity numbers that can exist, and mobile numbers of the mainland. */
export function personalNumbersIn(text: string): PersonalNumber[] {
  if (!HAS_NUMBER.test(text)) return []
  let rest = narrow(text)
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
function replaceAt(text: string, places: readonly Pick<PersonalNumber, 'at' | 'length'>[], replaced: (part: string) => string): string {
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

/**
 * Masks every identity number, also one that only looks like it, that is masked in part or written out, and every mobile number, as the
 * public may see them.
 */
export function maskPersonalNumbers(text: string): string {
  let masked = text
  for (const pattern of HAS_NUMBER.test(text) ? WRITTEN_OTHERWISE : [WRITTEN_OUT]) {
    const plain = narrow(masked)
    const places = [...plain.matchAll(pattern)].map(({ index, 0: { length } }) => ({ at: index, length }))
    masked = replaceAt(masked, places, maskForPublic)
  }
  masked = replaceAt(masked, matchesOf(narrow(masked), 'identity', LOOSE_IDENTITY), maskForPublic)
  return maskIdNumbers(replaceAt(masked, personalNumbersIn(masked), maskForPublic))
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

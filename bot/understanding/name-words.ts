// Word lists of what names in Diqing consist of: Han surnames and given names, Tibetan syllables, Yi clans, Lisu, Naxi and Nu sounds; and
// everyday words that look like names. The lists are files in templates/lexicon; names.ts finds names with them.

import { wordSet } from './lexicon.ts'

/** Common surnames, which are stronger evidence for a name than the others. */
export const COMMON_SURNAMES = wordSet('surnames-common')
/** Surnames that are everyday words, such as 和, 高, 方, 于. They need more evidence. */
export const EVERYDAY_SURNAMES = wordSet('surnames-everyday')
/** All surnames of one character. */
export const SURNAMES = wordSet('surnames-common', 'surnames-everyday', 'surnames-other')
/** Surnames of two characters. */
export const DOUBLE_SURNAMES = wordSet('surnames-double')

/** Characters that are common as the second or third of a Han name, or as a sound of a minority name. */
export const GIVEN = wordSet('given-characters')

/** Halves of Tibetan names, two characters each. */
export const TIBETAN = wordSet('tibetan-half-names')
const TIBETAN_FIRST = wordSet('tibetan-first')
const TIBETAN_SECOND = wordSet('tibetan-second')

/** Whether two characters sound like a Tibetan half-name that is not listed. Such a pair counts only beside a listed one. */
export function soundsTibetan(pair: string): boolean {
  return TIBETAN_FIRST.has(pair.charAt(0)) && TIBETAN_SECOND.has(pair.charAt(1))
}

/** Yi clan names of the Xiaoliangshan region; a given name of two or three sounds follows. */
export const CLANS = wordSet('yi-clans')
/** Characters of Yi given names. */
export const CLAN_SOUNDS = wordSet('yi-sounds')

/** The first character of a Lisu or Nu name. */
export const LISU_FIRST = wordSet('lisu-first')
/** The further characters of a Lisu or Nu name. */
export const LISU_SOUNDS = wordSet('lisu-sounds')

/** Everyday words that begin like a name. No name begins with one. */
export const WORDS = wordSet('words-like-names')

/** Everyday words of two characters that end in a surname. No name begins at their second character. */
export const TAILS = wordSet('words-ending-in-surnames')

/** Characters that belong to sentences rather than names. */
export const GRAMMAR = wordSet('sentence-characters')
/** Characters of sentences that may also end a name, when a neighbouring word shows it. */
export const DOUBTFUL = wordSet('doubtful-characters')
/** Characters before which a name with a middle dot ends. */
export const DOT_STOP = wordSet('dotted-name-stops')

const STARTS = new Set([
  ...SURNAMES,
  ...LISU_FIRST,
  ...TIBETAN_FIRST,
  ...[...TIBETAN, ...CLANS, ...DOUBLE_SURNAMES].map((name) => name.charAt(0)),
])

/** Whether a listed name starts with this character. Most characters start none, which saves a longer search. */
export function startsName(character: string): boolean {
  return STARTS.has(character)
}

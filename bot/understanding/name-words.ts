// What names here are made of: Han surnames and given names, Tibetan syllables as Diqing writes them, Yi clans, Lisu, Naxi and Nu sounds;
// and the everyday words that look like names. The lists are templates/lexicon; reading a text with them is names.ts.

import { wordSet } from './lexicon.ts'

/** Surnames that say more for a name than the rest. */
export const COMMON_SURNAMES = wordSet('surnames-common')
/** Surnames that are everyday words: 和 and 高, 方, 于 need more beside them. */
export const EVERYDAY_SURNAMES = wordSet('surnames-everyday')
/** All surnames of one character. */
export const SURNAMES = wordSet('surnames-common', 'surnames-everyday', 'surnames-other')
export const DOUBLE_SURNAMES = wordSet('surnames-double')

/** Characters that are common as the second or third of a Han name, or sound a minority name. */
export const GIVEN = wordSet('given-characters')

/** Halves of Tibetan names, two characters each; a pair that is listed whole needs no rule. */
export const TIBETAN = wordSet('tibetan-half-names')
const TIBETAN_FIRST = wordSet('tibetan-first')
const TIBETAN_SECOND = wordSet('tibetan-second')

/** Whether two characters sound like a Tibetan half-name nobody listed. Only believed beside a listed one. */
export function soundsTibetan(pair: string): boolean {
  return TIBETAN_FIRST.has(pair.charAt(0)) && TIBETAN_SECOND.has(pair.charAt(1))
}

/** Yi clan names of the Small Cool Mountains; a given name of two or three sounds follows. */
export const CLANS = wordSet('yi-clans')
export const CLAN_SOUNDS = wordSet('yi-sounds')

/** Lisu and Nu: a first name alone, or after a Han surname, in sounds. */
export const LISU_FIRST = wordSet('lisu-first')
export const LISU_SOUNDS = wordSet('lisu-sounds')

/** Everyday words that begin like a name. A candidate that begins with one is none. */
export const WORDS = wordSet('words-like-names')

/** Everyday words that end in a surname: what stands after their first character begins no name. */
export const TAILS = wordSet('words-ending-in-surnames')

/** Characters that make sentences, not names. */
export const GRAMMAR = wordSet('sentence-characters')
/** May close a name although sentences use them too: they need a neighbour that says so. */
export const DOUBTFUL = wordSet('doubtful-characters')
/** Where a name with a middle dot ends. */
export const DOT_STOP = wordSet('dotted-name-stops')

const STARTS = new Set([
  ...SURNAMES,
  ...LISU_FIRST,
  ...TIBETAN_FIRST,
  ...[...TIBETAN, ...CLANS, ...DOUBLE_SURNAMES].map((name) => name.charAt(0)),
])

/** Whether any list here has a name that starts so: most characters of a sentence start none, and looking further costs. */
export function startsName(sign: string): boolean {
  return STARTS.has(sign)
}

// Names of persons and organisations: one table of foldings, one spelling for storing, one key for comparing, what is no name, masking.
// A name alone never identifies anybody. Identity numbers are in identifiers.ts.

import { Converter } from 'opencc-js/t2cn'
import { tidy, HAN } from './text.ts'

/**
 * Middle dots that are no other punctuation: bullets, operators, the dots of other scripts, and U+F0B7, which is one in the symbol font of
 * Word. The key of a name has none, because people leave them out. Code points that nobody sees are taken out by `tidy`.
 */
const DOTS = /[•‧・･⋅∙●˙᛫ꞏ﹒\u318d\u119e\u1427\u2218\u2e31\u2e33\u25e6\u2981\u{10101}\uf0b7]/gu
/** Marks that people take for a middle dot; between two characters of a name they are one. */
const DOTS_BETWEEN = /(?<=\p{Script=Han})[.．。｡·](?=\p{Script=Han})/gu

/** The radicals from U+2E81 on, as code points of the characters that they look like; 0 for those that are part of none. */
const RADICALS =
  '5382 4e5b 4e5a 4e59 4ebb 5182 20628 2008a 5202 535c 353e 5c0f 5c0f 5140 5c23 5c22 21bc2 5df3 5e7a 5f51 2b739 5fc4 38fa 624c 6535 0 65e1 65e5 6708 6b7a 6bcd 6c11 6c35 6c3a 706c 722b 722b 4e2c 725b 72ad 738b 758b 76ee 793a 793b 7af9 7cf9 7e9f 7f53 7f52 34c1 5188 2626b 7f8a 2634c 2634b 8002 8080 807f 0 81fc 8279 8279 8279 864e 8864 8980 897f 89c1 89d2 278b2 8ba0 8d1d 8db3 8f66 8fb6 8fb6 8fb6 961d 9485 9577 9578 957f 95e8 28e0f 961d 96e8 9752 97e6 9875 98ce 98de 98df 2967f 98e0 9963 29810 9a6c 9aa8 9b3c 9c7c 9e1f 5364 9ea6 9ec4 9efe 6589 9f50 6b6f 9f7f 7adc 9f99 9f9c 4e80 9f9f'
/** Private-use code points of early GB 18030 whose character the decoder of that encoding does not know. */
const LATE = { '\ue816': 0x20087, '\ue817': 0x20089, '\ue818': 0x200cc, '\ue831': 0x215d7, '\ue83b': 0x2298f, '\ue855': 0x241fe }

const FOLDED = /[\u2e81-\u2ef3\ue815-\ue864]/g

/** Characters of old systems and of texts copied out of a PDF, by what they stand for. */
const STAND_FOR: ReadonlyMap<string, string> = new Map([...radicals(), ...privateUse()])

function radicals(): [string, string][] {
  return RADICALS.split(' ').flatMap((code, at): [string, string][] =>
    code === '0' ? [] : [[String.fromCodePoint(0x2e81 + at), String.fromCodePoint(Number.parseInt(code, 16))]],
  )
}

/** U+E815 to U+E864: GBK had no code for these characters and put them in the private-use area; GB 18030 has, at the same place. */
function privateUse(): [string, string][] {
  const decoder = new TextDecoder('gb18030')
  const likeRadicals = new Map(radicals())
  return Array.from({ length: 0xe864 - 0xe815 + 1 }, (_, at) => {
    const trail = 0x50 + at
    const decoded = decoder.decode(new Uint8Array([0xfe, trail < 0x7f ? trail : trail + 1]))
    const late = LATE[decoded as keyof typeof LATE] as number | undefined
    const character = late === undefined ? decoded : String.fromCodePoint(late)
    return [String.fromCharCode(0xe815 + at), likeRadicals.get(character) ?? character]
  })
}

/** A text with the characters that radicals and private-use code points stand for, and one kind of middle dot. Its length may change. */
export function foldCharacters(text: string): string {
  return text.replace(FOLDED, (character) => STAND_FOR.get(character) ?? character).replace(DOTS, '·')
}

/**
 * A name on one line, without blanks beside Chinese characters, with `·` for every middle dot and full-width brackets in Chinese names.
 * Latin names keep blanks.
 */
export function tidyName(text: string): string {
  if (TIDY_NAME.test(text)) return text
  const line = foldCharacters(tidy(text)).replace(/\n/g, ' ')
  if (!HAN.test(line)) return line
  return line
    .replace(/\(/g, '（')
    .replace(/\)/g, '）')
    .replace(/(?<=[^\u0020-\u024f]) +| +(?=[^\u0020-\u024f])/g, '')
    .replace(DOTS_BETWEEN, '·')
}

/** The package's type files import each other without file extensions, which NodeNext resolution refuses, so the type is declared here. */
const openConverter = Converter as (options: { from: 't'; to: 'cn' }) => (text: string) => string
let converter: ReturnType<typeof openConverter> | undefined

/** Traditional to simplified characters. The converter is built when it is first needed: its dictionary takes about 10 ms and 10 MB. */
export function simplify(text: string): string {
  if (!HAN.test(text)) return text
  converter ??= openConverter({ from: 't', to: 'cn' })
  return converter(text)
}

/** Characters by their simplified form. One by one, so that a key never depends on the characters beside it. */
const SIMPLE = new Map<string, string>()

function simplifyCharacter(character: string): string {
  const known = SIMPLE.get(character)
  if (known !== undefined) return known
  const simple = simplify(character)
  if (SIMPLE.size < 50_000) SIMPLE.set(character, simple)
  return simple
}

/**
 * What two spellings of one name have in common: without dots, blanks, hyphens and apostrophes, in simplified characters and small letters.
 * For comparing only; a name is stored and shown as it is written.
 */
export function nameKey(name: string): string {
  const bare = tidyName(name).normalize('NFKC').toLowerCase().replace(NOT_IN_KEY, '')
  return Array.from(bare, simplifyCharacter).join('').slice(0, KEY_LENGTH)
}

/** As much as a column for a name holds. */
const KEY_LENGTH = 100
/** Dots, blanks and marks in Latin and Tibetan names; brackets tell organisations apart and stay. */
const NOT_IN_KEY = /[·.\s'‘’`\-‐–_\u0f0b-\u0f0d]/g

/** Whether two names are spellings of one. */
export function sameName(left: string, right: string): boolean {
  return left === right || nameKey(left) === nameKey(right)
}

/** Why a text is no name: characters that a code page has lost, several people, or no form of a name. */
export type NameFault = 'damaged' | 'several' | 'form'

/** What programs write for a character that they cannot show, formulas and their errors, and private-use characters that nobody knows. */
const DAMAGED = /[?？\ufffd\ufffc\u25a1\u25a0\u25af\p{Co}\p{Cc}\p{Cn}]|#(?:REF|N\/A|NAME|VALUE|DIV|NULL|NUM)|^[=＝]|[|<>{}]/u
const SEVERAL = /[、，,;；/／]|\u7b49.{0,3}\u4eba$/u
/** Letters of any script with their marks, the round zero, middle dots, blanks, and what stands in Latin names; an alias in brackets. */
const PERSON = /^[\p{L}\p{M}\u3007·\u0f0b-\u0f0d .'’\-（）()]+$/u
const ORGANISATION = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u

/** What is wrong with the name of a person or an organisation; null when nothing is. */
export function nameFault(name: string, kind: 'person' | 'organisation'): NameFault | null {
  if (DAMAGED.test(name)) return 'damaged'
  const letters = Array.from(name.matchAll(/[\p{L}\u3007]/gu)).length
  if (letters === 0 || Array.from(name).length < 2) return 'form'
  if (kind === 'organisation') return ORGANISATION.test(name) ? null : 'form'
  if (SEVERAL.test(name)) return 'several'
  return letters >= 2 && PERSON.test(name) ? null : 'form'
}

/** Masks all but the first character: `扎**`. */
export function maskName(text: string): string {
  const characters = Array.from(text)
  return characters.slice(0, 1).join('') + '*'.repeat(Math.max(characters.length - 1, 0))
}

/** A name that `tidyName` would not change. */
const TIDY_NAME = /^[\u4e00-\u9fff（）·]*$/

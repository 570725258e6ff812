// Normalises the spelling of a message (width, traditional and invisible characters, emoji) and maps positions back to the original text.
// Dialect, typing errors and fillers are handled in speech.ts.

import { foldCharacters, simplify } from '../../src/core/person-names.ts'

/** A message in normalised spelling. Positions are positions in `plain`; `written` returns the person's own characters. */
export interface Message {
  /** NFKC, simplified characters, single blanks, no emoji or invisible characters; letters keep their case. */
  plain: string
  /** The original text between two positions of `plain`, trimmed. */
  written(from: number, to: number): string
}

/** Longer messages are cut, so that the cost of a turn is bounded. UTF-16 units. */
const LONGEST = 2000

const EMOJI = /\p{Extended_Pictographic}|\p{Emoji_Modifier}|[\u{1F1E6}-\u{1F1FF}]/u
/** Vowels of Tibetan are marks too, and stay. */
const INVISIBLE = /\p{Cf}|(?!\p{Script=Tibetan})\p{Mn}|\p{Me}|\p{Co}|\p{Cn}|\p{Cs}/u
const BLANK = /\s|\p{Cc}/u
/** Characters that are not part of a value at its ends: blanks, and characters that were left out of `plain`. */
const EDGE = /^\s+|(?:[\s\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Cf}]|(?!\p{Script=Tibetan})\p{Mn})+$/gu
/** WeChat's notation of its own emoji and of content it cannot show: [微笑] [强] [图片]. */
const STICKER = /\[\p{Script=Han}{1,3}\]/gu

/**
 * Traditional to simplified, keeping the length.
 */
function simplified(text: string): string {
  const converted = simplify(text)
  if (converted.length === text.length) return converted
  return [...text].map((character) => sameLength(character, simplify(character))).join('')
}

function sameLength(character: string, converted: string): string {
  return converted.length === character.length ? converted : character
}

/** Normalises a message. Never throws. */
export function normalise(text: string): Message {
  const original = text.slice(0, LONGEST).replace(STICKER, (sticker) => ' '.repeat(sticker.length))
  let plain = ''
  const from: number[] = []
  let at = 0
  for (const character of original) {
    const spelled = spell(character)
    const added = spelled === ' ' && (plain === '' || plain.endsWith(' ')) ? '' : spelled
    for (let unit = 0; unit < added.length; unit++) from.push(at)
    plain += added
    at += character.length
  }
  const ends = [...from.slice(1), at]
  return {
    plain: simplified(plain),
    written: (start, end) => {
      const first = from[start]
      return first === undefined ? '' : original.slice(first, endOf(ends, from, end - 1)).replace(EDGE, '')
    },
  }
}

/**
 * The end in the original. One original character may become several of `plain` (… → ...), so the end is where the next original one
 * starts.
 */
function endOf(ends: readonly number[], from: readonly number[], last: number): number {
  let at = last
  while (at + 1 < from.length && from[at + 1] === from[last]) at++
  return ends[at] ?? 0
}

/** ASCII and everyday Chinese characters, which need no change. Nearly all characters of nearly all messages are such. */
const USUAL = /[!-~\u4e00-\u9fff]/

const QUOTES = /[‘’“”「」『』]/g
const BLANKS = /\s+/g

/** A character in its usual form: '' for an invisible one, a blank for white space and emoji. */
function spell(written: string): string {
  if (USUAL.test(written)) return written
  const character = foldCharacters(written)
  if (character === '👋') return '你好'
  if (INVISIBLE.test(character)) return ''
  if (BLANK.test(character) || EMOJI.test(character)) return ' '
  return character.normalize('NFKC').replace(QUOTES, '"').replace(BLANKS, ' ')
}

const WIDE = /[\uff01-\uff5e]/g

const UNSEEN = /[\s\p{Cf}]/gu
const BRACKET = /[（）［］]/

/** Half-width characters without blanks, with brackets as written: the form in which identifiers, numbers and codes become slots. */
export function compact(text: string): string {
  return text.replace(UNSEEN, '').replace(WIDE, (character) => (BRACKET.test(character) ? character : character.normalize('NFKC')))
}

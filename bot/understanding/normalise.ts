// One spelling for what people type: width, traditional characters, invisible signs, emoji; and the way back to the words as written.
// Dialect, typing errors and fillers are speech.ts; what the words mean is not known here.

import { Converter } from 'opencc-js/t2cn'

/** A message in one spelling. Positions are of `plain`; `written` gives back the person's own signs. */
export interface Message {
  /** NFKC, simplified, one blank for many, no emoji or invisible signs; letters keep their case. */
  plain: string
  /** The original between two positions of `plain`, trimmed. */
  written(from: number, to: number): string
}

/** Longer messages are cut: nobody types more in a chat, and a turn's cost stays bounded. UTF-16 units. */
const LONGEST = 2000

const EMOJI = /\p{Extended_Pictographic}|\p{Emoji_Modifier}|[\u{1F1E6}-\u{1F1FF}]/u
const INVISIBLE = /\p{Cf}|\p{Mn}|\p{Me}|\p{Co}|\p{Cn}|\p{Cs}/u
const BLANK = /\s|\p{Cc}/u
const HAN = /\p{Script=Han}/u
/** What nobody reads as part of a value, at its end: blanks, and signs that were left out of `plain`. */
const EDGE = /^\s+|[\s\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Cf}\p{Mn}]+$/gu
/** WeChat's own notation of its emoji and of what it cannot show: [微笑] [强] [图片]. */
const STICKER = /\[\p{Script=Han}{1,3}\]/gu

/** The package's types name their neighbours without endings, which Node's resolution refuses: said here instead. */
const openConverter = Converter as (options: { from: 't'; to: 'cn' }) => (text: string) => string
let converter: ReturnType<typeof openConverter> | undefined

/** Traditional to simplified, sign by sign. The converter is built at first need: its dictionary takes about 10 ms and 10 MB. */
function simplify(text: string): string {
  if (!HAN.test(text)) return text
  const convert = (converter ??= openConverter({ from: 't', to: 'cn' }))
  const converted = convert(text)
  if (converted.length === text.length) return converted
  return [...text].map((sign) => sameLength(sign, convert(sign))).join('')
}

function sameLength(sign: string, converted: string): string {
  return converted.length === sign.length ? converted : sign
}

export function normalise(text: string): Message {
  const original = text.slice(0, LONGEST).replace(STICKER, (sticker) => ' '.repeat(sticker.length))
  let plain = ''
  const from: number[] = []
  let at = 0
  for (const sign of original) {
    const spelled = spell(sign)
    const wanted = spelled === ' ' && (plain === '' || plain.endsWith(' ')) ? '' : spelled
    for (let unit = 0; unit < wanted.length; unit++) from.push(at)
    plain += wanted
    at += sign.length
  }
  const ends = [...from.slice(1), at]
  return {
    plain: simplify(plain),
    written: (start, end) => {
      const first = from[start]
      return first === undefined ? '' : original.slice(first, endOf(ends, from, end - 1)).replace(EDGE, '')
    },
  }
}

/** One sign of the original may become several of `plain` (… → ...): the end is where the next different sign starts. */
function endOf(ends: readonly number[], from: readonly number[], last: number): number {
  let at = last
  while (at + 1 < from.length && from[at + 1] === from[last]) at++
  return ends[at] ?? 0
}

/** ASCII and the everyday Chinese characters are in their usual form already: nearly every sign of nearly every message. */
const USUAL = /[!-~\u4e00-\u9fff]/

const QUOTES = /[‘’“”「」『』]/g
const BLANKS = /\s+/g

/** A sign in its usual form: '' for what cannot be seen, a blank for what says nothing. */
function spell(sign: string): string {
  if (USUAL.test(sign)) return sign
  if (sign === '👋') return '你好'
  if (INVISIBLE.test(sign)) return ''
  if (BLANK.test(sign) || EMOJI.test(sign)) return ' '
  return sign.normalize('NFKC').replace(QUOTES, '"').replace(BLANKS, ' ')
}

const WIDE = /[\uff01-\uff5e]/g

const UNSEEN = /[\s\p{Cf}]/gu
const BRACKET = /[（）［］]/

/** Half-width signs without blanks, brackets as written: how identifiers, numbers and codes are handed on. */
export function compact(text: string): string {
  return text.replace(UNSEEN, '').replace(WIDE, (sign) => (BRACKET.test(sign) ? sign : sign.normalize('NFKC')))
}

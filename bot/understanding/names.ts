// Finds people's names in a text: Han, Tibetan, Naxi, Lisu, Yi and names with a middle dot. Candidates are weighed by the characters
// they consist of and by the words beside them. The word lists are name-words.ts and templates/lexicon.

import { anyOf } from './lexicon.ts'
import {
  CLAN_SOUNDS,
  CLANS,
  COMMON_SURNAMES,
  DOT_STOP,
  DOUBLE_SURNAMES,
  DOUBTFUL,
  EVERYDAY_SURNAMES,
  GIVEN,
  GRAMMAR,
  LISU_FIRST,
  LISU_SOUNDS,
  soundsTibetan,
  startsName,
  SURNAMES,
  TAILS,
  TIBETAN,
  WORDS,
} from './name-words.ts'
import type { Span } from './spans.ts'

interface Candidate {
  from: number
  to: number
  /** Evidence from the characters themselves, before the neighbourWeight are considered. */
  weight: number
}

/** The weight from which a candidate counts as a name. The value was found with the training sentences. */
const THRESHOLD = 4

const HAN = /\p{Script=Han}/u

const INTRODUCED = new RegExp(`${anyOf('before-names-strong', 'before-names')}[ :,"“]*$`)
const STRONG_INTRODUCED = new RegExp(`${anyOf('before-names-strong')}[ :,"“]*$`)
const FOLLOWED = new RegExp(`^[ ,"”]*(?:${anyOf('after-names-strong', 'after-names')}|是$|在[^线]|[\\d\\u0000、(:,.;!?])`)
const STRONG_FOLLOWED = new RegExp(`^[ ,"”]*(?:${anyOf('after-names-strong')}|\\d{6}|\\u0000{6})`)

/** The names in a text, in order and without overlaps. Pieces that were found before are blanked out by `\u0000`. */
export function names(text: string): Span[] {
  const spans: Span[] = []
  let at = 0
  while (at < text.length) {
    const best = HAN.test(text.charAt(at)) ? bestAt(text, at, spans) : null
    if (best === null) {
      at++
      continue
    }
    spans.push({ slot: 'name', from: best.from, to: best.to })
    at = best.to
  }
  return spans
}

/** Characters of a name in any script: letters with their marks, middle dots and what people take for them, and blanks between Latin parts. */
const ANY_NAME = "[\\p{L}\\p{M}\\u3007](?:[\\p{L}\\p{M}\\u3007·.。'\\u0f0b-]| (?=[A-Za-z])){1,58}"
/** The form that the help shows, as a whole message: 查, a name, and its number or the last four characters of it. */
const FORM = new RegExp(
  `^(?:请|麻烦|帮我|帮忙|我想|我要|想)*(?:查询|查查|查一查|查|核实|搜)(?:一下|下)? ?(?:姓名|名字)?[ :,]*(${ANY_NAME}?)[ ,:]*(?:(?:身份证|证件)?号?码?的?(?:后|末|尾)[四4]?[位号]?(?:数字?)?[是为: ,]*)?(?:\\d{3}[\\dXx]|\\u0000{4,18})[ .。,!]*$`,
  'du',
)
/** What only a name has that the other finders do not read: another script, characters beyond 16 bits, a dot between two parts. */
const UNUSUAL = /[\u{10000}-\u{3ffff}]|^[A-Za-z]{2,}(?: [A-Za-z'-]+)+$|\p{Script=Tibetan}|\p{Script=Han}[·.。]\p{Script=Han}/u

/** A name of any script in a message that is nothing but the form of an enquiry. */
export function nameInForm(text: string): Span[] {
  const match = FORM.exec(text)
  const [from, to] = match?.indices?.[1] ?? []
  if (match === null || from === undefined || to === undefined || !UNUSUAL.test(match[1] ?? '')) return []
  return [{ slot: 'name', from, to }]
}

/** 余四加和阿普: right after a name, 和 is a conjunction and not a surname. */
function isConjunction(text: string, at: number, spans: readonly Span[]): boolean {
  return text.charAt(at) === '和' && spans.at(-1)?.to === at
}

/**
 * The strongest candidate that starts here and reaches the threshold, unless a clearly stronger one that overlaps starts at the
 * next position.
 */
function bestAt(text: string, at: number, spans: readonly Span[]): Candidate | null {
  const here = strongest(text, at, spans)
  if (here === null) return null
  const next = strongest(text, at + 1, spans)
  return next !== null && next.from < here.to && next.weight > here.weight + 1 ? null : here
}

function strongest(text: string, at: number, spans: readonly Span[]): Candidate | null {
  let best: Candidate | null = null
  for (const candidate of candidatesAt(text, at)) {
    if (isConjunction(text, at, spans)) continue
    const weight = candidate.weight + neighbourWeight(text, candidate, spans)
    if (weight >= THRESHOLD && (best === null || weight > best.weight)) best = { ...candidate, weight }
  }
  return best
}

const JOINED = /[、,和跟与]$/
const NOTHING = /^[ ,.!?]*$/

function neighbourWeight(text: string, { from, to }: Candidate, spans: readonly Span[]): number {
  const before = text.slice(Math.max(0, from - 8), from)
  const after = text.slice(to, to + 8)
  const listed = JOINED.test(before) && spans.at(-1)?.to === from - 1
  const alone = before === '' && NOTHING.test(after)
  return weightBefore(before) + weightAfter(after, GRAMMAR.has(text.charAt(to - 1))) + (listed ? 1 : 0) + (alone ? 1 : 0)
}

function weightBefore(before: string): number {
  if (STRONG_INTRODUCED.test(before)) return 2 + edgeWeight(before)
  if (INTRODUCED.test(before)) return 1 + edgeWeight(before)
  return edgeWeight(before) === 1 ? 1 : -1
}

const AT_EDGE = /[ ,.、:;!?"(\u0000]$/

function edgeWeight(before: string): number {
  return before === '' || AT_EDGE.test(before) ? 1 : 0
}

const STOP = /^[ ,.、:;!?"()\u0000]/

/** @param doubtful the candidate's last character is also common in sentences. */
function weightAfter(after: string, doubtful: boolean): number {
  const follows = after === '' || STOP.test(after) || FOLLOWED.test(after) ? 1 : -1
  if (STRONG_FOLLOWED.test(after)) return follows + 1
  return doubtful && after !== '' && !STOP.test(after) ? follows - 2 : follows
}

/** Greetings that begin like a Tibetan name. */
const GREETINGS = /^(?:扎西德勒|扎西得勒|扎西德乐|洛萨|阿勒勒|.{1,2}好(?:$|[!,. ]))/

function candidatesAt(text: string, at: number): Candidate[] {
  const found = startsName(text.charAt(at)) ? [...tibetan(text, at), ...clan(text, at), ...han(text, at), ...lisu(text, at)] : []
  if (text.includes('·')) found.push(...dotted(text, at))
  if (CALLING.test(text.charAt(at - 1))) found.push(...introduced(text, at))
  return found.length > 0 && GREETINGS.test(text.slice(at, at + 4)) ? [] : found
}

const DOT = /^[\p{Script=Han}]{2,6}(?:·[\p{Script=Han}]{1,8}){0,3}·[\p{Script=Han}]{2,8}/u

/** 艾力·买买提: the dot shows that it is a name; both parts end where a word of a sentence begins. */
function dotted(text: string, at: number): Candidate[] {
  const match = text.slice(at, at + 18).includes('·') ? DOT.exec(text.slice(at, at + 40)) : null
  if (match === null) return []
  const dot = match[0].indexOf('·')
  const lead = [...match[0].slice(0, dot)]
  if (
    dot > 4 ||
    lead.some((character, index) => DOT_STOP.has(character) || INTRODUCED.test(text.slice(Math.max(0, at - 4), at + index + 1)))
  )
    return []
  const tail = [...match[0].slice(dot + 1)].findIndex((character) => DOT_STOP.has(character))
  const to = tail === -1 ? at + match[0].length : at + dot + 1 + tail
  return to > at + dot + 2 ? [{ from: at, to, weight: 8 }] : []
}

/** 公布 is a name, and also the verb for publishing a list. */
const PUBLISHED = /^公布(?:的|了|过|出|在|上|到|失信|名单|老赖|曝|信息|后|时|以|之|没|吗|不|结果|[ ,.?!]*$)/

/** A third character that may follow half a Tibetan name: 卓玛措. */
const TIBETAN_THIRD = /[措姆追吉珍宗登]/

/** 扎西 · 扎西次仁 · 鲁茸扎西次里 · 卓玛措 · 阿茸扎西 */
function tibetan(text: string, at: number): Candidate[] {
  const halves = halvesAt(text, at)
  const listed = halves.filter((half) => TIBETAN.has(half)).length
  const to = at + 2 * halves.length
  if (listed === 0) return halves.length === 2 ? [{ from: at, to, weight: 2 }] : []
  if (halves.length > 1) return listed * 2 < halves.length ? [] : [{ from: at, to, weight: 2 + 2 * listed }]
  if (SURNAMES.has(text.charAt(at - 1)) || PUBLISHED.test(text.slice(at))) return []
  const longer = TIBETAN_THIRD.test(text.charAt(to)) ? [{ from: at, to: to + 1, weight: 3 }] : []
  return [{ from: at, to, weight: 2 }, ...longer]
}

/** Up to three pairs of characters in a row that are listed half-names or sound like one. */
function halvesAt(text: string, at: number): string[] {
  const halves: string[] = []
  for (let from = at; from < at + 6; from += 2) {
    const half = text.slice(from, from + 2)
    if (!TIBETAN.has(half) && !soundsTibetan(half)) break
    halves.push(half)
  }
  return halves
}

/** 阿普友娜, 余阿迪才: four characters with Lisu sounds, the first of which is listed. */
function lisu(text: string, at: number): Candidate[] {
  const four = text.slice(at, at + 4)
  if (!LISU_FIRST.has(four.charAt(0)) || four.length < 4 || ![...four.slice(1)].every((character) => LISU_SOUNDS.has(character))) return []
  return [{ from: at, to: at + 4, weight: 4 }]
}

function clan(text: string, at: number): Candidate[] {
  if (!CLANS.has(text.slice(at, at + 2))) return []
  let to = at + 2
  while (to < at + 5 && CLAN_SOUNDS.has(text.charAt(to))) to++
  if (to >= at + 4) return [{ from: at, to, weight: 5 }]
  return [...text.slice(at + 2, at + 4)].filter((character) => HAN.test(character) && !GRAMMAR.has(character)).length === 2
    ? [{ from: at, to: at + 4, weight: 3 }]
    : []
}

function han(text: string, at: number): Candidate[] {
  if (DOUBLE_SURNAMES.has(text.slice(at, at + 2))) {
    return withGivenName(text, at, at + 2).map((candidate) => ({ ...candidate, weight: candidate.weight + 2 }))
  }
  const surname = text.charAt(at)
  if (!SURNAMES.has(surname)) return []
  if (WORDS.has(text.slice(at, at + 2)) || WORDS.has(text.slice(at, at + 3)) || TAILS.has(text.slice(Math.max(0, at - 1), at + 1)))
    return []
  return withGivenName(text, at, at + 1)
}

/** Candidates of one or two given characters after a surname. */
function withGivenName(text: string, at: number, from: number): Candidate[] {
  const first = text.charAt(from)
  const second = text.charAt(from + 1)
  const surname = text.slice(at, from)
  const base = COMMON_SURNAMES.has(surname) ? 2 : surname === '钱' ? -1 : EVERYDAY_SURNAMES.has(surname) ? 0 : 1
  const found: Candidate[] = []
  if (!HAN.test(first) || (GRAMMAR.has(first) && !GIVEN.has(first))) return []
  const firstWeight = characterWeight(first)
  if (firstWeight > -2) found.push({ from: at, to: from + 1, weight: base + firstWeight + (GRAMMAR.has(first) ? -2 : 0) })
  if (!HAN.test(second) || characterWeight(second) <= -2 || startsWord(text, from + 1)) return found
  const secondWeight = characterWeight(second)
  found.push({ from: at, to: from + 2, weight: base + Math.min(firstWeight, 1) + secondWeight + 1 })
  return found
}

function characterWeight(character: string): number {
  if (GIVEN.has(character)) return GRAMMAR.has(character) || DOUBTFUL.has(character) ? 0 : 1
  if (GRAMMAR.has(character)) return DOUBTFUL.has(character) ? -1 : -3
  return 0
}

/** 王强明明有钱: the character belongs to the next word, not to the name. */
const NEXT_WORDS = new RegExp(
  `^(?:${anyOf('words-after-names')}|元,|女[士,\\d ]|克(?!强|勤|俭)|批(?:[准贷低公补了]|[\\u4e00-\\u9fff]{1,4}$)|` +
    `在(?:[不失名黑你外哪]|[\\u4e00-\\u9fff]{1,3}[买开住有])|和(?:\\u0000|[\\u4e00-\\u9fff]{2,4}[是在给有欠两的这]))`,
)

function startsWord(text: string, at: number): boolean {
  return NEXT_WORDS.test(text.slice(at, at + 8))
}

/** After 叫 or 姓名 a name may consist of any characters: 我叫恰思阿迪的. */
const CALLING = /[叫名是做个 :]/
const NAME_INTRODUCTION = /(?:名叫|叫做|名字叫|名字是|姓名是?|叫个|我叫|他叫|她叫|男方叫|女方叫|老板叫|的叫|个叫)[ :]*$/
const FREE_NAME =
  /^[\p{Script=Han}]{2,6}?(?=$|[ ,.、:;!?"()\u0000\d]|的|身份证|电话|他|她|这个|是不|给是|是失|是老|欠|查|先|在|住|我|手机|有没|被|想|要|申|来)/u

function introduced(text: string, at: number): Candidate[] {
  if (!NAME_INTRODUCTION.test(text.slice(Math.max(0, at - 6), at))) return []
  const match = FREE_NAME.exec(text.slice(at, at + 10))
  if (
    match === null ||
    GRAMMAR.has(match[0].charAt(0)) ||
    [...match[0]].some((character) => GRAMMAR.has(character) && !GIVEN.has(character) && !DOUBTFUL.has(character))
  )
    return []
  return [{ from: at, to: at + match[0].length, weight: 2 }]
}

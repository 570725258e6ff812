// Finds values by their form: identifiers, phones, case and ticket numbers, bind codes, quarters, dates, amounts, wishes for anonymity.
// Names are names.ts, organisations and places are organisations.ts; slots.ts puts all values together.

import type { SlotName } from '../../src/core/understanding.ts'
import { idCheckDigit, readIdentifier } from '../../src/core/identifiers.ts'

/** A piece of a message's `plain` text that is the value of a slot. */
export interface Span {
  slot: SlotName
  from: number
  to: number
  /** The value, where it differs from the written text by more than width and blanks. */
  value?: string
  /** A day relative to the day of the message (昨天). It is used only where somebody tells what happened. */
  relative?: true
}

/** Finds the values of one kind. Pieces of the text that were found before are blanked out by `\u0000`. */
type Finder = (text: string) => Span[]

const CN_DIGITS = '零〇一二三四五六七八九幺两'
const NUMBER = `(?:\\d+(?:,\\d{3})*|[${CN_DIGITS}十百千万]+)`
const PROVINCES = '京津冀晋蒙内辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川黔贵云滇藏陕甘青宁新兵最高法'

/** A finder of every match of a pattern. `group` of the match is the value (0: the whole match). */
function everyMatch(slot: SlotName, pattern: RegExp, group = 0): Finder {
  return (text) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      const indices = match.indices?.[group]
      return indices === undefined ? [] : [{ slot, from: indices[0], to: indices[1] }]
    })
}

/** （2026）云3401执恢12号: with any brackets or none, without 号, with 字第, with numbers as they are read aloud. */
const CASE_NO = new RegExp(
  `[(\\[【〔{]? ?(?:19|20|二[零〇])[\\d${CN_DIGITS}]{2} ?年?度? ?[)\\]】〕}]? ?年?[${PROVINCES}]{1,2} ?[\\d ${CN_DIGITS}]{0,6}[\\p{Script=Han}]?` +
    `(?:执恢|执保|执异|执复|执监|执他|执协|执督|执清|执转破|执|民初|民终|民申|民再|刑初|刑终|行初|行终|商初|财保|破申|破)(?:字?第?) ?(?:[\\d ]{1,7}|[${CN_DIGITS}十百千]{1,7})(?:号(?:之[一二三四五\\d])?)?`,
  'dgu',
)
const CASE_NO_SHORT = new RegExp(`(?<![\\p{Script=Han}\\d])[云滇] ?\\d{2,4} ?(?:执恢|执保|执异|执|民初|民终) ?\\d{1,6} ?号`, 'dgu')
/** The finder without blanks at the end of its values. */
const trimmed =
  (find: Finder): Finder =>
  (text) =>
    find(text).map((span) => ({ ...span, to: span.from + text.slice(span.from, span.to).trimEnd().length }))

/** TS20261122-0007, also with the year alone, as people shorten it. */
const TICKET_NO = /(?<![A-Za-z\d])[A-Za-z]{2} ?-? ?20\d{2}(?: ?\d{4} ?[-—–_]?| ?[-—–_]) ?\d{3,6}(?!\d)/dg

/** Fifteen to nineteen characters, with blanks and hyphens between groups; `identifierKind` decides what kind of number it is. */
const LONG_NUMBER = /(?<![A-Za-z\d*])[A-Za-z\d](?:[ -]{0,2}[A-Za-z\d]){14,18}[叉]?(?![A-Za-z\d*])/dg
const MASKED_ID = /(?<![A-Za-z\d*])\d{1,6}\*{4,14}[\dXx]{2,4}(?![\dA-Za-z*])/dg
const ID_WORD = /(?:身份证?|证件|sfz)(?:号码?|编号)?(?:是|为|填的?|:|,| )*$/i
const CODE_WORD = /(?:信用代?码|统一代码|机构代码|代码|税号|执照号?)(?:是|为|:|,| )*$/

const HYPHENS = /-/g
const SPACES = / /g
const GAP = /[ -]/
const GAPS = /[ -]/g
/** The X of an ID number, read aloud. */
const SPOKEN_X = /叉$/

function identifiers(text: string): Span[] {
  return [...text.matchAll(LONG_NUMBER)].flatMap((match) => {
    const slot = identifierKind(match[0], text.slice(0, match.index))
    if (slot === null) return []
    const plain = match[0].replace(HYPHENS, '').replace(SPOKEN_X, 'X')
    const value = plain === match[0] ? {} : { value: plain.replace(SPACES, '') }
    return [{ slot, from: match.index, to: match.index + match[0].length, ...value }]
  })
}

/** Place code, day of birth and number, with a character too few or too many. */
const NEARLY_ID = /^[1-8]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{2,4}X?$/
const NEARLY_USCC = /^(?:9[1-3]|5[1-39]|1[1-39]|N[1-39])\d{6}(?=\d*[A-Z])[\dA-Z]{10}$/

const LOOKS_LIKE_USCC = /[A-Z]|^9[1-3]/

/**
 * The kind of number that is meant: by the word before it, then by its content. A number with one wrong character keeps its kind, so that
 * the dialog can say what is wrong with it.
 */
function identifierKind(written: string, before: string): 'id_number' | 'uscc' | null {
  const characters = written.replace(GAPS, '').replace(SPOKEN_X, 'X').toUpperCase()
  const byWord = kindByWord(characters, before)
  if (byWord !== null) return byWord
  const read = readIdentifier(characters)
  if (read.kind === 'person' || (read.kind === 'none' && read.fault === 'id_check')) return 'id_number'
  if (read.kind === 'organisation' && LOOKS_LIKE_USCC.test(characters)) return 'uscc'
  if (NEARLY_ID.test(characters) && !GAP.test(written)) return 'id_number'
  return NEARLY_USCC.test(characters) ? 'uscc' : idWithRightCheckDigit(characters)
}

const ABOUT_ID = /^\d{14,18}[\dX]?$/
const ABOUT_USCC = /^[\dA-Z]{15,20}$/

function kindByWord(characters: string, before: string): 'id_number' | 'uscc' | null {
  if (ID_WORD.test(before) && ABOUT_ID.test(characters)) return 'id_number'
  return CODE_WORD.test(before) && ABOUT_USCC.test(characters) ? 'uscc' : null
}

/** One ID number in 31 is also a valid organisation code. With a day of birth and its own right check digit it is a person's. */
function idWithRightCheckDigit(characters: string): 'id_number' | null {
  return NEARLY_ID.test(characters) && idCheckDigit(characters.slice(0, 17)) === characters[17] ? 'id_number' : null
}

const LAST_FOUR =
  /(?:身份证|证件|证号|号码|sfz)?(?:号码?)?(?:的)?(?:(?:后|末|最后|末尾|后面)(?:[四六46]位|[四4]个数字?)|尾号|尾数|末尾|后四|后4)(?:数字?)?(?:是|为|[:,. 零一二三四五六七八九幺])*(\d{3}(?:\d{2})? ?[\dXx])(?![\dA-Za-z])/dg

/** The last four characters as they are read aloud: 后四位零四六八. */
const LAST_FOUR_SPOKEN = new RegExp(
  `(?:后|末|尾)[四4]?(?:位|个数字|号)(?:数字?)?[是为:,. ]*([${CN_DIGITS}]{3}[${CN_DIGITS}Xx叉])(?![${CN_DIGITS}\\d])`,
  'dg',
)

function spokenTails(text: string): Span[] {
  return everyMatch('id_number', LAST_FOUR_SPOKEN, 1)(text).map((span) => ({ ...span, value: digitsOf(text.slice(span.from, span.to)) }))
}

/** Digits that are read aloud, as digits; an X stays. */
function digitsOf(spoken: string): string {
  const plain = spoken.replaceAll('幺', '一').replaceAll('〇', '零').replaceAll('两', '二').replace(SPOKEN_X, 'X').toUpperCase()
  return Array.from(plain, (character) => (character === 'X' ? 'X' : String('零一二三四五六七八九'.indexOf(character)))).join('')
}

const PHONE = /(?<![\dA-Za-z])(?:\+? ?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)|(?<![\dA-Za-z])0\d{2,3}[- ]\d{7,8}(?!\d)/dg
const PHONE_SPOKEN = new RegExp(`(?<![${CN_DIGITS}十百])[一幺][三四五六七八九][${CN_DIGITS}]{9}(?![${CN_DIGITS}十百])`, 'g')

function spokenPhones(text: string): Span[] {
  return [...text.matchAll(PHONE_SPOKEN)].map((match) => ({
    slot: 'phone',
    from: match.index,
    to: match.index + match[0].length,
    value: [...match[0]]
      .map((character) =>
        '零一二三四五六七八九'.indexOf(character === '幺' ? '一' : character === '〇' ? '零' : character === '两' ? '二' : character),
      )
      .join(''),
  }))
}

const CODE = '(?=[A-Za-z]*\\d|[A-Z]{5,})[A-Za-z\\d]{2,5}[ -]?[A-Za-z\\d]{2,6}'
const BIND_AFTER = new RegExp(
  `(?:绑定?码?|邦定|帮定|绑顶|(?<!查询|身份|号)(?:验证|邀请|激活|一次性|口令|动态|认证|注册)码?|(?<![号代询条维密]|电话)码)(?:号|子)?(?:收到了?|就?是|为|:|,|一下|下|填|输入|联络员|账号| )*(${CODE})(?![A-Za-z\\d])`,
  'dg',
)
/** 给我们发了个码,在这里输入,9WQ4TB: further away from its word, a code must mix letters and digits. */
const BIND_FAR = /码[^A-Za-z\d]{1,14}?(?<![A-Za-z\d-])((?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z\d]{6,8})(?![A-Za-z\d-])/dg
const BIND_BEFORE = new RegExp(`(?<![A-Za-z\\d-])(${CODE})(?: |,|这个|我要|来|帮我|给我|是)*(?:绑定|邦定|帮定|绑顶|是?绑定码)`, 'dg')

const YEAR = `(?:(?:20\\d{2}|\\d{2}|[二两][零〇][${CN_DIGITS}]{2}|今|去|本|上|前)(?:年度?的?|-|\\.|/)? ?)?`
const QUARTER = new RegExp(
  `${YEAR}(?:(?:第? ?[一二三四1-4] ?个?季度?)(?![报表])|(?<![A-Za-z])[qQ][1-4](?!\\d)|(?:第?[一二三四1-4])季(?=报))|(?:本|上|这|上个|这个|下个|前个|该|当)季度?(?!节)`,
  'dg',
)

const DAY_WORDS =
  '今天(?:早上|上午|中午|下午|晚上)?|今早|今晚|今日|(?:\\d{1,2}|[一二两三四五六七八九十几]{1,2})(?:年|个月|天|个?星期|个?礼拜|周)(?:以)?前|大前天|前天|昨天(?:早上|上午|中午|下午|晚上)?|昨晚|昨日|前几天|前两天|前些天|前段时间|前阵子|上个?(?:星期|礼拜|周)[一二三四五六日天末]?|这个?(?:星期|礼拜|周)[一二三四五六日天末]|上个?月(?:初|底|中旬|(?:\\d{1,2}|[一二三四五六七八九十]{1,3})[号日])?|前个月|上上个?月|去年(?:\\d{1,2}月|年底|年初|春节)?|前年|今年\\d{1,2}月'
const FULL_DATE = `(?:(?:19|20)\\d{2}|\\d{2}|今|去|明|后|前) ?年 ?(?:\\d{1,2}|[一二三四五六七八九十]{1,2}) ?月(?: ?份| ?底| ?初)?(?: ?(?:\\d{1,2}|[一二三四五六七八九十]{1,3}) ?[日号])?`
const DATE = new RegExp(
  `${FULL_DATE}|(?<!\\d)20\\d{2}[-/.]\\d{1,2}[-/.]\\d{1,2}(?!\\d)|(?<![\\d年])\\d{1,2} ?月 ?\\d{1,2} ?[日号]?(?!\\d)|[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}[日号]|(?:今|明|后)年(?:年底|底|年初)|(?<!\\d)20\\d{2}年(?:底|初)?`,
  'dg',
)
const DAY = new RegExp(DAY_WORDS, 'dg')

function days(text: string): Span[] {
  return everyMatch('date', DAY)(text).map((span) => ({ ...span, relative: true as const }))
}

const CN_MONEY = `[${CN_DIGITS}十百千]`
const AMOUNT = new RegExp(
  `(?<![\\dA-Za-z.])(?:\\d[\\d,]*(?:\\.\\d+)?|${CN_MONEY}{1,12}|[一二三四五六七八九]?十?几[十百]?|好几) ?(?:多|来)?(?:(?:[万千百亿]+|[wWkK](?![A-Za-z\\d]))(?:(?:\\d{1,4}|[${CN_DIGITS}])(?![\\d年月日号]))?(?:多|把)?(?:千|百)? ?(?:元|块钱?|人民币)?|(?:多|把)? ?(?:元|块钱|块(?!地|田|草|儿|牌|手表))(?:人民币)?)`,
  'dg',
)
/** What follows a number that counts people, things or times, and no money. */
const COUNTER_AFTER = /^(?:[零一二两三四五六七八九]|人|次|个|户|家|条|件|张|辆|亩|笔|头|位|名|平|桌|只|匹|棵|斤|公里|层|间|套|回)/

const LARGE_UNIT = /^[千百万]/

function amounts(text: string): Span[] {
  return trimmed(everyMatch('amount', AMOUNT))(text).filter(
    (span) => !COUNTER_AFTER.test(text.slice(span.to)) && !LARGE_UNIT.test(text.slice(span.from)),
  )
}

const ANONYMOUS =
  /匿名|不具名|不?实名(?<=不实名)|(?:不想|不愿意?|不要|不能|不敢|别|莫|不)(?:留|写|说|透露|暴露|公开|报)(?:下|出|我)?(?:的)?(?:我的|自己的?|真实)?(?:名字|姓名|身份|真名|名)|(?:不要|千万别|别|莫|不能)(?:说|讲|告诉.{1,4})是我(?:说|讲|举报|反映)?的|(?:替我|给我|帮我|请)?保密(?:我的)?(?:身份|姓名|名字)|(?:替我|给我|帮我|请)保密/dg

const CHECKING = '核查|查询|审查|核实|核察|核验|筛查|查了|查|核|checked'
const RESTRICTING =
  '限制(?:办理|参与)?|拒绝(?:办理)?|拒批|拒贷|拒了|拒|限了|限|拦下来?|拦截|拦了|拦|否决|不予(?:办理|通过|受理)|未(?:予|通过|办|批)(?:办理|受理)?|没(?:办|批|给办|通过)|劝返|退回|惩戒|restricted'
const COUNTING = '(?:人次|人数|次数|总?数|量|情况)?(?:了|有|共|应该|应|是|为|改成|改为|:|=| |,|一?共)*'
const NOT_COUNTED = '(?!季|月|年|个?都|个人$|报|反馈|\\d)'
/** 核查申请人二十七人次: words between the verb and the figure that say who was checked; no number and no stop among them. */
const WHOM = `(?:[^\\d,.;!?\\u0000${CN_DIGITS}十百千万限拒拦核查反馈季]{1,14}?)`
const figureAfter = (words: string): RegExp => new RegExp(`(?:${words})${COUNTING}(${NUMBER})${NOT_COUNTED}`, 'dg')
const figureFurtherAfter = (words: string): RegExp =>
  new RegExp(`(?:${words})${WHOM}(${NUMBER})(?= ?(?:多|余)?(?:人次|人|次|个|户|家|名|笔|起|件|条|$|[,.;。]))`, 'dg')
const figureBefore = (words: string): RegExp => new RegExp(`(${NUMBER}) ?(?:人次|次|人|个|笔|户|家|名)?(?:的)?(?:${words})`, 'dg')
const figureAfterTotal = (words: string): RegExp =>
  new RegExp(`(?:${words})(?:总数|总量|数量|人数)[^\\d,.;!?]{0,8}?(${NUMBER})${NOT_COUNTED}`, 'dg')

/** Applied in this order; a piece that one finder found is blanked out for the next ones. */
const FINDERS: readonly Finder[] = [
  trimmed(everyMatch('case_no', CASE_NO)),
  trimmed(everyMatch('case_no', CASE_NO_SHORT)),
  everyMatch('ticket_no', TICKET_NO),
  identifiers,
  everyMatch('id_number', MASKED_ID),
  everyMatch('id_number', LAST_FOUR, 1),
  spokenTails,
  everyMatch('phone', PHONE),
  spokenPhones,
  everyMatch('bind_code', BIND_AFTER, 1),
  everyMatch('bind_code', BIND_BEFORE, 1),
  everyMatch('bind_code', BIND_FAR, 1),
  everyMatch('quarter', QUARTER),
  everyMatch('date', DATE),
  days,
  amounts,
  everyMatch('anonymous', ANONYMOUS),
]

/** The finders for a text without any number, as most messages are. */
const FINDERS_WITHOUT_NUMBERS: readonly Finder[] = [
  everyMatch('quarter', QUARTER),
  everyMatch('date', DATE),
  days,
  everyMatch('anonymous', ANONYMOUS),
]
const HAS_NUMBER = new RegExp(`[\\dA-Z*${CN_DIGITS}十百千万亿几]`, 'i')

/** All values that are recognised by their form, sorted by position. */
export function formedSpans(plain: string): Span[] {
  return find(plain, HAS_NUMBER.test(plain) ? FINDERS : FINDERS_WITHOUT_NUMBERS)
}

/**
 * Figures that a liaison reports after their words. Used only for a message that is feedback, because 查 and 限制 mean other things
 * elsewhere.
 */
export const FEEDBACK_FINDERS: readonly Finder[] = [
  everyMatch('checked', figureAfter(CHECKING), 1),
  everyMatch('restricted', figureAfter(RESTRICTING), 1),
  everyMatch('checked', figureAfterTotal(CHECKING), 1),
  everyMatch('restricted', figureFurtherAfter(RESTRICTING), 1),
  everyMatch('checked', figureFurtherAfter(CHECKING), 1),
]
/** Figures before their words: 40次核查3次限制. */
export const FEEDBACK_BEFORE: readonly Finder[] = [
  everyMatch('checked', figureBefore('核查'), 1),
  everyMatch('restricted', figureBefore('限制|[被着](?:限制|拒|拦)'), 1),
]

const CN_COUNT = `[${CN_DIGITS}十百千万]{1,7}`
const COUNT = new RegExp(
  `(?<![\\d.第${CN_DIGITS}十百千万])(?:(?:\\d{1,6}|${CN_COUNT})(?= ?(?:人次|人|次|个(?!月|季)|户|家|名|笔|起|件|条|回))|\\d{1,6}(?![\\d年月日号季%.])|(?<=[ ,;:/、跟和与])${CN_COUNT}(?=$|[ ,;/、。跟和与]))`,
  'dg',
)

/** Numbers without a word that tells their meaning. */
export const counts: Finder = everyMatch('checked', COUNT)

/**
 * Runs finders in order over one text; a piece belongs to the finder that found it first.
 * @param known spans that were found before; they are returned too.
 */
export function find(plain: string, finders: readonly Finder[], known: readonly Span[] = []): Span[] {
  const spans = [...known]
  let text = blank(plain, spans)
  for (const finder of finders) {
    const found = finder(text)
    if (found.length === 0) continue
    spans.push(...found)
    text = blank(text, found)
  }
  return spans.sort((a, b) => a.from - b.from)
}

/** The text with the pieces replaced by `\u0000`, character by character, so that positions stay the same. */
export function blank(text: string, spans: readonly Span[]): string {
  let out = text
  for (const { from, to } of spans) out = out.slice(0, from) + '\u0000'.repeat(to - from) + out.slice(to)
  return out
}

// Finds companies, units, places and kinds of business in a text by patterns. Their word lists are in templates/lexicon.
// Whether such a company or unit exists is not checked here; the database knows that.

import { anyOf, wordSet } from './lexicon.ts'
import { blank, type Span } from './spans.ts'

/** Endings of company names. Credit cooperatives and rural banks end like a company but are units. */
const SUFFIX = new RegExp(`(?!(?<=信用)合作社|(?<=农)商行)${anyOf('company-endings', 'company-endings-weak')}`, 'g')
/** Endings that belong to a company only with a proper name before them; otherwise they are a kind of place. */
const WEAK = wordSet('company-endings-weak')

/** A company name never contains one of these; it starts after the last one. */
const EDGES = new RegExp(`${anyOf('before-companies')}|[,.:;!?、"() \\u0000]`, 'g')

/** A place name with which a company name starts. */
const PLACE_START = new RegExp(anyOf('places-before-companies'), 'g')
const TOO_GENERAL = new RegExp(`^${anyOf('too-general-for-companies')}+$`)

/** What follows an ending that is not the end of the name: 酒店 in 高原红酒店管理有限公司. */
const LONGER = /^(?:管理|经营|服务|开发|投资|餐饮|旅游|文化|咨询|贸易|科技|连锁|用品|设备|专业)*(?:有限|股份|公司|集团|合作社)/

/** The companies in a text. */
function companies(text: string): Span[] {
  const spans: Span[] = []
  let end = 0
  for (const match of text.matchAll(SUFFIX)) {
    const suffix = match[0]
    const from = startOf(text, Math.max(end, match.index - 24), match.index)
    const core = text.slice(from, match.index)
    if (LONGER.test(text.slice(match.index + suffix.length))) continue
    end = match.index + suffix.length
    if (!isCompanyName(core, suffix)) continue
    const previous = spans.at(-1)
    if (previous !== undefined && previous.to === from) previous.to = end
    else spans.push({ slot: 'company', from, to: end })
  }
  return spans
}

const BREAKS = [' ', ',', '.', ':', '、', '\u0000', '?', '!', '"']
/** Words before a place which mean that somebody is there or goes there: 在昆明的… */
const TO_A_PLACE = /(?:在|到|去|从|克)$/

/** Where the name before a suffix starts: at the first place name after the last break, else after the last edge word. */
function startOf(text: string, low: number, high: number): number {
  const window = text.slice(low, high)
  const broken = Math.max(...BREAKS.map((character) => window.lastIndexOf(character))) + 1
  const clean = window.slice(broken)
  const place = [...clean.matchAll(PLACE_START)].find((match) => !TO_A_PLACE.test(clean.slice(0, match.index)))
  if (place !== undefined) return low + broken + place.index
  let start = 0
  for (const edge of clean.matchAll(EDGES)) {
    const stop = edge.index + edge[0].length
    if (stop <= clean.length - 2 || stop === clean.length) start = stop
  }
  return low + broken + start
}

const HAS_LETTERS = /[\p{Script=Han}A-Za-z]/u
/** The last character of a clause about a company, which no company name ends with. */
const CLAUSE_END = /(?:的|了|开|办|租)$/
const WEAK_CLAUSE = /老赖|失信|还在|还能|当|怎么|什么|可以|能不能|冒用|身份证|注册|还清|还完|以后|之后|后$/
const WEAK_CLAUSE_END = /(?:的|了|个|家|里|住|开|有|下|间|座|栋|套|五星级?|星级|什么|哪些|高档|旅游)$/

function isCompanyName(core: string, suffix: string): boolean {
  if (core.length < 2 || !HAS_LETTERS.test(core)) return false
  if (!WEAK.has(suffix)) return !TOO_GENERAL.test(core) && !CLAUSE_END.test(core)
  return core.length <= 20 && !TOO_GENERAL.test(core) && !WEAK_CLAUSE.test(core) && !WEAK_CLAUSE_END.test(core)
}

const PLACE = '(?:中共|中国)?(?:香格里拉|迪庆|云南|德钦|维西|丽江|昆明|大理|建塘|怒江)?(?:藏族自治|傈僳族自治)?[省州市县区]?'
/** Offices as people call them, also without the place before and without the last syllable (市监, 住建). */
const OFFICES = anyOf('offices')
const BANKS = `(?:中国)?${anyOf('bank-kinds')}银行|${anyOf('bank-names')}`
const UNIT = new RegExp(
  `${PLACE}${OFFICES}{1,2}|${PLACE}(?:${BANKS})(?:[\\p{Script=Han}]{0,8}?(?:支行|分行|营业部|分理处|信用社))?|${PLACE}(?:中级|高级|基层)?(?<=[市州省县区级])(?:人民)?法院|(?:香格里拉|迪庆|云南|德钦|维西|[\\p{Script=Han}]{2}(?<!还在|住在|就在|去了|我们|你们|他们|们[在去到]|[在去到从])(?=乡|镇))[省州市县区乡镇](?:党委|人民政府|政府)(?!补贴|采购|投资|项目)`,
  'gu',
)

/** The government offices, banks and courts in a text. */
function units(text: string): Span[] {
  return [...text.matchAll(UNIT)].map((match) => ({ slot: 'unit', from: match.index, to: match.index + match[0].length }))
}

const PLACE_TAIL = '(?:藏族自治州|傈僳族自治县|傈僳族自治州|古城|古镇|机场|火车站|高铁站|客运站|汽车站|开发区|[省州市县区镇乡站])?'
const DETAIL =
  '(?:[^\\P{Script=Han}的在是我他有]{1,5}?(?:社区|小区|村委会|街道|[镇乡村路街巷])(?:[\\p{Script=Han}]{1,4}(?:村|组|小组))?(?:\\d{1,4}号)?)?'
const LOCATION = new RegExp(
  `(?:${anyOf('towns')}${PLACE_TAIL})+${DETAIL}|月光广场|长征大道|和平路|团结路|[\\p{Script=Han}]{2,4}(?:广场|小区|大道)`,
  'gu',
)
const NOT_A_PLACE = /[封修]路$|^(?:失信|名单|信用|你们|这个|那个|哪个|我们|一个)/

const LEAD = /^(?:但|我在|就|还|和|住在|在|到|去|克|从|住|是)+/

/** The places in a text. */
export function locations(text: string): Span[] {
  return [...text.matchAll(LOCATION)]
    .filter((match) => !NOT_A_PLACE.test(match[0]))
    .map((match) => {
      const lead = LEAD.exec(match[0])?.[0].length ?? 0
      return { slot: 'location' as const, from: match.index + lead, to: match.index + match[0].length }
    })
}

/** What a unit decides on after a screening, unless it begins a longer word that is no business: 贷款通则. */
const BUSINESS = new RegExp(`(?!${anyOf('not-businesses')})${anyOf('businesses')}`, 'g')

/** The kinds of business in a text. */
export function businesses(text: string): Span[] {
  return [...text.matchAll(BUSINESS)].map((match) => ({ slot: 'business', from: match.index, to: match.index + match[0].length }))
}

/** The companies and units in a text. Companies are found first: 建设银行 is a unit, 建设银行物业有限公司 a company. */
export function organisations(text: string): Span[] {
  const found = companies(text)
  return [...found, ...units(blank(text, found))]
}

// Reads the figures of a quarter as a liaison writes them (核查 40 限制 3, 40次核查3次限制), and a unit's decision after a screening.
// Rules: src/features/feedback/rules.ts and src/features/screening/rules.ts; the dialogs are bot/dialogs/feedback.ts and screening.ts.

import type { ScreeningOutcome } from '../../src/features/screening/rules.ts'

/** The figures that a message states. */
export interface StatedFigures {
  checked?: number
  restricted?: number
  approved?: number
}

const NUMBER = '([\\d,]+|[零〇一二两三四五六七八九十百千万]+)'
const COUNTER = '\\s*(?:次|人次|人|件|笔|户|个|宗|家)?'
const BETWEEN = '(?:了|数|人数|人次|次数|件数|应该|应|改为|改成|更正为|为|是|共|:|：|=|\\s)*'
const WORDS: Readonly<Record<keyof StatedFigures, string>> = {
  checked: '(?:核查|查询|审查|核实|查|检查)',
  restricted: '(?:限制|不予办理|拒绝|拒|限|不予同意|不予批准|惩戒)',
  approved: '(?:仍予?批准|仍予?同意|仍办理|同意|批准|放行|照办)',
}

type Patterns = readonly (readonly [name: keyof StatedFigures, pattern: RegExp])[]

const patternsOf = (around: (word: string) => string): Patterns =>
  (['checked', 'restricted', 'approved'] as const).map((name) => [name, new RegExp(around(WORDS[name]), 'g')])
const BEFORE_WORD = patternsOf((word) => `${NUMBER}${COUNTER}${word}`)
const AFTER_WORD = patternsOf((word) => `${word}${BETWEEN}${NUMBER}(?!\\s*[年月日季])`)
const NOTHING_AT_ALL = /零报告|零反馈|报零|(?:全|都|均)(?:是|为)?(?:0|零|没有|无)|一(?:个|件|笔|户)(?:都|也)没有?/

/** Figures by their words, which may stand before or after them. A word with two different numbers gives no figure, and the dialog asks. */
export function figuresIn(text: string): StatedFigures {
  const line = text.normalize('NFKC')
  if (NOTHING_AT_ALL.test(line)) return { checked: 0, restricted: 0, approved: 0 }
  const before = matchesOf(line, BEFORE_WORD)
  const after = matchesOf(line, AFTER_WORD)
  // 40次核查3次限制 begins with its figure, 核查40限制3 with its word: the first pair decides how the whole line is read.
  const found = (startOf(before) < startOf(after) ? before : after).flatMap(({ name, values }) => {
    const [value = null] = values
    return values.size === 1 && value !== null ? [[name, value] as const] : []
  })
  return Object.fromEntries(found)
}

interface Figure {
  name: keyof StatedFigures
  start: number
  values: ReadonlySet<number | null>
}

function matchesOf(line: string, patterns: Patterns): Figure[] {
  return patterns.flatMap(([name, pattern]) => {
    const matches = [...line.matchAll(pattern)]
    const values = new Set(matches.map((match) => countOf(match[1] ?? '')))
    return matches.length === 0 ? [] : [{ name, start: matches[0]?.index ?? 0, values }]
  })
}

function startOf(matched: readonly Figure[]): number {
  return Math.min(Infinity, ...matched.map(({ start }) => start))
}

const DIGITS = '零一二三四五六七八九'
const PLACES: Readonly<Record<string, number>> = { 十: 10, 百: 100, 千: 1000 }

const COMMAS = /,/g
const TWO = /两/g
const ZERO = /〇/g
const DIGITS_ALONE = /^\d{1,9}$/
const BELOW_TEN_THOUSAND = /^[零一二三四五六七八九十百千]+$/
const PLACE = /[十百千]/

/** A count in digits or Chinese numerals: `40`, `1,200`, `四十`, `一百二十`, `两千零五`, `三万`. Null for anything else. */
export function countOf(text: string): number | null {
  const bare = text.replace(COMMAS, '').replace(TWO, '二').replace(ZERO, '零')
  if (DIGITS_ALONE.test(bare)) return Number(bare)
  const [left = '', right] = bare.split('万')
  const low = underTenThousand(right ?? left)
  if (right === undefined) return low
  const high = underTenThousand(left)
  return high === null || low === null ? null : high * 10_000 + low
}

function underTenThousand(text: string): number | null {
  if (text === '') return 0
  if (!BELOW_TEN_THOUSAND.test(text)) return null
  if (!PLACE.test(text)) return Number([...text].map((character) => DIGITS.indexOf(character)).join(''))
  let sum = 0
  let digit: number | null = null
  for (const character of text) {
    const place = PLACES[character]
    if (place === undefined) digit = DIGITS.indexOf(character)
    else {
      sum += (digit ?? 1) * place
      digit = null
    }
  }
  return sum + (digit ?? 0)
}

/** What a unit reports after a screening; `later`: it has not decided yet. */
export type StatedOutcome = ScreeningOutcome | 'later'

const OUTCOMES: readonly (readonly [StatedOutcome, RegExp])[] = [
  ['later', /还没|尚未|没(?:有)?(?:定|决定)|再说|待定|晚点|稍后|考虑/],
  ['not_needed', /不(?:用|需要?|必)办|撤回(?:了)?申请|(?:他|人)(?:自己)?不办|不来办|放弃/],
  [
    'refused',
    /不予|拒绝|拒了|没(?:有)?(?:给(?:他|她)?)?办|不(?:给|能)?(?:他|她)?办|不(?:同意|批|批准|通过)|否决|没(?:有)?(?:批|通过)|未(?:批|办)/,
  ],
  ['approved', /同意|批准|批了|办了|(?:已经?|都)办|办理了|办好|办成|办完|通过了?|放款|照(?:常)?办|给(?:他|她)办/],
]

const QUESTION = /[?？吗]\s*$/

/**
 * The first outcome whose words fit, in the order of the table: 不予批准 is a refusal although it contains 批准. Undefined for a question.
 */
export function outcomeIn(text: string): StatedOutcome | undefined {
  const line = text.normalize('NFKC')
  if (QUESTION.test(line)) return undefined
  return OUTCOMES.find(([, words]) => words.test(line))?.[0]
}

const REASON_INTRODUCED = /(?:理由|原因|因为|由于)(?:是|为|:|：)?\s*(.{2,})$/su
const AFTER_COMMA = /^[^,，。;；]{1,14}[,，。;；]\s*(.{4,})$/su

/** The reason that a text states: after 理由, 因为, 原因, or after a comma. */
export function reasonIn(text: string): string | undefined {
  const line = text.normalize('NFKC').trim()
  const stated = REASON_INTRODUCED.exec(line)?.[1] ?? AFTER_COMMA.exec(line)?.[1]
  return stated?.trim()
}

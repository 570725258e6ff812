// The six grounds of listing (法释〔2017〕7号 art. 1), their terms (art. 2), and how courts’ files write them. Pure.
// The texts that people read are templates/words/zh-CN/grounds.yaml.

import { memo } from '../../core/memo.ts'
import { squeeze } from '../../core/text.ts'
import type { Ground } from './rules.ts'

/** The range of a term in months, both ends included. */
export interface TermRule {
  least: number
  most: number
}

/** Art. 2: two years, and one to three years more for violence or several acts. */
const TWO_TO_FIVE_YEARS: TermRule = { least: 24, most: 60 }

interface GroundRow {
  ground: Ground
  /** Null: the law sets no term. */
  term: TermRule | null
  /** Matches the wording of files after blanks and punctuation were removed. */
  input: RegExp
}

/** The grounds in the order in which they are searched: 6 before 1, because both speak of refusing to perform. */
export const GROUNDS: readonly GroundRow[] = [
  { ground: 6, term: TWO_TO_FIVE_YEARS, input: /(?:被执行人)?(?:无正当理由)?(?:拒不|拒绝|不)履行(?:执行)?和解协议(?:书)?的?/g },
  {
    ground: 1,
    term: null,
    input:
      /(?:其他|其它)?(?:被执行人)?有(?:履行能力|能力履行)而?(?:拒不|拒绝|不)履行(?:(?:生效)?(?:法律文书|裁判文书|判决)所?(?:确定|规定)的?(?:给付)?义务|义务)?的?/g,
  },
  {
    ground: 2,
    term: TWO_TO_FIVE_YEARS,
    input:
      /以?(?:(?:伪造证据|暴力|威胁)(?:和|及|或者?)?)*等?(?:方法|方式|手段)?(?:(?:妨碍|妨害|阻碍)?(?:和|或者?)?抗拒|妨碍|妨害|阻碍)(?:法院|人民法院)?执行的?/g,
  },
  {
    ground: 3,
    term: TWO_TO_FIVE_YEARS,
    input:
      /(?:以?(?:虚假(?:诉讼|仲裁)|(?:隐匿|隐藏|转移)(?:财产)?)(?:和|及|或者?)?)*等?(?:方法|方式|手段)?(?:规避|逃避)(?:法院|人民法院)?执行的?/g,
  },
  {
    ground: 4,
    term: TWO_TO_FIVE_YEARS,
    input: /违反(?:了)?财产(?:报告|申报)(?:制度|令|义务|规定)?的?|(?:拒不|拒绝|未如实|虚假)(?:报告|申报)财产(?:状况|情况)?的?/g,
  },
  { ground: 5, term: TWO_TO_FIVE_YEARS, input: /违反(?:了)?(?:限制高?消费|限高|限消)(?:令|措施|规定)?的?/g },
]

/**
 * The grounds that a cell names, ascending, and the text that was not recognised. Numbers 1–6 alone are items of the 2017 text. `rest` is
 * empty when everything was understood; otherwise the cell must be rejected, because a ground in the unrecognised text would be lost.
 */
export const readGrounds = memo(500, (text): { grounds: readonly Ground[]; rest: string } => {
  const letters = squeeze(text).replace(/[^\p{L}\p{N}]/gu, '')
  const numbers = squeeze(text).replace(/[、;；.。|/]/g, ',')
  if (/^[1-6](,[1-6])*,?$/.test(numbers))
    return { grounds: sorted(new Set(numbers.split(',').filter(Boolean).map(Number) as Ground[])), rest: '' }
  const found = new Set<Ground>()
  let rest = letters
  for (const row of GROUNDS)
    rest = rest.replace(row.input, () => {
      found.add(row.ground)
      return '\n'
    })
  rest = rest.replace(/^[\d一二三四五六](?=\n)|\n(?:[\d一二三四五六]|以?及|和|与|并|且|同时|或者?)?/g, '')
  return { grounds: sorted(found), rest }
})

function sorted(grounds: ReadonlySet<Ground>): readonly Ground[] {
  return [...grounds].sort((left, right) => left - right)
}

/** The range of terms that grounds allow; null when none of them has a term. Ground 1 together with others takes the term of the others. */
export function termRule(grounds: readonly Ground[]): TermRule | null {
  return GROUNDS.find((row) => row.term !== null && grounds.includes(row.ground))?.term ?? null
}

/** What can be wrong with a term. */
export type TermProblem = 'term_missing' | 'term_not_allowed' | 'term_out_of_range'

/** Checks a term in months (null: none stated) against the grounds (法释〔2017〕7号 art. 2). Null when it fits. */
export function termProblem(grounds: readonly Ground[], termMonths: number | null): TermProblem | null {
  const rule = termRule(grounds)
  if (rule === null) return termMonths === null ? null : 'term_not_allowed'
  if (termMonths === null) return 'term_missing'
  return termMonths >= rule.least && termMonths <= rule.most ? null : 'term_out_of_range'
}

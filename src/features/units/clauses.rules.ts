// The clauses of a measure and the advice they give: whom each reaches, which business it covers, and how a unit's words are read.
// The rows are in templates/catalogue (clauses.yaml, businesses.yaml); catalogue.tasks.ts loads them with the measures.

import { OFFICES, type DebtorKind, type Office } from '../debtors/rules.ts'

/** What a clause orders. `assist` speaks to a request of the court and restricts nothing; `none`: nothing follows for the business. */
export const CLAUSE_ADVICE = ['restrict', 'strict_review', 'reference', 'supervise', 'limit', 'assist', 'none'] as const
export type ClauseAdvice = (typeof CLAUSE_ADVICE)[number]

export const CLAUSE_KINDS = ['both', 'person', 'organisation'] as const

/** One clause of a measure, as 实施意见 二(二) orders it. Whom it does not name it does not reach. */
export interface Clause {
  /** Number of the measure and a letter, such as `1.1a`. */
  id: string
  advice: ClauseAdvice
  /** A few of the clause's own words; …… marks what was left out. */
  words: string
  /** The kind of listed party that it reaches itself. */
  self?: (typeof CLAUSE_KINDS)[number]
  /** Offices in a listed organisation whose holders it reaches. */
  side?: readonly Office[]
  /** Offices in an applicant whose listed holder counts against the applicant. */
  applicant?: readonly Office[]
  /** Offices that a listed natural person who is put forward for them may not take. */
  nominee?: readonly Office[]
}

export const BUSINESS_TIMES = ['nominee', 'others', 'rest'] as const

/** One entry of the closed list of businesses of a measure. */
export interface Business {
  name: string
  /** The clauses that cover it, by id. None: units ask about it, and no clause names it. */
  clauses: readonly string[]
  /** Ways of writing it; see `fits`. */
  words: readonly string[]
  /** The clause leaves in doubt whether it covers this: a person looks. */
  ask?: true
  /** `nominee`: only for a person who is put forward for an office; `others`: never for one; `rest`: only where nothing else fits. */
  when?: (typeof BUSINESS_TIMES)[number]
}

/** A measure as far as advice needs it. */
export interface Clauses {
  clauses: readonly Clause[]
  businesses: readonly Business[]
}

/** How the listed party and the application are connected. */
export type Relation = FoundRelation | { kind: 'unrelated' }
export type FoundRelation =
  | { kind: 'self'; office?: never }
  | { kind: 'officer_of_applicant' | 'nominee'; office: Office }
  /** `nominatedFor`: the office for which the holder is put forward, when the question is about that. */
  | { kind: 'side_of_listed_organisation'; office: Office; nominatedFor?: Office }

/** What follows for one business, one listed party and one relation. */
export interface BusinessAdvice {
  /** `ask`: the words fit no entry, or several of different advice, or an entry that leaves it in doubt. A person looks. */
  advice: ClauseAdvice | 'ask'
  /** The clause that gives the advice; null where none reaches. */
  clause: string | null
  /** The entry for which the words were taken; null where they fit none or several. */
  business: string | null
}

/** The entry for a business that is on no list: a person looks. */
export const OTHER_BUSINESS = '其他'

/** Reads `self`, `unrelated`, or a relation and an office such as `nominee:director`; null for anything else. */
export function readRelation(text: string): Relation | null {
  const [kind = '', office, more] = text.split(':')
  if (more === undefined && office === undefined && (kind === 'self' || kind === 'unrelated')) return { kind }
  const known = OFFICES.find((each) => each === office)
  if (more === undefined && known !== undefined)
    if (kind === 'side_of_listed_organisation' || kind === 'officer_of_applicant' || kind === 'nominee') return { kind, office: known }
  return null
}

/** Whether a clause reaches a listed party of a kind in a relation, whatever the business. */
export function reaches(clause: Clause, kind: DebtorKind, relation: Relation): boolean {
  const { self, side, applicant, nominee } = clause
  switch (relation.kind) {
    case 'self':
      return self === 'both' || self === kind
    case 'side_of_listed_organisation':
      return kind === 'organisation' && names(side, relation.office) && takesOffice(clause, relation.nominatedFor)
    case 'officer_of_applicant':
      return names(applicant, relation.office)
    case 'nominee':
      return kind === 'person' && self !== undefined && names(nominee, relation.office)
    default:
      return false
  }
}

function names(offices: readonly Office[] | undefined, office: Office): boolean {
  return offices?.includes(office) === true
}

function takesOffice({ nominee }: Clause, nominatedFor: Office | undefined): boolean {
  return nominatedFor === undefined || names(nominee, nominatedFor)
}

/**
 * The entries that a unit's words fit. The name of an entry fits it alone. Entries that no clause covers are narrow, and come before the
 * others: 退休提取 is no 提前支取. Somebody put forward for an office is looked for among the entries about offices.
 */
function businessesFor({ clauses, businesses }: Clauses, written: string, isNominee: boolean): Business[] {
  const text = plainText(written)
  const named = businesses.find(({ name }) => plainText(name) === text)
  if (named !== undefined) return [named]
  const open = withoutExclusions(text)
  const allowed = businesses.filter(({ when }) => when !== (isNominee ? 'others' : 'nominee'))
  const fitting = allowed.filter((business) => business.when !== 'rest' && fits(business, open))
  if (fitting.length === 0) return allowed.filter((business) => business.when === 'rest' && fits(business, open)).slice(0, 1)
  const covered = fitting.filter((business) => business.clauses.length > 0)
  const about = isNominee ? covered.filter((business) => business.clauses.some((id) => namesNominee(clauses, id))) : covered
  const uncovered = fitting.filter((business) => business.clauses.length === 0)
  return uncovered.length > 0 ? uncovered : about.length > 0 ? about : covered
}

function namesNominee(clauses: readonly Clause[], id: string): boolean {
  return clauses.some((clause) => clause.id === id && clause.nominee !== undefined)
}

/**
 * The advice of a measure's clauses for a business as a unit writes it, a listed party, and its relation to the application. Where no
 * clause reaches the party in this relation, the business does not matter.
 */
export function adviceOf(measure: Clauses, written: string, listed: { kind: DebtorKind }, relation: Relation): BusinessAdvice {
  const isNominee = relation.kind === 'nominee' || (relation.kind === 'side_of_listed_organisation' && relation.nominatedFor !== undefined)
  const fitting = businessesFor(measure, written, isNominee)
  const business = fitting.length === 1 ? (fitting[0]?.name ?? null) : null
  const reaching = measure.clauses.filter((clause) => reaches(clause, listed.kind, relation))
  if (reaching.length === 0) return { advice: 'none', clause: null, business }
  const given = fitting.map((each): BusinessAdvice => {
    const clause = each.clauses.map((id) => reaching.find((known) => known.id === id)).find((known) => known !== undefined)
    const advice = clause === undefined ? 'none' : each.ask === true ? 'ask' : clause.advice
    return { advice, clause: clause?.id ?? null, business: each.name }
  })
  const [first] = given
  if (first === undefined || new Set(given.map(({ advice }) => advice)).size > 1) return { advice: 'ask', clause: null, business }
  return first
}

/**
 * Whether a unit's words name a business of a measure: an entry by its name, or words that fit one. What only fits because nothing else does
 * is no answer to which business it is.
 */
export function isKnownBusiness(measure: Clauses, written: string): boolean {
  const fitting = [...businessesFor(measure, written, false), ...businessesFor(measure, written, true)]
  return fitting.some(({ when, name }) => when !== 'rest' || plainText(name) === plainText(written))
}

/**
 * Whether one of an entry's ways of writing fits a text: each part is in it, and no part that begins with `!` is. A line that only says
 * what is not there also needs a text that says something.
 */
function fits({ words }: Business, text: string): boolean {
  const digits = text.replace(/\d/g, '#')
  const has = (part: string): boolean => part.split('|').some((word) => occurs(word.includes('#') ? digits : text, word))
  return words.some((line) => {
    const parts = line.split(' ').filter(Boolean)
    const saysWhat = parts.length === 0 || parts.some((part) => !part.startsWith('!')) || saysSomething(text)
    return saysWhat && parts.every((part) => (part.startsWith('!') ? !has(part.slice(1)) : has(part)))
  })
}

/** Words that any business is written with, so that a text of them alone names none. */
const GENERAL =
  /个人|企业|单位|公司|本人|职工|机关|申请人|当事人|办理|申请|申报|业务|事项|审查|核查|复核|审批|审核|审|前置|年度|季度|登记|备案|手续|管理|服务|其他|其它|其|相关|有关|日常|一般|工作|资格|报名|参加|参与|情况|查询|名单|的|及|和|与|为|在|对|各|等|[a-z0-9]|\p{P}/gu

function saysSomething(text: string): boolean {
  return text.replace(GENERAL, '').length >= 2
}

/** What turns the word after it into its opposite. A question (是不是, 有没有, 有无) does not. */
const NEGATION = /(非|不|未|(?<!有)无|除|(?<!是)不是|(?<!有)没有|不属于|不具有|不具备|不带|不任|不担任|不作为)$/

function occurs(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) if (!NEGATION.test(text.slice(0, at))) return true
  return false
}

function plainText(written: string): string {
  return written.normalize('NFKC').toLowerCase().replace(/\s/g, '')
}

/** Leaves out what a text says it is not about: 不含…, 不包括…, 而不是…, 除…外. */
function withoutExclusions(text: string): string {
  return text
    .replace(/(不含|不包括|不包含|不涉及|而不是|而非|并非)[^,，。;；()]*|\((不是|不属于|不)[^()]*\)/g, '')
    .replace(/(?<![拆清免解扣消删开撤])除[^,，。;；()]{1,20}?(以外|之外|外)的?/g, '')
}

/** Characters of a clause's words, which point into the policy and do not repeat it. */
const WORDS_MAX = 50

/** What is wrong with the clauses and businesses of a measure. */
export function clauseProblems(measureId: string, { clauses, businesses }: Clauses): string[] {
  const ids = clauses.map(({ id }) => id)
  const covered = businesses.flatMap((business) => business.clauses)
  const expected = clauses.map((_, at) => `${measureId}${String.fromCharCode(97 + at)}`)
  return [
    ...(clauses.length === 0 ? ['no clause'] : []),
    ...(ids.join(' ') === expected.join(' ') ? [] : [`its clauses are ${ids.join(' ')}, not ${expected.join(' ')}`]),
    ...clauses.filter((clause) => reachesNobody(clause)).map(({ id }) => `clause ${id} reaches nobody`),
    ...clauses.filter(({ words }) => words.length > WORDS_MAX).map(({ id }) => `the words of clause ${id} are longer than ${WORDS_MAX}`),
    ...ids.filter((id) => !covered.includes(id)).map((id) => `no business for clause ${id}`),
    ...covered.filter((id) => !ids.includes(id)).map((id) => `${id} is unknown`),
    ...businesses.flatMap((business) => businessProblems(business, businesses)),
  ]
}

function reachesNobody({ self, side = [], applicant = [], nominee = [] }: Clause): boolean {
  return self === undefined && [...side, ...applicant, ...nominee].length === 0
}

function businessProblems({ name, words, ask, clauses }: Business, all: readonly Business[]): string[] {
  const about = `business ${name}`
  const isBroken = (line: string): boolean =>
    line.includes('$') || (line.split(' ').some((part) => part.replace(/^!/, '').split('|').includes('')) && line !== '')
  return [
    ...(all.filter((other) => other.name === name).length > 1 || name === OTHER_BUSINESS ? [`${about} appears more than once`] : []),
    ...(words.length === 0 ? [`${about} has no words`] : []),
    ...words.filter(isBroken).map((line) => `${about} cannot be read by “${line.slice(0, 40)}”`),
    ...(ask === true && clauses.length === 0 ? [`${about} asks a person without a clause`] : []),
  ]
}

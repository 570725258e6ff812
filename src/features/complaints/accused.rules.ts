// Whom a complaint is about, by the words of the complainant: a unit, the court itself, or not known until the group office has read it. Pure.
// A complaint that may be about the court is kept from its staff from the first word: rules.ts says who handles and who sees it.

import { squeeze } from '../../core/text.ts'
import { LEADING_GROUP_OFFICE, OUR_COURT } from '../units/conflicts.rules.ts'

/** A unit with every name it is known by. */
export interface NamedUnit {
  id: string
  names: readonly string[]
}

/** What a complaint says, as far as it can name somebody. */
export interface AccusedWords {
  about: 'debtor' | 'unit'
  unitId: string | null
  unitWords?: string | undefined
  debtorName?: string | undefined
  place?: string | undefined
  text: string
}

/** `unresolved`: it may be about the court, or about nobody whom we know, and the group office alone may read it. */
export interface Accused {
  unitId: string | null
  unresolved: boolean
}

/** People and parts of the court. A unit or debtor named by such a word is the court. */
const COURT_PEOPLE = /法官|书记员|执行局|执行庭|立案庭|执行员|执行干警|执行人员|审判[员长庭]|法警|法院院长/
/** The court as the person speaks to it. */
const COURT_SPOKEN_TO = /你们?(这个|这里的?)?(法|)院|贵院|你们(单位|院|这|的人|不|没|办|拖|包庇|收)|本院/
/** Another court than ours. */
const OTHER_COURT = /最高|高级|高院|中级|中院|[省州]法院|上[一级]*法院/
/** The court and, within a few words, what people complain of; a judgment or a listing that is merely mentioned is not meant. */
const COURT_MISCONDUCT =
  /法院(?!判|裁|列|公布|查封|冻结|认定|调解)[^，。；！？]{0,8}(不作为|不执行|不管|不理|不立案|不受理|不查|不办|不肯|没人|拖|推诿|敷衍|包庇|偏袒|袒护|收钱|收了|受贿|吃请|徇私|枉法|违法|违规|乱|失职|渎职|态度|刁难|勾结|串通)/

/** Whether a text may complain of the court, its staff or its handling. */
export function mayAccuseCourt(text: string): boolean {
  const plain = squeeze(text)
  return COURT_PEOPLE.test(plain) || COURT_SPOKEN_TO.test(plain) || COURT_MISCONDUCT.test(plain)
}

/** Whom the complaint is about. A unit given by its id is believed, unless the words speak of the court. */
export function accusedOf(words: AccusedWords, units: readonly NamedUnit[]): Accused {
  const named = [words.unitWords, words.debtorName].filter((name) => name !== undefined)
  const unitId = words.unitId ?? unitNamed(named, units) ?? (named.some(namesCourt) ? OUR_COURT : null)
  const isOtherCourt = words.unitId === null && named.some((name) => OTHER_COURT.test(squeeze(name)))
  if (unitId === OUR_COURT && isOtherCourt) return { unitId: null, unresolved: true }
  if (unitId === OUR_COURT || unitId === LEADING_GROUP_OFFICE) return { unitId, unresolved: false }
  const namesUnit = words.about === 'unit' || words.unitWords !== undefined
  return { unitId, unresolved: (unitId === null && namesUnit) || speaksOfCourt(words, named) }
}

function speaksOfCourt({ text, place = '' }: AccusedWords, named: readonly string[]): boolean {
  return [text, place, ...named].some(mayAccuseCourt)
}

function namesCourt(name: string): boolean {
  const plain = squeeze(name)
  return plain.includes('法院') || COURT_PEOPLE.test(plain) || COURT_SPOKEN_TO.test(plain)
}

/** The one unit whose name the words are; else the one with the longest name within the words; null for none or several. */
function unitNamed(named: readonly string[], units: readonly NamedUnit[]): string | null {
  const plain = named.map(bare).filter((name) => name !== '')
  const known = units.flatMap(({ id, names }) => names.map((name) => ({ id, name: bare(name) })))
  const exact = known.filter(({ name }) => plain.includes(name))
  if (exact.length > 0) return onlyOne(exact)
  const within = known.filter(({ name }) => name.length >= SHORTEST_PART && plain.some((words) => words.includes(name)))
  const longest = Math.max(...within.map(({ name }) => name.length))
  return onlyOne(within.filter(({ name }) => name.length === longest))
}

function onlyOne(found: readonly { id: string }[]): string | null {
  const ids = new Set(found.map(({ id }) => id))
  return ids.size === 1 ? ([...ids][0] ?? null) : null
}

/** The fewest characters of a name that is looked for within other words. */
const SHORTEST_PART = 3

/** A name without blanks, brackets' width, and the place that people leave out. */
function bare(name: string): string {
  return squeeze(name)
    .replace(/[（）()《》“”"·]/g, '')
    .replace(/^(迪庆藏族自治州|迪庆州)?(香格里拉市|香格里拉|中甸县|本市|我市|市)(?=.{2})/, '')
}

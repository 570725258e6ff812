// Checks one row of a court’s list, or one typed draft: returns the listing it describes, or every problem at once (法释〔2017〕7号). Pure.
// Columns, debtors and single cells are read in features/debtors; whether the listing already exists is checked by the commands.

import type { Day } from '../../core/calendar.ts'
import type { Problem } from '../../core/errors.ts'
import { squeeze } from '../../core/text.ts'
import { fieldOf, type Columns, type Field } from '../debtors/columns.rules.ts'
import { formulaIn, type Cell } from '../debtors/headings.rules.ts'
import { checkDebtor, checkPhone } from '../debtors/identity.rules.ts'
import { openRowReader, plainText, type RowReader, type RawContent, type RowMode, type RowOptions } from '../debtors/row-reader.rules.ts'
import { readGrounds, termProblem, termRule } from './grounds.rules.ts'
import type { Ground, ListingContent } from './rules.ts'
import { readBasisNo, readCaseNo, readDay, readDisclosure, readTerm } from '../debtors/values.rules.ts'
import type { Disclosure } from '../debtors/rules.ts'

/** With content, all problems are warnings; without content, at least one is an error. */
export interface RowResult {
  content: ListingContent | null
  problems: readonly Problem[]
}

/** Checks a row of a file. Problems carry the column's heading; the caller adds the number of the row. */
export function readRow(cells: readonly Cell[], columns: Columns, options: RowOptions): RowResult {
  const raw: Partial<Record<Field, Cell>> = {}
  for (const [field, { index }] of columns) raw[field] = cells[index] ?? ''
  const { content, problems } = checkContent(raw, options)
  return { content, problems: problems.map((problem) => ({ ...problem, ...headingOf(columns, problem.field) })) }
}

function headingOf(columns: Columns, field: string | undefined): { column?: string } {
  const column = columns.get(field as Field)
  return column === undefined ? {} : { column: column.heading }
}

/**
 * Checks content that a clerk typed. `ground` may be the official texts or the numbers 1–6, `disclosure` is 是/否 or
 * `public`/`undisclosed`.
 */
export function checkContent(raw: RawContent, options: RowOptions): RowResult {
  const { parts, problems } = readContentParts(raw, options)
  return { content: problems.some((problem) => problem.severity === 'error') ? null : parts, problems }
}

/** The same, whatever the problems are: a correction takes only some parts of it. A part with an error is not to be used. */
export function readContentParts(raw: RawContent, options: RowOptions): { parts: ListingContent; problems: readonly Problem[] } {
  const reader = openRowReader(raw, options)
  const debtor = checkDebtor(reader)
  const grounds = checkGrounds(reader)
  const termMonths = checkTerm(reader, grounds)
  const province = reader.text('province', 40)
  const days = checkDays(reader)
  const applicant = checkApplicant(reader)
  const ownMotion = checkOwnMotion(reader)
  const parts: ListingContent = {
    debtor,
    caseNo: checkCaseNo(reader),
    court: reader.needed('court', 100),
    ...(province === '' ? {} : { province }),
    filedOn: days.filedOn ?? '',
    basisNo: readBasisNo(reader.needed('basisNo', 200)),
    basisMaker: reader.needed('basisMaker', 100),
    obligation: reader.needed('obligation', 4000),
    performance: checkPerformance(reader),
    grounds,
    termMonths,
    disclosure: checkDisclosure(reader, debtor.employer),
    ...(days.publishedOn === null ? {} : { publishedOn: days.publishedOn }),
    ...(applicant === null ? {} : { applicant }),
    ...(ownMotion === '' ? {} : { ownMotion }),
  }
  return { parts, problems: reader.problems }
}

/** Equal for rows of the same entry, which is one debtor in one case. Personal data: store it only as a blind index. */
export function rowKey(content: ListingContent): string {
  return `${content.debtor.identifier} ${content.caseNo}`
}

const FOOTER =
  /^(?:合计|总计|小计|共计|总数|制表|填表|填报|审核|复核|校对|备注|说明|注[:：]|附[:：注]|经办|联系人|负责人[:：]|单位负责人|打印|导出|以下空白|以下无正文|截至|截止|第\d+页|共\d+[页条人])/
/** Fields of which one with four digits makes a row an entry, whatever else it says. */
const IDENTIFYING: readonly Field[] = ['identifier', 'uscc', 'caseNo']

/** Whether a row is not an entry: blank, only numbered (formulas of columns that are not read count as numbers), a total or remark, or the header repeated on the next page. */
export function isFooter(cells: readonly Cell[], columns: Columns): boolean {
  if (IDENTIFYING.some((field) => /\d{4}/.test(String(cells[columns.get(field)?.index ?? -1] ?? '')))) return false
  const filled = cells.map((cell, index) => ({ text: squeeze(plainText(cell)), index })).filter(({ text }) => text !== '')
  const words = filled.find(({ text }) => !/^\d+$/.test(text))?.text ?? ''
  if (filled.length === 0 || FOOTER.test(words)) return true
  const repeatedHeadings = [...columns].filter(([field, { index }]) => fieldOf(cells[index] ?? '') === field).length
  if (repeatedHeadings >= 3) return true
  const columnIndexes = new Set([...columns.values()].map(({ index }) => index))
  const isNumbering = (text: string): boolean => filled.length === 1 || /^\d+$/.test(text) || formulaIn(text) !== null
  return filled.every(({ text, index }) => !columnIndexes.has(index) && isNumbering(text))
}

function checkApplicant(reader: RowReader): NonNullable<ListingContent['applicant']> | null {
  const name = reader.text('applicantName', 100)
  const phone = checkPhone(reader, 'applicantPhone')
  if (name === '' && phone === null) return null
  return { ...(name === '' ? {} : { name }), ...(phone === null ? {} : { phone }) }
}

/** Characters of a reason to list of the court's own motion: a word like 是 is none. */
const OWN_MOTION_MIN = 4
const OWN_MOTION_MAX = 500

function checkOwnMotion(reader: RowReader): string {
  const reason = reader.text('ownMotion', OWN_MOTION_MAX)
  if (reader.given('ownMotion') && reason.length < OWN_MOTION_MIN) reader.note('own_motion_short', 'ownMotion')
  return reason
}

function checkCaseNo(reader: RowReader): string {
  if (reader.needed('caseNo', 100) === '') return ''
  const caseNumber = readCaseNo(reader.cell('caseNo'))
  if (caseNumber === null) reader.note('case_no_form', 'caseNo')
  else if (caseNumber.year < 1980 || caseNumber.year > Number(reader.today.slice(0, 4))) reader.note('case_no_year', 'caseNo')
  else if (isOfOtherCourt(reader, caseNumber.caseNo)) reader.note('case_no_other_court', 'caseNo', { code: reader.courtCode ?? '' })
  return caseNumber?.caseNo ?? ''
}

/** Whether the number of a new entry begins with another court's code. Numbers of the years before the codes have none. */
function isOfOtherCourt({ mode, courtCode }: RowReader, caseNo: string): boolean {
  const code = /^（\d{4}）(\p{Script=Han}\d{1,4})\p{Script=Han}/u.exec(caseNo)?.[1]
  return mode === 'draft' && courtCode !== undefined && code !== undefined && code !== courtCode
}

const DONE =
  /^(?:本案|现|均|都|已经?|业已|被执行人){0,4}(?:全部|全额|完全)?(?:已经?)?(?:自动|主动)?(?:履行|清偿|偿还|支付|给付|执行|还|付|结)(?:完毕|完成|完|结清|清)?(?:义务)?(?:完毕)?[。.]?$/
const WHOLLY = /全部|全额|完全|完|清|^已经?履行/

/** A debt that was paid lists nobody anew; in a list that is in force already the court looks at it. */
function checkPerformance(reader: RowReader): string {
  const performance = reader.needed('performance', 500)
  const text = squeeze(performance.slice(0, 60))
  if (reader.mode === 'draft' && DONE.test(text) && WHOLLY.test(text)) reader.note('performance_done', 'performance')
  return performance
}

function checkDays(reader: RowReader): { filedOn: Day | null; publishedOn: Day | null } {
  const filedOn = checkDay(reader, 'filedOn', true)
  const publishedOn = checkDay(reader, 'publishedOn', reader.mode !== 'draft')
  if (filedOn !== null && publishedOn !== null && filedOn > publishedOn)
    reader.note('date_order', 'publishedOn', { filed: filedOn, published: publishedOn })
  return { filedOn, publishedOn }
}

function checkDay(reader: RowReader, field: 'filedOn' | 'publishedOn', needed: boolean): Day | null {
  if (!reader.given(field)) {
    if (needed) reader.note('field_missing', field)
    return null
  }
  const day = readDay(reader.cell(field))
  if (day === null) reader.note('date_unreadable', field)
  else if (day > reader.today) reader.note('date_future', field, { today: reader.today })
  return day
}

function checkGrounds(reader: RowReader): readonly Ground[] {
  if (reader.needed('ground', 1000) === '') return []
  const { grounds, rest } = readGrounds(String(reader.cell('ground')))
  if (rest === '' && grounds.length > 0) return grounds
  reader.note('ground_unknown', 'ground')
  return []
}

/** Modes of lists of higher courts, which often state no term. */
const HIGHER_COURTS_LISTS: readonly RowMode[] = ['snapshot', 'delta']

function checkTerm(reader: RowReader, grounds: readonly Ground[]): number | null {
  const stated = reader.given('term')
  const months = stated ? readTerm(reader.cell('term')) : null
  if (stated && months === null) reader.note('term_unreadable', 'term')
  else if (grounds.length > 0) {
    const problem = termProblem(grounds, months)
    const rule = termRule(grounds)
    if (problem === 'term_missing' && HIGHER_COURTS_LISTS.includes(reader.mode)) reader.note('term_unstated', 'term')
    else if (problem !== null) reader.note(problem, 'term', rule === null ? {} : { least: rule.least, most: rule.most })
  }
  return months
}

function checkDisclosure(reader: RowReader, employer: string | undefined): Disclosure {
  if (!reader.given('disclosure')) return 'public'
  const disclosure = readDisclosure(reader.cell('disclosure'))
  if (disclosure === null) reader.note('disclosure_unreadable', 'disclosure')
  if (disclosure === 'undisclosed' && employer === undefined) reader.note('employer_missing', 'employer')
  return disclosure ?? 'public'
}

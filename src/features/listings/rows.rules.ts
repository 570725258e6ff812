// One row of a court's list, or one draft as a clerk typed it: every problem at once, or the listing it describes (domain checks; 法释〔2017〕7号).
// Finding the columns is columns.ts, the debtor debtor.ts, reading single cells values.ts; whether the same listing already exists is asked of the store by the acts.

import type { Day } from '../../core/calendar.ts'
import type { Problem } from '../../core/errors.ts'
import { squeeze } from '../../core/text.ts'
import { fieldOf, type Cell, type Columns, type Field } from '../debtors/columns.rules.ts'
import { checkDebtor, checkPhone } from '../debtors/identity.rules.ts'
import { openRowReader, plainText, type RowReader, type RawContent, type RowMode, type RowOptions } from '../debtors/row-reader.rules.ts'
import { readGrounds, termProblem, termRule } from './grounds.rules.ts'
import type { Ground, ListingContent } from './rules.ts'
import { readBasisNo, readCaseNo, readDay, readDisclosure, readTerm } from '../debtors/values.rules.ts'
import type { Disclosure } from '../debtors/rules.ts'

/** With content, every problem is a warning; without, at least one is an error. */
export interface RowResult {
  content: ListingContent | null
  problems: readonly Problem[]
}

/** Checks a row of a file. Problems carry the column's heading; the row's number is the caller's to add. */
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

/** Checks what a clerk typed. `ground` may be the official texts or the numbers 1–6, `disclosure` is 是/否 or `public`/`undisclosed`. */
export function checkContent(raw: RawContent, options: RowOptions): RowResult {
  const desk = openRowReader(raw, options)
  const debtor = checkDebtor(desk)
  const grounds = checkGrounds(desk)
  const termMonths = checkTerm(desk, grounds)
  const province = desk.text('province', 40)
  const days = checkDays(desk)
  const applicant = checkApplicant(desk)
  const content: ListingContent = {
    debtor,
    caseNo: checkCaseNo(desk),
    court: desk.needed('court', 100),
    ...(province === '' ? {} : { province }),
    filedOn: days.filedOn ?? '',
    basisNo: readBasisNo(desk.needed('basisNo', 200)),
    basisMaker: desk.needed('basisMaker', 100),
    obligation: desk.needed('obligation', 4000),
    performance: desk.needed('performance', 500),
    grounds,
    termMonths,
    disclosure: checkDisclosure(desk, debtor.employer),
    ...(days.publishedOn === null ? {} : { publishedOn: days.publishedOn }),
    ...(applicant === null ? {} : { applicant }),
  }
  const refused = desk.problems.some((problem) => problem.severity === 'error')
  return { content: refused ? null : content, problems: desk.problems }
}

/** What makes two rows the same entry: one debtor in one case. Personal data: index it before it is stored. */
export function rowKey(content: ListingContent): string {
  return `${content.debtor.identifier} ${content.caseNo}`
}

const FOOTER =
  /^(?:合计|总计|小计|共计|总数|制表|填表|填报|审核|复核|校对|备注|说明|注[:：]|附[:：注]|经办|联系人|负责人[:：]|单位负责人|打印|导出|以下空白|以下无正文|截至|截止|第\d+页|共\d+[页条人])/
/** Four digits in one of these make a row an entry, whatever else it says. */
const IDENTIFYING: readonly Field[] = ['identifier', 'uscc', 'caseNo']

/** Whether a row is no entry at all: blank, only numbered, a total or remark, or the header printed again on the next page. */
export function isFooter(cells: readonly Cell[], columns: Columns): boolean {
  if (IDENTIFYING.some((field) => /\d{4}/.test(String(cells[columns.get(field)?.index ?? -1] ?? '')))) return false
  const filled = cells.map((cell, index) => ({ text: squeeze(plainText(cell)), index })).filter(({ text }) => text !== '')
  const words = filled.find(({ text }) => !/^\d+$/.test(text))?.text ?? ''
  if (filled.length === 0 || FOOTER.test(words)) return true
  const printedAgain = [...columns].filter(([field, { index }]) => fieldOf(cells[index] ?? '') === field).length
  if (printedAgain >= 3) return true
  const known = new Set([...columns.values()].map(({ index }) => index))
  return filled.every(({ text, index }) => !known.has(index) && (filled.length === 1 || /^\d+$/.test(text)))
}

function checkApplicant(desk: RowReader): NonNullable<ListingContent['applicant']> | null {
  const name = desk.text('applicantName', 100)
  const phone = checkPhone(desk, 'applicantPhone')
  if (name === '' && phone === null) return null
  return { ...(name === '' ? {} : { name }), ...(phone === null ? {} : { phone }) }
}

function checkCaseNo(desk: RowReader): string {
  if (desk.needed('caseNo', 100) === '') return ''
  const read = readCaseNo(desk.cell('caseNo'))
  if (read === null) desk.note('case_no_form', 'caseNo')
  else if (read.year < 1980 || read.year > Number(desk.today.slice(0, 4))) desk.note('case_no_year', 'caseNo')
  return read?.caseNo ?? ''
}

function checkDays(desk: RowReader): { filedOn: Day | null; publishedOn: Day | null } {
  const filedOn = checkDay(desk, 'filedOn', true)
  const publishedOn = checkDay(desk, 'publishedOn', desk.mode !== 'draft')
  if (filedOn !== null && publishedOn !== null && filedOn > publishedOn)
    desk.note('date_order', 'publishedOn', { filed: filedOn, published: publishedOn })
  return { filedOn, publishedOn }
}

function checkDay(desk: RowReader, field: 'filedOn' | 'publishedOn', needed: boolean): Day | null {
  if (!desk.given(field)) {
    if (needed) desk.note('field_missing', field)
    return null
  }
  const day = readDay(desk.cell(field))
  if (day === null) desk.note('date_unreadable', field)
  else if (day > desk.today) desk.note('date_future', field, { today: desk.today })
  return day
}

function checkGrounds(desk: RowReader): readonly Ground[] {
  if (desk.needed('ground', 1000) === '') return []
  const { grounds, rest } = readGrounds(String(desk.cell('ground')))
  if (rest === '' && grounds.length > 0) return grounds
  desk.note('ground_unknown', 'ground')
  return []
}

const HIGHER_COURTS_LISTS: readonly RowMode[] = ['snapshot', 'delta']

function checkTerm(desk: RowReader, grounds: readonly Ground[]): number | null {
  const stated = desk.given('term')
  const months = stated ? readTerm(desk.cell('term')) : null
  if (stated && months === null) desk.note('term_unreadable', 'term')
  else if (grounds.length > 0) {
    const problem = termProblem(grounds, months)
    const rule = termRule(grounds)
    if (problem === 'term_missing' && HIGHER_COURTS_LISTS.includes(desk.mode)) desk.note('term_unstated', 'term')
    else if (problem !== null) desk.note(problem, 'term', rule === null ? {} : { least: rule.least, most: rule.most })
  }
  return months
}

function checkDisclosure(desk: RowReader, employer: string | undefined): Disclosure {
  if (!desk.given('disclosure')) return 'public'
  const disclosure = readDisclosure(desk.cell('disclosure'))
  if (disclosure === null) desk.note('disclosure_unreadable', 'disclosure')
  if (disclosure === 'undisclosed' && employer === undefined) desk.note('employer_missing', 'employer')
  return disclosure ?? 'public'
}

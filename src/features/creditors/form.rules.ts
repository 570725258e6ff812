// Reads the form by which a creditor hands something in: every problem at once, each with its field. Pure.
// What happens to a matter afterwards is rules.ts.

import type { Day } from '../../core/calendar.ts'
import { AppError, type Problem, type Values } from '../../core/errors.ts'
import { readHolder } from '../../core/documents.ts'
import { tidyName } from '../../core/person-names.ts'
import { toE164 } from '../../core/phone.ts'
import { tidy } from '../../core/text.ts'
import { readCaseNo } from '../debtors/values.rules.ts'
import type { Applicant, MatterKind, MatterRecord } from './rules.ts'

/** A form as filled in. */
export interface MatterForm {
  kind: MatterKind
  name: string
  phone?: string | undefined
  /** openid, which only a channel can vouch for. */
  wechat?: string | undefined
  caseNo: string
  debtorName: string
  debtorIdentifier?: string | undefined
  ground?: string | undefined
  text: string
}

/** Characters. */
const NAME_LENGTH = { min: 2, max: 100 }
const GROUND_LIMIT = 500
const TEXT_LENGTH = { min: 5, max: 2000 }

type AddProblem = (code: string, field: string, values?: Values) => void

/** Reads a form. @param today YYYY-MM-DD. @throws `creditor_incomplete` with every problem. */
export function readMatter(form: MatterForm, today: Day): MatterRecord {
  const problems: Problem[] = []
  const addProblem: AddProblem = (code, field, values = {}) => void problems.push({ code, field, values })
  const applicant = applicantIn(form, addProblem)
  const caseNo = caseNoIn(form.caseNo, today, addProblem)
  const debtorName = nameIn(form.debtorName, 'debtorName', addProblem)
  const identifier = identifierIn(form.debtorIdentifier, addProblem)
  const ground = tidy(form.ground ?? '')
  if (ground.length > GROUND_LIMIT) addProblem('field_too_long', 'ground', { limit: GROUND_LIMIT })
  const text = tidy(form.text)
  if (text.length < TEXT_LENGTH.min) addProblem(text === '' ? 'field_missing' : 'field_short', 'text')
  if (text.length > TEXT_LENGTH.max) addProblem('field_too_long', 'text', { limit: TEXT_LENGTH.max })
  if (problems.length > 0) throw new AppError('creditor_incomplete', {}, problems)
  const debtor = { name: debtorName, ...(identifier === undefined ? {} : { identifier }) }
  return { applicant, caseNo, debtor, ...(ground === '' ? {} : { ground }), text }
}

function applicantIn({ name, phone: given = '', wechat }: MatterForm, addProblem: AddProblem): Applicant {
  const applicant = { name: nameIn(name, 'name', addProblem), ...(wechat === undefined ? {} : { wechat }) }
  if (given.trim() === '') {
    if (wechat === undefined) addProblem('field_missing', 'phone')
    return applicant
  }
  const phone = toE164(given.trim())
  if (phone === null) addProblem('phone_invalid', 'phone')
  return phone === null ? applicant : { ...applicant, phone }
}

function nameIn(given: string, field: string, addProblem: AddProblem): string {
  const name = tidyName(given)
  if (Array.from(name).length < NAME_LENGTH.min) addProblem(name === '' ? 'field_missing' : 'field_short', field)
  if (name.length > NAME_LENGTH.max) addProblem('field_too_long', field, { limit: NAME_LENGTH.max })
  return name
}

function caseNoIn(given: string, today: Day, addProblem: AddProblem): string {
  const read = readCaseNo(given)
  if (read === null) addProblem(given.trim() === '' ? 'field_missing' : 'case_no_form', 'caseNo')
  else if (read.year < 1980 || read.year > Number(today.slice(0, 4))) addProblem('case_no_year', 'caseNo')
  return read?.caseNo ?? ''
}

function identifierIn(given: string | undefined, addProblem: AddProblem): string | undefined {
  if (given === undefined || given.trim() === '') return undefined
  const read = readHolder(given)
  if (read.kind !== 'none') return read.number
  addProblem('identifier_form', 'debtorIdentifier')
  return undefined
}

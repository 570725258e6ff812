// Reads a complaint as people hand it in: reports every problem at once, each with its field, and guesses nothing. Pure.
// What happens to the complaint afterwards is rules.ts.

import type { Day } from '../../core/calendar.ts'
import { AppError, type Problem, type Values } from '../../core/errors.ts'
import { toE164 } from '../../core/phone.ts'
import { tidy } from '../../core/text.ts'
import { tooLong, type Complainant, type ComplaintContent, type ComplaintSubject } from './rules.ts'
import { readDay, readDayOfYear } from '../debtors/values.rules.ts'
import { readHolder } from '../../core/documents.ts'
import { tidyName } from '../../core/person-names.ts'

/** A complaint as typed into a form or told to the bot. */
export interface ComplaintForm {
  about: ComplaintSubject
  text: string
  happenedOn?: string | undefined
  place?: string | undefined
  debtorName?: string | undefined
  debtorIdentifier?: string | undefined
  unitId?: string | undefined
  unitWords?: string | undefined
  /** True: no name is stored, even where `name` is given. */
  anonymous: boolean
  name?: string | undefined
  phone?: string | undefined
  wechat?: string | undefined
}

/** A complaint as read: normalised values only. */
export interface ReadComplaint {
  content: ComplaintContent
  complainant: Complainant
  unitId: string | null
}

/** Characters of the complaint's text. */
const TEXT_LENGTH = { min: 2, max: 2000 }
/** Largest number of characters of a field on one line. */
const LINE_LENGTH = 100

/** Reads a form. @param today YYYY-MM-DD; the event may not lie after it. @throws `complaint_incomplete` with every problem. */
export function readComplaint(form: ComplaintForm, today: Day): ReadComplaint {
  const problems: Problem[] = []
  const reader: FieldReader = {
    addProblem: (code, field, values = {}) => void problems.push({ code, field, values }),
    line(field, max = LINE_LENGTH) {
      const text = tidyName(String(form[field] ?? ''))
      if (text.length > max) problems.push(tooLong(field, max))
      return text === '' ? undefined : text
    },
  }
  const told = textIn(form.text, problems)
  const { day: happenedOn, words } = dayIn(form.happenedOn, today, reader.addProblem)
  // What is no date is kept as it was said.
  const text = words === undefined ? told : `${told}\n${words}`.slice(0, TEXT_LENGTH.max)
  const place = reader.line('place')
  const about = aboutIn(form, reader)
  const complainant = complainantIn(form, reader)
  if (problems.length > 0) throw new AppError('complaint_incomplete', {}, problems)
  const { debtor, unitWords, unitId } = about
  return {
    content: { text, ...withoutUndefined({ happenedOn, place, unitWords }), ...(debtor === undefined ? {} : { debtor }) },
    complainant,
    unitId,
  }
}

type AddProblem = (code: string, field: string, values?: Values) => void

interface FieldReader {
  addProblem: AddProblem
  /** A field on one line, tidied; one that is too long is a problem. */
  line(field: keyof ComplaintForm, max?: number): string | undefined
}

function textIn(given: string, problems: Problem[]): string {
  const text = tidy(given)
  if (text.length < TEXT_LENGTH.min) problems.push({ code: text === '' ? 'field_missing' : 'field_short', field: 'text' })
  if (text.length > TEXT_LENGTH.max) problems.push(tooLong('text', TEXT_LENGTH.max))
  return text
}

interface About {
  debtor: ComplaintContent['debtor']
  unitId: string | null
  unitWords: string | undefined
}

function aboutIn(form: ComplaintForm, { addProblem, line }: FieldReader): About {
  const debtor = withoutUndefined({ name: line('debtorName'), identifier: identifierIn(form.debtorIdentifier, addProblem) })
  const unitId = line('unitId', 40) ?? null
  const unitWords = line('unitWords')
  const hasDebtor = Object.keys(debtor).length > 0
  if (form.about === 'debtor' && !hasDebtor && !isGiven(form.debtorIdentifier)) addProblem('field_missing', 'debtorName')
  if (form.about === 'unit' && unitId === null && unitWords === undefined) addProblem('field_missing', 'unitId')
  return { debtor: hasDebtor ? debtor : undefined, unitId, unitWords }
}

function complainantIn(form: ComplaintForm, { addProblem, line }: FieldReader): Complainant {
  const name = form.anonymous ? undefined : line('name', 60)
  if (!form.anonymous && Array.from(name ?? '').length < 2)
    addProblem(name === undefined ? 'field_missing' : 'field_short', 'complainantName')
  return withoutUndefined({ name, phone: phoneIn(form.phone, addProblem), wechat: openidIn(form.wechat, addProblem) })
}

function isGiven(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== ''
}

/** A day without a year is the latest such day that is past; other words (上礼拜三) stay words. */
function dayIn(given: string | undefined, today: Day, addProblem: AddProblem): { day?: Day; words?: string } {
  if (!isGiven(given)) return {}
  const day = readDay(given) ?? readDayOfYear(given, today)
  if (day === null) return { words: tidyName(given).slice(0, LINE_LENGTH) }
  if (day > today) addProblem('date_future', 'happenedOn', { today })
  return { day }
}

function identifierIn(given: string | undefined, addProblem: AddProblem): string | undefined {
  if (!isGiven(given)) return undefined
  const read = readHolder(given)
  if (read.kind !== 'none') return read.number
  addProblem('identifier_form', 'debtorIdentifier')
  return undefined
}

function phoneIn(given: string | undefined, addProblem: AddProblem): string | undefined {
  if (!isGiven(given)) return undefined
  const phone = toE164(given.trim())
  if (phone === null) addProblem('phone_invalid', 'phone')
  return phone ?? undefined
}

function openidIn(given: string | undefined, addProblem: AddProblem): string | undefined {
  if (!isGiven(given)) return undefined
  if (/^[\w-]{10,64}$/.test(given.trim())) return given.trim()
  addProblem('openid_invalid', 'wechat')
  return undefined
}

/** The values that are defined. */
function withoutUndefined<Known extends Record<string, string | undefined>>(values: Known): { [Key in keyof Known]?: string } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [Key in keyof Known]?: string }
}

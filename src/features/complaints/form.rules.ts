// Reading a complaint as people hand it in: every problem at once, each with its field; nothing is guessed.
// What happens with it afterwards is complaint.ts.

import type { Day } from '../../core/calendar.ts'
import { AppError, type Problem, type Values } from '../../core/errors.ts'
import { toE164 } from '../../core/phone.ts'
import { tidy } from '../../core/text.ts'
import { tooLong, type Complainant, type ComplaintContent, type ComplaintSubject } from './rules.ts'
import { readDay } from '../debtors/values.rules.ts'
import { readIdentifier } from '../../core/identifiers.ts'
import { tidyName } from '../../core/person-names.ts'

/** As typed or said. */
export interface ComplaintForm {
  about: ComplaintSubject
  text: string
  happenedOn?: string | undefined
  place?: string | undefined
  debtorName?: string | undefined
  debtorIdentifier?: string | undefined
  unitId?: string | undefined
  unitWords?: string | undefined
  /** True: no name is kept, whatever `name` says. */
  anonymous: boolean
  name?: string | undefined
  phone?: string | undefined
  wechat?: string | undefined
}

export interface ReadComplaint {
  content: ComplaintContent
  complainant: Complainant
  unitId: string | null
}

const TEXT = { least: 5, most: 2000 }
const LINE = 100

/** @throws `complaint_incomplete` with a problem for each field. */
export function readComplaint(form: ComplaintForm, today: Day): ReadComplaint {
  const problems: Problem[] = []
  const desk: Desk = {
    note: (code, field, values = {}) => void problems.push({ code, field, values }),
    line(field, most = LINE) {
      const text = tidyName(String(form[field] ?? ''))
      if (text.length > most) problems.push(tooLong(field, most))
      return text === '' ? undefined : text
    },
  }
  const text = textIn(form.text, problems)
  const happenedOn = dayIn(form.happenedOn, today, desk.note)
  const place = desk.line('place')
  const about = aboutIn(form, desk)
  const complainant = complainantIn(form, desk)
  if (problems.length > 0) throw new AppError('complaint_incomplete', {}, problems)
  const { debtor, unitWords, unitId } = about
  return {
    content: { text, ...known({ happenedOn, place, unitWords }), ...(debtor === undefined ? {} : { debtor }) },
    complainant,
    unitId,
  }
}

type Note = (code: string, field: string, values?: Values) => void

interface Desk {
  note: Note
  /** A field on one line, tidied; too long is noted. */
  line(field: keyof ComplaintForm, most?: number): string | undefined
}

function textIn(given: string, problems: Problem[]): string {
  const text = tidy(given)
  if (text.length < TEXT.least) problems.push({ code: 'field_missing', field: 'text' })
  if (text.length > TEXT.most) problems.push(tooLong('text', TEXT.most))
  return text
}

interface About {
  debtor: ComplaintContent['debtor']
  unitId: string | null
  unitWords: string | undefined
}

function aboutIn(form: ComplaintForm, { note, line }: Desk): About {
  const debtor = known({ name: line('debtorName'), identifier: identifierIn(form.debtorIdentifier, note) })
  const unitId = line('unitId', 40) ?? null
  const unitWords = line('unitWords')
  const named = Object.keys(debtor).length > 0
  if (form.about === 'debtor' && !named && !isGiven(form.debtorIdentifier)) note('field_missing', 'debtorName')
  if (form.about === 'unit' && unitId === null && unitWords === undefined) note('field_missing', 'unitId')
  return { debtor: named ? debtor : undefined, unitId, unitWords }
}

function complainantIn(form: ComplaintForm, { note, line }: Desk): Complainant {
  const name = form.anonymous ? undefined : line('name', 60)
  if (!form.anonymous && Array.from(name ?? '').length < 2) note('field_missing', 'complainantName')
  return known({ name, phone: phoneIn(form.phone, note), wechat: openidIn(form.wechat, note) })
}

function isGiven(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== ''
}

function dayIn(given: string | undefined, today: Day, note: Note): Day | undefined {
  if (!isGiven(given)) return undefined
  const day = readDay(given)
  if (day === null) note('date_unreadable', 'happenedOn')
  else if (day > today) note('date_future', 'happenedOn', { today })
  return day ?? undefined
}

function identifierIn(given: string | undefined, note: Note): string | undefined {
  if (!isGiven(given)) return undefined
  const read = readIdentifier(given)
  if (read.kind !== 'none') return read.number
  note('identifier_form', 'debtorIdentifier')
  return undefined
}

function phoneIn(given: string | undefined, note: Note): string | undefined {
  if (!isGiven(given)) return undefined
  const phone = toE164(given.trim())
  if (phone === null) note('phone_invalid', 'phone')
  return phone ?? undefined
}

function openidIn(given: string | undefined, note: Note): string | undefined {
  if (!isGiven(given)) return undefined
  if (/^[\w-]{10,64}$/.test(given.trim())) return given.trim()
  note('openid_invalid', 'wechat')
  return undefined
}

/** The values that are there. */
function known<Known extends Record<string, string | undefined>>(values: Known): { [Key in keyof Known]?: string } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [Key in keyof Known]?: string }
}

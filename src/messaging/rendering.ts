// Renders one template for one medium: the message as it is stored when its notice is enqueued. Missing or undeclared values are errors.
// Templates are checked in messaging/templates.

import { SegmentedMessage } from 'sms-segments-calculator'

import type { Values } from '../core/errors.ts'
import { sectionOf } from './fallback.rules.ts'
import type { Body } from './notices.rules.ts'
import { fieldProblem, kindOf, THING_LIMIT } from './fields.ts'
import { fill, MISSING, plainLines, shorten, withoutLinks } from '../platform/texts/fill.ts'
import type { Medium } from '../core/mediums.ts'
import { REFERENCE, type Template } from '../platform/texts/template.ts'

/** What begins and ends every SMS. */
export interface SmsFrame {
  /** Name of the sender without brackets, from the configuration: every SMS begins with 【signature】. */
  signature: string
  /** 4–12 capital letters and digits at the end of every SMS, by which it is found again at the provider. */
  reference: string
}

/** The most segments an SMS may have (providers refuse more to +86). */
export const MAX_SEGMENTS = 8

/**
 * How long a value in an SMS may be, in characters. The next limits are tried while the message has too many segments, so that a long name
 * does not displace the court's own text. The value `words` is a reply in a conversation and the purpose of its message, so it is cut less.
 */
const VALUE_LIMITS = [
  { other: 120, words: 420 },
  { other: 60, words: 300 },
  { other: 30, words: 200 },
]
const WORDS = 'words'

/**
 * The message of a template for one medium. HTML, links and signature brackets in values are neutralised.
 * @throws Error (a defect, never quoting a value) when a value is missing or not declared, the template has no section for the medium,
 *   the stamp is malformed, or WeChat would refuse a field.
 */
export function render(template: Template, medium: Medium, values: Values, stamp: SmsFrame): Body {
  const section = template.sections[sectionOf(medium)]
  if (section === undefined) throw new Error(`template ${template.name}: no section for ${medium}`)
  assertDeclared(template, values)
  const safe = mapValues(values, withoutLinks)
  switch (medium) {
    case 'sms':
      return { text: smsText(section.text, safe, stamp) }
    case 'voice':
      return { text: oneLine(written(section.text, safe)) }
    case 'wechat':
      return { text: written(section.text, withReplyLines(values, safe)), ...wechatTemplate(template, safe) }
    case 'wechaty':
      return { text: written(section.text, withReplyLines(values, safe)) }
    case 'clerk':
      return { text: written(section.text, safe), ...letterOf(template, safe) }
  }
}

/** Audiences that a letter can reach: parties, to whom the text of a chat speaks directly. */
const BY_LETTER: readonly string[] = ['debtor', 'applicant']

function letterOf(template: Template, safe: Values): Pick<Body, 'letter'> {
  const { wechat } = template.sections
  return wechat === undefined || !BY_LETTER.includes(template.audience) ? {} : { letter: written(wechat.text, safe) }
}

/** The values that a template declares and an event lacks, wholly or in a word of which a value was made. */
export function missingValues(template: Template, known: Values): string[] {
  return Object.keys(template.values).filter((name) => !Object.hasOwn(known, name) || hasHole(known[name]))
}

function hasHole(value: string | number | null | undefined): boolean {
  return value === undefined || value === null || String(value).includes(MISSING)
}

/** Picks the values that a template declares from those of an event. @throws Error when the event lacks one. */
export function pickValues(template: Template, known: Values): Values {
  const missing = missingValues(template, known)
  if (missing.length > 0) throw new Error(`template ${template.name}: nobody knows {${missing.join('}, {')}}`)
  return pickShown(template, known)
}

/** The values that a template declares, with blanks for those that an event lacks: for a text that is only shown. */
export function pickShown(template: Template, known: Values): Values {
  return Object.fromEntries(
    Object.keys(template.values).map((name) => [name, (Object.hasOwn(known, name) ? known[name] : null) ?? MISSING]),
  )
}

/** How many segments a provider bills for a text: 160 (one) or 153 (several) GSM-7 characters each, 70 or 67 of other characters. */
export function segmentsOf(text: string): number {
  return new SegmentedMessage(text).segmentsCount
}

function assertDeclared(template: Template, values: Values): void {
  const missing = Object.keys(template.values).filter((name) => !Object.hasOwn(values, name) || values[name] === undefined)
  const extra = Object.keys(values).filter((name) => !Object.hasOwn(template.values, name))
  if (missing.length > 0) throw new Error(`template ${template.name}: missing ${missing.join(', ')}`)
  if (extra.length > 0) throw new Error(`template ${template.name}: undeclared ${extra.join(', ')}`)
}

function smsText(section: string, values: Values, stamp: SmsFrame): string {
  const signature = withoutLinks(stamp.signature)
  if (signature === '' || signature !== stamp.signature || signature.length > 30)
    throw new Error('SMS signature: 1 to 30 plain characters without brackets')
  if (!/^[A-Z0-9]{4,12}$/.test(stamp.reference)) throw new Error('SMS reference: 4 to 12 capital letters and digits')
  let text = ''
  for (const limit of VALUE_LIMITS) {
    const short = mapValues(values, (value, name) => shorten(String(value), name === WORDS ? limit.words : limit.other))
    text = `【${signature}】${oneLine(written(section, { ...short, [REFERENCE]: stamp.reference }))}`
    if (fits(text)) break
  }
  return text
}

/** Counting segments takes almost a millisecond. Where every character is one UCS-2 unit, as in nearly all messages, the length suffices. */
function fits(text: string): boolean {
  return ONE_UNIT_EACH.test(text) ? text.length <= MAX_SEGMENTS * 67 : segmentsOf(text) <= MAX_SEGMENTS
}
const ONE_UNIT_EACH = /^[\x20-\x7e·‘’“”…\u3001-\u3029\u4e00-\u9fff\uff01-\uff5e]*$/

function wechatTemplate(template: Template, values: Values): Pick<Body, 'template'> {
  if (template.wechat === undefined) return {}
  const shortened: string[] = []
  const fields: Record<string, string> = {}
  for (const [field, pattern] of Object.entries(template.wechat.fields)) {
    const full = fill(pattern, values)
    const text = kindOf(field) === 'thing' ? shorten(full, THING_LIMIT) : full
    if (text !== full) shortened.push(field)
    const problem = fieldProblem(field, text)
    if (problem !== null) throw new Error(`template ${template.name}: ${problem}`)
    fields[field] = text
  }
  return { template: { key: template.wechat.template, fields, ...(shortened.length === 0 ? {} : { shortened }) } }
}

/** The values with a conversation's reply in its own lines: a reply keeps its line breaks. */
function withReplyLines(values: Values, safe: Values): Values {
  const words = values[WORDS]
  return words === undefined ? safe : { ...safe, [WORDS]: plainLines(words) }
}

/** A filled text. A value that brings its own full stop does not double that of the template. */
function written(section: string, values: Values): string {
  return fill(section, values)
    .replace(/[\u3002\uff1b\uff0c]+\u3002/g, '\u3002')
    .replace(/([\uff01\uff1f])\u3002/g, '$1')
}

/** Joins lines without a blank, because Chinese needs none. */
function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, '')
}

function mapValues(values: Values, change: (value: string | number, name: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value, name)]))
}

// Fills one template for one medium, strictly: the message as it is stored when it is promised.
// Checking templates is templates.ts; sending is the channels'.

import { SegmentedMessage } from 'sms-segments-calculator'

import type { Values } from '../core/errors.ts'
import { sectionOf } from './fallback.rules.ts'
import type { Body } from './notices.rules.ts'
import { fieldProblem, kindOf, THING_LIMIT } from './fields.ts'
import { fill, lines, shorten, unlinked } from '../platform/texts/fill.ts'
import type { Medium } from '../core/mediums.ts'
import { REFERENCE, type Template } from '../platform/texts/template.ts'

export interface Stamp {
  /** Who speaks, without brackets: leads every SMS as 【signature】. Configuration holds it. */
  signature: string
  /** 4–12 capital letters and digits at the end of every SMS, by which it is found again at the provider. */
  reference: string
}

/** The most an SMS may have (providers refuse more to +86). */
export const MAX_SEGMENTS = 8

/**
 * How long a value in an SMS may be; the next ones are tried while the whole has too many segments: a long name must not push the court's own words out.
 * The value `words` is an answer in a conversation: the message is there for it, so it is cut late.
 */
const VALUE_LIMITS = [
  { other: 120, words: 420 },
  { other: 60, words: 300 },
  { other: 30, words: 200 },
]
const WORDS = 'words'

/**
 * @throws Error (a defect, never quoting a value) when a value is missing or not declared, the template has no section for the medium,
 *   the stamp is malformed, or WeChat would refuse a field.
 */
export function render(template: Template, medium: Medium, values: Values, stamp: Stamp): Body {
  const section = template.sections[sectionOf(medium)]
  if (section === undefined) throw new Error(`template ${template.name}: no section for ${medium}`)
  mustMatch(template, values)
  const safe = mapValues(values, unlinked)
  switch (medium) {
    case 'sms':
      return { text: smsText(section.text, safe, stamp) }
    case 'voice':
      return { text: oneLine(fill(section.text, safe)) }
    case 'wechat':
      return { text: fill(section.text, asWritten(values, safe)), ...wechatTemplate(template, safe) }
    case 'wechaty':
      return { text: fill(section.text, asWritten(values, safe)) }
    case 'clerk':
      return { text: fill(section.text, safe) }
  }
}

/** Picks what a template declares out of what an event knows. @throws Error when the event doesn't know one. */
export function pick(template: Template, known: Values): Values {
  return Object.fromEntries(
    Object.keys(template.values).map((name) => {
      const value = Object.hasOwn(known, name) ? known[name] : undefined
      if (value === undefined) throw new Error(`template ${template.name}: nobody knows {${name}}`)
      return [name, value]
    }),
  )
}

/** How many segments a provider bills for a text: 160/153 GSM-7 characters or 70/67 others each. */
export function segmentsOf(text: string): number {
  return new SegmentedMessage(text).segmentsCount
}

function mustMatch(template: Template, values: Values): void {
  const missing = Object.keys(template.values).filter((name) => !Object.hasOwn(values, name))
  const extra = Object.keys(values).filter((name) => !Object.hasOwn(template.values, name))
  if (missing.length > 0) throw new Error(`template ${template.name}: missing ${missing.join(', ')}`)
  if (extra.length > 0) throw new Error(`template ${template.name}: undeclared ${extra.join(', ')}`)
}

function smsText(section: string, values: Values, stamp: Stamp): string {
  const signature = unlinked(stamp.signature)
  if (signature === '' || signature !== stamp.signature || signature.length > 30)
    throw new Error('SMS signature: 1 to 30 plain characters without brackets')
  if (!/^[A-Z0-9]{4,12}$/.test(stamp.reference)) throw new Error('SMS reference: 4 to 12 capital letters and digits')
  let text = ''
  for (const limit of VALUE_LIMITS) {
    const short = mapValues(values, (value, name) => shorten(String(value), name === WORDS ? limit.words : limit.other))
    text = `【${signature}】${oneLine(fill(section, { ...short, [REFERENCE]: stamp.reference }))}`
    if (fits(text)) break
  }
  return text
}

/** Counting takes most of a millisecond: where every character is one unit of UCS-2, as in nearly all messages, the length alone answers. */
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

/** An answer in a conversation keeps its lines. */
function asWritten(values: Values, safe: Values): Values {
  const words = values[WORDS]
  return words === undefined ? safe : { ...safe, [WORDS]: lines(words) }
}

/** Chinese needs no blank where a file breaks a line. */
function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, '')
}

function mapValues(values: Values, change: (value: string | number, name: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value, name)]))
}

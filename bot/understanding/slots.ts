// Collects all values of one message as slots, and masks them in the text by marks, for rules and classifier.
// The finders of each kind of value are in spans.ts, organisations.ts and names.ts.

import type { Intent, SlotName, Slots } from '../../src/core/understanding.ts'
import { SURNAMES } from './name-words.ts'
import { nameInForm, names } from './names.ts'
import { compact, type Message } from './normalise.ts'
import { businesses, locations, organisations } from './organisations.ts'
import { blank, counts, FEEDBACK_BEFORE, FEEDBACK_FINDERS, find, formedSpans, type Span } from './spans.ts'

/** The capital letter that masks each kind of value. The rest of the masked text is lower-case, so marks and words cannot be confused. */
const MARKS: Partial<Record<SlotName, string>> = {
  name: 'N',
  company: 'C',
  id_number: 'I',
  uscc: 'U',
  phone: 'P',
  case_no: 'K',
  ticket_no: 'T',
  bind_code: 'B',
  quarter: 'Q',
  unit: 'W',
  location: 'L',
  date: 'D',
  amount: 'M',
}

const COMPACT: ReadonlySet<SlotName> = new Set(['id_number', 'uscc', 'phone', 'case_no', 'ticket_no', 'bind_code'])

/** All values that can be found before the intent is known, sorted by position. */
export function findSpans(message: Message): Span[] {
  const formed = formedSpans(message.plain)
  const withOrganisations = [...formed, ...organisations(blank(message.plain, formed))]
  const rest = blank(message.plain, withOrganisations)
  const places = locations(rest)
  const sought = names(
    blank(
      rest,
      places.filter((place) => !mayBeName(rest, place)),
    ),
  )
  const asked = withOrganisations.some(({ slot }) => slot === 'company' || slot === 'unit') ? [] : nameInForm(rest)
  const people = asked.length > 0 && !sought.some(({ from, to }) => from === asked[0]?.from && to === asked[0].to) ? asked : sought
  const separate = places.filter((place) => !people.some((name) => name.from < place.to && place.from < name.to))
  const tails = people.flatMap((name) => tailAfter(rest, name))
  return [...withOrganisations, ...separate, ...people, ...tails].sort((a, b) => a.from - b.from)
}

/** 和志强 5107: four characters alone after a name are the end of that person's identifier, unless they are a year. */
const TAIL = /^[ ,:]{1,3}((?!19|20)\d{3}[\dXx])(?=$|[ ,.!?。])/d

function tailAfter(text: string, name: Span): Span[] {
  const [from, to] = TAIL.exec(text.slice(name.to))?.indices?.[1] ?? []
  return from === undefined || to === undefined ? [] : [{ slot: 'id_number', from: name.to + from, to: name.to + to }]
}

/** 李丽江 is a person: a short place right after a surname is left in the text while names are searched. */
function mayBeName(text: string, place: Span): boolean {
  return place.to - place.from === 2 && SURNAMES.has(text.charAt(place.from - 1))
}

const OTHER_NUMBERS = /\d[\d,.]*/g

/** The lower-case text with each value as its mark and every other number as `#`. A message `0` stays, because it calls a clerk. */
export function mask(plain: string, spans: readonly Span[]): string {
  if (plain.trim() === '0') return '0'
  let out = ''
  let at = 0
  for (const span of spans) {
    const mark = MARKS[span.slot]
    if (mark === undefined || span.from < at) continue
    out += plain.slice(at, span.from).toLowerCase() + mark
    at = span.to
  }
  return (out + plain.slice(at).toLowerCase()).replace(OTHER_NUMBERS, '#')
}

const LONE_CODE = /(?<![A-Za-z\d-])(?=[A-Za-z]*\d|[A-Z]{5,})[A-Za-z\d]{3,4}[ -]?[A-Za-z\d]{1,6}(?![A-Za-z\d-])/g

/** The slots of a message whose intent is known. Some values depend on it: 核查一百 of a liaison is no amount of money. */
export function slotsOf(message: Message, spans: readonly Span[], intent: Intent): Slots {
  const slots: Slots = {}
  const kept = spans.filter(({ slot, relative }) => {
    if (slot === 'amount') return intent !== 'liaison_feedback'
    return relative === undefined || intent === 'complaint_new'
  })
  for (const span of [...kept, ...intentSpans(message.plain, kept, intent)].sort((a, b) => a.from - b.from)) {
    const value = span.value ?? written(message, span)
    if (value === '') continue
    const before = slots[span.slot]
    if (before === undefined) slots[span.slot] = value
    else if (![before].flat().includes(value)) slots[span.slot] = [before, value].flat()
  }
  return slots
}

function written(message: Message, span: Span): string {
  const text = message.written(span.from, span.to)
  return COMPACT.has(span.slot) ? compact(text) : text
}

/** Values that have a meaning only with this intent. */
function intentSpans(plain: string, spans: readonly Span[], intent: Intent): Span[] {
  const text = blank(plain, spans)
  // With another intent 贷款 is only part of what happened.
  if (intent === 'precheck') return businesses(text)
  if (intent === 'liaison_bind' && !spans.some((span) => span.slot === 'bind_code')) {
    return [...text.matchAll(LONE_CODE)].map((match) => ({ slot: 'bind_code', from: match.index, to: match.index + match[0].length }))
  }
  return intent === 'liaison_feedback' ? figures(plain, spans) : []
}

const WORD_BEFORE_FIGURE = /(?:核查|查|限制|拒绝)\D{0,4}$/

/**
 * Reads 核查40限制3, or 40次核查3次限制 when both figures stand before their words. A correction may state two of one kind; the dialog then
 * asks.
 */
function figures(plain: string, spans: readonly Span[]): Span[] {
  const newSpans = (finders: typeof FEEDBACK_FINDERS): Span[] => find(plain, finders, spans).filter((span) => !spans.includes(span))
  const before = newSpans(FEEDBACK_BEFORE)
  const both = before.some((span) => span.slot === 'checked') && before.some((span) => span.slot === 'restricted')
  if (both && !WORD_BEFORE_FIGURE.test(plain.slice(0, before[0]?.from))) return before
  const after = newSpans(FEEDBACK_FINDERS)
  const byWord = [...after, ...before.filter((span) => !after.some((other) => other.slot === span.slot))]
  return [...byWord, ...figuresInOrder(blank(plain, [...spans, ...byWord]), byWord)]
}

/**
 * 126/12, 受理17笔驳回6笔: figures without words are read in the order of the form, checked before restricted. The liaison confirms them
 * anyway.
 */
function figuresInOrder(text: string, byWord: readonly Span[]): Span[] {
  const missing = (['checked', 'restricted'] as const).filter((slot) => !byWord.some((span) => span.slot === slot))
  const found = counts(text)
  return found.length === missing.length ? found.map((span, at) => ({ ...span, slot: missing[at] ?? 'checked' })) : []
}

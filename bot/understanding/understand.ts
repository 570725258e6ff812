// One message understood: normalise, slots, ordered rules, classifier, what the role makes likely, and a choice of at most three when unsure.
// Pure: the caller hands in the training sentences (bot/understanding/utterances.ts reads them). What is answered is the dialogs'.

import { type Classifier, type Sample, train } from './classifier.ts'
import { ideas } from './concepts.ts'
import { INTENTS, type Intent, type Understanding, type Utterances, type Understand } from '../../src/core/understanding.ts'
import { type Message, normalise } from './normalise.ts'
import { alarmIn, type Rule, RULES } from './rules.ts'
import { fill } from './samples.ts'
import { findSpans, mask, slotsOf } from './slots.ts'
import { businesses } from './organisations.ts'
import type { Span } from './spans.ts'
import { canonical } from './speech.ts'
/** A lone likeliest intent below this is asked about. */
const SURE = 0.73
/** So is one whose runner-up is closer than this. */
const AHEAD = 0.5
/** What a leaning rule is worth beside the classifier, 0–1. */
const LEAN = 0.5
const FIRM = 0.97
/** Less than this is not worth offering. */
const OFFERED = 0.04
/** Under this share of known bigrams a text is strange ground and the classifier's word counts for less. */
const FAMILIAR = 0.45

interface Read {
  message: Message
  spans: readonly Span[]
  said: string
  marks: readonly string[]
}

function read(text: string): Read {
  const message = normalise(text)
  const spans = findSpans(message)
  const said = canonical(mask(message.plain, spans))
  return { message, spans, said, marks: ideas(said) }
}

/** Trains on the sentences (about 0.2 s) and returns the understanding. The same sentences always give the same answers. */
export function createUnderstanding(utterances: Utterances): Understand {
  const samples: Sample[] = INTENTS.flatMap((intent, label) =>
    utterances[intent].flatMap((sentence, turn) => {
      const { said, marks } = read(fill(sentence, turn).text)
      return said === '' ? [] : [{ label, text: said, marks }]
    }),
  )
  const classifier = train(samples, INTENTS.length)
  return (text, role) => understand(classifier, text, role)
}

function understand(classifier: Classifier, text: string, role?: string): Understanding {
  const seen = read(text)
  const alarm = alarmIn(seen.said)
  if (alarm !== undefined) return { ...settled(seen, 'human', FIRM), alarm }
  if (seen.said === '' && seen.spans.length === 0) return settled(seen, 'other', FIRM)
  const rule = RULES.find((candidate) => fits(candidate, seen.said, role))
  if (rule?.force === 'firm') return settled(seen, rule.intent, FIRM)
  const odds = inRole(weigh(classifier, seen, rule), seen, role)
  const ranked = INTENTS.map((intent, at) => ({ intent, odds: odds[at] ?? 0 })).sort((a, b) => b.odds - a.odds)
  const [first = { intent: 'other' as const, odds: 0 }, second = first] = ranked
  const understood = settled(seen, first.intent, first.odds)
  if (first.odds >= SURE && first.odds - second.odds >= AHEAD) return understood
  const offered = ranked.slice(0, 3).filter((one, at) => at < 2 || one.odds >= OFFERED)
  return { ...understood, choices: offered.map((one) => one.intent) }
}

function settled(seen: Read, intent: Intent, confidence: number): Understanding {
  return { intent, confidence: Math.round(confidence * 1000) / 1000, choices: [], slots: slotsOf(seen.message, seen.spans, intent) }
}

function fits(rule: Rule, said: string, role?: string): boolean {
  if (rule.role !== undefined && rule.role !== role) return false
  return rule.when.test(said) && !(rule.unless?.test(said) ?? false)
}

function weigh(classifier: Classifier, seen: Read, rule: Rule | undefined): Float64Array {
  const odds = classifier.probabilities(seen.said, seen.marks)
  if (rule !== undefined) {
    for (let at = 0; at < odds.length; at++) odds[at] = (odds[at] ?? 0) * (1 - LEAN)
    add(odds, rule.intent, LEAN)
    return odds
  }
  if (classifier.familiarity(seen.said) >= FAMILIAR) return odds
  for (let at = 0; at < odds.length; at++) odds[at] = (odds[at] ?? 0) * 0.6
  add(odds, 'other', 0.4)
  return odds
}

function add(odds: Float64Array, intent: Intent, amount: number): void {
  const at = INTENTS.indexOf(intent)
  odds[at] = (odds[at] ?? 0) + amount
}

/** How much likelier an intent is from a bound liaison, and from anybody else. */
const FROM_LIAISON: Partial<Record<Intent, number>> = {
  precheck: 2.5,
  liaison_feedback: 3,
  liaison_ack: 3,
  query_list: 0.7,
  removal_info: 0.4,
  objection: 0.4,
  query_case: 0.3,
}
const FROM_OTHERS: Partial<Record<Intent, number>> = { liaison_ack: 0.4, liaison_feedback: 0.7, precheck: 0.7 }

function inRole(odds: Float64Array, seen: Read, role?: string): Float64Array {
  const factors = role === 'liaison' ? FROM_LIAISON : FROM_OTHERS
  const weighted = odds.map((one, at) => one * (factors[INTENTS[at] ?? 'other'] ?? 1))
  if (role === 'liaison') moveToPrecheck(weighted, asksAsUnit(seen) ? 1 : 0.5)
  const total = weighted.reduce((sum, one) => sum + one, 0)
  return weighted.map((one) => one / total)
}

/** A business or a full identifier: nobody carries another's ID number about but who decides on something. */
function asksAsUnit(seen: Read): boolean {
  return seen.spans.some((span) => span.slot === 'uscc' || span.slot === 'id_number') || businesses(seen.message.plain).length > 0
}

/**
 * A bound liaison who asks about somebody before a business asks as a unit: the answer is logged and says what applies (bot.md). With only a name it
 * may be either, so half of the weight moves and the liaison is asked.
 */
function moveToPrecheck(odds: Float64Array, share: number): void {
  const list = INTENTS.indexOf('query_list')
  const moved = (odds[list] ?? 0) * share
  add(odds, 'precheck', moved)
  add(odds, 'query_list', -moved)
}

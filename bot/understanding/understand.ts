// Understands one message: normalises it, finds slots, applies rules, classifier and the sender's role, and offers choices when unsure.
// Pure: the caller passes the training sentences, which utterances.ts reads. Replies are the dialogs in bot/dialogs.

import { inSteps, train, type Classifier, type Sample, type Steps } from './classifier.ts'
import { conceptsIn } from './concepts.ts'
import { INTENTS, type Intent, type Understanding, type Utterances, type Understand } from '../../src/core/understanding.ts'
import { type Message, normalise } from './normalise.ts'
import { alarmIn, type Rule, RULES } from './rules.ts'
import { fillSentence } from './samples.ts'
import { findSpans, mask, slotsOf } from './slots.ts'
import { businesses } from './organisations.ts'
import type { Span } from './spans.ts'
import { canonical } from './speech.ts'

/** Below this probability the likeliest intent is offered as a choice. */
const SURE = 0.73
/** So is one whose lead over the second is smaller than this. */
const AHEAD = 0.5
/** Weight of a leaning rule beside the classifier, 0 to 1. */
const LEAN = 0.5
/** Confidence of what a firm rule decided. */
const FIRM = 0.97
/** A third intent below this probability is not offered. */
const OFFERED = 0.04
/** Below this share of known bigrams the classifier's result counts for less, because the text is unlike the training sentences. */
const FAMILIAR = 0.45

/** A message prepared for rules and classifier. */
interface PreparedMessage {
  message: Message
  spans: readonly Span[]
  /** The masked text in canonical wording. */
  wording: string
  /** Named features of the classifier. */
  marks: readonly string[]
}

function prepare(text: string): PreparedMessage {
  const message = normalise(text)
  const spans = findSpans(message)
  const wording = canonical(mask(message.plain, spans))
  return { message, spans, wording, marks: conceptsIn(wording) }
}

/**
 * Trains on the sentences, in steps of a few milliseconds: on a thousand sentences about a quarter of a second of processor. Its result is
 * the function that understands messages. The same sentences always give the same answers.
 */
export function* training(utterances: Utterances): Steps<Understand> {
  const sentences = INTENTS.flatMap((intent, label) => utterances[intent].map((sentence, turn) => ({ label, sentence, turn })))
  const samples: Sample[] = []
  yield* inSteps(sentences, ({ label, sentence, turn }) => {
    const { wording, marks } = prepare(fillSentence(sentence, turn).text)
    if (wording !== '') samples.push({ label, text: wording, marks })
  })
  const classifier = yield* train(samples, INTENTS.length)
  return (text, role) => understand(classifier, text, role)
}

/** Trains at once, and returns the function that understands messages. */
export function createUnderstanding(utterances: Utterances): Understand {
  return finished(training(utterances))
}

/** Takes all steps that are left. */
export function finished<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
  }
}

function understand(classifier: Classifier, text: string, role?: string): Understanding {
  const prepared = prepare(text)
  const alarm = alarmIn(prepared.wording)
  if (alarm !== undefined) return { ...decided(prepared, 'human', FIRM), alarm }
  if (prepared.wording === '' && prepared.spans.length === 0) return decided(prepared, 'other', FIRM)
  const rule = RULES.find((candidate) => matches(candidate, prepared.wording, role))
  if (rule?.force === 'firm') return decided(prepared, rule.intent, FIRM)
  const probabilities = adjustedToRole(weigh(classifier, prepared, rule), prepared, role)
  const ranked = INTENTS.map((intent, at) => ({ intent, probability: probabilities[at] ?? 0 })).sort(
    (a, b) => b.probability - a.probability,
  )
  const [first = { intent: 'other' as const, probability: 0 }, second = first] = ranked
  const understood = decided(prepared, first.intent, first.probability)
  if (first.probability >= SURE && first.probability - second.probability >= AHEAD) return understood
  const offered = ranked.slice(0, 3).filter((candidate, at) => at < 2 || candidate.probability >= OFFERED)
  return { ...understood, choices: offered.map((candidate) => candidate.intent) }
}

function decided(prepared: PreparedMessage, intent: Intent, confidence: number): Understanding {
  return { intent, confidence: Math.round(confidence * 1000) / 1000, choices: [], slots: slotsOf(prepared.message, prepared.spans, intent) }
}

function matches(rule: Rule, wording: string, role?: string): boolean {
  if (rule.role !== undefined && rule.role !== role) return false
  return rule.when.test(wording) && !(rule.unless?.test(wording) ?? false)
}

/** The probability of each intent: the classifier's, mixed with a leaning rule, or moved towards `other` for unfamiliar text. */
function weigh(classifier: Classifier, prepared: PreparedMessage, rule: Rule | undefined): Float64Array {
  const probabilities = classifier.probabilities(prepared.wording, prepared.marks)
  if (rule !== undefined) {
    for (let at = 0; at < probabilities.length; at++) probabilities[at] = (probabilities[at] ?? 0) * (1 - LEAN)
    add(probabilities, rule.intent, LEAN)
    return probabilities
  }
  if (classifier.familiarity(prepared.wording) >= FAMILIAR) return probabilities
  for (let at = 0; at < probabilities.length; at++) probabilities[at] = (probabilities[at] ?? 0) * 0.6
  add(probabilities, 'other', 0.4)
  return probabilities
}

function add(probabilities: Float64Array, intent: Intent, amount: number): void {
  const at = INTENTS.indexOf(intent)
  probabilities[at] = (probabilities[at] ?? 0) + amount
}

/** Factors by which intents are likelier or less likely from a bound liaison. */
const FROM_LIAISON: Partial<Record<Intent, number>> = {
  precheck: 2.5,
  liaison_feedback: 3,
  liaison_ack: 3,
  query_list: 0.7,
  removal_info: 0.4,
  objection: 0.4,
  query_case: 0.3,
}
/** The same for everybody else. */
const FROM_OTHERS: Partial<Record<Intent, number>> = { liaison_ack: 0.4, liaison_feedback: 0.7, precheck: 0.7 }

function adjustedToRole(probabilities: Float64Array, prepared: PreparedMessage, role?: string): Float64Array {
  const factors = role === 'liaison' ? FROM_LIAISON : FROM_OTHERS
  const weighted = probabilities.map((probability, at) => probability * (factors[INTENTS[at] ?? 'other'] ?? 1))
  if (role === 'liaison') moveToScreening(weighted, asksAsUnit(prepared) ? 1 : 0.5)
  const total = weighted.reduce((sum, probability) => sum + probability, 0)
  return weighted.map((probability) => probability / total)
}

/**
 * Whether the message names a business or a whole identifier. Only somebody who decides on an application has another person's ID number.
 */
function asksAsUnit(prepared: PreparedMessage): boolean {
  return prepared.spans.some((span) => span.slot === 'uscc' || span.slot === 'id_number') || businesses(prepared.message.plain).length > 0
}

/**
 * A bound liaison who asks about somebody before a decision asks as a unit: the screening is logged and its answer says which measures
 * apply. With only a name it may be a public enquiry too, so half of the weight moves and the liaison is offered the choice.
 */
function moveToScreening(probabilities: Float64Array, share: number): void {
  const list = INTENTS.indexOf('query_list')
  const moved = (probabilities[list] ?? 0) * share
  add(probabilities, 'precheck', moved)
  add(probabilities, 'query_list', -moved)
}

// The dialog in which a liaison screens somebody before the unit decides (实施意见 五1): identifier, name, measure, business; the decision.
// The rules are src/features/screening/rules.ts; asking and reporting are src/features/screening/commands.ts.

import type { Advice, ScreeningAnswer } from '../../src/features/screening/rules.ts'
import type { Dialog, DialogMessage, Outcome, Reading, Settled, Slots, Step } from '../engine.ts'
import { outcomeIn, reasonIn, type StatedOutcome } from '../understanding/figures.ts'
import { numberIn } from '../understanding/answers.ts'
import { documentIn, firstOf, definedSlots, nameIn, pick, plainOf, changesSubject, asksForSomethingElse } from './reading.ts'
import type { Line, LineValues } from '../../src/platform/texts/dialogs.ts'
import { readIdentifier } from '../../src/core/identifiers.ts'
import { isDespite } from '../../src/features/screening/reports.rules.ts'
import { OTHER_BUSINESS } from '../../src/features/units/clauses.rules.ts'

/** Intents that do not lead away from this dialog. */
const OWN_INTENTS = ['precheck', 'query_list']
/** The fewest characters of a reason. */
const MIN_LENGTH = 4

/**
 * The screening. Slots: `liaison`, `name`, `identifier`; the lists to choose from, a line each, `measures` and `businesses`; `measure` (its
 * id), `business` (an entry of its list, or words); once answered `screening`, `version`, `answer`, `advice`; `outcome`, `reason`.
 */
export const precheck: Dialog = {
  name: 'precheck',
  version: 2,
  intent: 'precheck',
  open: (message) =>
    message.isLiaison ? { liaison: 'yes', ...subjectOf(message), ...definedSlots({ business: firstOf(message, 'business') }) } : {},
  steps: [identifierStep(), nameStep(), measureStep(), businessStep(), outcomeStep(), reasonStep()],
  finish(slots) {
    if (slots['liaison'] === undefined) return { say: [{ key: 'general.precheck' }, { key: 'general.person' }] }
    if (slots['businesses'] === undefined) return { say: [], effect: { name: 'find_businesses', input: slots } }
    if (slots['screening'] === undefined) return { say: [], effect: { name: 'precheck', input: slots } }
    if (slots['outcome'] === 'later') return { say: [{ key: 'precheck.later' }] }
    return { say: [], effect: { name: 'report_outcome', input: slots } }
  },
  settle,
}

function settle({ name, values = {}, items = [] }: Outcome): Settled {
  switch (name) {
    case 'hit':
    case 'review':
      return {
        say: [
          { key: `precheck.${name}`, values: pick(values, 'subject', 'asOf', 'version') },
          ...items.map(findingLine),
          explanationLine(values),
        ],
        add: Object.fromEntries(['screening', 'revision', 'answer', 'advice'].map((each) => [each, plainOf(values, each)])),
      }
    case 'measures':
      return { say: [], add: { measures: plainOf(values, 'choices') } }
    case 'businesses':
      return { say: [], add: { measure: plainOf(values, 'measure'), businesses: plainOf(values, 'choices') } }
    case 'unknown_business':
      return { say: [{ key: 'precheck.unknown_business', values }], drop: ['business'] }
    case 'wrong':
      return { say: [{ key: 'precheck.wrong', values }], drop: ['identifier', 'name'] }
    default:
      return { say: [{ key: `precheck.${name}`, values }] }
  }
}

function findingLine(item: LineValues): Line {
  const key = item['certain'] === 1 ? 'precheck.finding' : 'precheck.likeness'
  return { key, values: pick(item, 'name', 'identifier', 'caseNo', 'measures') }
}

function explanationLine(values: LineValues): Line {
  return { key: 'as_is', values: { text: values['explanation'] ?? '' } }
}

function subjectOf(message: DialogMessage): Slots {
  return definedSlots({ identifier: wholeIdentifierIn(message), name: firstOf(message, 'company', 'name') })
}

/** A whole identifier. The last four digits are enough for a public enquiry, but not for a decision about a person (个保法 24). */
function wholeIdentifierIn(message: DialogMessage): string | undefined {
  const written = firstOf(message, 'id_number', 'uscc')
  return written === undefined || readIdentifier(written).kind === 'none' ? undefined : written
}

function identifierStep(): Step {
  return {
    name: 'identifier',
    fills: ['identifier', 'name'],
    isKnown: ({ liaison, identifier }) => liaison === undefined || identifier !== undefined,
    ask: () => [{ key: 'precheck.ask_identifier' }],
    read(message): Reading {
      const subject = subjectOf(message)
      if (subject['identifier'] !== undefined) return subject
      const written = documentIn(message.text)
      if (written !== undefined) return { identifier: written }
      return changesSubject(message, OWN_INTENTS) ? null : 'unclear'
    },
  }
}

function nameStep(): Step {
  return {
    name: 'name',
    fills: ['name'],
    isKnown: ({ liaison, name }) => liaison === undefined || name !== undefined,
    ask: () => [{ key: 'precheck.ask_name' }],
    read(message): Reading {
      const found = firstOf(message, 'company', 'name')
      if (found !== undefined) return { name: found }
      if (asksForSomethingElse(message, OWN_INTENTS)) return null
      const name = message.command === null ? nameIn(message) : undefined
      return name === undefined ? 'unclear' : { name }
    },
  }
}

function measureStep(): Step {
  return {
    name: 'measure',
    fills: ['measure', 'businesses'],
    isKnown: ({ measures, measure }) => measures === undefined || measure !== undefined,
    ask: ({ measures = '' }) => [{ key: 'precheck.ask_measure' }, ...numbered(measures)],
    read(message, { measures = '' }): Reading {
      const line = chosenLine(message, measures)
      if (line !== undefined) return { measure: line.split(' ')[0] ?? '' }
      return asksForSomethingElse(message, OWN_INTENTS) ? null : 'unclear'
    },
  }
}

function businessStep(): Step {
  return {
    name: 'business',
    fills: ['business'],
    isKnown: ({ businesses, business }) => businesses === undefined || business !== undefined,
    ask: ({ businesses = '' }) => [{ key: 'precheck.ask_business' }, ...numbered(`${businesses}\n${OTHER_BUSINESS}`)],
    read(message, { businesses = '' }): Reading {
      if (message.command === 'skip' || message.command === 'no') return { business: OTHER_BUSINESS }
      const line = chosenLine(message, `${businesses}\n${OTHER_BUSINESS}`)
      if (line !== undefined) return { business: line }
      if (asksForSomethingElse(message, OWN_INTENTS)) return null
      const text = firstOf(message, 'business') ?? message.text.trim()
      return text === '' || /^\d+$/.test(text) ? 'unclear' : { business: text.slice(0, 100) }
    },
  }
}

/** The choices of a question with their numbers. */
function numbered(lines: string): Line[] {
  return lines.split('\n').map((label, at) => ({ key: 'precheck.choice', values: { number: at + 1, label } }))
}

/** The line that a message names by its number or its words. */
function chosenLine(message: DialogMessage, lines: string): string | undefined {
  const text = message.text.trim()
  const all = lines.split('\n')
  return all.find((line) => line === text || (text !== '' && line.startsWith(`${text} `))) ?? all[(numberIn(text) ?? 0) - 1]
}

/** The outcomes in the order in which the question numbers them. */
const NUMBERED: readonly StatedOutcome[] = ['refused', 'approved', 'not_needed', 'later']

function outcomeStep(): Step {
  return {
    name: 'outcome',
    fills: ['outcome', 'reason'],
    isKnown: (slots) => slots['screening'] === undefined || slots['outcome'] !== undefined,
    ask: () => [{ key: 'precheck.ask_outcome' }],
    read(message): Reading {
      const outcome = NUMBERED[(numberIn(message.text) ?? 0) - 1] ?? outcomeIn(message.text)
      if (outcome !== undefined) return { outcome, ...definedSlots({ reason: reasonIn(message.text) }) }
      if (message.command === 'skip') return { outcome: 'later' }
      return changesSubject(message, OWN_INTENTS) ? null : 'unclear'
    },
  }
}

function reasonStep(): Step {
  return {
    name: 'reason',
    fills: ['reason'],
    isKnown: (slots) => !needsReason(slots) || slots['reason'] !== undefined,
    ask: ({ outcome = '' }) => [{ key: outcome === 'approved' ? 'precheck.ask_why_approved' : 'precheck.ask_why_refused' }],
    read(message): Reading {
      if (asksForSomethingElse(message, OWN_INTENTS)) return null
      const text = message.text.trim()
      return message.command !== null || Array.from(text).length < MIN_LENGTH ? 'unclear' : { reason: text }
    },
  }
}

function needsReason({ outcome, answer = 'none', advice = 'no_record' }: Slots): boolean {
  if (outcome === 'refused') return answer === 'review'
  return outcome === 'approved' && isDespite({ answer: answer as ScreeningAnswer, advice: advice as Advice }, 'approved')
}

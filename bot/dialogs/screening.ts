// A liaison asks before the unit decides (实施意见 五1): whom by whole number and name, for which business; then what became of it.
// What the list says and may be done is features/screening/rules; asking and reporting are features/screening/commands.
import type { Advice, ScreeningAnswer } from '../../src/features/screening/rules.ts'
import type { Dialog, Heard, Outcome, Reading, Settled, Slots, Step } from '../engine.ts'
import { outcomeIn, reasonIn, type SaidOutcome } from '../understanding/figures.ts'
import { numberIn } from '../understanding/answers.ts'
import { firstOf, known, plainOf, turnsAway, asksForSomethingElse } from './reading.ts'
import type { Line, LineValues } from '../../src/platform/texts/dialogs.ts'
import { readIdentifier } from '../../src/core/identifiers.ts'
import { isDespite } from '../../src/features/screening/rules.ts'

const OWN = ['precheck', 'query_list']
const NAME = /^[\p{Script=Han}A-Za-z·.（）() ]{2,40}$/u
const LEAST = 4

/** Slots: `liaison`, `name`, `identifier`, `business`; once answered `screening`, `version`, `answer`, `advice`; `outcome`, `reason`. */
export const precheck: Dialog = {
  name: 'precheck',
  version: 1,
  intent: 'precheck',
  open: (heard) => (heard.isLiaison ? { liaison: 'yes', ...subjectOf(heard), ...known({ business: firstOf(heard, 'business') }) } : {}),
  steps: [identifier(), name(), business(), outcome(), reason()],
  finish(slots) {
    if (slots['liaison'] === undefined) return { say: [{ key: 'general.precheck' }, { key: 'general.person' }] }
    if (slots['screening'] === undefined) return { say: [], want: { name: 'precheck', input: slots } }
    if (slots['outcome'] === 'later') return { say: [{ key: 'precheck.later' }] }
    return { say: [], want: { name: 'report_outcome', input: slots } }
  },
  settle,
}

function settle({ name: became, values = {}, items = [] }: Outcome): Settled {
  switch (became) {
    case 'hit':
    case 'review':
      return {
        say: [
          { key: `precheck.${became}`, values: only(values, 'subject', 'asOf', 'version') },
          ...items.map(finding),
          explanation(values),
        ],
        add: Object.fromEntries(['screening', 'revision', 'answer', 'advice'].map((each) => [each, plainOf(values, each)])),
      }
    case 'wrong':
      return { say: [{ key: 'precheck.wrong', values }], drop: ['identifier', 'name'] }
    default:
      return { say: [{ key: `precheck.${became}`, values }] }
  }
}

function finding(item: LineValues): Line {
  const key = item['certain'] === 1 ? 'precheck.finding' : 'precheck.likeness'
  return { key, values: only(item, 'name', 'identifier', 'caseNo', 'measures') }
}

function explanation(values: LineValues): Line {
  return { key: 'as_is', values: { text: values['explanation'] ?? '' } }
}

function only(item: LineValues, ...names: readonly string[]): LineValues {
  return Object.fromEntries(names.map((each) => [each, item[each] ?? '']))
}

function subjectOf(heard: Heard): Slots {
  return known({ identifier: wholeIn(heard), name: firstOf(heard, 'company', 'name') })
}

/** A whole number: four digits are enough for the public, and for no decision about a person (个保法 24). */
function wholeIn(heard: Heard): string | undefined {
  const written = firstOf(heard, 'id_number', 'uscc')
  return written === undefined || readIdentifier(written).kind === 'none' ? undefined : written
}

function identifier(): Step {
  return {
    name: 'identifier',
    fills: ['identifier', 'name'],
    isKnown: ({ liaison, identifier: number }) => liaison === undefined || number !== undefined,
    ask: () => [{ key: 'precheck.ask_identifier' }],
    read(heard): Reading {
      const said = subjectOf(heard)
      if (said['identifier'] !== undefined) return said
      return turnsAway(heard, OWN) ? null : 'unclear'
    },
  }
}

function name(): Step {
  return {
    name: 'name',
    fills: ['name'],
    isKnown: ({ liaison, name: called }) => liaison === undefined || called !== undefined,
    ask: () => [{ key: 'precheck.ask_name' }],
    read(heard): Reading {
      const called = firstOf(heard, 'company', 'name')
      if (called !== undefined) return { name: called }
      if (asksForSomethingElse(heard, OWN)) return null
      return heard.command === null && NAME.test(heard.text.trim()) ? { name: heard.text.trim() } : 'unclear'
    },
  }
}

function business(): Step {
  return {
    name: 'business',
    fills: ['business'],
    isKnown: ({ liaison, business: asked }) => liaison === undefined || asked !== undefined,
    ask: () => [{ key: 'precheck.ask_business' }],
    read(heard): Reading {
      if (heard.command === 'skip' || heard.command === 'no') return { business: '' }
      if (asksForSomethingElse(heard, OWN)) return null
      const text = firstOf(heard, 'business') ?? heard.text.trim()
      return text === '' || /^\d+$/.test(text) ? 'unclear' : { business: text.slice(0, 100) }
    },
  }
}

const NUMBERED: readonly SaidOutcome[] = ['refused', 'approved', 'not_needed', 'later']

function outcome(): Step {
  return {
    name: 'outcome',
    fills: ['outcome', 'reason'],
    isKnown: (slots) => slots['screening'] === undefined || slots['outcome'] !== undefined,
    ask: () => [{ key: 'precheck.ask_outcome' }],
    read(heard): Reading {
      const became = NUMBERED[(numberIn(heard.text) ?? 0) - 1] ?? outcomeIn(heard.text)
      if (became !== undefined) return { outcome: became, ...known({ reason: reasonIn(heard.text) }) }
      if (heard.command === 'skip') return { outcome: 'later' }
      return turnsAway(heard, OWN) ? null : 'unclear'
    },
  }
}

function reason(): Step {
  return {
    name: 'reason',
    fills: ['reason'],
    isKnown: (slots) => !needsReason(slots) || slots['reason'] !== undefined,
    ask: ({ outcome: became = '' }) => [{ key: became === 'approved' ? 'precheck.ask_why_approved' : 'precheck.ask_why_refused' }],
    read(heard): Reading {
      if (asksForSomethingElse(heard, OWN)) return null
      const text = heard.text.trim()
      return heard.command !== null || Array.from(text).length < LEAST ? 'unclear' : { reason: text }
    },
  }
}

function needsReason({ outcome: became, answer = 'none', advice = 'no_record' }: Slots): boolean {
  if (became === 'refused') return answer === 'review'
  return became === 'approved' && isDespite({ answer: answer as ScreeningAnswer, advice: advice as Advice }, 'approved')
}

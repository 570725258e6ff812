// Handing in an objection (实施意见 四(二)3) or an application for credit repair (四(二)6) by conversation: who, which listing, what about, why, a look, yes.
// Taking it in is features/intakes/commands; a clerk registers it, as of the day of this conversation.

import { squeeze } from '../../src/core/text.ts'
import type { IntakeKind } from '../../src/features/intakes/rules.ts'
import type { Dialog, Outcome, Reading, Settled, Slots, Step } from '../engine.ts'
import { identityOf, identitySettled, identitySteps, identityEffect, onceListed } from './identity.ts'
import { nameAfterNumber, numberIn, subjectIn } from '../understanding/answers.ts'
import { firstOf, known, plainOf, turnsAway, asksForSomethingElse } from './reading.ts'
import type { Line, LineValues } from '../../src/platform/texts/dialogs.ts'

/** A first message of this many signs says why; a shorter one only that somebody objects. */
const TELLING = 18
const LEAST = 5

/** Slots: those of identity, `listed`, `listingId`, `caseNo` or `options`, `about`, `unitWords`, `text`, `agreed`. */
export const objection: Dialog = {
  ...handingIn('objection', 'objection', 'objection'),
  steps: [...identitySteps('objection.ask_who'), which(), about(), why('objection'), agree(objectionSummary)],
}

/** The same slots, without `about` and `unitWords`. */
export const creditRepair: Dialog = {
  ...handingIn('credit_repair', 'repair', 'repair'),
  steps: [...identitySteps('repair.ask_who'), which(), why('repair'), agree(repairSummary)],
}

function handingIn(intent: 'objection' | 'credit_repair', kind: IntakeKind, texts: 'objection' | 'repair'): Omit<Dialog, 'steps'> {
  return {
    name: texts,
    version: 1,
    intent,
    open(heard) {
      const text = heard.text.trim()
      const unitWords = kind === 'objection' ? firstOf(heard, 'unit') : undefined
      return { ...identityOf(heard), ...known({ unitWords }), ...(Array.from(text).length >= TELLING ? { text } : {}) }
    },
    finish(slots) {
      const first = identityEffect(slots)
      if (first !== undefined) return { say: [], want: first }
      if (slots['listed'] === undefined) return { say: [], want: { name: 'choose_own', input: { kind } } }
      return { say: [], want: { name: 'file_intake', input: { ...slots, kind } } }
    },
    settle: (outcome) => identitySettled(outcome) ?? chosen(outcome) ?? { say: [{ key: `${texts}.${outcome.name}`, ...valued(outcome) }] },
  }
}

function valued({ values }: Outcome): { values?: LineValues } {
  return values === undefined ? {} : { values }
}

/** The one listing it can be about, or several to choose from. */
function chosen({ name, items = [] }: Outcome): Settled | null {
  const [first] = items
  if (name === 'one') return { say: [], add: { listed: 'yes', ...listingOf(first) } }
  return name === 'many' ? { say: [], add: { listed: 'yes', options: JSON.stringify(items) } } : null
}

function listingOf(item: LineValues | undefined): Slots {
  return { listingId: plainOf(item, 'listingId'), caseNo: plainOf(item, 'caseNo') }
}

/** Listings that one reply can offer by number. */
const OFFERED = 9

function optionsOf({ options = '[]' }: Slots): LineValues[] {
  return (JSON.parse(options) as LineValues[]).slice(0, OFFERED)
}

function which(): Step {
  return onceListed({
    name: 'which',
    fills: ['listingId', 'caseNo'],
    isKnown: ({ listingId }) => listingId !== undefined,
    ask: (slots) => [
      { key: 'own.which' },
      ...optionsOf(slots).map((item, at): Line => {
        const { caseNo = '', court = '', state = '' } = item
        return { key: 'own.which_item', values: { number: at + 1, caseNo, court, state } }
      }),
    ],
    read(heard, slots): Reading {
      const options = optionsOf(slots)
      const caseNo = firstOf(heard, 'case_no')
      const named = options.find((item) => caseNo !== undefined && squeeze(plainOf(item, 'caseNo')) === squeeze(caseNo))
      const item = named ?? options[(numberIn(heard.text) ?? 0) - 1]
      if (item !== undefined) return listingOf(item)
      return turnsAway(heard, OWN) ? null : 'unclear'
    },
  })
}

const OWN = ['objection', 'credit_repair', 'query_case', 'removal_info']

function about(): Step {
  return onceListed({
    name: 'about',
    fills: ['about', 'unitWords'],
    isKnown: (slots) => slots['about'] !== undefined,
    ask: () => [{ key: 'objection.ask_about' }],
    read(heard): Reading {
      const said = subjectIn(heard.text)
      if (said === undefined) return turnsAway(heard, OWN) ? null : 'unclear'
      const unitWords = firstOf(heard, 'unit', 'company') ?? nameAfterNumber(heard.text)
      return { about: said, ...(said === 'measure' ? known({ unitWords }) : {}) }
    },
  })
}

function why(texts: 'objection' | 'repair'): Step {
  return onceListed({
    name: 'why',
    fills: ['text'],
    isKnown: ({ text }) => text !== undefined,
    ask: () => [{ key: `${texts}.ask_text` }],
    read(heard): Reading {
      if (asksForSomethingElse(heard, OWN)) return null
      const text = heard.text.trim()
      return Array.from(text).length < LEAST ? 'unclear' : { text }
    },
  })
}

function agree(summary: (slots: Slots) => Line[]): Step {
  return onceListed({
    name: 'agree',
    fills: ['agreed'],
    isKnown: ({ agreed }) => agreed !== undefined,
    ask: summary,
    read: (heard): Reading => {
      if (heard.command === 'yes') return { agreed: 'yes' }
      return turnsAway(heard, OWN) ? null : 'unclear'
    },
  })
}

function objectionSummary({ caseNo = '', about: subject = 'listing', unitWords, text = '' }: Slots): Line[] {
  const unit: string | Line = subject === 'measure' && unitWords !== undefined ? unitWords : { key: 'none' }
  return [{ key: 'objection.summary', values: { caseNo, about: { key: `objection.about.${subject}` }, unit, text } }]
}

function repairSummary({ caseNo = '', text = '' }: Slots): Line[] {
  return [{ key: 'repair.summary', values: { caseNo, text } }]
}

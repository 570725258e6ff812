// Dialogs for an objection (实施意见 四(二)3) and for credit repair (四(二)6): identity, listing, subject, reasons, confirmation.
// Filing is src/features/intakes/commands.ts; a clerk registers the intake afterwards, as of the day of this conversation.

import { squeeze } from '../../src/core/text.ts'
import type { IntakeKind } from '../../src/features/intakes/rules.ts'
import type { Dialog, Outcome, Reading, Settled, Slots, Step } from '../engine.ts'
import { identitySlots, settleIdentity, identitySteps, identityEffect, afterIdentity, settleSignature } from './identity.ts'
import { nameAfterNumber, numberIn, subjectIn } from '../understanding/answers.ts'
import { firstOf, definedSlots, optionsOf, plainOf, changesSubject, asksForSomethingElse } from './reading.ts'
import type { Line, LineValues } from '../../src/platform/texts/dialogs.ts'

/** A first message of at least this many characters already states the reasons; a shorter one says only that somebody objects. */
const STATEMENT_LENGTH = 18
/** The fewest characters of an answer that states reasons. */
const MIN_LENGTH = 5

/** The objection. Slots: those of identity.ts, `listed`, `listingId`, `caseNo` or `options`, `about`, `unitWords`, `text`, `agreed`, `signing`. */
export const objection: Dialog = {
  ...intakeDialog('objection', 'objection', 'objection'),
  steps: [...identitySteps('objection.ask_who'), listingStep(), subjectStep(), reasonsStep('objection'), confirmStep(objectionSummary)],
}

/** The application for credit repair. The same slots, without `about` and `unitWords`. */
export const creditRepair: Dialog = {
  ...intakeDialog('credit_repair', 'repair', 'repair'),
  steps: [...identitySteps('repair.ask_who'), listingStep(), reasonsStep('repair'), confirmStep(repairSummary)],
}

function intakeDialog(intent: 'objection' | 'credit_repair', kind: IntakeKind, texts: 'objection' | 'repair'): Omit<Dialog, 'steps'> {
  return {
    name: texts,
    version: 1,
    intent,
    open(message) {
      const text = message.text.trim()
      const unitWords = kind === 'objection' ? firstOf(message, 'unit') : undefined
      return { ...identitySlots(message), ...definedSlots({ unitWords }), ...(Array.from(text).length >= STATEMENT_LENGTH ? { text } : {}) }
    },
    finish(slots) {
      const identity = identityEffect(slots)
      if (identity !== undefined) return { say: [], effect: identity }
      if (slots['listed'] === undefined) return { say: [], effect: { name: 'choose_own', input: { kind } } }
      return { say: [], effect: { name: 'file_intake', input: { ...slots, kind } } }
    },
    settle: (outcome, slots) =>
      settleSignature(outcome, slots) ??
      settleIdentity(outcome) ??
      listingChosen(outcome) ?? { say: [{ key: `${texts}.${outcome.name}`, ...valuesOf(outcome) }] },
  }
}

function valuesOf({ values }: Outcome): { values?: LineValues } {
  return values === undefined ? {} : { values }
}

/** Slots for the only listing the intake can be about, or for several to choose from; null for every other outcome. */
function listingChosen({ name, items = [] }: Outcome): Settled | null {
  const [first] = items
  if (name === 'one') return { say: [], add: { listed: 'yes', ...listingOf(first) } }
  return name === 'many' ? { say: [], add: { listed: 'yes', options: JSON.stringify(items) } } : null
}

function listingOf(item: LineValues | undefined): Slots {
  return { listingId: plainOf(item, 'listingId'), caseNo: plainOf(item, 'caseNo') }
}

/** The most listings that one reply can offer by number. */
const OFFERED = 9

function listingStep(): Step {
  return afterIdentity({
    name: 'which',
    fills: ['listingId', 'caseNo'],
    isKnown: ({ listingId }) => listingId !== undefined,
    ask: (slots) => [
      { key: 'own.which' },
      ...optionsOf(slots)
        .slice(0, OFFERED)
        .map((item, at): Line => {
          const { caseNo = '', court = '', state = '' } = item
          return { key: 'own.which_item', values: { number: at + 1, caseNo, court, state } }
        }),
    ],
    read(message, slots): Reading {
      const options = optionsOf(slots).slice(0, OFFERED)
      const caseNo = firstOf(message, 'case_no')
      const byCaseNo = options.find((item) => caseNo !== undefined && squeeze(plainOf(item, 'caseNo')) === squeeze(caseNo))
      const item = byCaseNo ?? options[(numberIn(message.text) ?? 0) - 1]
      if (item !== undefined) return listingOf(item)
      return changesSubject(message, OWN_INTENTS) ? null : 'unclear'
    },
  })
}

/** Intents that do not lead away from these dialogs. */
const OWN_INTENTS = ['objection', 'credit_repair', 'query_case', 'removal_info']

function subjectStep(): Step {
  return afterIdentity({
    name: 'about',
    fills: ['about', 'unitWords'],
    isKnown: (slots) => slots['about'] !== undefined,
    ask: () => [{ key: 'objection.ask_about' }],
    read(message): Reading {
      const subject = subjectIn(message.text)
      if (subject === undefined) return changesSubject(message, OWN_INTENTS) ? null : 'unclear'
      const unitWords = firstOf(message, 'unit', 'company') ?? nameAfterNumber(message.text)
      return { about: subject, ...(subject === 'measure' ? definedSlots({ unitWords }) : {}) }
    },
  })
}

function reasonsStep(texts: 'objection' | 'repair'): Step {
  return afterIdentity({
    name: 'why',
    fills: ['text'],
    isKnown: ({ text }) => text !== undefined,
    ask: () => [{ key: `${texts}.ask_text` }],
    read(message): Reading {
      if (asksForSomethingElse(message, OWN_INTENTS)) return null
      const text = message.text.trim()
      return Array.from(text).length < MIN_LENGTH ? 'unclear' : { text }
    },
  })
}

function confirmStep(summary: (slots: Slots) => Line[]): Step {
  return afterIdentity({
    name: 'agree',
    fills: ['agreed', 'signing'],
    isKnown: ({ agreed }) => agreed !== undefined,
    ask: summary,
    read: (message): Reading => {
      if (message.command === 'yes') return { agreed: 'yes' }
      return changesSubject(message, OWN_INTENTS) ? null : 'unclear'
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

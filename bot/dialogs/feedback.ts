// The dialog in which a liaison submits the quarterly return (实施意见 三(一), 五1): counted figures, corrections, a note, confirmation.
// The rules are src/features/feedback/rules.ts; submitting is src/features/feedback/commands.ts.

import type { Dialog, DialogMessage, Reading, Settled, Slots, Step } from '../engine.ts'
import { figuresIn } from '../understanding/figures.ts'
import { pick, plainOf, changesSubject, asksForSomethingElse } from './reading.ts'
import type { Line } from '../../src/platform/texts/dialogs.ts'

/** Intents that do not lead away from this dialog. */
const OWN_INTENTS = ['liaison_feedback']
const FIGURES = ['checked', 'restricted', 'approved'] as const
/** The fewest characters of a note. */
const MIN_LENGTH = 4

/**
 * The quarterly return. Slots: `liaison`; figures of the first message (`said.checked` …); of the return `found`, `roundId`, `version`,
 * `state`, `quarter`, `unit`, `due`, the figures, `known` (approvals whose reasons the application knows); `settled` (the figures are
 * accepted), `odd` (they contradict each other), `note`, `agreed`, `kept` (a submitted return stays as it is).
 */
export const feedback: Dialog = {
  name: 'feedback',
  version: 1,
  intent: 'liaison_feedback',
  open: (message) => (message.isLiaison ? { liaison: 'yes', ...statedFigures(message, 'said.') } : {}),
  steps: [figuresStep(), noteStep(), confirmStep()],
  finish(slots) {
    if (slots['liaison'] === undefined) return { say: [{ key: 'general.liaison_feedback' }, { key: 'general.person' }] }
    if (slots['found'] === undefined) return { say: [], effect: { name: 'find_return', input: {} } }
    if (slots['kept'] !== undefined) return { say: [{ key: 'feedback.kept', values: pick(slots, 'quarter') }] }
    return { say: [], effect: { name: 'submit_return', input: slots } }
  },
  settle({ name, values = {} }, slots): Settled {
    if (name === 'found') return { say: [], add: returnSlots(values, slots) }
    if (name === 'wrong') return { say: [{ key: 'feedback.wrong', values }], drop: ['settled', 'agreed', 'note', 'odd'] }
    return { say: [{ key: `feedback.${name}`, values }] }
  },
}

/** The figures of a message as slots whose names begin with `prefix`. */
function statedFigures(message: DialogMessage, prefix: string): Slots {
  return Object.fromEntries(Object.entries(figuresIn(message.text)).map(([name, value]) => [prefix + name, String(value)]))
}

/** The return as slots, with the figures of the first message in place of the counted ones. */
function returnSlots(values: Readonly<Record<string, unknown>>, slots: Slots): Slots {
  const stored = Object.fromEntries(Object.keys(values).map((name) => [name, plainOf(values as Slots, name)]))
  const stated = Object.fromEntries(
    FIGURES.flatMap((name) => (slots[`said.${name}`] === undefined ? [] : [[name, slots[`said.${name}`] ?? '']])),
  )
  const both = stated['checked'] !== undefined && stated['restricted'] !== undefined
  return { found: 'yes', ...stored, ...(both ? withCorrections(stored, stated) : {}) }
}

/** Stated figures replace the current ones. Figures that contradict each other are marked `odd` and asked about. */
function withCorrections(slots: Slots, stated: Slots): Slots {
  const merged = { ...pick(slots, ...FIGURES), ...stated }
  const [checked, restricted, approved] = FIGURES.map((name) => Number(merged[name])) as [number, number, number]
  // A prefilled number of approvals is lowered to fit the stated figures; a stated number never is.
  const fitting = stated['approved'] === undefined && restricted + approved > checked ? Math.max(checked - restricted, 0) : approved
  const figures = { ...merged, approved: String(fitting) }
  return restricted + fitting > checked ? { ...figures, odd: 'yes', settled: 'no' } : { ...figures, odd: 'no', settled: 'yes' }
}

function figuresStep(): Step {
  return {
    name: 'figures',
    fills: ['settled', 'agreed', 'kept'],
    isKnown: ({ found, settled }) => found === undefined || settled === 'yes',
    ask: (slots) => {
      if (slots['odd'] === 'yes') return [{ key: 'feedback.odd', values: pick(slots, ...FIGURES) }]
      const key = slots['state'] === 'open' ? 'feedback.waiting' : 'feedback.in_already'
      return [{ key, values: pick(slots, 'unit', 'quarter', 'due', ...FIGURES) }]
    },
    read(message, slots): Reading {
      if (message.command === 'yes' && slots['odd'] !== 'yes')
        return { settled: 'yes', agreed: 'yes', ...(slots['state'] === 'open' ? {} : { kept: 'yes' }) }
      const stated = statedFigures(message, '')
      if (Object.keys(stated).length > 0) return withCorrections(slots, stated)
      return changesSubject(message, OWN_INTENTS) ? null : 'unclear'
    },
  }
}

/** Approvals whose reason the application does not know need a note (src/features/feedback/rules.ts). */
function noteStep(): Step {
  return {
    name: 'note',
    fills: ['note'],
    isKnown: ({ settled, kept, approved, known, note }) =>
      settled !== 'yes' || kept !== undefined || note !== undefined || Number(approved) <= Number(known),
    ask: ({ approved = '' }) => [{ key: 'feedback.ask_note', values: { approved } }],
    read: (message): Reading => {
      if (message.command === null && asksForSomethingElse(message, OWN_INTENTS)) return null
      return message.command !== null || Array.from(message.text.trim()).length < MIN_LENGTH ? 'unclear' : { note: message.text.trim() }
    },
  }
}

function confirmStep(): Step {
  return {
    name: 'agree',
    fills: ['agreed'],
    isKnown: ({ settled, agreed }) => settled !== 'yes' || agreed !== undefined,
    ask: summary,
    read: (message, slots): Reading => {
      if (message.command === 'yes') return { agreed: 'yes' }
      const stated = statedFigures(message, '')
      if (Object.keys(stated).length > 0) return withCorrections(slots, stated)
      return changesSubject(message, OWN_INTENTS) ? null : 'unclear'
    },
  }
}

function summary(slots: Slots): Line[] {
  const note: string | Line = slots['note'] ?? { key: 'none' }
  return [{ key: 'feedback.summary', values: { ...pick(slots, 'unit', 'quarter', ...FIGURES), note } }]
}

// A liaison hands in the unit's quarter (实施意见 三(一), 五1): the figures the house counted, corrected in words, a look, yes.
// What may be stated is features/feedback/rules; handing in is features/feedback/commands.

import type { Dialog, Heard, Reading, Settled, Slots, Step } from '../engine.ts'
import { figuresIn } from '../understanding/figures.ts'
import { plainOf, turnsAway, asksForSomethingElse } from './reading.ts'
import type { Line } from '../../src/platform/texts/dialogs.ts'

const OWN = ['liaison_feedback']
const FIGURES = ['checked', 'restricted', 'approved'] as const
/** A reason of fewer signs says nothing. */
const LEAST = 4

/**
 * Slots: `liaison`; what the first message said (`said.checked` …); of the return `found`, `roundId`, `version`, `state`, `quarter`, `unit`, `due`, the
 * figures, `known` (approvals the house knows reasons of); `settled` (figures stand), `odd`, `note`, `agreed`, `kept` (nothing was to be corrected).
 */
export const feedback: Dialog = {
  name: 'feedback',
  version: 1,
  intent: 'liaison_feedback',
  open: (heard) => (heard.isLiaison ? { liaison: 'yes', ...said(heard, 'said.') } : {}),
  steps: [figures(), note(), agree()],
  finish(slots) {
    if (slots['liaison'] === undefined) return { say: [{ key: 'general.liaison_feedback' }, { key: 'general.person' }] }
    if (slots['found'] === undefined) return { say: [], want: { name: 'find_return', input: {} } }
    if (slots['kept'] !== undefined) return { say: [{ key: 'feedback.kept', values: only(slots, 'quarter') }] }
    return { say: [], want: { name: 'submit_return', input: slots } }
  },
  settle({ name, values = {} }, slots): Settled {
    if (name === 'found') return { say: [], add: opened(values, slots) }
    if (name === 'wrong') return { say: [{ key: 'feedback.wrong', values }], drop: ['settled', 'agreed', 'note', 'odd'] }
    return { say: [{ key: `feedback.${name}`, values }] }
  },
}

function only(slots: Slots, ...names: readonly string[]): Slots {
  return Object.fromEntries(names.map((name) => [name, slots[name] ?? '']))
}

function said(heard: Heard, prefix: string): Slots {
  return Object.fromEntries(Object.entries(figuresIn(heard.text)).map(([name, value]) => [prefix + name, String(value)]))
}

/** The return as it waits, with what the first message already corrected. */
function opened(values: Readonly<Record<string, unknown>>, slots: Slots): Slots {
  const found = Object.fromEntries(Object.keys(values).map((name) => [name, plainOf(values as Slots, name)]))
  const before = Object.fromEntries(
    FIGURES.flatMap((name) => (slots[`said.${name}`] === undefined ? [] : [[name, slots[`said.${name}`] ?? '']])),
  )
  const both = before['checked'] !== undefined && before['restricted'] !== undefined
  return { found: 'yes', ...found, ...(both ? corrected(found, before) : {}) }
}

/** Figures that were said over those that stand; what cannot be is kept as odd, and asked about. */
function corrected(slots: Slots, saying: Slots): Slots {
  const whole = { ...only(slots, ...FIGURES), ...saying }
  const [checked, restricted, approved] = FIGURES.map((name) => Number(whole[name])) as [number, number, number]
  // Only what was prefilled may give way to what was said: more approved than is left over was not meant.
  const left = saying['approved'] === undefined && restricted + approved > checked ? Math.max(checked - restricted, 0) : approved
  const figures = { ...whole, approved: String(left) }
  return restricted + left > checked ? { ...figures, odd: 'yes', settled: 'no' } : { ...figures, odd: 'no', settled: 'yes' }
}

function figures(): Step {
  return {
    name: 'figures',
    fills: ['settled', 'agreed', 'kept'],
    isKnown: ({ found, settled }) => found === undefined || settled === 'yes',
    ask: (slots) => {
      if (slots['odd'] === 'yes') return [{ key: 'feedback.odd', values: only(slots, ...FIGURES) }]
      const key = slots['state'] === 'open' ? 'feedback.waiting' : 'feedback.in_already'
      return [{ key, values: only(slots, 'unit', 'quarter', 'due', ...FIGURES) }]
    },
    read(heard, slots): Reading {
      if (heard.command === 'yes' && slots['odd'] !== 'yes')
        return { settled: 'yes', agreed: 'yes', ...(slots['state'] === 'open' ? {} : { kept: 'yes' }) }
      const saying = said(heard, '')
      if (Object.keys(saying).length > 0) return corrected(slots, saying)
      return turnsAway(heard, OWN) ? null : 'unclear'
    },
  }
}

/** Approvals that the house has no reason of need one (features/feedback/rules). */
function note(): Step {
  return {
    name: 'note',
    fills: ['note'],
    isKnown: ({ settled, kept, approved, known, note: stated }) =>
      settled !== 'yes' || kept !== undefined || stated !== undefined || Number(approved) <= Number(known),
    ask: ({ approved = '' }) => [{ key: 'feedback.ask_note', values: { approved } }],
    read: (heard): Reading => {
      if (heard.command === null && asksForSomethingElse(heard, OWN)) return null
      return heard.command !== null || Array.from(heard.text.trim()).length < LEAST ? 'unclear' : { note: heard.text.trim() }
    },
  }
}

function agree(): Step {
  return {
    name: 'agree',
    fills: ['agreed'],
    isKnown: ({ settled, agreed }) => settled !== 'yes' || agreed !== undefined,
    ask: summary,
    read: (heard, slots): Reading => {
      if (heard.command === 'yes') return { agreed: 'yes' }
      const saying = said(heard, '')
      if (Object.keys(saying).length > 0) return corrected(slots, saying)
      return turnsAway(heard, OWN) ? null : 'unclear'
    },
  }
}

function summary(slots: Slots): Line[] {
  const stated: string | Line = slots['note'] ?? { key: 'none' }
  return [{ key: 'feedback.summary', values: { ...only(slots, 'unit', 'quarter', ...FIGURES), note: stated } }]
}

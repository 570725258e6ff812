// The dialog in which a liaison answers a lift order (实施意见 四(二)5): order, entries lifted or kept, basis and last day, confirmation.
// Reading the answer is bot/understanding/lift-words.ts; recording it is src/features/lifts/commands.ts.

import { writtenDay } from '../../src/core/calendar.ts'
import type { Dialog, Reading, Settled, Slots, Step } from '../engine.ts'
import { numberIn } from '../understanding/answers.ts'
import { isWhole, readLift, termsOf, type Entry, type Kept, type LiftAnswer } from '../understanding/lift-words.ts'
import { optionsOf, plainOf, changesSubject } from './reading.ts'
import type { Line, LineValues } from '../../src/platform/texts/dialogs.ts'

/** Intents that do not lead away from this dialog. */
const OWN_INTENTS = ['liaison_ack']
/**
 * The most entries of an order that a conversation shows and answers one by one; the rest of a longer order is answered as a whole, or
 * elsewhere.
 */
export const ENTRIES = 10

/**
 * The answer to a lift order. Slots: `liaison`, `words` (the first message, when it already answers), `options` or `orderId`, `number`,
 * `due`, `open`, `entries`, `answer`, `agreed`.
 */
export const lift: Dialog = {
  name: 'lift',
  version: 1,
  intent: 'liaison_ack',
  open: (message) => (message.isLiaison ? { liaison: 'yes', ...(readLift(message.text, []) === null ? {} : { words: message.text }) } : {}),
  steps: [orderStep(), answerStep(), termsStep(), confirmStep()],
  finish(slots) {
    if (slots['liaison'] === undefined) return { say: [{ key: 'general.liaison_ack' }, { key: 'general.person' }] }
    if (slots['entries'] === undefined) return { say: [], effect: { name: 'find_orders', input: pick(slots, 'orderId') } }
    const { lifted, kept } = answerOf(slots)
    const input = { ...pick(slots, 'orderId'), lifted: JSON.stringify(lifted), kept: JSON.stringify(kept) }
    return { say: [], effect: { name: 'answer_order', input } }
  },
  settle({ name, values = {}, items = [] }, slots): Settled {
    if (name === 'one') return { say: [], add: orderSlots(values, items, slots) }
    if (name === 'many') return { say: [], add: { options: JSON.stringify(items) } }
    if (name === 'incomplete') return { say: [{ key: 'lift.incomplete', values }], drop: ['answer', 'agreed'] }
    return { say: [{ key: `lift.${name}`, values }] }
  },
}

function pick(slots: Slots, ...names: readonly string[]): Slots {
  return Object.fromEntries(names.flatMap((name) => (slots[name] === undefined ? [] : [[name, slots[name]]])))
}

/** The order as slots. The answer of the first message counts only when there was no choice between orders. */
function orderSlots(values: LineValues, items: readonly LineValues[], { words, options }: Slots): Slots {
  const entries = items.map((item) => ({ id: plainOf(item, 'id'), name: plainOf(item, 'name'), caseNo: plainOf(item, 'caseNo') }))
  const read = words === undefined || options !== undefined ? null : readLift(words, entries)
  return {
    ...Object.fromEntries(Object.keys(values).map((name) => [name, plainOf(values, name)])),
    entries: JSON.stringify(items),
    ...(read === null || !isAnswerable(read, Number(values['open']), entries) ? {} : { answer: JSON.stringify(read) }),
  }
}

/** A measure that is kept must be named: in an order longer than what is shown, `全部保留` would include entries that nobody has seen. */
function isAnswerable({ kept }: LiftAnswer, open: number, entries: readonly Entry[]): boolean {
  return kept.length === 0 || kept.length < entries.length || open <= entries.length
}

function answerOf({ answer = '{"lifted":[],"kept":[]}' }: Slots): LiftAnswer {
  return JSON.parse(answer) as LiftAnswer
}

/** An entry as it was shown. `refused` is missing in conversations stored by an older version. */
type ShownEntry = Entry & { identifier: string; refused?: string }

function entriesOf({ entries = '[]' }: Slots): ShownEntry[] {
  return JSON.parse(entries) as ShownEntry[]
}

function orderStep(): Step {
  return {
    name: 'order',
    fills: ['orderId', 'entries'],
    isKnown: ({ options, orderId }) => options === undefined || orderId !== undefined,
    ask: (slots) => [
      { key: 'lift.which' },
      ...optionsOf(slots).map(({ number = '', open = '', due = '' }, at): Line => {
        return { key: 'lift.which_item', values: { at: at + 1, number, open, due } }
      }),
    ],
    read(message, slots): Reading {
      const option = optionsOf(slots)[(numberIn(message.text) ?? 0) - 1]
      if (option !== undefined) return { orderId: plainOf(option, 'orderId') }
      return changesSubject(message, OWN_INTENTS) ? null : 'unclear'
    },
  }
}

function answerStep(): Step {
  return {
    name: 'answer',
    fills: ['answer'],
    isKnown: ({ entries, answer }) => entries === undefined || answer !== undefined,
    ask: (slots) => {
      const { number = '', open = '', due = '' } = slots
      const shown = entriesOf(slots).map(({ name, identifier, caseNo, refused }, at): Line => {
        return { key: refused === 'yes' ? 'lift.entry_refused' : 'lift.entry', values: { at: at + 1, name, identifier, caseNo } }
      })
      const more: Line[] = Number(open) > shown.length ? [{ key: 'lift.more', values: { count: Number(open) - shown.length } }] : []
      return [{ key: 'lift.order', values: { number, open, due } }, ...shown, ...more, { key: 'lift.how' }]
    },
    read(message, slots): Reading {
      const entries = entriesOf(slots)
      const read = readLift(message.text, entries)
      if (read !== null) return isAnswerable(read, Number(slots['open']), entries) ? { answer: JSON.stringify(read) } : 'unclear'
      return changesSubject(message, OWN_INTENTS) ? null : 'unclear'
    },
  }
}

/** Asked only when a measure is kept without its legal basis or its last day. */
function termsStep(): Step {
  return {
    name: 'terms',
    fills: ['answer'],
    isKnown: (slots) => slots['answer'] === undefined || answerOf(slots).kept.every(isWhole),
    ask: () => [{ key: 'lift.ask_terms' }],
    read(message, slots): Reading {
      const stated = termsOf(message.text)
      const { lifted, kept } = answerOf(slots)
      const completed = kept.map((each): Kept => ({ ...stated, ...each }))
      if (completed.every(isWhole)) return { answer: JSON.stringify({ lifted, kept: completed }) }
      // One of basis and day is stored when it is new; the step then asks for the other one.
      if (
        Object.keys(stated).length > 0 &&
        kept.some((each) => !isWhole(each) && Object.keys({ ...stated, ...each }).length > Object.keys(each).length)
      )
        return { answer: JSON.stringify({ lifted, kept: completed }) }
      return changesSubject(message, OWN_INTENTS) ? null : 'unclear'
    },
  }
}

function confirmStep(): Step {
  return {
    name: 'agree',
    fills: ['agreed'],
    isKnown: ({ answer, agreed }) => answer === undefined || agreed !== undefined,
    ask: summary,
    read: (message, slots): Reading => {
      if (message.command === 'yes') return { agreed: 'yes' }
      // A new answer instead of a confirmation is a correction.
      const correction = readLift(message.text, entriesOf(slots))
      if (correction !== null && isAnswerable(correction, Number(slots['open']), entriesOf(slots)))
        return { answer: JSON.stringify(correction) }
      return changesSubject(message, OWN_INTENTS) ? null : 'unclear'
    },
  }
}

function summary(slots: Slots): Line[] {
  const { number = '', open = '0' } = slots
  const entries = entriesOf(slots)
  const { lifted, kept } = answerOf(slots)
  const nameOf = (id: string): string => entries.find((each) => each.id === id)?.name ?? ''
  const count = lifted === 'rest' ? Number(open) - kept.length : lifted.length
  return [
    { key: 'lift.summary', values: { number, count } },
    ...kept.map(({ id, basis = '', until = '' }): Line => {
      return { key: 'lift.kept', values: { name: nameOf(id), basis, until: until === '' ? '' : writtenDay(until) } }
    }),
    { key: 'lift.confirm' },
  ]
}

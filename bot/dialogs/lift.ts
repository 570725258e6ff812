// A liaison answers a lift order (实施意见 四(二)5): which one, what of each entry, the basis and the day of what is kept, a look, yes.
// Reading the answer is understand/lift-words.ts; keeping it is features/lifts/commands.

import { writtenDay } from '../../src/core/calendar.ts'
import type { Dialog, Reading, Settled, Slots, Step } from '../engine.ts'
import { numberIn } from '../understanding/answers.ts'
import { isWhole, readLift, termsOf, type Entry, type Kept, type LiftWords } from '../understanding/lift-words.ts'
import { plainOf, turnsAway } from './reading.ts'
import type { Line, LineValues } from '../../src/platform/texts/dialogs.ts'

const OWN = ['liaison_ack']
/** Entries shown and answered one by one in a conversation; the rest of a longer order is answered whole, or on the page. */
export const ENTRIES = 10

/** Slots: `liaison`, `words` (the first message, when it answers already), `options` or `orderId`, `number`, `due`, `open`, `entries`, `answer`, `agreed`. */
export const lift: Dialog = {
  name: 'lift',
  version: 1,
  intent: 'liaison_ack',
  open: (heard) => (heard.isLiaison ? { liaison: 'yes', ...(readLift(heard.text, []) === null ? {} : { words: heard.text }) } : {}),
  steps: [order(), answerStep(), terms(), agree()],
  finish(slots) {
    if (slots['liaison'] === undefined) return { say: [{ key: 'general.liaison_ack' }, { key: 'general.person' }] }
    if (slots['entries'] === undefined) return { say: [], want: { name: 'find_orders', input: known(slots, 'orderId') } }
    const { lifted, kept } = answerOf(slots)
    const input = { ...known(slots, 'orderId'), lifted: JSON.stringify(lifted), kept: JSON.stringify(kept) }
    return { say: [], want: { name: 'answer_order', input } }
  },
  settle({ name, values = {}, items = [] }, slots): Settled {
    if (name === 'one') return { say: [], add: found(values, items, slots) }
    if (name === 'many') return { say: [], add: { options: JSON.stringify(items) } }
    if (name === 'incomplete') return { say: [{ key: 'lift.incomplete', values }], drop: ['answer', 'agreed'] }
    return { say: [{ key: `lift.${name}`, values }] }
  },
}

function known(slots: Slots, ...names: readonly string[]): Slots {
  return Object.fromEntries(names.flatMap((name) => (slots[name] === undefined ? [] : [[name, slots[name]]])))
}

/** The order as it is now; a first message that answered it counts where there was no choosing. */
function found(values: LineValues, items: readonly LineValues[], { words, options }: Slots): Slots {
  const entries = items.map((item) => ({ id: plainOf(item, 'id'), name: plainOf(item, 'name'), caseNo: plainOf(item, 'caseNo') }))
  const read = words === undefined || options !== undefined ? null : readLift(words, entries)
  return {
    ...Object.fromEntries(Object.keys(values).map((name) => [name, plainOf(values, name)])),
    entries: JSON.stringify(items),
    ...(read === null || !answerable(read, Number(values['open']), entries) ? {} : { answer: JSON.stringify(read) }),
  }
}

/** What is kept has to be named: in an order that is longer than what is shown, `全部保留` names nothing that can be seen. */
function answerable({ kept }: LiftWords, open: number, entries: readonly Entry[]): boolean {
  return kept.length === 0 || kept.length < entries.length || open <= entries.length
}

function answerOf({ answer = '{"lifted":[],"kept":[]}' }: Slots): LiftWords {
  return JSON.parse(answer) as LiftWords
}

/** An order that was shown before this version says nothing of refusals. */
type Shown = Entry & { identifier: string; refused?: string }

function entriesOf({ entries = '[]' }: Slots): Shown[] {
  return JSON.parse(entries) as Shown[]
}

function optionsOf({ options = '[]' }: Slots): LineValues[] {
  return JSON.parse(options) as LineValues[]
}

function order(): Step {
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
    read(heard, slots): Reading {
      const option = optionsOf(slots)[(numberIn(heard.text) ?? 0) - 1]
      if (option !== undefined) return { orderId: plainOf(option, 'orderId') }
      return turnsAway(heard, OWN) ? null : 'unclear'
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
    read(heard, slots): Reading {
      const entries = entriesOf(slots)
      const read = readLift(heard.text, entries)
      if (read !== null) return answerable(read, Number(slots['open']), entries) ? { answer: JSON.stringify(read) } : 'unclear'
      return turnsAway(heard, OWN) ? null : 'unclear'
    },
  }
}

/** Asked only of what is kept without its basis or its day. */
function terms(): Step {
  return {
    name: 'terms',
    fills: ['answer'],
    isKnown: (slots) => slots['answer'] === undefined || answerOf(slots).kept.every(isWhole),
    ask: () => [{ key: 'lift.ask_terms' }],
    read(heard, slots): Reading {
      const said = termsOf(heard.text)
      const { lifted, kept } = answerOf(slots)
      const whole = kept.map((each): Kept => ({ ...said, ...each }))
      if (whole.every(isWhole)) return { answer: JSON.stringify({ lifted, kept: whole }) }
      // A half is kept: the other half is asked for alone.
      if (
        Object.keys(said).length > 0 &&
        kept.some((each) => !isWhole(each) && Object.keys({ ...said, ...each }).length > Object.keys(each).length)
      )
        return { answer: JSON.stringify({ lifted, kept: whole }) }
      return turnsAway(heard, OWN) ? null : 'unclear'
    },
  }
}

function agree(): Step {
  return {
    name: 'agree',
    fills: ['agreed'],
    isKnown: ({ answer, agreed }) => answer === undefined || agreed !== undefined,
    ask: summary,
    read: (heard, slots): Reading => {
      if (heard.command === 'yes') return { agreed: 'yes' }
      // Said anew at the last look, it is a correction.
      const anew = readLift(heard.text, entriesOf(slots))
      if (anew !== null && answerable(anew, Number(slots['open']), entriesOf(slots))) return { answer: JSON.stringify(anew) }
      return turnsAway(heard, OWN) ? null : 'unclear'
    },
  }
}

function summary(slots: Slots): Line[] {
  const { number = '', open = '0' } = slots
  const entries = entriesOf(slots)
  const { lifted, kept } = answerOf(slots)
  const named = (id: string): string => entries.find((each) => each.id === id)?.name ?? ''
  const count = lifted === 'rest' ? Number(open) - kept.length : lifted.length
  return [
    { key: 'lift.summary', values: { number, count } },
    ...kept.map(({ id, basis = '', until = '' }): Line => {
      return { key: 'lift.kept', values: { name: named(id), basis, until: until === '' ? '' : writtenDay(until) } }
    }),
    { key: 'lift.confirm' },
  ]
}

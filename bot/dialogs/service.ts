// Dialogs of few or no questions: hand over to a clerk, subscribe to bulletins and unsubscribe, bind a liaison's account with a code.
// Their effects are in bot/effects/public.ts.

import { isAlarm } from '../../src/core/understanding.ts'
import type { Dialog, DialogMessage, Outcome, Reading } from '../engine.ts'
import { changesSubject, codeIn, plainOf } from './reading.ts'

/** Hands the conversation over to a clerk. Slot: `reason`. */
export const human: Dialog = {
  name: 'human',
  version: 1,
  intent: 'human',
  open: () => ({}),
  steps: [],
  finish: () => ({ say: [], effect: { name: 'hand_off', input: { reason: 'asked' } } }),
  // After an alarm nothing is added to the calming reply: somebody in danger needs no ticket number.
  settle: (outcome, { reason = 'asked' }) => (isAlarm(reason) ? { say: [] } : replyOf('human')(outcome, {})),
}

/** Subscribes the sender to bulletins. */
export const subscribe: Dialog = {
  name: 'subscribe',
  version: 1,
  intent: 'subscribe',
  open: () => ({}),
  steps: [],
  finish: () => ({ say: [], effect: { name: 'subscribe', input: {} } }),
  settle: replyOf('subscribe'),
}

/** Ends the sender's subscription. */
export const unsubscribe: Dialog = {
  name: 'unsubscribe',
  version: 1,
  intent: 'unsubscribe',
  open: () => ({}),
  steps: [],
  finish: () => ({ say: [], effect: { name: 'unsubscribe', input: {} } }),
  settle: replyOf('unsubscribe'),
}

/** Groups of four characters in a binding code. */
const GROUPS = 2

/**
 * Binds the sender's account to a liaison. Slots: `code`, then `unit` and `name` of whom it stands for, `agreed`. The picture of a code is
 * scanned by whoever sees it, and who scans one binds nothing before they have said for whom.
 */
export const binding: Dialog = {
  name: 'binding',
  version: 2,
  intent: 'liaison_bind',
  open({ text }) {
    const code = codeIn(text, GROUPS)
    return code === undefined ? {} : { code }
  },
  steps: [
    {
      name: 'code',
      fills: ['code'],
      isKnown: ({ code }) => code !== undefined,
      ask: () => [{ key: 'binding.ask_code' }],
      read: ({ text }: DialogMessage): Reading => {
        const code = codeIn(text, GROUPS)
        if (code !== undefined) return { code }
        return /[0-9A-Za-z]{4}/.test(text) ? 'unclear' : null
      },
    },
    {
      name: 'agree',
      fills: ['agreed'],
      isKnown: ({ unit, agreed }) => unit === undefined || agreed !== undefined,
      ask: ({ unit = '', name = '' }) => [{ key: 'binding.ask_agree', values: { unit, name } }],
      read: (message: DialogMessage): Reading => {
        if (message.command === 'yes' || message.command === 'no') return { agreed: message.command }
        return changesSubject(message, ['liaison_bind']) ? null : 'unclear'
      },
    },
  ],
  finish({ code = '', unit, agreed }) {
    if (unit === undefined) return { say: [], effect: { name: 'find_binding', input: { code } } }
    if (agreed === 'no') return { say: [{ key: 'binding.declined' }] }
    return { say: [], effect: { name: 'bind_liaison', input: { code } } }
  },
  settle({ name, values = {} }: Outcome) {
    if (name === 'one') return { say: [], add: { unit: plainOf(values, 'unit'), name: plainOf(values, 'name') } }
    return { say: [{ key: `binding.${name}`, values }] }
  },
}

/** Says the text that is named after the dialog and the outcome. */
function replyOf(subject: string): Dialog['settle'] {
  return ({ name, values = {} }: Outcome) => ({ say: [{ key: `${subject}.${name}`, values }] })
}

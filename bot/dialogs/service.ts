// Dialogs of few or no questions: hand over to a clerk, subscribe to bulletins and unsubscribe, bind a liaison's account with a code.
// Their effects are in bot/effects/public.ts.

import { isAlarm } from '../../src/core/understanding.ts'
import type { Dialog, DialogMessage, Outcome, Reading } from '../engine.ts'
import { codeIn } from './reading.ts'

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

/** Binds the sender's account to a liaison. Slot: `code`. */
export const binding: Dialog = {
  name: 'binding',
  version: 1,
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
  ],
  finish: (slots) => ({ say: [], effect: { name: 'bind_liaison', input: slots } }),
  settle: replyOf('binding'),
}

/** Says the text that is named after the dialog and the outcome. */
function replyOf(subject: string): Dialog['settle'] {
  return ({ name, values = {} }: Outcome) => ({ say: [{ key: `${subject}.${name}`, values }] })
}

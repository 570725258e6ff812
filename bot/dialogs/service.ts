// Small services: a person takes over, hearing of bulletins or no more, a liaison binds the account with a code.
// What each does is an act; here stands what is asked before and said after.

import type { Dialog, Heard, Outcome, Reading } from '../engine.ts'
import { codeIn } from './reading.ts'

export const human: Dialog = {
  name: 'human',
  version: 1,
  intent: 'human',
  open: () => ({}),
  steps: [],
  finish: () => ({ say: [], want: { name: 'hand_off', input: { reason: 'asked' } } }),
  // After an alarm the calm answer has said it all: no ticket number between somebody in danger and a person.
  settle: (outcome, { reason = 'asked' }) => (reason === 'asked' ? said('human')(outcome, {}) : { say: [] }),
}

export const subscribe: Dialog = {
  name: 'subscribe',
  version: 1,
  intent: 'subscribe',
  open: () => ({}),
  steps: [],
  finish: () => ({ say: [], want: { name: 'subscribe', input: {} } }),
  settle: said('subscribe'),
}

export const unsubscribe: Dialog = {
  name: 'unsubscribe',
  version: 1,
  intent: 'unsubscribe',
  open: () => ({}),
  steps: [],
  finish: () => ({ say: [], want: { name: 'unsubscribe', input: {} } }),
  settle: said('unsubscribe'),
}

/** Signs of a binding code come in two groups of four. */
const GROUPS = 2

/** Slot: `code`. */
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
      read: ({ text }: Heard): Reading => {
        const code = codeIn(text, GROUPS)
        if (code !== undefined) return { code }
        return /[0-9A-Za-z]{4}/.test(text) ? 'unclear' : null
      },
    },
  ],
  finish: (slots) => ({ say: [], want: { name: 'bind_liaison', input: slots } }),
  settle: said('binding'),
}

function said(subject: string): Dialog['settle'] {
  return ({ name, values = {} }: Outcome) => ({ say: [{ key: `${subject}.${name}`, values }] })
}

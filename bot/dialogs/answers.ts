// What is answered at once, without asking anything: greeting, help; and, for what this conversation cannot do itself, what is generally true, the
// court's telephone, and a person.
// The words are templates/dialogs; every number in them comes from a table.

import type { Dialog } from '../dialog.ts'
import type { Intent } from '../understand/intents.ts'

/** Answered in full here. */
const ANSWERED: readonly Intent[] = ['help', 'greeting', 'cancel', 'other']

/** Answered in general, with the way to a person: each is another procedure's, at the court or in the units' own access. */
const GENERAL: readonly Intent[] = ['liaison_feedback', 'precheck']

export const answers: readonly Dialog[] = [
  ...ANSWERED.map((intent) => atOnce(intent, [`answer.${intent}`])),
  ...GENERAL.map((intent) => atOnce(intent, [`general.${intent}`, 'general.person'])),
]

function atOnce(intent: Intent, keys: readonly string[]): Dialog {
  return {
    name: intent,
    version: 1,
    intent,
    open: () => ({}),
    steps: [],
    finish: () => ({ say: keys.map((key) => ({ key })) }),
    settle: () => ({ say: [] }),
  }
}

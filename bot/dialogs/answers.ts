// What is answered at once, without asking anything: greeting, help, nothing to cancel, nothing understood.
// The words are templates/dialogs; every number in them comes from a table.

import type { Dialog } from '../engine.ts'
import type { Intent } from '../../src/core/understanding.ts'

/** Answered in full here. */
const ANSWERED: readonly Intent[] = ['help', 'greeting', 'cancel', 'other']

export const answers: readonly Dialog[] = ANSWERED.map((intent) => atOnce(intent, [`answer.${intent}`]))

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

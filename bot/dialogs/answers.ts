// Dialogs that reply with one text and ask nothing: greeting, help, nothing to cancel, nothing understood.
// The texts are in templates/dialogs; the court's data and the periods in them are filled in by bot/effects/effects.ts.

import type { Dialog } from '../engine.ts'
import type { Intent } from '../../src/core/understanding.ts'

/** The intents that are answered by a text alone. */
const ANSWERED: readonly Intent[] = ['help', 'greeting', 'cancel', 'other']

/** One dialog for each of these intents. */
export const answers: readonly Dialog[] = ANSWERED.map((intent) => textDialog(intent, [`answer.${intent}`]))

function textDialog(intent: Intent, keys: readonly string[]): Dialog {
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

// When understanding is trained: in the pauses of a process that answers others already, or at once where a message comes first.
// What is trained is bot/understanding/understand.ts.

import { setImmediate } from 'node:timers/promises'
import type { Understand } from './core/understanding.ts'
import type { Steps } from '../bot/understanding/classifier.ts'
import { finished } from '../bot/understanding/understand.ts'

/** Understanding that is trained when it is first asked, unless `learn` was quicker. */
export interface Learning {
  understand: Understand
  /** Trains between other work, a few milliseconds at a time. Resolves when it is trained, or `isStopping`. */
  learn(isStopping: () => boolean): Promise<void>
}

/** @param open begins the training; called once, and never where nobody asks: commands and roles without a conversation need none of it. */
export function learning(open: () => Steps<Understand>): Learning {
  let begun: Steps<Understand> | undefined
  let learned: Understand | undefined
  const steps = (): Steps<Understand> => (begun ??= open())
  return {
    understand: (text, role) => (learned ??= finished(steps()))(text, role),
    async learn(isStopping) {
      while (learned === undefined && !isStopping()) {
        const { done, value } = steps().next()
        if (done === true) learned = value
        else await setImmediate()
      }
    },
  }
}

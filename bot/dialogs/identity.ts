// Being shown to be who one says, before anything of one's own is told or taken in: a number, then the code that went to the court's phone for it.
// Every dialog about one's own listing begins with these steps; the rules are features/own-case/rules, the doing features/own-case/commands.

import { squeeze } from '../../src/core/text.ts'
import { CODE_DIGITS } from '../../src/features/own-case/rules.ts'
import type { Heard, Outcome, Reading, Settled, Slots, Step, Effect } from '../engine.ts'
import { asksAgain } from '../understanding/answers.ts'
import type { Intent } from '../../src/core/understanding.ts'
import { firstOf, known, turnsAway } from './reading.ts'
import { readIdentifier } from '../../src/core/identifiers.ts'

/** Intents in which it counts whether somebody is confirmed. */
export const OF_THE_CONFIRMED: readonly Intent[] = ['query_case', 'objection', 'credit_repair']

/** Slots: `confirmed`; on the way there `identifier`, `sent` (a code may have gone), `code`, `resend`. */
export function identityOf(heard: Heard): Slots {
  return heard.isConfirmed ? { confirmed: 'yes' } : known({ identifier: wholeIn(heard) })
}

/** @param asking what the dialog says when it asks who writes. */
export function identitySteps(asking: string): readonly Step[] {
  return [
    {
      name: 'who',
      fills: ['identifier', 'sent', 'code', 'resend'],
      isKnown: ({ identifier, confirmed }) => identifier !== undefined || confirmed !== undefined,
      ask: () => [{ key: asking }],
      read: (heard: Heard): Reading => {
        const identifier = wholeIn(heard)
        if (identifier !== undefined) return { identifier }
        // A name is half an answer, and no question about somebody else.
        return firstOf(heard, 'name', 'company') === undefined && turnsAway(heard, []) ? null : 'unclear'
      },
    },
    {
      name: 'code',
      fills: ['code'],
      isKnown: ({ sent, code, resend, confirmed }) =>
        sent === undefined || code !== undefined || resend !== undefined || confirmed !== undefined,
      ask: () => [{ key: 'identity.ask_code' }],
      read: (heard: Heard): Reading => {
        const signs = squeeze(heard.text)
        const code = new RegExp(`^\\D*(\\d{${CODE_DIGITS}})\\D*$`).exec(signs)?.[1]
        if (code !== undefined) return { code }
        if (asksAgain(heard.text)) return { resend: 'yes' }
        return turnsAway(heard, []) ? null : 'unclear'
      },
    },
  ]
}

/** The same step, asked only of whoever is confirmed and whose listing is known. */
export function onceListed(step: Step): Step {
  return { ...step, isKnown: (slots) => slots['confirmed'] === undefined || slots['listed'] === undefined || step.isKnown(slots) }
}

/** What has to be done before the dialog's own want; undefined once somebody is confirmed. */
export function identityEffect({ confirmed, identifier = '', sent, code, resend }: Slots): Pick<Effect, 'name' | 'input'> | undefined {
  if (confirmed !== undefined) return undefined
  if (sent === undefined || resend !== undefined || code === undefined) return { name: 'ask_identity', input: { identifier } }
  return { name: 'confirm_identity', input: { code } }
}

/** What follows from asking and confirming; null for an outcome of something else. */
export function identitySettled({ name, values = {} }: Outcome): Settled | null {
  switch (name) {
    case 'sent':
      return { say: [], drop: ['code', 'resend'], add: { sent: 'yes' } }
    case 'confirmed':
      // The number has done its duty: it is not carried along.
      return { say: [], drop: ['identifier', 'sent', 'code', 'resend'], add: { confirmed: 'yes' } }
    case 'unreadable':
      return { say: [{ key: 'identity.unreadable' }], drop: ['identifier'] }
    case 'wrong_code':
      return { say: [{ key: 'identity.wrong' }], drop: ['code'] }
    case 'spent':
      return { say: [{ key: 'identity.spent' }], drop: ['identifier', 'sent', 'code', 'resend'] }
    case 'codes_limited':
      return { say: [{ key: 'identity.limited', values }] }
    // A confirmation that ran out in the middle: it begins again.
    case 'unconfirmed':
      return { say: [], drop: ['confirmed', 'listed', 'sent', 'code', 'identifier'] }
    default:
      return null
  }
}

/** A whole identifier with a right check digit, and only one in the message. */
function wholeIn(heard: Heard): string | undefined {
  const said = firstOf(heard, 'id_number', 'uscc') ?? heard.text
  const read = readIdentifier(said.replace(/^\D*(?=[\dA-Z]{15,18}\D*$)/i, ''))
  return read.kind === 'none' ? undefined : read.number
}

// Steps that confirm a person's identity: an identifier, then the code that was sent to the phone on the court's record for it.
// Every dialog about a person's own listing begins with them. Rules and commands: rules.ts and commands.ts of src/features/own-case.

import { squeeze } from '../../src/core/text.ts'
import { CODE_DIGITS } from '../../src/features/own-case/rules.ts'
import type { DialogMessage, Outcome, Reading, Settled, Slots, Step, Effect } from '../engine.ts'
import { asksAgain } from '../understanding/answers.ts'
import type { Intent } from '../../src/core/understanding.ts'
import { documentIn, firstOf, definedSlots, changesSubject } from './reading.ts'
import { readIdentifier } from '../../src/core/identifiers.ts'

/** Intents whose dialogs depend on a confirmed identity. */
export const INTENTS_NEEDING_IDENTITY: readonly Intent[] = ['query_case', 'objection', 'credit_repair']

/**
 * The identity slots of a first message. Slots: `confirmed`; before that `identifier`, `sent` (a code may have been sent), `code`,
 * `resend`.
 */
export function identitySlots(message: DialogMessage): Slots {
  return message.isConfirmed ? { confirmed: 'yes' } : definedSlots({ identifier: identifierIn(message) })
}

/**
 * The two steps that confirm identity.
 * @param asking key of the text by which the dialog asks who writes.
 */
export function identitySteps(asking: string): readonly Step[] {
  return [
    {
      name: 'who',
      fills: ['identifier', 'sent', 'code', 'resend'],
      isKnown: ({ identifier, confirmed }) => identifier !== undefined || confirmed !== undefined,
      ask: () => [{ key: asking }],
      read: (message: DialogMessage): Reading => {
        const identifier = identifierIn(message)
        if (identifier !== undefined) return { identifier }
        // A name is an incomplete answer, not a question about somebody else.
        return firstOf(message, 'name', 'company') === undefined && changesSubject(message, []) ? null : 'unclear'
      },
    },
    {
      name: 'code',
      fills: ['code'],
      isKnown: ({ sent, code, resend, confirmed, signing }) =>
        code !== undefined || resend !== undefined || (signing === undefined && (sent === undefined || confirmed !== undefined)),
      ask: ({ signing }) => [{ key: signing === undefined ? 'identity.ask_code' : 'identity.ask_signature' }],
      read: (message: DialogMessage): Reading => {
        const line = squeeze(message.text)
        const code = new RegExp(`^\\D*(\\d{${CODE_DIGITS}})\\D*$`).exec(line)?.[1]
        if (code !== undefined) return { code }
        if (asksAgain(message.text)) return { resend: 'yes' }
        return changesSubject(message, []) ? null : 'unclear'
      },
    },
  ]
}

/**
 * Handles the outcomes of filing that concern its code; null for every other. Slot: `signing` (a code may have been sent for what is filed),
 * for which the step of the code is asked once more. The step of the summary has to fill it too: whoever goes back signs what they see then.
 */
export function settleSignature({ name }: Outcome, { signing }: Slots): Settled | null {
  if (name === 'unsigned') return { say: [], drop: ['code', 'resend'], add: { signing: 'yes' } }
  // The summary is shown again before another code is sent.
  if (name === 'spent' && signing !== undefined)
    return { say: [{ key: 'identity.signature_spent' }], drop: ['code', 'resend', 'signing', 'agreed'] }
  return null
}

/** The same step, asked only when identity is confirmed and the listings were looked up. */
export function afterIdentity(step: Step): Step {
  return { ...step, isKnown: (slots) => slots['confirmed'] === undefined || slots['listed'] === undefined || step.isKnown(slots) }
}

/** The effect that has to come before the dialog's own; undefined once identity is confirmed. */
export function identityEffect({ confirmed, identifier = '', sent, code, resend }: Slots): Pick<Effect, 'name' | 'input'> | undefined {
  if (confirmed !== undefined) return undefined
  if (sent === undefined || resend !== undefined || code === undefined) return { name: 'ask_identity', input: { identifier } }
  return { name: 'confirm_identity', input: { code } }
}

/** Handles the outcomes of `ask_identity` and `confirm_identity`; null for the outcome of another effect. */
export function settleIdentity({ name, values = {} }: Outcome): Settled | null {
  switch (name) {
    case 'sent':
      return { say: [], drop: ['code', 'resend'], add: { sent: 'yes' } }
    case 'confirmed':
      // The identifier is not needed any more, so it is not stored with the conversation.
      return { say: [], drop: ['identifier', 'sent', 'code', 'resend'], add: { confirmed: 'yes' } }
    case 'unreadable':
      return { say: [{ key: 'identity.unreadable' }], drop: ['identifier'] }
    case 'wrong_code':
      return { say: [{ key: 'identity.wrong' }], drop: ['code'] }
    case 'spent':
      return { say: [{ key: 'identity.spent' }], drop: ['identifier', 'sent', 'code', 'resend'] }
    case 'codes_limited':
      return { say: [Number(values['minutes']) > 60 ? { key: 'identity.limited_today' } : { key: 'identity.limited', values }] }
    // The confirmation expired during the dialog, so identity is asked for again.
    case 'unconfirmed':
      return { say: [], drop: ['confirmed', 'listed', 'sent', 'code', 'resend', 'identifier', 'signing'] }
    default:
      return null
  }
}

/** A whole identifier with a right check digit, when the message contains only one. */
function identifierIn(message: DialogMessage): string | undefined {
  const text = firstOf(message, 'id_number', 'uscc') ?? message.text
  const read = readIdentifier(text.replace(/^\D*(?=[\dA-Z]{15,18}\D*$)/i, ''))
  return read.kind === 'none' ? documentIn(message.text) : read.number
}

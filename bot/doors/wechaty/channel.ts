// Sends by the court's own WeChat account: one message at a time, at the pace of a careful person. A call of the library returns, fails, or
// never returns; each gets its outcome here. Whether the account is logged in is session.ts.

import type { Channel, OutboundMessage, Outcome } from '../../../src/messaging/channels/channel.ts'
import type { ReceiptTerms } from '../../../src/messaging/deliveries.rules.ts'
import type { Log } from '../../../src/core/log.ts'
import type { Account } from './load.ts'
import { within } from './patience.ts'
import { pause } from '../../../src/core/sleeper.ts'

/** How fast the account sends. All values are milliseconds. */
export interface Pace {
  /** From one message to the next. */
  gap: number
  /** Pause before a message, as if somebody typed: `typing` plus `typingEach` for each UTF-16 unit, at most `typingMost`. */
  typing: number
  typingEach: number
  typingMost: number
  /** How long to wait for a call of the library. */
  patience: number
}

/** The default pace. */
export const PACE: Pace = { gap: 3_000, typing: 400, typingEach: 20, typingMost: 2_500, patience: 10_000 }

/** The provider's name. */
const WECHATY = 'wechaty'

/** No receipt ever comes. A unit has an hour to answer what a statutory notice says; then the notice goes on by SMS. */
const RECEIPTS: ReceiptTerms = { deadline: 3_600_000 }

/** Status codes of gRPC by which a gateway says that it did not accept a message. */
const REFUSALS: Readonly<Record<number, Outcome>> = {
  3: { kind: 'refused', code: 'grpc_3', reason: 'the gateway refuses the contact or the text' },
  5: { kind: 'refused', code: 'grpc_5', reason: 'the gateway does not know the contact' },
  7: { kind: 'closed', code: 'grpc_7', reason: 'the gateway does not permit it' },
  8: { kind: 'busy', code: 'grpc_8', reason: 'too many messages' },
  16: { kind: 'later', code: 'grpc_16', reason: 'the gateway does not accept our token', ofProvider: true },
}

/**
 * The channel. `accepted` means that the account sent the message; WeChat does not report whether it was read, so no receipt follows. A
 * send that failed may have arrived all the same, so its outcome is `unknown`, and there is nobody to ask.
 * @param account the account while it is logged in and answers, else null.
 */
export function createWechatyChannel(account: () => Account | null, log: Log, pace: Pace): Channel {
  let nextSlot: Promise<void> = Promise.resolve()

  /** Waits for this message's slot; the next one opens a gap later. */
  async function waitForSlot(): Promise<void> {
    const slot = nextSlot
    let start = (): void => undefined
    nextSlot = new Promise<void>((resolve) => {
      start = resolve
    }).then(() => pause(pace.gap))
    await slot
    start()
  }

  async function attempt(message: OutboundMessage): Promise<Outcome> {
    await waitForSlot()
    const current = account()
    if (current === null) return NOT_UP
    const contact = await within(pace.patience, current.Contact.find({ id: message.to })).catch(() => null)
    if (contact === null) return { kind: 'later', code: 'contact_unread', reason: 'the account could not look the contact up' }
    if (contact === undefined) return { kind: 'refused', code: 'contact_missing', reason: 'the account does not know this contact' }
    if (contact.friend() === false)
      return { kind: 'closed', code: 'not_a_friend', reason: 'the contact is no longer a friend of the account' }
    const text = textOf(message)
    await pause(Math.min(pace.typing + pace.typingEach * text.length, pace.typingMost))
    // The account may have been lost during the pause.
    if (account() !== current) return NOT_UP
    try {
      const sent = await within(pace.patience, contact.say(text))
      return { kind: 'accepted', ref: sent?.id ?? message.id }
    } catch (error) {
      return outcomeOf(error)
    }
  }

  return {
    medium: 'wechaty',
    provider: WECHATY,
    receipts: RECEIPTS,
    async send(message) {
      try {
        return await attempt(message)
      } catch (error) {
        // Only code that runs before the message is sent can throw here.
        log.error('channel_failed', { provider: WECHATY, delivery: message.id }, error)
        return { kind: 'later', code: 'internal', reason: 'the house could not prepare the message' }
      }
    },
  }
}

const NOT_UP: Outcome = { kind: 'later', code: 'not_up', reason: 'the account is not logged in or does not answer', ofProvider: true }

function outcomeOf(error: unknown): Outcome {
  const code = (error as { code?: unknown }).code
  const refusal = typeof code === 'number' ? REFUSALS[code] : undefined
  return (
    refusal ?? { kind: 'unknown', code: error instanceof Error ? error.name.slice(0, 40) : 'unknown', reason: 'no answer from the account' }
  )
}

/** The same text as in the official account, with the link below it, because this channel has no button to tap. */
function textOf({ body }: OutboundMessage): string {
  return body.url === undefined ? body.text : `${body.text}\n${body.url}`
}

// Sending by the house's own WeChat account: one message at a time, as fast as a careful person would. The library knows three ends: it came
// back, it failed, it was never heard of again. Which account it is and whether it is well is session.ts.

import type { Channel, OutboundMessage, Outcome } from '../../../src/messaging/channels/channel.ts'
import type { Log } from '../../../src/core/log.ts'
import type { Account } from './load.ts'
import { within } from './patience.ts'

export interface Pace {
  /** Milliseconds from one message to the next. */
  gap: number
  /** Milliseconds of typing before a message, and for each of its characters; never more than `typingMost`. */
  typing: number
  typingEach: number
  typingMost: number
  /** Milliseconds that the library is waited for. */
  patience: number
}

export const PACE: Pace = { gap: 3_000, typing: 400, typingEach: 20, typingMost: 2_500, patience: 10_000 }

export const WECHATY = 'wechaty'

/** Status codes of gRPC by which a gateway says that it did not take a message. */
const REFUSALS: Readonly<Record<number, Outcome>> = {
  3: { kind: 'refused', code: 'grpc_3', reason: 'the gateway refuses the contact or the text' },
  5: { kind: 'refused', code: 'grpc_5', reason: 'the gateway does not know the contact' },
  7: { kind: 'closed', code: 'grpc_7', reason: 'the gateway does not permit it' },
  8: { kind: 'later', code: 'grpc_8', reason: 'too many messages' },
  16: { kind: 'later', code: 'grpc_16', reason: 'the gateway does not accept our token' },
}

/**
 * `accepted` means that the account sent it; WeChat tells nobody whether it was read, so no receipt follows. What failed after it had left may
 * have arrived: `unknown`, and nobody can be asked.
 */
export function createWechatyChannel(account: () => Account | null, log: Log, pace: Pace): Channel {
  let free: Promise<void> = Promise.resolve()

  /** Waits for this message's turn, and lets the next one come a gap later. */
  async function turn(): Promise<void> {
    const mine = free
    let begun = (): void => undefined
    free = new Promise<void>((resolve) => {
      begun = resolve
    }).then(() => pause(pace.gap))
    await mine
    begun()
  }

  async function attempt(message: OutboundMessage): Promise<Outcome> {
    await turn()
    const now = account()
    if (now === null) return NOT_UP
    const contact = await within(pace.patience, now.Contact.find({ id: message.to })).catch(() => null)
    if (contact === null) return { kind: 'later', code: 'contact_unread', reason: 'the account could not look the contact up' }
    if (contact === undefined) return { kind: 'refused', code: 'contact_missing', reason: 'the account does not know this contact' }
    if (contact.friend() === false)
      return { kind: 'closed', code: 'not_a_friend', reason: 'the contact is no longer a friend of the account' }
    const text = textOf(message)
    await pause(Math.min(pace.typing + pace.typingEach * text.length, pace.typingMost))
    // It may have been lost while somebody typed.
    if (account() !== now) return NOT_UP
    try {
      const said = await within(pace.patience, contact.say(text))
      return { kind: 'accepted', ref: said?.id ?? message.id }
    } catch (error) {
      return outcomeOf(error)
    }
  }

  return {
    medium: 'wechaty',
    provider: WECHATY,
    async send(message) {
      try {
        return await attempt(message)
      } catch (error) {
        // Only what comes before the message leaves can throw here.
        log.error('channel_failed', { provider: WECHATY, delivery: message.id }, error)
        return { kind: 'later', code: 'internal', reason: 'the house could not prepare the message' }
      }
    },
  }
}

const NOT_UP: Outcome = { kind: 'later', code: 'not_up', reason: 'the account is not logged in or does not answer' }

function outcomeOf(error: unknown): Outcome {
  const code = (error as { code?: unknown }).code
  const refusal = typeof code === 'number' ? REFUSALS[code] : undefined
  return (
    refusal ?? { kind: 'unknown', code: error instanceof Error ? error.name.slice(0, 40) : 'unknown', reason: 'no answer from the account' }
  )
}

/** Both ways to WeChat say the same; here a link stands below, because nothing can be tapped. */
function textOf({ body }: OutboundMessage): string {
  return body.url === undefined ? body.text : `${body.text}\n${body.url}`
}

function pause(milliseconds: number): Promise<void> {
  return milliseconds <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, milliseconds))
}

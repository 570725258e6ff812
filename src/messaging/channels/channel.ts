// The contract of channel adapters: each adapter translates one provider.
// When a message is sent, and what follows from its outcome, is decided in messaging/dispatcher and messaging/deliveries.rules.

import type { ReceiptTerms } from '../deliveries.rules.ts'
import type { Body } from '../notices.rules.ts'
import type { Medium } from '../../core/mediums.ts'

/** One message to send. */
export interface OutboundMessage {
  /** The delivery's id: also the provider's de-duplication key where there is one. */
  id: string
  /** E.164 for SMS and voice, openid for WeChat. */
  to: string
  body: Body
}

/**
 * The outcome of one attempt. Closed list; each adapter has a table of the provider codes behind each kind. `ref` of a failure: the provider knows
 * the message, by this reference.
 */
export type Outcome =
  /** The provider accepted the message. Receipts name it by `ref`; `receipt` is set when the provider already reports it as delivered. */
  | { kind: 'accepted'; ref: string; receipt?: 'delivered' }
  /**
   * Not now: the same step is tried again after a pause, and not before `notBefore` when the provider says when. `ofProvider`: it speaks of
   * the provider or our account and not of this message or person, so many of them demote the provider.
   */
  | { kind: 'later'; code: string; reason: string; notBefore?: Date; ofProvider?: true; ref?: string }
  /** The provider takes no more messages for now, whoever they are for: the whole channel waits and slows down, and no attempt is counted. */
  | { kind: 'busy'; code: string; reason: string; notBefore?: Date }
  /** This medium cannot reach this person now: the next step follows. */
  | { kind: 'closed'; code: string; reason: string; ref?: string }
  /** The address is wrong, or its owner refuses messages: it is marked, and the next step follows. `optedOut`: the person unsubscribed. */
  | { kind: 'refused'; code: string; reason: string; optedOut?: boolean; ref?: string }
  /** The message may or may not have been sent: it is reconciled. */
  | { kind: 'unknown'; code: string; reason: string }

/** What a provider reports about a message after it has accepted it. */
export interface Receipt {
  provider: string
  ref: string
  /** The delivery's id, where the provider hands back what it was given. */
  delivery?: string
  /** The provider's own word, kept as evidence. */
  status: string
  stage: 'queued' | 'sent' | 'delivered' | 'failed'
  code?: string
  /** For `failed`: the outcome that the failure amounts to. */
  failure?: Extract<Outcome, { kind: 'later' | 'closed' | 'refused' }>
}

export interface Channel {
  readonly medium: Medium
  /** The adapter's name as recorded in attempts and receipts: `wechat-official`, `twilio-sms`, `sandbox`. */
  readonly provider: string
  readonly receipts: ReceiptTerms
  /** What became of an accepted message. Never throws; null: it cannot be said now. Needed with `receipts.askAfter`. */
  outcomeOf?(ref: string): Promise<Receipt | null>
  /** Sends a message once. Never throws, whatever the provider or the network does. */
  send(message: OutboundMessage): Promise<Outcome>
  /** `reconcile` sends the message once more: it is not called while nothing may be sent to this person. */
  readonly reconcilesBySending?: boolean
  /**
   * Settles an attempt that ended `unknown`: asks the provider for the message, or repeats it where the provider drops repeats. May be
   * called any number of times. Null: it cannot be said now. `closed` with code `not_found`: it never arrived, so it may be sent again.
   */
  reconcile?(message: OutboundMessage, sentAt: Date): Promise<Outcome | null>
}

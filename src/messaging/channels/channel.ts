// The contract every channel adapter keeps: one adapter translates one provider.
// When to send and what comes next is the dispatcher's.

import type { Body } from '../notices.rules.ts'
import type { Medium } from '../../core/mediums.ts'

export interface OutboundMessage {
  /** The delivery's id: also the provider's de-duplication key where there is one. */
  id: string
  /** E.164 for SMS and voice, openid for WeChat. */
  to: string
  body: Body
}

/** What became of one attempt. Closed list; see docs of each adapter for the provider codes behind it. */
export type Outcome =
  /** The provider took it. `ref` finds it again in receipts; `receipt` when the provider already knows the end. */
  | { kind: 'accepted'; ref: string; receipt?: 'delivered' }
  /** Not now: same rung, back off; not before `notBefore` when the provider says when. */
  | { kind: 'later'; code: string; reason: string; notBefore?: Date }
  /** This way is closed for this person now: next rung. */
  | { kind: 'closed'; code: string; reason: string }
  /** The address is wrong or unwilling: mark it, next rung. `optedOut` when the person said no. */
  | { kind: 'refused'; code: string; reason: string; optedOut?: boolean }
  /** It may or may not have gone: reconcile. */
  | { kind: 'unknown'; code: string; reason: string }

/** News about a message that a provider had accepted. */
export interface Receipt {
  provider: string
  ref: string
  /** The provider's own word, kept as evidence. */
  status: string
  stage: 'queued' | 'sent' | 'delivered' | 'failed'
  code?: string
  /** For `failed`: what the ladder does about it. */
  failure?: Extract<Outcome, { kind: 'later' | 'closed' | 'refused' }>
}

export interface Channel {
  readonly medium: Medium
  /** The adapter's name as attempts and receipts record it: `wechat-official`, `twilio-sms`, `sandbox`. */
  readonly provider: string
  /** Sends once. Never throws for anything a provider or the network does. */
  send(message: OutboundMessage): Promise<Outcome>
  /**
   * For an attempt that ended `unknown`: settles it, by asking the provider for the message or by a repeat that the provider is known to
   * drop. May be asked any number of times. Null: it cannot be said now. `closed` with code `not_found`: it never arrived, so sending again is safe.
   */
  reconcile?(message: OutboundMessage, sentAt: Date): Promise<Outcome | null>
}

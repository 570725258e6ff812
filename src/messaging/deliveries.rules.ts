// What follows from one attempt to deliver: another attempt and its time, the next step of the fallback order, or a doubt. Pure.
// Channels have already turned provider codes into one of six kinds of outcome; who is told of what is messaging/notices.rules.

import type { Medium } from '../core/mediums.ts'

/** Attempts on one step before it counts as exhausted: with the pauses below, half an hour. */
export const MAX_ATTEMPTS = 8

/** How long a doubt may stay open before `whenInDoubt` decides, in milliseconds. */
export const DOUBT_WINDOW = 10 * 60_000

/** When a provider is asked about a doubt for the first time, and again while it cannot say, in milliseconds. */
export const ASK_AFTER = 30_000

/** When a provider is asked about an accepted message for the first time, unless its channel says otherwise, in milliseconds. */
export const FIRST_ASK = 60_000

/** Pauses between attempts, in milliseconds. */
const FIRST_PAUSE = 15_000
const LONGEST_PAUSE = 3_600_000

/** The outcome of an attempt that was not accepted, in the form in which every channel reports it. */
export interface FailedOutcome {
  kind: 'later' | 'busy' | 'closed' | 'refused' | 'unknown'
  code: string
  reason: string
  notBefore?: Date
  optedOut?: boolean
  /** The provider's reference, where it knows the message that failed. */
  ref?: string
}

/** The next state of a delivery after an attempt that was not accepted. */
export type Consequence =
  /** The same step is tried again at `dueAt`; absent: it keeps its place and waits for its channel. */
  | { state: 'queued'; dueAt?: Date }
  /** This step has failed and the next one follows. `marks`: media on which the address must not be used again. */
  | { state: 'closed' | 'refused' | 'exhausted'; marks: readonly Medium[]; optedOut: boolean }
  /** Nobody knows whether the message went: the provider is asked at `dueAt`. */
  | { state: 'unknown'; dueAt: Date }

/** The next state of a delivery. `delivery.attempts` counts the attempts on this step so far, this one included. */
export function nextState(setback: FailedOutcome, delivery: { id: string; medium: Medium; attempts: number }, now: Date): Consequence {
  switch (setback.kind) {
    case 'unknown':
      return { state: 'unknown', dueAt: new Date(now.getTime() + ASK_AFTER) }
    case 'busy':
      return { state: 'queued' }
    case 'closed':
      return { state: 'closed', marks: [], optedOut: false }
    case 'refused':
      return { state: 'refused', marks: marksOf(delivery.medium, setback.optedOut === true), optedOut: setback.optedOut === true }
    case 'later': {
      if (delivery.attempts >= MAX_ATTEMPTS) return { state: 'exhausted', marks: [], optedOut: false }
      const backOff = now.getTime() + pause(delivery.id, delivery.attempts)
      return { state: 'queued', dueAt: new Date(Math.max(backOff, setback.notBefore?.getTime() ?? 0)) }
    }
  }
}

/**
 * Milliseconds before the next attempt: 15 s, doubled with each attempt, an hour at most. Up to a fifth is subtracted, depending on the
 * delivery's id: messages that failed together do not come back together, and the same delivery always has the same pause.
 */
export function pause(id: string, attempts: number): number {
  const full = Math.min(FIRST_PAUSE * 2 ** (Math.max(attempts, 1) - 1), LONGEST_PAUSE)
  return Math.round(full * (1 - hashFraction(`${attempts}${id}`) / 5))
}

/** How long a receipt is waited for, in milliseconds from the acceptance of a message. */
export interface ReceiptTerms {
  /** When the provider is asked first; absent where it cannot be asked. */
  askAfter?: number
  /** When nobody waits any longer: a statutory notice goes on with its next step. */
  deadline: number
}

/** The longest pause between two questions about one message: what the provider knows is known here as soon. */
const LONGEST_ASK = 10 * 60_000

/**
 * When a message without a receipt is looked at again: twice as long after its acceptance each time, ten minutes later at most, and at its
 * deadline; null: the deadline is past.
 */
export function nextAsk(acceptedAt: Date, { askAfter, deadline }: ReceiptTerms, now: Date): Date | null {
  const end = acceptedAt.getTime() + deadline
  const waited = now.getTime() - acceptedAt.getTime()
  if (waited >= deadline) return null
  if (askAfter === undefined) return new Date(end)
  return new Date(Math.min(now.getTime() + Math.min(Math.max(waited, askAfter), LONGEST_ASK), end))
}

/** Milliseconds from the acceptance of a message until its receipt is asked for, or waited for no longer. */
export function firstAsk({ askAfter, deadline }: ReceiptTerms): number {
  return Math.min(askAfter ?? deadline, deadline)
}

/** A number that does not exist can receive neither an SMS nor a call; an opt-out concerns its own medium alone. */
function marksOf(medium: Medium, optedOut: boolean): readonly Medium[] {
  return !optedOut && (medium === 'sms' || medium === 'voice') ? ['sms', 'voice'] : [medium]
}

/** A number from 0 to below 1, evenly distributed over texts (FNV-1a with one more round of mixing). */
function hashFraction(text: string): number {
  let hash = 0x811c9dc5
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return ((hash ^ (hash >>> 13)) >>> 0) / 0x1_0000_0000
}

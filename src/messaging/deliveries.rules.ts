// What follows from one attempt to deliver: again and when, the next rung, or a doubt. Pure; who is told of what is messaging/notices.rules.
// Provider codes are the channels' matter: here an outcome is already one of five kinds.

import type { Medium } from '../core/mediums.ts'

/** Attempts on one rung before it counts as exhausted: with the pauses below, half an hour. */
export const MAX_ATTEMPTS = 8

/** How long a doubt may stay open before `whenInDoubt` decides, in milliseconds. */
export const DOUBT_WINDOW = 10 * 60_000

/** When a provider is asked about a doubt for the first time, and again while it cannot say, in milliseconds. */
export const ASK_AFTER = 30_000

const FIRST_PAUSE = 15_000
const LONGEST_PAUSE = 3_600_000

/** An attempt that did not deliver, as every channel reports it. */
export interface Setback {
  kind: 'later' | 'closed' | 'refused' | 'unknown'
  code: string
  reason: string
  notBefore?: Date
  optedOut?: boolean
}

export type Consequence =
  /** The same rung again. */
  | { state: 'queued'; dueAt: Date }
  /** This rung is over: the next one. `marks`: media on which the address is not to be used again. */
  | { state: 'closed' | 'refused' | 'exhausted'; marks: readonly Medium[]; optedOut: boolean }
  /** Nobody knows: the provider is asked at `dueAt`. */
  | { state: 'unknown'; dueAt: Date }

/** What an attempt leads to. @param attempts made on this rung so far, this one included. */
export function consequence(setback: Setback, delivery: { id: string; medium: Medium; attempts: number }, now: Date): Consequence {
  switch (setback.kind) {
    case 'unknown':
      return { state: 'unknown', dueAt: new Date(now.getTime() + ASK_AFTER) }
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
 * Milliseconds before the next attempt: 15 s doubled with each, an hour at most. Up to a fifth is taken off, by the delivery's id:
 * a thousand messages that failed together shall not come back together, and a test shall see the same twice.
 */
export function pause(id: string, attempts: number): number {
  const full = Math.min(FIRST_PAUSE * 2 ** (Math.max(attempts, 1) - 1), LONGEST_PAUSE)
  return Math.round(full * (1 - scatter(`${attempts}${id}`) / 5))
}

/** A number that does not exist can neither be written to nor called; an opt-out speaks of one way alone. */
function marksOf(medium: Medium, optedOut: boolean): readonly Medium[] {
  return !optedOut && (medium === 'sms' || medium === 'voice') ? ['sms', 'voice'] : [medium]
}

/** A fraction of 1, evenly spread over texts (FNV-1a, its bits mixed once more at the end). */
function scatter(text: string): number {
  let hash = 0x811c9dc5
  for (const sign of text) hash = Math.imul(hash ^ (sign.codePointAt(0) ?? 0), 0x01000193) >>> 0
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return ((hash ^ (hash >>> 13)) >>> 0) / 0x1_0000_0000
}

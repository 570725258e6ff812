// What a handoff is about and what staff may read of it. Pure.
// Storing handoffs is store.ts.

import { ALARMS } from '../../core/understanding.ts'

/**
 * Why the bot handed over: the person asked for it, may harm themselves, threatens somebody, was not understood several times, or wrote what
 * the bot could not answer (`unanswered`).
 */
export const HANDOFF_REASONS = ['asked', ...ALARMS, 'misses', 'unanswered'] as const
export type HandoffReason = (typeof HANDOFF_REASONS)[number]

/**
 * Intent under which the bot stores what belongs to a complaint that it answered: no handoff shows it, because it may be about the court.
 * What a person writes to a clerk, while the bot is quiet, the clerk reads.
 */
export const COMPLAINT = 'complaint_new'

/** Handoffs an hour that one person or network address leads to; of more, an alarm alone is kept. A court's hall may share an address. ◇ */
export const HANDOFFS_AN_HOUR = 10

/** The key of the notice that carries an answer to the person. */
export function eventKeyOf(messageId: string): string {
  return `chat.answered:${messageId}`
}

/** Which handoffs a list shows. `waiting`: open and with nobody; `mine` and `others`: open and with somebody; `open`: all that are open. */
export const HANDOFF_FILTERS = ['open', 'waiting', 'mine', 'others', 'closed'] as const
export type HandoffFilter = (typeof HANDOFF_FILTERS)[number]

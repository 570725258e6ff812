// How fast messages go to a provider that has said "too many": a bucket of tokens whose rate falls at once and rises slowly. Pure.
// The bucket is one row that all processes share (messaging/pace.store); which codes mean "too many" is in each channel's table.

/** The pace of a provider that limits us. Rates in messages a second. */
export interface Pace {
  rate: number
  /** Messages that may go now. */
  tokens: number
  /** The instant to which rate and tokens are counted. */
  at: Date
  /** When the provider last said "too many". */
  limitedAt: Date
  /** Nothing goes before. */
  pausedUntil: Date
}

/** The share of the rate that is left after "too many". */
const FALL = 0.85
/** Growth a second: for a while after a pause, and afterwards, when the provider may take more than it did then. */
const SLOW = 1.01
const FAST = 1.05
/** Milliseconds of slow growth. */
const CAREFUL = 20_000
/** The rate that is tried when a provider limits us that has taken nothing in the last second. */
const FIRST = 1
/** A provider that takes this many a second limits nobody. */
const FREE = 2_000
/** The slowest pace: one message in twenty seconds. */
const LEAST = 0.05
/** Milliseconds in which several "too many" are one event: they answer messages that were already on their way. */
const ONE_EVENT = 1_000
/** Milliseconds of pause when the provider names none. */
const PAUSE = 1_000
/** The longest pause that a provider may ask for, in milliseconds: two days, so that a quota of a day is waited for. */
const LONGEST_PAUSE = 2 * 86_400_000
/** A bucket holds what goes in a quarter of a second: a provider that counts by the second is never handed two seconds at once. */
const CAPACITY_SECONDS = 0.25
const LEAST_CAPACITY = 3

/** What a provider's "too many" makes of its pace. @param lately messages that it took in the last second. @param notBefore when it wants to be asked again. */
export function limited(pace: Pace | null, lately: number, notBefore: Date | undefined, now: Date): Pace {
  const longest = now.getTime() + LONGEST_PAUSE
  const until = new Date(Math.min(notBefore?.getTime() ?? now.getTime() + PAUSE, longest))
  if (pace !== null && now.getTime() - pace.limitedAt.getTime() < ONE_EVENT)
    return { ...pace, pausedUntil: until > pace.pausedUntil ? until : pace.pausedUntil }
  const rate = pace === null || isFree(pace, now) ? Math.max(lately, FIRST) : grown(pace, now)
  return { rate: Math.max(rate * FALL, LEAST), tokens: 0, at: now, limitedAt: now, pausedUntil: until }
}

/** Whether the provider limits nobody any more. */
export function isFree(pace: Pace, now: Date): boolean {
  return now >= pace.pausedUntil && grown(pace, now) >= FREE
}

/**
 * Takes up to `wanted` tokens. @param rank of the messages: a part of the bucket is kept for those that are more urgent.
 * @returns how many may go, and the pace afterwards.
 */
export function take(pace: Pace, wanted: number, rank: number, now: Date): { granted: number; pace: Pace } {
  if (now < pace.pausedUntil) return { granted: 0, pace }
  const filled = fill(pace, now)
  const kept = Math.ceil((rank * capacityOf(filled.rate)) / 10)
  const granted = Math.max(0, Math.min(wanted, Math.floor(filled.tokens) - kept))
  return { granted, pace: { ...filled, tokens: filled.tokens - granted } }
}

/** Puts tokens back that were taken and not used. */
export function giveBack(pace: Pace, unused: number): Pace {
  return { ...pace, tokens: pace.tokens + unused }
}

function fill(pace: Pace, now: Date): Pace {
  const rate = grown(pace, now)
  const seconds = Math.max(0, now.getTime() - pace.at.getTime()) / 1000
  const at = now > pace.at ? now : pace.at
  return { ...pace, rate, at, tokens: Math.min(capacityOf(rate), pace.tokens + seconds * rate) }
}

function capacityOf(rate: number): number {
  return Math.max(LEAST_CAPACITY, rate * CAPACITY_SECONDS)
}

/** The rate at an instant: it rises while the provider takes what it is given. */
function grown({ rate, at, pausedUntil }: Pace, now: Date): number {
  const from = Math.max(at.getTime(), pausedUntil.getTime())
  const careful = pausedUntil.getTime() + CAREFUL
  const slow = Math.max(0, Math.min(now.getTime(), careful) - from)
  const fast = Math.max(0, now.getTime() - Math.max(from, careful))
  return Math.min(rate * SLOW ** (slow / 1000) * FAST ** (fast / 1000), FREE)
}

// Counts requests of callers in this process within fixed spans of time. From which network a request comes is core/networks.ts.
// Counters that must outlive a restart or be shared by processes are in the database: messaging/conversations.store.ts.

import { LRUCache } from 'lru-cache'
import { AROUND, networkAround } from '../../core/networks.ts'

/** Callers that one limit remembers; beyond that the longest unseen one is forgotten, so that no flood of addresses fills the memory. */
const MOST_CALLERS = 50_000

/**
 * What is known of the callers seen last, `most` at most, each for some milliseconds from when it was first noted. The bound is one of size and
 * not of number, because for a number the library takes the memory of all of them at once: two megabytes for each limit of a server.
 */
export function rememberCallers<Known extends object>(most: number, milliseconds: number): LRUCache<string, Known> {
  return new LRUCache<string, Known>({ maxSize: most, sizeCalculation: () => 1, ttl: milliseconds })
}

/** Why a limiter refuses: how many requests of the caller are left, and the seconds after which all of them are there again. */
export interface OverLimit {
  left: number
  retrySeconds: number
}

/** Counts requests of a caller, one unless said: all of them or, where fewer are left, none. @returns null, or why they are refused. */
export type Limiter = (caller: string, count?: number) => OverLimit | null

/** A limit of `points` requests of one caller in `seconds`, counted from the caller's first one. */
export function createLimiter(points: number, seconds: number): Limiter {
  const callers = rememberCallers<{ count: number }>(MOST_CALLERS, seconds * 1000)
  return (caller, count = 1) => {
    const known = callers.get(caller)
    const seen = known ?? { count: 0 }
    const left = points - seen.count
    if (count > left) return { left, retrySeconds: Math.max(1, Math.ceil(callers.getRemainingTTL(caller) / 1000)) }
    seen.count += count
    if (known === undefined) callers.set(caller, seen)
    return null
  }
}

/** A limit of requests of one network and, of IPv6, `AROUND` times as many of all networks around it. */
export function createNetworkLimiter(points: number, seconds: number): Limiter {
  const [takeOwn, takeAround] = [createLimiter(points, seconds), createLimiter(points * AROUND, seconds)]
  return (network, count) => {
    const around = networkAround(network)
    // What is too much for one network is not counted for those around it: nobody uses up what is theirs.
    return takeOwn(network, count) ?? (around === null ? null : takeAround(around, count))
  }
}

// Counts requests of callers in this process within fixed spans of time, and says from which network a request comes.
// Counters that must outlive a restart or be shared by processes are in the database: messaging/conversations.store.ts.

import { isIPv6 } from 'node:net'
import { LRUCache } from 'lru-cache'

/** Callers that one limit remembers; beyond that the longest unseen one is forgotten, so that no flood of addresses fills the memory. */
const MOST_CALLERS = 50_000

/** Counts one request of a caller. @returns null, or the seconds after which the caller may ask again. */
export type Limiter = (caller: string) => number | null

/** A limit of `points` requests of one caller in `seconds`, counted from the caller's first one. */
export function createLimiter(points: number, seconds: number): Limiter {
  const callers = new LRUCache<string, { count: number }>({ max: MOST_CALLERS, ttl: seconds * 1000 })
  return (caller) => {
    const seen = callers.get(caller) ?? { count: 0 }
    seen.count += 1
    if (seen.count === 1) callers.set(caller, seen)
    return seen.count <= points ? null : Math.max(1, Math.ceil(callers.getRemainingTTL(caller) / 1000))
  }
}

/** Takes a place for work of a caller. @returns the function that frees it; null when all of the caller's places are taken. */
export type Places = (caller: string) => (() => void) | null

/** Places for work that goes on at the same time, `most` for each caller and `inAll` for all. Callers without work are not remembered. */
export function createPlaces(most: number, inAll = Number.POSITIVE_INFINITY): Places {
  const working = new Map<string, number>()
  let taken = 0
  return (caller) => {
    const count = working.get(caller) ?? 0
    if (count >= most || taken >= inAll) return null
    working.set(caller, count + 1)
    taken += 1
    return () => {
      taken -= 1
      const left = (working.get(caller) ?? 1) - 1
      if (left > 0) working.set(caller, left)
      else working.delete(caller)
    }
  }
}

/**
 * The network of an address, by which callers are counted: an IPv4 address, also one written as IPv6, and of IPv6 the first 64 bits, which
 * one household or one phone has whole.
 */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  const [before = '', after] = (address.split('%')[0] ?? '').toLowerCase().split('::')
  const parts = (text: string): string[] => (text === '' ? [] : text.split(':'))
  const [left, right] = [parts(before), parts(after ?? '')]
  const whole = after === undefined ? left : [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right]
  return `${whole
    .slice(0, 4)
    .map((part) => part.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`
}

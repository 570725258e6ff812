// How each provider is doing: errors in a sliding window demote it, a single probe brings it back (messaging.md, rule 4).
// What a demoted provider's messages do meanwhile is the dispatcher's: they wait, and no attempt is burnt.

import { BrokenCircuitError, circuitBreaker, handleWhenResult, SamplingBreaker } from 'cockatiel'
import type { Clock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'

export interface HealthOptions {
  /** Milliseconds of the window. */
  window: number
  /** Part of the calls in it that must fail, when there were at least `leastCalls`. */
  threshold: number
  leastCalls: number
  /** Milliseconds before a demoted provider is tried with one message. */
  probeAfter: number
}

export const HEALTH: HealthOptions = { window: 30_000, threshold: 0.5, leastCalls: 5, probeAfter: 20_000 }

/** `up`: send. `probing`: send one and see. `down`: send nothing. */
export type Standing = 'up' | 'probing' | 'down'

export interface Health {
  standing(): Standing
  /** Since when it has been demoted; null: it is not. */
  downSince(): Date | null
  /** Runs one call and counts it. `demoted`: the breaker was open, nothing was called. */
  call<T>(send: () => Promise<T>): Promise<T | typeof DEMOTED>
}

export const DEMOTED = Symbol('demoted')

/** @param failed whether an answer speaks of the provider being ill, rather than of one message. */
export function providerHealth(
  provider: string,
  failed: (answer: unknown) => boolean,
  deps: { clock: Clock; log: Log },
  options: HealthOptions = HEALTH,
): Health {
  const { window, threshold, leastCalls, probeAfter } = options
  const policy = circuitBreaker(
    handleWhenResult((answer) => failed(answer)),
    { halfOpenAfter: probeAfter, breaker: new SamplingBreaker({ threshold, duration: window, minimumRps: (leastCalls * 1000) / window }) },
  )
  let down: Date | null = null
  let mayProbe = true
  // The library looks at its own clock; a moment later than it, our probe cannot come too early.
  let timer: NodeJS.Timeout | undefined
  policy.onBreak(() => {
    if (down === null) deps.log.error('provider.demoted', { provider })
    down ??= deps.clock.now()
    mayProbe = false
    clearTimeout(timer)
    timer = setTimeout(() => (mayProbe = true), probeAfter + 20)
    timer.unref()
  })
  policy.onReset(() => {
    deps.log.info('provider.back', { provider })
    clearTimeout(timer)
    down = null
    mayProbe = true
  })

  return {
    standing: () => (down === null ? 'up' : mayProbe ? 'probing' : 'down'),
    downSince: () => down,
    async call(send) {
      try {
        return await policy.execute(send)
      } catch (error) {
        if (error instanceof BrokenCircuitError) return DEMOTED
        throw error
      }
    },
  }
}

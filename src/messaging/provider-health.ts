// The standing of a provider: errors in a sliding window demote it, and one successful probe restores it.
// Messages of a demoted provider wait in messaging/dispatcher, and no attempt is counted.

import { BrokenCircuitError, circuitBreaker, handleWhenResult, SamplingBreaker } from 'cockatiel'
import type { Clock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'

export interface HealthOptions {
  /** Length of the sliding window in milliseconds. */
  window: number
  /** Share of the window's calls (0 to 1) that must fail to demote the provider. */
  threshold: number
  /** With fewer calls in the window the provider is not demoted. */
  leastCalls: number
  /** Milliseconds before one message is sent to a demoted provider as a probe. */
  probeAfter: number
}

export const HEALTH: HealthOptions = { window: 30_000, threshold: 0.5, leastCalls: 5, probeAfter: 20_000 }

/** `up`: messages are sent. `probing`: one message is sent as a probe. `down`: nothing is sent. */
export type Standing = 'up' | 'probing' | 'down'

export interface Health {
  standing(): Standing
  /** When the provider was demoted; null: it is not demoted. */
  downSince(): Date | null
  /** Makes one call and counts its result. `DEMOTED`: the provider is demoted and was not called. */
  call<T>(send: () => Promise<T>): Promise<T | typeof DEMOTED>
}

export const DEMOTED = Symbol('demoted')

/**
 * Watches one provider.
 * @param failed whether an answer means that the provider itself fails, and not one message.
 */
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
  // The library uses its own clock: our timer runs 20 ms longer, so that a probe is never refused as too early.
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

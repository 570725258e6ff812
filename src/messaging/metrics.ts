// Counters of the dispatcher, for platform/http/metrics to show. They start at zero with the process and only grow.
// Lengths and ages of queues are read from the database by features/system/views.

import type { DispatchMeter, Dispatcher } from './dispatcher.ts'

/** One metric with all its samples. */
export interface Metric {
  name: string
  help: string
  kind: 'counter' | 'gauge'
  labels: readonly string[]
  samples(): readonly { labels: Readonly<Record<string, string>>; value: number }[]
}

export interface DispatchCounts {
  meter: DispatchMeter
  /** All metrics of the dispatcher. @param dispatcher gives the standing of each provider. */
  numbers(dispatcher: Pick<Dispatcher, 'standings'>): Metric[]
}

/** Counts claims and attempts of one process. */
export function dispatchCounts(): DispatchCounts {
  const claimed = new Map<string, number>()
  const attempted = new Map<string, { provider: string; outcome: string; count: number }>()
  return {
    meter: {
      claimed: (medium, count) => void claimed.set(medium, (claimed.get(medium) ?? 0) + count),
      attempted(provider, outcome) {
        const key = `${provider} ${outcome}`
        attempted.set(key, { provider, outcome, count: (attempted.get(key)?.count ?? 0) + 1 })
      },
    },
    numbers: (dispatcher) => [
      {
        name: 'zxt_deliveries_claimed_total',
        help: 'Deliveries claimed and free to go, by medium.',
        kind: 'counter',
        labels: ['medium'],
        samples: () => [...claimed].map(([medium, value]) => ({ labels: { medium }, value })),
      },
      {
        name: 'zxt_attempts_total',
        help: 'Attempts by provider and outcome: accepted, later, busy, closed, refused, unknown.',
        kind: 'counter',
        labels: ['provider', 'outcome'],
        samples: () => [...attempted.values()].map(({ provider, outcome, count }) => ({ labels: { provider, outcome }, value: count })),
      },
      {
        name: 'zxt_provider_up',
        help: '1: messages go out. 0.5: one is tried. 0: demoted for errors, its messages wait.',
        kind: 'gauge',
        labels: ['medium', 'provider'],
        samples: () =>
          dispatcher.standings().map(({ medium, provider, standing }) => ({ labels: { medium, provider }, value: UP[standing] })),
      },
    ],
  }
}

/** Values of `zxt_provider_up`. */
const UP = { up: 1, probing: 0.5, down: 0 } as const

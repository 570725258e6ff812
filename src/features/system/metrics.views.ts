// Metrics of the outbox: how many deliveries wait in each state, and how long the oldest has been due.
// Collecting and rendering metrics is platform/http/metrics.ts.

import type { AppContext } from '../../platform/commands/command.ts'
import type { MetricSource, Sample } from '../../platform/http/metrics.ts'
import { type QueueLine, queueLines } from './views.ts'

/** Two gauges by medium and state: waiting deliveries, and seconds since the oldest of them was due. */
export function queueMetrics(app: AppContext): MetricSource[] {
  const labelled = async (valueOf: (line: QueueLine) => number): Promise<Sample[]> =>
    (await queueLines(app)).map((line) => ({ labels: { medium: line.medium, state: line.state }, value: valueOf(line) }))
  const labels = ['medium', 'state']
  return [
    {
      name: 'zxt_deliveries_waiting',
      help: 'Deliveries that have not ended, by medium and state.',
      kind: 'gauge',
      labels,
      samples: () => labelled(({ count }) => count),
    },
    {
      name: 'zxt_delivery_overdue_seconds',
      help: 'How long the oldest delivery of a state has been due.',
      kind: 'gauge',
      labels,
      samples: () => labelled(({ overdueSeconds }) => overdueSeconds),
    },
  ]
}

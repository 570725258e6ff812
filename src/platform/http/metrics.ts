// Metrics for Prometheus: requests by route and status, the process, and numbers that other modules provide (queues, deliveries).
// The route /metrics, and who may read it, is features/system/routes.ts.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** Numbers of another module, read at each scrape. Counters only grow. */
export interface MetricSource {
  /** Name of the metric with its unit, such as `zxt_deliveries_sent_total`. */
  name: string
  help: string
  kind: 'counter' | 'gauge'
  labels: readonly string[]
  samples(): Promise<readonly Sample[]> | readonly Sample[]
}

/** One value of a metric. */
export interface Sample {
  labels: Readonly<Record<string, string>>
  value: number
}

/** The metrics of this process. */
export interface Metrics {
  /** Counts one answered request by its route's name and status; `milliseconds` is how long it took. */
  answered(route: string, status: number, milliseconds: number): void
  /** The media type of `render`. */
  type: string
  render(): Promise<string>
}

/** Creates a registry with the metrics of the process, of requests, and of these sources. */
export function createMetrics(sources: readonly MetricSource[]): Metrics {
  const registers = [new Registry()] as const
  const [registry] = registers
  collectDefaultMetrics({ register: registry, prefix: 'zxt_' })
  const seconds = new Histogram({
    name: 'zxt_http_seconds',
    help: 'Time from a request to its answer.',
    labelNames: ['route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [...registers],
  })
  for (const source of sources) mount(source, registry)
  return {
    answered: (route, status, milliseconds) => seconds.observe({ route, status }, milliseconds / 1000),
    type: registry.contentType,
    render: () => registry.metrics(),
  }
}

function mount(source: MetricSource, registry: Registry): void {
  const shape = { name: source.name, help: source.help, labelNames: [...source.labels], registers: [registry] }
  // Counters of prom-client can only be increased. Ours are counted elsewhere, so they are reset and set at each scrape.
  const metric: Gauge | Counter = source.kind === 'gauge' ? new Gauge({ ...shape, collect }) : new Counter({ ...shape, collect })
  async function collect(): Promise<void> {
    metric.reset()
    // A source that fails is left out of this scrape; the other metrics show why.
    const samples = await (async () => source.samples())().catch(() => [])
    for (const { labels, value } of samples) metric.inc({ ...labels }, value)
  }
}

// What Prometheus reads: requests by route and status, the process, queues, and whatever other doors hand in as plain numbers.
// Who may read it is system.ts.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** Numbers of another door (the dispatcher), read at each scrape. Counters only grow. */
export interface MetricSource {
  /** `zxt_…`, with its unit: `zxt_deliveries_sent_total`. */
  name: string
  help: string
  kind: 'counter' | 'gauge'
  labels: readonly string[]
  samples(): Promise<readonly Sample[]> | readonly Sample[]
}

export interface Sample {
  labels: Readonly<Record<string, string>>
  value: number
}

export interface Metrics {
  /** One answered request: its route's name, status and milliseconds. */
  answered(route: string, status: number, milliseconds: number): void
  /** The media type of what is rendered. */
  type: string
  render(): Promise<string>
}

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
  // Counters of prom-client only add; ours are kept elsewhere and read whole, so they are set anew at each scrape.
  const metric: Gauge | Counter = source.kind === 'gauge' ? new Gauge({ ...shape, collect }) : new Counter({ ...shape, collect })
  async function collect(): Promise<void> {
    metric.reset()
    // What cannot be read now is left out: the other numbers say why.
    const samples = await (async () => source.samples())().catch(() => [])
    for (const { labels, value } of samples) metric.inc({ ...labels }, value)
  }
}

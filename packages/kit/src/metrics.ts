import type { IncomingMessage, ServerResponse } from 'node:http'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { Attributes, Meter, ObservableResult } from '@opentelemetry/api'

/** What an observation tells of: something that only grows, something that is counted up and down, or a level. */
type Kind = 'ObservableCounter' | 'ObservableUpDownCounter' | 'ObservableGauge'

/** A figure of this process, read when somebody asks for it: what counts costs nothing else. */
export type Figure = {
  readonly kind: Kind
  /** By OpenTelemetry's conventions where they have one; Prometheus has `_` for dots, and `_total` after counters. */
  readonly name: string
  readonly description: string
  /** UCUM: `s`, `By`. */
  readonly unit?: string
  read(): Iterable<readonly [value: number, attributes?: Attributes]>
}

/** What all HTTP servers of this process for clients have to do, and did. */
export const traffic = { underWay: 0, answered: new Map<number, number>() }

/** A pool of connections to a database. */
export type CountedPool = {
  readonly name: string
  readonly most: number
  counts(): { readonly totalCount: number; readonly idleCount: number; readonly waitingCount: number }
  isClosed(): boolean
}

/** All pools of this process; those of one name are one in what is told. */
export const pools = new Set<CountedPool>()

const figures: Figure[] = []

/** Adds a figure to what GET /metrics of the management port tells. */
export function tell(figure: Figure): void {
  figures.push(figure)
}

const delay = monitorEventLoopDelay({ resolution: 20 })
const nanosecond = 1e-9
let utilization = performance.eventLoopUtilization()

tell({
  kind: 'ObservableUpDownCounter',
  name: 'http.server.active_requests',
  description: 'Requests that are being answered.',
  read: () => [[traffic.underWay]],
})
tell({
  kind: 'ObservableCounter',
  name: 'http.server.requests',
  description: 'Requests that were answered, by status; 499 where the client did not wait.',
  read: () =>
    [...traffic.answered].map(([status, count]) => [count, { 'http.response.status_code': status }] as const),
})
tell({
  kind: 'ObservableGauge',
  name: 'nodejs.eventloop.utilization',
  description: 'Share of the time since the last look in which the event loop was busy.',
  read() {
    const now = performance.eventLoopUtilization()
    const since = performance.eventLoopUtilization(now, utilization)
    utilization = now
    return [[since.utilization]]
  },
})
tell({
  kind: 'ObservableGauge',
  name: 'nodejs.eventloop.delay',
  description: 'How late the event loop came round since the last look.',
  unit: 's',
  read() {
    // It ticks from the first look on: a process that nobody looks at is not woken for it.
    delay.enable()
    const told = [['p50', 50] as const, ['p99', 99] as const].map(
      ([quantile, percentile]) => [delay.percentile(percentile) * nanosecond, { quantile }] as const,
    )
    delay.reset()
    return told
  },
})
tell({
  kind: 'ObservableCounter',
  name: 'process.cpu.time',
  description: 'Processor time that the process has used.',
  unit: 's',
  read() {
    const { user, system } = process.cpuUsage()
    return [
      [user / 1e6, { 'cpu.mode': 'user' }],
      [system / 1e6, { 'cpu.mode': 'system' }],
    ]
  },
})
tell({
  kind: 'ObservableUpDownCounter',
  name: 'process.memory.usage',
  description: 'Resident memory.',
  unit: 'By',
  read: () => [[process.memoryUsage.rss()]],
})
tell({
  kind: 'ObservableUpDownCounter',
  name: 'v8js.memory.heap.used',
  description: 'Memory of the heap that is in use.',
  unit: 'By',
  read: () => [[process.memoryUsage().heapUsed]],
})

tell({
  kind: 'ObservableUpDownCounter',
  name: 'db.client.connection.count',
  description: 'Connections to a database, used and idle.',
  read: () => [
    ...ofPools((pool) => pool.counts().idleCount, { 'db.client.connection.state': 'idle' }),
    ...ofPools((pool) => pool.counts().totalCount - pool.counts().idleCount, {
      'db.client.connection.state': 'used',
    }),
  ],
})
tell({
  kind: 'ObservableUpDownCounter',
  name: 'db.client.connection.max',
  description: 'Connections to a database that this process may open.',
  read: () => ofPools(({ most }) => most),
})
tell({
  kind: 'ObservableUpDownCounter',
  name: 'db.client.connection.pending_requests',
  description: 'Who waits for a free connection to a database.',
  read: () => ofPools((pool) => pool.counts().waitingCount),
})

function ofPools(count: (pool: CountedPool) => number, more: Attributes = {}) {
  const sums = new Map<string, number>()
  for (const pool of pools) {
    if (pool.isClosed()) pools.delete(pool)
    else sums.set(pool.name, (sums.get(pool.name) ?? 0) + count(pool))
  }
  return [...sums].map(([name, sum]) => [sum, { 'db.client.connection.pool.name': name, ...more }] as const)
}

type Writer = (request: IncomingMessage, response: ServerResponse) => void

/** The SDK is loaded when somebody asks for the first time: no start waits for it. */
async function createWriter(): Promise<Writer> {
  const [{ MeterProvider }, { PrometheusExporter }] = await Promise.all([
    import('@opentelemetry/sdk-metrics'),
    import('@opentelemetry/exporter-prometheus'),
  ])
  const exporter = new PrometheusExporter({
    preventServerStart: true,
    withoutScopeInfo: true,
    withoutTargetInfo: true,
  })
  const meter = new MeterProvider({ readers: [exporter] }).getMeter('myhotel')
  for (const figure of figures) register(meter, figure)
  return (request, response) => exporter.getMetricsRequestHandler(request, response)
}

function register(meter: Meter, { kind, name, description, unit, read }: Figure) {
  meter[`create${kind}`](name, { description, unit }).addCallback((result: ObservableResult) => {
    for (const [value, attributes] of read()) result.observe(value, attributes)
  })
}

let writer: Promise<Writer> | undefined

/** Answers with all figures in Prometheus' text format. */
export async function writeMetrics(request: IncomingMessage, response: ServerResponse): Promise<void> {
  writer ??= createWriter()
  const write = await writer
  write(request, response)
}

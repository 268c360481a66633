import type { ServerResponse } from 'node:http'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { Attributes } from '@opentelemetry/api'
import { type Forms, readHistograms } from './histogram.ts'

/** Something that only grows; something that is there, so that those of several processes are added up; a level. */
type Kind = 'growing' | 'amount' | 'level'

/** Values with what tells them apart. */
export type Observations = Iterable<readonly [value: number, attributes?: Attributes]>

/** A figure of this process, read when somebody asks for it: what counts costs nothing else. */
export type Figure = {
  readonly kind: Kind
  /** By OpenTelemetry's conventions where they have one; Prometheus has `_` for dots, and `_total` after counters. */
  readonly name: string
  readonly description: string
  /** UCUM: `s`, `By`. */
  readonly unit?: string
  /** Where it fails, the figure is left out. */
  read(): Observations | Promise<Observations>
}

/** What all HTTP servers of this process for clients have to do, and did. */
export const traffic = { underWay: 0, answered: new Map<number, number>() }

const figures: Figure[] = []

/** Adds a figure to what GET /metrics of the management port tells. */
export function tell(figure: Figure): void {
  figures.push(figure)
}

const delay = monitorEventLoopDelay({ resolution: 20 })
const nanosecond = 1e-9
let utilization = performance.eventLoopUtilization()

tell({
  kind: 'amount',
  name: 'http.server.active_requests',
  description: 'Requests that are being answered.',
  read: () => [[traffic.underWay]],
})
tell({
  kind: 'growing',
  name: 'http.server.requests',
  description: 'Requests that were answered, by status; 499 where the client did not wait.',
  read: () =>
    [...traffic.answered].map(([status, count]) => [count, { 'http.response.status_code': status }] as const),
})
tell({
  kind: 'level',
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
  kind: 'level',
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
  kind: 'growing',
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
  kind: 'level',
  name: 'process.start.time.seconds',
  description: 'When the process began, in seconds since 1970.',
  unit: 's',
  read: () => [[performance.timeOrigin / 1_000]],
})
tell({
  kind: 'amount',
  name: 'process.memory.usage',
  description: 'Resident memory.',
  unit: 'By',
  read: () => [[process.memoryUsage.rss()]],
})
tell({
  kind: 'amount',
  name: 'v8js.memory.heap.used',
  description: 'Memory of the heap that is in use.',
  unit: 'By',
  read: () => [[process.memoryUsage().heapUsed]],
})

type Writer = (response: ServerResponse) => Promise<void>

/**
 * The SDK's types and its writer of Prometheus' text, loaded when somebody asks for the first time: no start waits for it.
 * Its instruments are not used: an observable one goes on telling what was observed last, also of what is not there any more.
 */
async function createWriter(): Promise<Writer> {
  const [sdk, { PrometheusSerializer }, { emptyResource }, { ValueType }] = await Promise.all([
    import('@opentelemetry/sdk-metrics'),
    import('@opentelemetry/exporter-prometheus'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/api'),
  ])
  const resource = emptyResource()
  const serializer = new PrometheusSerializer('', false, undefined, true, true)
  const forms: Forms = {
    gauge: sdk.DataPointType.GAUGE,
    sum: sdk.DataPointType.SUM,
    histogram: sdk.DataPointType.HISTOGRAM,
    aggregationTemporality: sdk.AggregationTemporality.CUMULATIVE,
    valueType: ValueType.DOUBLE,
  }
  return async (response) => {
    const read = await Promise.all(figures.map((figure) => readFigure(figure, forms)))
    const metrics = [...read.filter(({ dataPoints }) => dataPoints.length > 0), ...readHistograms(forms)]
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
    response.end(serializer.serialize({ resource, scopeMetrics: [{ scope: { name: 'myhotel' }, metrics }] }))
  }
}

async function readFigure(figure: Figure, { gauge, sum, aggregationTemporality, valueType }: Forms) {
  const { kind, name, description, unit = '', read } = figure
  // What cannot be read is left out; the other figures are told nevertheless.
  const observed = await Promise.try(read).catch((): Observations => [])
  const dataPoints = [...observed].map(([value, attributes = {}]) => ({
    ...{ value, attributes, startTime: begun, endTime: begun },
  }))
  const told = { descriptor: { name, description, unit, valueType }, aggregationTemporality, dataPoints }
  return kind === 'level'
    ? ({ ...told, dataPointType: gauge } as const)
    : ({ ...told, dataPointType: sum, isMonotonic: kind === 'growing' } as const)
}

/** No figure is told with the time at which it was read. */
const begun: [number, number] = [0, 0]

let writer: Promise<Writer> | undefined

/** Answers with all figures in Prometheus' text format. */
export async function writeMetrics(response: ServerResponse): Promise<void> {
  writer ??= createWriter()
  const write = await writer
  await write(response)
}

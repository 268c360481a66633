import type { Attributes, ValueType } from '@opentelemetry/api'
import type { AggregationTemporality, DataPointType, HistogramMetricData } from '@opentelemetry/sdk-metrics'

/** Counts how long something took, in seconds, by the values of its labels; labels have few values, known beforehand. */
export type Histogram = (seconds: number, ...values: readonly string[]) => void

type Series = { readonly attributes: Attributes; readonly counts: number[]; count: number; sum: number }

type Told = {
  readonly name: string
  readonly description: string
  readonly labels: readonly string[]
  /** Inclusive upper ends of the buckets, in seconds. */
  readonly boundaries: readonly number[]
  readonly series: Map<string, Series>
}

/** From 5 ms, which a query takes, to the longest that a client is let wait. */
export const requestBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20]

const histograms: Told[] = []
/** More combinations of values than any histogram of ours has: one that is not bounded does not fill the memory. */
const mostSeries = 1_000

/**
 * A histogram of this process. It is written by hand, and not the SDK's, so that the SDK is loaded when somebody asks for the
 * first time; a record costs a lookup and three additions.
 */
export function createHistogram(options: Omit<Told, 'series'>): Histogram {
  const { labels, boundaries } = options
  const series = new Map<string, Series>()
  histograms.push({ ...options, series })

  function begin(key: string, values: readonly string[]): Series {
    const attributes = Object.fromEntries(labels.map((label, index) => [label, values[index] ?? '']))
    const counts = new Array<number>(boundaries.length + 1).fill(0)
    const begun = { attributes, counts, count: 0, sum: 0 }
    if (series.size < mostSeries) series.set(key, begun)
    return begun
  }

  return (seconds, ...values) => {
    const key = values.join('\0')
    const one = series.get(key) ?? begin(key, values)
    const found = boundaries.findIndex((end) => seconds <= end)
    const bucket = found === -1 ? boundaries.length : found
    one.counts[bucket] = (one.counts[bucket] ?? 0) + 1
    one.count += 1
    one.sum += seconds
  }
}

/** What the SDK calls forms of data; it is loaded late. */
export type Forms = {
  readonly gauge: DataPointType.GAUGE
  readonly sum: DataPointType.SUM
  readonly histogram: DataPointType.HISTOGRAM
  readonly aggregationTemporality: AggregationTemporality
  readonly valueType: ValueType
}

/** All histograms of this process as the SDK's exporters take them. */
export function readHistograms({
  histogram,
  aggregationTemporality,
  valueType,
}: Forms): HistogramMetricData[] {
  return histograms
    .filter(({ series }) => series.size > 0)
    .map(({ name, description, boundaries, series }) => ({
      dataPointType: histogram,
      aggregationTemporality,
      descriptor: { name, description, unit: 's', valueType },
      dataPoints: [...series.values()].map(({ attributes, counts, count, sum }) => ({
        ...{ attributes, startTime: [0, 0], endTime: [0, 0] },
        value: { buckets: { boundaries: [...boundaries], counts: [...counts] }, count, sum },
      })),
    }))
}

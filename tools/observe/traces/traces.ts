import type { Span } from './otlp.ts'

/** What is known of one trace, as a list of traces tells it. */
export type Summary = {
  readonly traceId: string
  /** What its first span is called. */
  readonly name: string
  readonly startMs: number
  /** How long its first span took: what a client waited. */
  readonly durationMs: number
  /** When the last of its spans ended, after the beginning. */
  readonly doneMs: number
  readonly spans: number
  readonly services: readonly string[]
  readonly failed: boolean
}

/** Which traces are wanted. */
export type Wanted = {
  /** A part of the name of any of its spans. */
  readonly name?: string
  readonly service?: string
  /** At least so long. */
  readonly minMs?: number
  readonly failed?: boolean
}

/** Traces in memory: of at most so many spans; the oldest traces make way. */
export function createTraces(mostSpans: number) {
  const traces = new Map<string, Span[]>()
  let count = 0

  function add(spans: readonly Span[]): void {
    for (const span of spans) {
      const known = traces.get(span.traceId)
      if (known) known.push(span)
      else traces.set(span.traceId, [span])
      count += 1
    }
    for (const [traceId, kept] of traces) {
      if (count <= mostSpans) break
      traces.delete(traceId)
      count -= kept.length
    }
  }

  return {
    add,
    /** The spans of a trace, the earliest first. */
    get: (traceId: string): Span[] | undefined =>
      traces.get(traceId)?.toSorted((a, b) => a.startMs - b.startMs),
    /** The newest first. */
    find: ({ name = '', service, minMs = 0, failed = false }: Wanted, most: number): Summary[] =>
      [...traces.values()]
        .filter((spans) => spans.some((span) => span.name.includes(name)))
        .map(summarize)
        .filter((summary) => !service || summary.services.includes(service))
        .filter((summary) => summary.durationMs >= minMs && (!failed || summary.failed))
        .sort((a, b) => b.startMs - a.startMs)
        .slice(0, most),
  }
}

export type Traces = ReturnType<typeof createTraces>

function summarize(spans: readonly Span[]): Summary {
  const [earliest, ...others] = spans.toSorted((a, b) => a.startMs - b.startMs)
  if (!earliest) throw new Error('a trace has a span')
  const first = [earliest, ...others].find(({ parentSpanId }) => parentSpanId === null) ?? earliest
  return {
    ...{ traceId: first.traceId, name: first.name, startMs: first.startMs, durationMs: first.durationMs },
    doneMs: Math.max(...spans.map(({ startMs, durationMs }) => startMs + durationMs)) - first.startMs,
    spans: spans.length,
    services: [...new Set(spans.map(({ service }) => service))].sort(),
    failed: spans.some(({ failed }) => failed),
  }
}

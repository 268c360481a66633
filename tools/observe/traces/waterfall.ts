import type { Span } from './otlp.ts'

/** A span in its place below the one that caused it. */
export type Row = {
  readonly span: Span
  /** How many are above it. */
  readonly depth: number
  /** Milliseconds after the trace began. */
  readonly offsetMs: number
}

/** The spans of a trace in the order in which they are read: each above what it caused, the earlier before the later. */
export function waterfall(spans: readonly Span[]): Row[] {
  const known = new Set(spans.map(({ spanId }) => spanId))
  const below = Map.groupBy(spans, ({ parentSpanId }) =>
    parentSpanId !== null && known.has(parentSpanId) ? parentSpanId : null,
  )
  const beginMs = Math.min(...spans.map(({ startMs }) => startMs))
  const rows: Row[] = []
  function place(parent: string | null, depth: number) {
    const children = below.get(parent)?.toSorted((a, b) => a.startMs - b.startMs) ?? []
    for (const span of children) {
      rows.push({ span, depth, offsetMs: span.startMs - beginMs })
      place(span.spanId, depth + 1)
    }
  }
  place(null, 0)
  return rows
}

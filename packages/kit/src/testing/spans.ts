import { emptyResource } from '@opentelemetry/resources'
import type { Span } from '../span.ts'
import { sendSpansTo } from '../tracing.ts'

/** A span as tests compare it: where it belongs by name, not by id. */
export type SeenSpan = {
  name: string
  /** The name of the span above it, or where the trace came from; null for the first of a trace. */
  below: string | null
  links: string[]
  failed: boolean
  attributes: Readonly<Record<string, unknown>>
}

/** Keeps the spans of this process, until it is told to stop. */
export function keepSpans() {
  const spans: Span[] = []
  sendSpansTo({ resource: emptyResource(), onEnd: (span) => void spans.push(span as Span) })

  const nameOf = (spanId: string) =>
    spans.find((span) => span.spanContext().spanId === spanId)?.name ?? `elsewhere ${spanId}`

  return {
    spans,
    /** Those that have ended, in the order in which they began. */
    seen: (): SeenSpan[] =>
      [...spans]
        .sort((a, b) => Number(a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1]))
        .map(({ name, parentSpanContext, links, status, attributes }) => ({
          name,
          below: parentSpanContext ? nameOf(parentSpanContext.spanId) : null,
          links: links.map(({ context }) => nameOf(context.spanId)),
          failed: status.code === 2,
          attributes,
        })),
    stop: () => sendSpansTo(undefined),
  }
}

/** A trace context of a sampled trace, told apart by a digit. */
export const sampledTrace = (digit: number) => `00-${String(digit).repeat(32)}-${String(digit).repeat(16)}-01`

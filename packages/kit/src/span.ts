import {
  type Attributes,
  type HrTime,
  type Link,
  type SpanContext,
  SpanKind,
  type SpanStatus,
  SpanStatusCode,
} from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { toSpanContext } from './traceparent.ts'

/** Takes spans that have ended. */
export type SpanSink = {
  /** What the spans of this process are of. */
  readonly resource: Resource
  onEnd(span: ReadableSpan): void
}

/** What is known of a span when it begins. */
export type SpanOptions = {
  readonly kind?: SpanKind
  readonly attributes?: Attributes
  /** Trace contexts of spans that it has to do with, and that it is no child of. */
  readonly links?: readonly string[]
}

const scope = { name: 'myhotel' }

/**
 * One piece of work with its beginning and end, as OpenTelemetry's exporters read it. It is made for sampled traces only. The
 * SDK's own spans cost five times as much and choose their ids themselves; here a trace context is made where the request
 * comes in, whether anything is recorded or not.
 */
export class Span implements ReadableSpan {
  readonly traceparent: string
  name: string
  readonly kind: SpanKind
  readonly parentSpanContext?: SpanContext
  readonly links: Link[]
  readonly attributes: Attributes
  readonly events = []
  status: SpanStatus = { code: SpanStatusCode.UNSET }
  readonly startTime: HrTime
  endTime: HrTime = [0, 0]
  duration: HrTime = [0, 0]
  ended = false
  readonly resource: Resource
  readonly instrumentationScope = scope
  readonly droppedAttributesCount = 0
  readonly droppedEventsCount = 0
  readonly droppedLinksCount = 0
  readonly #startedAt: number
  readonly #context: SpanContext
  readonly #sink: SpanSink

  /** @param parent none where the span is the first of its trace */
  constructor(
    sink: SpanSink,
    name: string,
    traceparent: string,
    parent: string | undefined,
    { kind = SpanKind.INTERNAL, attributes, links = [] }: SpanOptions,
  ) {
    this.#sink = sink
    this.resource = sink.resource
    this.name = name
    this.kind = kind
    this.traceparent = traceparent
    this.#context = toSpanContext(traceparent)
    if (parent) this.parentSpanContext = toSpanContext(parent)
    this.links = links.map((link) => ({ context: toSpanContext(link) }))
    this.attributes = { ...attributes }
    this.#startedAt = now()
    this.startTime = toHrTime(this.#startedAt)
  }

  spanContext(): SpanContext {
    return this.#context
  }

  /** Says more of what is done. */
  set(attributes: Attributes): void {
    Object.assign(this.attributes, attributes)
  }

  /** Notes that the work failed, and by what kind of error. Its message is the log's: it may say what a user wrote. */
  fail(error: unknown): void {
    this.status = { code: SpanStatusCode.ERROR }
    this.attributes['error.type'] = kindOf(error)
  }

  end(): void {
    if (this.ended) return
    const endedAt = now()
    this.ended = true
    this.endTime = toHrTime(endedAt)
    this.duration = toHrTime(endedAt - this.#startedAt)
    this.#sink.onEnd(this)
  }
}

function kindOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown }
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'unknown'
}

/** When the process's clock was 0, in milliseconds since 1970. */
let zero = performance.timeOrigin
/** By so many milliseconds the system's time may be another than ours before it is set or slept. */
const mostDrift = 10

/** Milliseconds since 1970, with fractions: spans of one process are in order, and follow the system's time when it is set. */
function now(): number {
  const sinceZero = performance.now()
  const time = Date.now()
  if (Math.abs(zero + sinceZero - time) > mostDrift) zero = time - sinceZero
  return zero + sinceZero
}

function toHrTime(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / 1_000)
  return [seconds, Math.round((milliseconds - seconds * 1_000) * 1e6)]
}

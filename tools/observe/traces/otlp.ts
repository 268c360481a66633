import { z } from 'zod'

/** One span as it is kept. */
export type Span = {
  readonly traceId: string
  readonly spanId: string
  /** Null for the first span of a trace. */
  readonly parentSpanId: string | null
  readonly name: string
  readonly kind: (typeof kinds)[number]
  /** The program that made it. */
  readonly service: string
  /** Milliseconds since 1970, with fractions. */
  readonly startMs: number
  readonly durationMs: number
  readonly failed: boolean
  readonly attributes: Readonly<Record<string, string>>
  /** Spans that it has to do with, in this trace or others. */
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[]
}

/** In the order of OTLP's numbers. */
const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const

const failedStatus = 2

const hex = (length: number) =>
  z.stringFormat('hex', (text) => text.length === length && /^[0-9a-f]+$/.test(text))

const attributes = z
  .array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) }))
  .default([])
  .transform((all) =>
    Object.fromEntries(
      all.map(({ key, value }) => {
        const [plain] = Object.values(value)
        return [key, typeof plain === 'object' ? JSON.stringify(plain) : String(plain)]
      }),
    ),
  )

/** A point in time in nanoseconds, which a number of JSON is too small for. */
const nanoseconds = z.union([z.string(), z.number()]).transform((text) => BigInt(text))

const span = z.object({
  traceId: hex(32),
  spanId: hex(16),
  parentSpanId: z.string().default(''),
  name: z.string(),
  kind: z.int().min(0).max(5).default(0),
  startTimeUnixNano: nanoseconds,
  endTimeUnixNano: nanoseconds,
  attributes,
  links: z.array(z.object({ traceId: hex(32), spanId: hex(16) })).default([]),
  status: z.object({ code: z.int().default(0) }).default({ code: 0 }),
})

const request = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes }).default({ attributes: {} }),
      scopeSpans: z.array(z.object({ spans: z.array(span).default([]) })).default([]),
    }),
  ),
})

/**
 * The body of a request of OTLP over HTTP as JSON, `ExportTraceServiceRequest`, read:
 * https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export const exportRequest = request.transform(({ resourceSpans }) =>
  resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((each) => toSpan(resource.attributes['service.name'] ?? 'unknown', each)),
    ),
  ),
)

function toSpan(service: string, told: z.infer<typeof span>): Span {
  const { traceId, spanId, name, attributes, links } = told
  return {
    ...{ traceId, spanId, name, service, attributes, links },
    parentSpanId: told.parentSpanId || null,
    kind: kinds[told.kind] ?? 'unspecified',
    startMs: Number(told.startTimeUnixNano / 1_000n) / 1_000,
    durationMs: Number(told.endTimeUnixNano - told.startTimeUnixNano) / 1e6,
    failed: told.status.code === failedStatus,
  }
}

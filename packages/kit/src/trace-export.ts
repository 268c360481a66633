import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import type { SpanExporter } from '@opentelemetry/sdk-trace'
import type { Logger } from './logger.ts'
import type { Part } from './part.ts'
import { sendSpansTo } from './tracing.ts'

/** How long spans wait for others to be sent with, how many are sent at a time, and how many may wait; more are lost. */
const batches = { scheduledDelayMillis: 1_000, maxExportBatchSize: 512, maxQueueSize: 8_192 }
/** What a collector that is away may cost a service that stops. */
const flushWithinMs = 1_500

/** What the environment says of traces. Everything else (`OTEL_EXPORTER_OTLP_HEADERS`, …) the exporter reads itself. */
export type TraceSettings = { readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined }

/**
 * The part that sends spans of `service` to an OpenTelemetry collector, by OTLP over HTTP as JSON; none without an endpoint: then
 * no library of OpenTelemetry's is loaded and no span is made. A collector that is away costs spans, and nothing else.
 */
export function traceExport(service: string, settings: TraceSettings, log: Logger): Part[] {
  if (!settings.OTEL_EXPORTER_OTLP_ENDPOINT) return []
  let shutdown: (() => Promise<void>) | undefined
  return [
    {
      name: 'traces',
      optional: true,
      async start() {
        const [{ BatchSpanProcessor }, { OTLPTraceExporter }, resources] = await Promise.all([
          import('@opentelemetry/sdk-trace'),
          import('@opentelemetry/exporter-trace-otlp-http'),
          import('@opentelemetry/resources'),
        ])
        const exporter = telling(new OTLPTraceExporter(), log)
        const processor = new BatchSpanProcessor({ exporter, ...batches })
        const { detectResources, envDetector, resourceFromAttributes } = resources
        const instance = `${hostname()}-${process.pid}`
        const own = resourceFromAttributes({ 'service.name': service, 'service.instance.id': instance })
        // What an operator says of a process (OTEL_RESOURCE_ATTRIBUTES) comes before what it says of itself.
        const resource = own.merge(detectResources({ detectors: [envDetector] }))
        sendSpansTo({ resource, onEnd: (span) => processor.onEnd(span) })
        shutdown = () => processor.shutdown()
      },
      async stop() {
        sendSpansTo(undefined)
        const late = delay(flushWithinMs, undefined, { ref: false })
        await Promise.race([shutdown?.().catch(() => undefined), late])
      },
    },
  ]
}

type ExportResult = Parameters<Parameters<SpanExporter['export']>[1]>[0]

/** An exporter that says once when spans no longer arrive, and once when they do again. */
function telling(exporter: SpanExporter, log: Logger): SpanExporter {
  let lost = 0
  const tell = ({ code, error }: ExportResult, spans: number) => {
    if (code === 0) {
      if (lost > 0) log.info({ lost }, 'spans arrive again')
      lost = 0
    } else {
      if (lost === 0)
        log.warn({ err: error }, 'spans do not arrive (OTEL_EXPORTER_OTLP_ENDPOINT) and are lost')
      lost += spans
    }
  }
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        tell(result, spans.length)
        done(result)
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  }
}

import { randomFillSync } from 'node:crypto'
import type { SpanContext } from '@opentelemetry/api'

// W3C trace context: `00-<trace id>-<span id>-<flags>`.
const accepted = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/

/** The trace context of a header if it is well formed. */
export const traceparentOf = (header: string | undefined): string | undefined =>
  header && accepted.test(header) ? header : undefined

/** The id of a trace context's trace. */
export const traceIdOf = (traceparent: string): string => traceparent.slice(3, 35)

/** Whether spans of this trace are recorded. */
export const isSampled = (traceparent: string): boolean =>
  (Number.parseInt(traceparent.slice(53), 16) & 1) === 1

/** The same trace context, of which nothing is recorded. */
export const unsampled = (traceparent: string): string => `${traceparent.slice(0, 53)}00`

/** A trace context as OpenTelemetry has it. */
export const toSpanContext = (traceparent: string): SpanContext => ({
  traceId: traceIdOf(traceparent),
  spanId: traceparent.slice(36, 52),
  traceFlags: isSampled(traceparent) ? 1 : 0,
})

/** Randomness is asked for seldom and much at a time: it costs as much for one request as for hundreds. */
const random = Buffer.alloc(24 * 256)
let spent = random.length

/** So many random bytes, as text; where they begin in `random` is told before they are spent. */
function draw(bytes: number): { text: string; at: number } {
  if (spent + bytes > random.length) {
    randomFillSync(random)
    spent = 0
  }
  const at = spent
  spent += bytes
  return { text: random.toString('hex', at, at + bytes), at }
}

/** The context of a new trace; `sampleRatio` is the share of them that is sampled, 0 to 1. */
export function newTraceparent(sampleRatio: number): string {
  const { text, at } = draw(24)
  // The last bytes of the trace id decide, as other tracers decide by a ratio: all come to the same result.
  const isOne = random.readUInt32BE(at + 12) < sampleRatio * 2 ** 32
  return `00-${text.slice(0, 32)}-${text.slice(32)}-${isOne ? '01' : '00'}`
}

/** The context of a new span in the trace of another one. */
export const childOf = (traceparent: string): string =>
  `${traceparent.slice(0, 36)}${draw(8).text}${traceparent.slice(52)}`

import { AsyncLocalStorage } from 'node:async_hooks'
import { randomFillSync } from 'node:crypto'

/** What ties a request to all that it causes: events, calls to other services, log lines. */
export type Correlation = {
  /** Goes from the request through every event and log line. */
  readonly correlationId: string
  /** W3C trace context: of our own caller, or made here. */
  readonly traceparent: string
}

const current = new AsyncLocalStorage<Correlation>()

/** Runs `work` so that everything it causes bears this correlation. */
export function correlated<Result>(correlation: Correlation, work: () => Result): Result {
  return current.run(correlation, work)
}

/** The correlation of what is being done now; a new one for work that nobody asked for. */
export function correlation(): Correlation {
  return current.getStore() ?? newCorrelation()
}

/** The correlation that is under way, if any. */
export function correlationUnderWay(): Correlation | undefined {
  return current.getStore()
}

const acceptedId = /^[\w.:-]{1,128}$/
const acceptedTraceparent = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/

/** The trace context of a header if it is well formed. */
export const traceparentOf = (header: string | undefined): string | undefined =>
  header && acceptedTraceparent.test(header) ? header : undefined

/**
 * Takes over a caller's correlation where it is well formed, else makes a new one. `traceparent` must come from a caller who
 * is trusted. `sampleRatio` is the share of new traces that are sampled, 0 to 1.
 */
export function newCorrelation(correlationId?: string, traceparent?: string, sampleRatio = 1): Correlation {
  const trace = traceparentOf(traceparent) ?? newTraceparent(sampleRatio)
  const id = correlationId && acceptedId.test(correlationId) ? correlationId : trace.slice(3, 35)
  return { correlationId: id, traceparent: trace }
}

/** Randomness is asked for seldom and much at a time: it costs as much for one request as for hundreds. */
const random = Buffer.alloc(24 * 256)
let spent = random.length

function newTraceparent(sampleRatio: number): string {
  if (spent === random.length) {
    randomFillSync(random)
    spent = 0
  }
  const bytes = random.toString('hex', spent, spent + 24)
  // The last bytes of the trace id decide, as other tracers decide by a ratio: all come to the same result.
  const isSampled = random.readUInt32BE(spent + 12) < sampleRatio * 2 ** 32
  spent += 24
  return `00-${bytes.slice(0, 32)}-${bytes.slice(32)}-${isSampled ? '01' : '00'}`
}

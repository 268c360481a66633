import { AsyncLocalStorage } from 'node:async_hooks'
import type { Span } from './span.ts'
import { newTraceparent, traceIdOf, traceparentOf } from './traceparent.ts'

/** What ties a request to all that it causes: events, calls to other services, log lines. */
export type Correlation = {
  /** Goes from the request through every event and log line. */
  readonly correlationId: string
  /** W3C trace context: of our own caller, or made here; of the span that is under way where it is recorded. */
  readonly traceparent: string
  /** That span, if it is recorded here. */
  readonly span?: Span
}

const current = new AsyncLocalStorage<Correlation>()

/** Runs `work` so that everything it causes bears this correlation. */
export function correlated<Result, Given extends unknown[]>(
  correlation: Correlation,
  work: (...given: Given) => Result,
  ...given: Given
): Result {
  return current.run(correlation, work, ...given)
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

/**
 * Takes over a caller's correlation where it is well formed, else makes a new one. `traceparent` must come from a caller who
 * is trusted. `sampleRatio` is the share of new traces that are sampled, 0 to 1: none but those that the router begins.
 */
export function newCorrelation(correlationId?: string, traceparent?: string, sampleRatio = 0): Correlation {
  const trace = traceparentOf(traceparent) ?? newTraceparent(sampleRatio)
  const id = correlationId && acceptedId.test(correlationId) ? correlationId : traceIdOf(trace)
  return { correlationId: id, traceparent: trace }
}

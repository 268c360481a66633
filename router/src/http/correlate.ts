import type { IncomingMessage } from 'node:http'
import { type Correlation, newCorrelation } from '@myhotel/kit/context'
import { header } from '@myhotel/kit/http'
import { traceparentOf } from '@myhotel/kit/traceparent'
import type { Proxies } from './proxies.ts'

/** The correlation id and trace context that a request gets. */
export type Correlate = (request: IncomingMessage) => Correlation

/**
 * A client may choose the correlation id, if it is well formed. Each request starts a trace of its own: a client that could
 * choose the trace could put its requests into the traces of others and decide how much is recorded.
 */
export function createCorrelate(options: {
  proxies: Proxies
  /** Whether the trace context of a trusted proxy is continued. */
  trustTraceparent: boolean
  /** The share of new traces that are sampled. */
  sampleRatio: number
}): Correlate {
  const { proxies, trustTraceparent, sampleRatio } = options
  return (request) => {
    const isTrusted = trustTraceparent && proxies.isTrusted(request)
    const traceparent = isTrusted ? header(request, 'traceparent') : undefined
    return newCorrelation(header(request, 'x-correlation-id'), traceparent, sampleRatio)
  }
}

/** Whether the trace of a request was begun by who sent it: a proxy that is trusted. */
export const isContinued = (request: IncomingMessage, { traceparent }: Correlation): boolean =>
  header(request, 'traceparent') === traceparent

/** The trace context that a client sent and that was not continued, for the log. */
export function clientTraceOf(request: IncomingMessage, correlation: Correlation): string | undefined {
  return isContinued(request, correlation) ? undefined : traceparentOf(header(request, 'traceparent'))
}

import type { Delivery, Envelope, Verdict } from './envelope.ts'
import { unsampled } from './traceparent.ts'
import { SpanKind, traced } from './tracing.ts'

/** After so long an event's trace is over: who reads years of them, or reads them again, adds nothing to it. */
const traceOverAfterMs = 24 * 3_600_000

const describe = ({ context, id }: Envelope) => ({
  'messaging.system': 'nats',
  'messaging.destination.name': context,
  'messaging.message.id': id,
})

/** Publishes an event as a span of the trace that it belongs to; whoever consumes it goes on from there. */
export function tracedPublish(event: Envelope, publish: (event: Envelope) => Promise<void>): Promise<void> {
  const attributes = { ...describe(event), 'messaging.operation.type': 'send' }
  const options = { under: event, kind: SpanKind.PRODUCER, attributes }
  return traced(`publish ${event.type}`, options, (span) => {
    if (!span) return publish(event)
    // How long it lay in the outbox.
    span.set({ 'myhotel.outbox.wait_ms': Date.now() - Date.parse(event.time) })
    return publish({ ...event, traceparent: span.traceparent })
  })
}

/**
 * Hands an event to a consumer, as a span of the event's own trace that is linked to its publication, as every consumer's is: what is
 * handled together has many causes.
 */
export function tracedDelivery(
  consumer: string,
  delivery: Delivery,
  handle: (delivery: Delivery) => Promise<Verdict>,
): Promise<Verdict> {
  const { envelope, attempt } = delivery
  if (!envelope) return handle(delivery)
  const { traceparent } = envelope
  if (Date.now() - Date.parse(envelope.time) > traceOverAfterMs) {
    return handle({ ...delivery, envelope: { ...envelope, traceparent: unsampled(traceparent) } })
  }
  const attributes = {
    ...describe(envelope),
    'messaging.operation.type': 'process',
    'messaging.consumer.group.name': consumer,
    'myhotel.delivery.attempt': attempt,
  }
  const options = { under: envelope, kind: SpanKind.CONSUMER, attributes, links: [traceparent] }
  return traced(`process ${envelope.type}`, options, async (span) => {
    if (!span) return handle(delivery)
    const verdict = await handle({ ...delivery, envelope: { ...envelope, traceparent: span.traceparent } })
    const isAskedAgain = typeof verdict === 'object'
    span.set({ 'myhotel.delivery.verdict': isAskedAgain ? 'again' : verdict })
    return verdict
  })
}

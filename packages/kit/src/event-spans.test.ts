import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Delivery, Envelope, Verdict } from './envelope.ts'
import { tracedDelivery, tracedPublish } from './event-spans.ts'
import { keepSpans, sampledTrace } from './testing/spans.ts'
import { isSampled, traceIdOf } from './traceparent.ts'

let kept: ReturnType<typeof keepSpans>
beforeEach(() => {
  kept = keepSpans()
})
afterEach(() => kept.stop())

const event = (change: Partial<Envelope> = {}): Envelope => ({
  ...{
    id: 'book.1:1',
    context: 'book',
    aggregateId: '1',
    version: 1,
    type: 'Booked',
    schemaVersion: 1,
    data: {},
  },
  ...{ time: new Date().toISOString(), correlationId: 'c', traceparent: sampledTrace(1) },
  ...change,
})
const deliveryOf = (envelope: Envelope | null): Delivery => ({
  ...{ envelope, subject: 'book.1', body: '{}', attempt: 2, sequence: 1, pending: 0 },
})

/** What a consumer is given of an event, and the spans of that. */
async function deliver(envelope: Envelope | null, verdict: Verdict = 'done') {
  let given: Envelope | null | undefined
  const answer = await tracedDelivery('notification', deliveryOf(envelope), async (delivery) => {
    given = delivery.envelope
    return verdict
  })
  expect(answer).toBe(verdict)
  return given
}

it('goes on from the publication, with a link to it', async () => {
  let sent: Envelope | undefined
  await tracedPublish(event(), async (published) => {
    sent = published
  })
  const given = await deliver(sent ?? null)
  const [publish, process] = kept.seen()
  expect(publish).toMatchObject({ name: 'publish Booked', below: `elsewhere ${'1'.repeat(16)}` })
  expect(publish?.attributes['myhotel.outbox.wait_ms']).toBeGreaterThanOrEqual(0)
  expect(process).toMatchObject({
    name: 'process Booked',
    below: 'publish Booked',
    links: ['publish Booked'],
  })
  expect(process?.attributes).toMatchObject({
    'messaging.consumer.group.name': 'notification',
    'messaging.message.id': 'book.1:1',
    'myhotel.delivery.attempt': 2,
    'myhotel.delivery.verdict': 'done',
  })
  // What the consumer causes is below what it does.
  expect(given?.traceparent).toBe(kept.spans.at(-1)?.traceparent)
})

it('says where an event is wanted again', async () => {
  await deliver(event(), { retryAfterMs: 250 })
  expect(kept.seen()[0]?.attributes['myhotel.delivery.verdict']).toBe('again')
})

it('adds nothing to a trace of days ago, nor does what follows', async () => {
  const old = event({ time: new Date(Date.now() - 25 * 3_600_000).toISOString() })
  const given = await deliver(old)
  expect(kept.seen()).toEqual([])
  expect(isSampled(given?.traceparent ?? '')).toBe(false)
  expect(traceIdOf(given?.traceparent ?? '')).toBe(traceIdOf(old.traceparent))
})

it('leaves alone what is not sampled, or no event', async () => {
  const unsampled = event({ traceparent: `${sampledTrace(1).slice(0, -1)}0` })
  expect(await deliver(unsampled)).toBe(unsampled)
  expect(await deliver(null)).toBeNull()
  await tracedPublish(unsampled, async (published) => expect(published).toBe(unsampled))
  expect(kept.seen()).toEqual([])
})

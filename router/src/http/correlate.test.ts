import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { answer } from '@myhotel/kit/http'
import { eventually } from '@myhotel/kit/testing'
import { keepSpans } from '@myhotel/kit/testing/spans'
import { afterEach, expect, test } from 'vitest'
import { createCleanup, startRouter } from '../testing.ts'

const cleanup = createCleanup()
afterEach(() => cleanup.run())

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`

/** What a subgraph is sent, and what the router logs, when a client sends these headers. */
async function send(headers: Record<string, string>, env: NodeJS.ProcessEnv = {}) {
  const heard: IncomingHttpHeaders[] = []
  const router = await startRouter(
    cleanup,
    {
      spy: {
        schema: 'type Query { spy: String }',
        listener(request, response) {
          heard.push(request.headers)
          answer(response, 200, { data: { spy: 'seen' } })
        },
      },
    },
    env,
  )
  const { headers: answered } = await router.ask('{ spy }', { headers })
  const line = await eventually(() => router.lines.find(({ msg }) => msg === 'request'))
  return { sent: heard[0] ?? {}, line, answered }
}

test('a well-formed correlation id of a client’s is kept', async () => {
  const id = randomUUID()
  const { sent, answered } = await send({ 'x-correlation-id': id })
  expect([sent['x-correlation-id'], answered.get('x-correlation-id')]).toEqual([id, id])
})

test('a client’s trace is not continued: it is logged, and the request starts a trace of its own', async () => {
  const sampled = { TRACE_SAMPLE_RATIO: '1' }
  const { sent, line } = await send({ traceparent, tracestate: 'a=b', baggage: 'c=d' }, sampled)
  expect(sent.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
  expect(sent.traceparent).not.toContain(traceId)
  expect([sent.tracestate, sent.baggage]).toEqual([undefined, undefined])
  expect(line.clientTraceparent).toBe(traceparent)
})

test('what is no trace context is not even logged', async () => {
  expect((await send({ traceparent: 'nonsense' })).line).not.toHaveProperty('clientTraceparent')
})

test('whether a trace is sampled is decided here', async () => {
  const { sent } = await send({ traceparent }, { TRACE_SAMPLE_RATIO: '0' })
  expect(sent.traceparent).toMatch(/-00$/)
})

test.each<[string, NodeJS.ProcessEnv, boolean]>([
  ['is continued where told', { TRUST_PROXY: '127.0.0.1', TRUST_TRACEPARENT: 'true' }, true],
  ['is not continued unless told', { TRUST_PROXY: '127.0.0.1' }, false],
  ['is not continued if it is none', { TRUST_PROXY: '10.0.0.0/8', TRUST_TRACEPARENT: 'true' }, false],
])('the trace of a trusted proxy %s', async (_, env, isContinued) => {
  const { sent, line } = await send({ traceparent }, env)
  expect(sent.traceparent === traceparent).toBe(isContinued)
  expect('clientTraceparent' in line).toBe(!isContinued)
})

test('a request is a span, and each fetch one below it', async () => {
  const kept = keepSpans()
  cleanup.add(kept.stop)
  const { sent } = await send({ traceparent }, { TRACE_SAMPLE_RATIO: '1' })
  const seen = await eventually(() => (kept.seen().length === 3 ? kept.seen() : null))
  expect(seen).toMatchObject([
    { name: 'query spy', below: null, failed: false, attributes: { 'http.response.status_code': 200 } },
    { name: 'plan', below: 'query spy' },
    { name: 'fetch spy', below: 'query spy', attributes: { 'server.address': 'spy' } },
  ])
  const fetch = kept.spans.find(({ name }) => name === 'fetch spy')
  expect(sent.traceparent).toBe(fetch?.traceparent)
})

test('the trace of a trusted proxy goes on below its span, which decides whether anything is recorded', async () => {
  const kept = keepSpans()
  cleanup.add(kept.stop)
  const env = { TRUST_PROXY: '127.0.0.1', TRUST_TRACEPARENT: 'true', TRACE_SAMPLE_RATIO: '0' }
  await send({ traceparent: traceparent.replace(/1$/, '0') }, { ...env, TRACE_SAMPLE_RATIO: '1' })
  expect(kept.seen()).toEqual([])
  await send({ traceparent }, env)
  const [first] = await eventually(() => (kept.seen().length === 3 ? kept.seen() : null))
  expect(first).toMatchObject({ name: 'query spy', below: 'elsewhere 00f067aa0ba902b7' })
})

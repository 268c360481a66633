import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it, vi } from 'vitest'
import { correlated } from './context.ts'
import { sampledTrace } from './testing/spans.ts'
import { createTestLog, eventually } from './testing.ts'
import { traceExport } from './trace-export.ts'
import { SpanKind, traced } from './tracing.ts'

const servers: Server[] = []
afterEach(async () => {
  vi.unstubAllEnvs()
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

/** A collector that keeps what it is sent, and answers so. */
async function collector(answer: () => number) {
  const bodies: { path: string | undefined; type: string | undefined; body: string }[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    bodies.push({ path: request.url, type: request.headers['content-type'], body })
    response.writeHead(answer(), { 'content-type': 'application/json' }).end('{}')
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { bodies, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

async function exporting(endpoint: string | undefined) {
  // The exporter reads its environment itself, as every program with OpenTelemetry does.
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', endpoint)
  vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'k8s.pod.name=book-1')
  const { log, lines } = createTestLog()
  const parts = traceExport('book', { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, log)
  for (const part of parts) await part.start?.({ check: async () => ({ ready: true, parts: {} }) })
  return { parts, lines, stop: () => Promise.all(parts.map((part) => part.stop?.())) }
}

const work = (name: string) =>
  correlated({ correlationId: 'c', traceparent: sampledTrace(1) }, () =>
    traced(name, { kind: SpanKind.SERVER, attributes: { size: 3 } }, () => undefined),
  )

it('sends spans to a collector, the last ones when the service stops', async () => {
  const { bodies, endpoint } = await collector(() => 200)
  const { stop } = await exporting(endpoint)
  work('mutation bookRoom')
  await stop()
  work('after the end')
  expect(bodies.map(({ path, type }) => [path, type])).toEqual([['/v1/traces', 'application/json']])
  const [sent] = JSON.parse(bodies[0]?.body ?? '').resourceSpans
  expect(sent.resource.attributes).toEqual(
    expect.arrayContaining([
      { key: 'service.name', value: { stringValue: 'book' } },
      { key: 'k8s.pod.name', value: { stringValue: 'book-1' } },
    ]),
  )
  expect(sent.scopeSpans[0].spans).toMatchObject([
    {
      ...{ traceId: '1'.repeat(32), parentSpanId: '1'.repeat(16), name: 'mutation bookRoom', kind: 2 },
      attributes: [{ key: 'size', value: { intValue: 3 } }],
    },
  ])
})

it('says once that spans are lost, and once that they arrive again', async () => {
  let status = 400
  const { bodies, endpoint } = await collector(() => status)
  const { lines, stop } = await exporting(endpoint)
  for (const time of [1, 2]) {
    work('lost')
    await eventually(() => bodies.length === time)
  }
  status = 200
  work('arrives')
  await eventually(() => lines.some(({ msg }) => msg === 'spans arrive again'))
  await stop()
  expect(lines.map(({ msg, lost }) => [msg, lost])).toEqual([
    ['spans do not arrive (OTEL_EXPORTER_OTLP_ENDPOINT) and are lost', undefined],
    ['spans arrive again', 2],
  ])
})

it('is no part of a service without an endpoint', async () => {
  expect((await exporting(undefined)).parts).toEqual([])
})

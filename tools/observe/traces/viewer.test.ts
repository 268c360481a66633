import { tmpdir } from 'node:os'
import { startProcess, type TestProcess } from '@myhotel/kit/testing/process'
import { afterAll, beforeAll, expect, it } from 'vitest'

let viewer: TestProcess
beforeAll(async () => {
  viewer = await startProcess('tools/observe/traces/main.ts', { DATA_DIR: tmpdir() })
})
afterAll(() => viewer?.stop())

const traceId = 'ab'.repeat(16)
const post = (body: unknown) =>
  fetch(`${viewer.url}/v1/traces`, { method: 'POST', body: JSON.stringify(body) })
const get = async (path: string) => {
  const response = await fetch(viewer.url + path)
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() }
}

it('takes spans by OTLP and shows them', async () => {
  const now = BigInt(Date.now()) * 1_000_000n
  const span = {
    ...{ traceId, spanId: 'cd'.repeat(8), name: 'mutation bookRoom', kind: 2 },
    ...{ startTimeUnixNano: String(now), endTimeUnixNano: String(now + 12_300_000n) },
    attributes: [{ key: 'graphql.operation.name', value: { stringValue: '<i>' } }],
  }
  const taken = await post({ resourceSpans: [{ resource: {}, scopeSpans: [{ spans: [span] }] }] })
  expect([taken.status, await taken.json()]).toEqual([200, {}])

  expect((await get('/')).text).toContain('12.3 ms')
  expect((await get('/?name=bookRoom&service=unknown&minMs=12&failed=')).text).toContain('mutation bookRoom')
  expect((await get('/?failed=true')).text).not.toContain('mutation bookRoom')
  expect(JSON.parse((await get('/traces.json')).text)).toMatchObject([{ traceId, spans: 1 }])
  expect(JSON.parse((await get(`/traces/${traceId}/spans.json`)).text)).toMatchObject([{ name: span.name }])
  const page = await get(`/traces/${traceId}`)
  expect(page.text).toContain('&lt;i&gt;')
  expect(page.text).not.toContain('<i>')
  expect(await get(`/traces/${traceId}/picture.svg`)).toMatchObject({ status: 200, type: 'image/svg+xml' })
})

it('refuses what is no OTLP, and knows no trace that it was not told of', async () => {
  expect((await post({ resourceSpans: 'all' })).status).toBe(400)
  expect((await get('/?minMs=long')).status).toBe(400)
  expect((await get(`/traces/${'0'.repeat(32)}`)).status).toBe(404)
})

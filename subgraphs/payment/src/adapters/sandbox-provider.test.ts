import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startProcess, type TestProcess } from '@myhotel/kit/testing/process'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { aCharge } from '../testing/examples.ts'
import { providerContract } from '../testing/provider-contract.ts'
import { sandboxProvider } from './sandbox-provider.ts'

let dataDir: string
let sandbox: TestProcess
const opened: { release(): Promise<void> }[] = []

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'payment-provider-'))
  sandbox = await startProcess('tools/sandbox/payment-provider/main.ts', { DATA_DIR: dataDir })
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map(({ release }) => release()))
})
afterAll(async () => {
  await sandbox?.stop()
  await rm(dataDir, { recursive: true })
})

function open(url: string) {
  const adapter = sandboxProvider({ url, withinMs: 60_000, connections: 4 })
  opened.push(adapter)
  return adapter.provider
}

const control = (faults: object) =>
  fetch(`${sandbox.url}/control`, { method: 'PUT', body: JSON.stringify(faults) })

type Listed = { key: string; amount: number; currency: string }

providerContract('The sandbox', async () => {
  const list = async (kind: string) => (await (await fetch(`${sandbox.url}/v1/${kind}`)).json()) as Listed[]
  // The process outlives a test: a test is told of what came after it began.
  const before = { captures: (await list('captures')).length, refunds: (await list('refunds')).length }
  return {
    provider: open(sandbox.url),
    loseAnswers: async (lose) => void (await control({ loseAnswers: lose })),
    fail: async (fail) => void (await control({ failRate: fail ? 1 : 0 })),
    captured: async () =>
      (await list('captures'))
        .slice(before.captures)
        .map(({ key, amount, currency }) => ({ key, amount, currency })),
    refunded: async () =>
      (await list('refunds')).slice(before.refunds).map(({ key, amount }) => ({ key, amount })),
  }
})

test('the provider keeps whose booking it is', async () => {
  const asked = aCharge()
  await open(sandbox.url).charge(asked, 60_000)
  const kept = await (await fetch(`${sandbox.url}/v1/payments?key=${asked.key}`)).json()
  expect(kept).toMatchObject({ metadata: { attemptId: asked.key, ...asked.reference } })
})

test('an answer that takes too long leaves the outcome unknown', async () => {
  await control({ hold: 'answer', operations: ['pay'] })
  const asked = aCharge()
  const provider = open(sandbox.url)
  expect(await provider.charge(asked, 3_000)).toMatchObject({ outcome: 'unknown' })
  await control({})
  expect(await provider.find(asked)).toMatchObject({ outcome: 'captured' })
})

test('where nobody listens, nothing was taken in', async () => {
  const nobody = open('http://127.0.0.1:1')
  expect(await nobody.charge(aCharge(), 60_000)).toMatchObject({ outcome: 'not taken in' })
  expect(await nobody.find(aCharge())).toMatchObject({ outcome: 'not taken in' })
})

const succeeded = { status: 'succeeded', id: 'pay_1' }
const missing = { error: { code: 'resource_missing', message: 'none' } }

test.each<[string, number, string, Record<string, string>]>([
  ['a page', 200, '<html></html>', { 'content-type': 'text/html' }],
  ['half of its JSON', 200, '{"status":"succ', {}],
  ['null', 200, 'null', {}],
  ['a list', 200, JSON.stringify([succeeded]), {}],
  ['a status that is unknown', 200, JSON.stringify({ ...succeeded, status: 'maybe' }), {}],
  ['no id', 200, JSON.stringify({ status: 'succeeded' }), {}],
  ['an id that is a number', 200, JSON.stringify({ status: 'succeeded', id: 7 }), {}],
  ['a way elsewhere', 302, JSON.stringify(succeeded), { location: '/' }],
  ['somebody else’s 404', 404, '{}', {}],
  [
    'somebody else’s 404 with a reason',
    404,
    JSON.stringify({ error: { code: 'no_route', message: 'x' } }),
    {},
  ],
  ['an error with no code', 400, '{"error":{}}', {}],
  ['nothing', 204, '', {}],
])('%s tells nothing of a payment', async (_, status, body, headers) => {
  const server = createServer((_request, response) => void response.writeHead(status, headers).end(body))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const provider = open(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const asked = aCharge()
  const outcomes = await Promise.all([provider.find(asked), provider.close(asked)])
  expect(outcomes).toMatchObject([{ outcome: 'unknown' }, { outcome: 'unknown' }])
  server.close()
})

test('that a payment is not there is believed of the provider alone', async () => {
  const server = createServer((_, response) => void response.writeHead(404).end(JSON.stringify(missing)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const provider = open(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  expect(await provider.find(aCharge())).toEqual({ outcome: 'none' })
  server.close()
})

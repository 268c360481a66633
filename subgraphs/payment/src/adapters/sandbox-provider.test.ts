import { mkdtemp, rm } from 'node:fs/promises'
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
  const adapter = sandboxProvider({ url, withinMs: 2_000, connections: 4 })
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
  await open(sandbox.url).charge(asked, 2_000)
  const kept = await (await fetch(`${sandbox.url}/v1/payments?key=${asked.key}`)).json()
  expect(kept).toMatchObject({ metadata: { attemptId: asked.key, ...asked.reference } })
})

test('an answer that takes too long leaves the outcome unknown', async () => {
  await control({ answerDelayMs: 400, operations: ['pay'] })
  const asked = aCharge()
  const provider = open(sandbox.url)
  expect(await provider.charge(asked, 100)).toMatchObject({ outcome: 'unknown' })
  await control({})
  expect(await provider.find(asked)).toMatchObject({ outcome: 'captured' })
})

test('where nobody listens, nothing was taken in', async () => {
  const nobody = open('http://127.0.0.1:1')
  expect(await nobody.charge(aCharge(), 2_000)).toMatchObject({ outcome: 'not taken in' })
  expect(await nobody.find(aCharge())).toMatchObject({ outcome: 'not taken in' })
})

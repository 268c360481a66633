import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startProcess, type TestProcess } from '@myhotel/kit/testing/process'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

let dataDir: string
let provider: TestProcess

const start = () => startProcess('tools/sandbox/payment-provider/main.ts', { DATA_DIR: dataDir })

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'payment-provider-'))
  provider = await start()
})
afterEach(async () => {
  await provider.stop()
  await rm(dataDir, { recursive: true })
})

type Wire = {
  id: string
  key: string
  refunded: number
  delayMs: number
  error: { code: string; message: string }
}

async function call<Body = Wire>(method: string, path: string, body?: unknown, key?: string) {
  const response = await fetch(provider.url + path, {
    method,
    headers: { 'content-type': 'application/json', ...(key && { 'idempotency-key': key }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as Body }
}
const request = { amount: 12_300, currency: 'EUR', method: 'pm_card_visa', metadata: { bookingId: 'b1' } }
const pay = (key: string, changes = {}) => call('POST', '/v1/payments', { ...request, ...changes }, key)

describe('paying', () => {
  test('captures the amount and can be found by key and by id', async () => {
    const paid = await pay('k1')
    expect(paid).toMatchObject({ status: 200, body: { status: 'succeeded', amount: 12_300, refunded: 0 } })
    expect(await call('GET', '/v1/payments?key=k1')).toEqual(paid)
    expect(await call('GET', `/v1/payments/${paid.body.id}`)).toEqual(paid)
    expect(await call('GET', '/v1/captures')).toEqual({
      status: 200,
      body: [expect.objectContaining({ key: 'k1' })],
    })
  })

  test.each([
    ['pm_card_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_chargeDeclinedLostCard', 'card_declined', 'lost_card'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card'],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', 'incorrect_cvc'],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error', 'processing_error'],
  ])('%s is declined, is not captured, and can be found', async (method, code, declineCode) => {
    const error = { code, decline_code: declineCode }
    expect(await pay('k1', { method })).toMatchObject({ status: 402, body: { error } })
    expect(await call('GET', '/v1/payments?key=k1')).toMatchObject({
      status: 200,
      body: { status: 'declined', error },
    })
    expect((await call('GET', '/v1/captures')).body).toEqual([])
  })

  test('other brands pay, unknown tokens are refused, what does not fit is named', async () => {
    expect((await pay('k1', { method: 'pm_card_amex' })).status).toBe(200)
    expect(await pay('k2', { method: 'pm_card_nobody' })).toMatchObject({
      status: 400,
      body: { error: { code: 'resource_missing' } },
    })
    expect((await call('GET', '/v1/payments?key=k2')).status).toBe(404)
    expect((await pay('k3', { amount: 1.5 })).body.error.message).toContain('amount')
    expect((await call('POST', '/v1/payments', request)).status).toBe(400)
  })

  test('a key gives one payment, also when used concurrently, and is refused for another request', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => pay('k1')))
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    const reordered = { metadata: request.metadata, method: 'pm_card_visa', currency: 'EUR', amount: 12_300 }
    expect((await call('POST', '/v1/payments', reordered, 'k1')).body.id).toBe(answers[0]?.body.id)
    expect(await pay('k1', { amount: 1 })).toMatchObject({
      status: 409,
      body: { error: { code: 'idempotency_error' } },
    })
    expect((await call('GET', '/v1/captures')).body).toHaveLength(1)
  })
})

describe('closing a key', () => {
  const close = (key: string) => call('DELETE', `/v1/payments?key=${key}`)

  test('refuses a payment that comes late, also after a restart', async () => {
    expect(await close('k1')).toMatchObject({ status: 200, body: { status: 'closed' } })
    await provider.stop('SIGKILL')
    provider = await start()
    expect(await pay('k1')).toMatchObject({ status: 409, body: { error: { code: 'key_closed' } } })
    expect(await close('k1')).toEqual(await call('GET', '/v1/payments?key=k1'))
    expect((await call('GET', '/v1/captures')).body).toEqual([])
  })

  test('comes too late for a payment that was made: it is told', async () => {
    const paid = await pay('k1')
    expect(await close('k1')).toEqual(paid)
    expect(await pay('k1')).toEqual(paid)
  })
})

describe('refunding', () => {
  test('gives back once a key, never more than was paid', async () => {
    const { body: payment } = await pay('k1')
    const refund = (key: string, amount: number) =>
      call('POST', `/v1/payments/${payment.id}/refunds`, { amount }, key)
    const answers = await Promise.all([refund('r1', 10_000), refund('r1', 10_000)])
    expect(answers[0]).toMatchObject({ status: 200, body: { amount: 10_000, metadata: { bookingId: 'b1' } } })
    expect(answers[1]).toEqual(answers[0])
    expect(await refund('r1', 1)).toMatchObject({ status: 409 })
    expect(await refund('k1', 1)).toMatchObject({ status: 409 })
    expect((await refund('r2', 5_000)).body.error.code).toBe('amount_too_large')
    expect((await refund('r3', 2_300)).status).toBe(200)
    expect((await refund('r4', 1)).body.error.code).toBe('charge_already_refunded')
    expect((await call('GET', `/v1/payments/${payment.id}`)).body.refunded).toBe(12_300)
    expect((await call<Wire[]>('GET', '/v1/refunds')).body.map(({ key }) => key)).toEqual(['r1', 'r3'])
  })

  test('a declined or unknown payment has nothing to give back', async () => {
    await pay('k1', { method: 'pm_card_chargeDeclined' })
    const { body: declined } = await call('GET', '/v1/payments?key=k1')
    for (const id of [declined.id, 'pay_unknown'])
      expect((await call('POST', `/v1/payments/${id}/refunds`, { amount: 1 }, `r-${id}`)).status).toBe(404)
  })
})

test('kill -9 loses nothing that was answered; a torn last line is dropped', async () => {
  const { body: payment } = await pay('k1')
  const refunded = await call('POST', `/v1/payments/${payment.id}/refunds`, { amount: 300 }, 'r1')
  await Promise.all(Array.from({ length: 50 }, (_, i) => pay(`many-${i}`)))
  await provider.stop('SIGKILL')
  await appendFile(join(dataDir, 'ledger.jsonl'), '{"fingerprint":"half a li')

  provider = await start()
  expect((await pay('k1')).body).toEqual({ ...payment, refunded: 300 })
  expect(await call('POST', `/v1/payments/${payment.id}/refunds`, { amount: 300 }, 'r1')).toEqual(refunded)
  expect((await pay('after')).status).toBe(200)
  expect((await call('GET', '/v1/captures')).body).toHaveLength(52)

  expect(await provider.stop()).toBe(0)
  provider = await start()
  expect((await call('GET', '/v1/captures')).body).toHaveLength(52)
})

describe('faults', () => {
  test('failing calls do nothing', async () => {
    await call('PUT', '/control', { failNext: 2 })
    expect((await pay('k1')).status).toBe(500)
    expect((await call('GET', '/v1/payments?key=k1')).status).toBe(500)
    expect((await call('GET', '/v1/payments?key=k1')).status).toBe(404)
    await call('PUT', '/control', { failRate: 1, operations: ['refund'] })
    expect((await pay('k1')).status).toBe(200)
  })

  test('lost answers were worked on', async () => {
    await call('PUT', '/control', { loseNext: 1 })
    await expect(pay('k1')).rejects.toThrow()
    expect((await call('GET', '/v1/payments?key=k1')).status).toBe(200)
    await call('PUT', '/control', { loseAnswers: true, operations: ['pay'] })
    await expect(pay('k2')).rejects.toThrow()
    await call('DELETE', '/control')
    expect((await pay('k2')).status).toBe(200)
    expect((await call('GET', '/v1/captures')).body).toHaveLength(2)
  })

  test('do not hide how often a key was asked to pay', async () => {
    await call('PUT', '/control', { failNext: 2 })
    for (const status of [500, 500, 200, 200]) expect((await pay('k1')).status).toBe(status)
    await call('PUT', '/control', { loseNext: 1 })
    await expect(pay('k2')).rejects.toThrow()
    expect((await call('GET', '/v1/asked')).body).toEqual([
      { key: 'k1', times: 4 },
      { key: 'k2', times: 1 },
    ])
    expect((await call('GET', '/v1/captures')).body).toHaveLength(2)
  })

  test('slowness is as long as it says, and what is not known is refused', async () => {
    expect((await call('PUT', '/control', { delayMs: 80, answerDelayMs: 40 })).body.delayMs).toBe(80)
    const before = performance.now()
    await pay('k1')
    expect(performance.now() - before).toBeGreaterThan(115)
    expect((await call('PUT', '/control', { delayMs: -1 })).status).toBe(400)
    expect((await fetch(`${provider.url}/livez`)).status).toBe(200)
  })
})

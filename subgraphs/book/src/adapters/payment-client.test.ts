import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTestLog, eventually } from '@myhotel/kit/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Attempt } from '../domain/attempt.ts'
import { paymentClient } from './payment-client.ts'

let payment: Server
let url: string
let asked = 0
let answer: object = {}

beforeAll(async () => {
  payment = createServer((request, response) => {
    asked += 1
    request.resume()
    response.end(JSON.stringify({ data: { approvePayment: answer } }))
  })
  await new Promise<void>((resolve) => payment.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(payment.address() as AddressInfo).port}`
})
afterAll(() => void payment.close())

const { log } = createTestLog()
const attempt = { id: 'a', guestId: 'g', hostId: 'h', roomId: 'r' } as Attempt

/** Has thirty attempts approved, one after the other, all answered so; the last outcome, and whether others are refused. */
async function afterThirty(given: object) {
  answer = given
  asked = 0
  const client = paymentClient({ url, sign: async () => 'token', log, concurrent: 4, holdMs: 25_000 })
  let outcome = {}
  for (let count = 0; count < 30; count += 1) {
    outcome = await client.approve(attempt, { amount: 1, currency: 'EUR' }, 'pm_card_visa')
  }
  const busyFor = client.busyFor()
  await client.close()
  return { outcome, busyFor, asked }
}

it('asks payment no more for a while when it takes nothing in', async () => {
  const refused = await afterThirty({ __typename: 'PaymentNotAccepted', retryAfterSeconds: 5 })
  expect(refused.outcome).toMatchObject({ type: 'not accepted' })
  expect(refused.busyFor).toBe(1)
  expect(refused.asked).toBeLessThan(30)
})

it('goes on asking while payment declines', async () => {
  const decline = { __typename: 'PaymentDecline', declineCode: 'card_declined', message: 'no' }
  const { busyFor, asked: all } = await afterThirty(decline)
  expect([busyFor, all]).toEqual([null, 30])
})

it.each([
  [{ __typename: 'PaymentApproval' }],
  [{ __typename: 'PaymentApproval', paymentId: 7 }],
  [{ __typename: 'PaymentApproval', paymentId: 'not an id' }],
  [{ __typename: 'PaymentDecline' }],
  [{ __typename: 'PaymentNotAccepted', retryAfterSeconds: 'soon' }],
  [{ __typename: 'PaymentForgotten' }],
  [{}],
  [[]],
])('does not know what became of a payment that is answered by %j', async (given) => {
  answer = given
  const client = paymentClient({ url, sign: async () => 'token', log, concurrent: 4, holdMs: 25_000 })
  expect(await client.approve(attempt, { amount: 1, currency: 'EUR' }, 'pm_card_visa')).toEqual({
    type: 'unknown',
  })
  expect(await client.resolve(attempt)).toEqual({ type: 'unknown' })
  expect(await client.undo(attempt)).toBe(false)
  await client.close()
})

it('lets one guest wait for a payment service that is silent, and no more until it is back', async () => {
  let silent = true
  let approvals = 0
  const frozen = createServer(async (request, response) => {
    const body = (await request.setEncoding('utf8').toArray()).join('')
    if (body.includes('approvePayment')) approvals += 1
    if (silent) return
    const approvePayment = { __typename: 'PaymentTombstoned' }
    response.end(JSON.stringify({ data: body.includes('approvePayment') ? { approvePayment } : {} }))
  })
  await new Promise<void>((resolve) => frozen.listen(0, '127.0.0.1', resolve))
  const at = `http://127.0.0.1:${(frozen.address() as AddressInfo).port}`
  const client = paymentClient({ url: at, sign: async () => 'token', log, concurrent: 4, holdMs: 25_000 })
  const approve = () => client.approve(attempt, { amount: 1, currency: 'EUR' }, 'pm_card_visa')

  expect(await approve()).toEqual({ type: 'unknown' })
  for (let count = 0; count < 3; count += 1) expect(await approve()).toMatchObject({ type: 'not accepted' })
  expect(approvals).toBe(1)
  silent = false
  await eventually(async () => (await approve()).type === 'dead')
  await client.close()
  frozen.closeAllConnections()
  frozen.close()
})
